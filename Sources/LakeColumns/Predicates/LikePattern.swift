// Spec: 12a-predicates. `%` and `_` over UTF-8 bytes.

/// A pattern of `like`: `%` any run of characters, `_` one character, `\` takes the next one
/// literally.
struct LikePattern: Sendable {
  private static let one: UInt16 = 256
  private static let run: UInt16 = 257

  /// Bytes, or one of the two wildcards.
  private let items: [UInt16]

  init(_ text: String) {
    var items: [UInt16] = []
    var isEscaped = false
    for byte in text.utf8 {
      if isEscaped {
        items.append(UInt16(byte))
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x25 {
        if items.last != Self.run { items.append(Self.run) }
      } else {
        items.append(byte == 0x5F ? Self.one : UInt16(byte))
      }
    }
    if isEscaped { items.append(0x5C) }
    self.items = items
  }

  /// The bytes every match begins with.
  var prefix: [UInt8] {
    items.prefix { $0 < 256 }.map { UInt8(truncatingIfNeeded: $0) }
  }

  /// Nothing but one text matches.
  var isLiteral: Bool { items.allSatisfy { $0 < 256 } }

  func matches(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    items.withUnsafeBufferPointer { items in
      likeMatches(items.baseAddress, items.count, text, count)
    }
  }
}

/// Walks both; after a mismatch the last run takes one character more.
private func likeMatches(
  _ items: UnsafePointer<UInt16>?, _ itemCount: Int, _ text: UnsafePointer<UInt8>, _ count: Int
) -> Bool {
  guard let items else { return count == 0 }
  var item = 0
  var at = 0
  var runItem = -1
  var runAt = 0
  while at < count {
    if item < itemCount && items[item] == 257 {
      runItem = item
      runAt = at
      item &+= 1
    } else if item < itemCount && items[item] == 256 {
      at = nextCharacter(text, count, at)
      item &+= 1
    } else if item < itemCount && items[item] == UInt16(text[at]) {
      at &+= 1
      item &+= 1
    } else if runItem >= 0 {
      runAt = nextCharacter(text, count, runAt)
      at = runAt
      item = runItem &+ 1
    } else {
      return false
    }
  }
  while item < itemCount && items[item] == 257 { item &+= 1 }
  return item == itemCount
}

private func nextCharacter(_ text: UnsafePointer<UInt8>, _ count: Int, _ at: Int) -> Int {
  var next = at &+ 1
  while next < count && text[next] & 0xC0 == 0x80 { next &+= 1 }
  return next
}
