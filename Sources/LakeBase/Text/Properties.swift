// Spec: 03-table-config. Java's properties format, read as Java reads it and written as Java writes
// it.

/// Keys and values in order; a key occurs once.
public struct Properties: Sendable {
  /// In the order in which the keys were first seen.
  public private(set) var entries: [(key: String, value: String)] = []
  private var places: [String: Int] = [:]

  public init() {}

  /// The value of `key`; setting nil removes the key, a new key goes last.
  public subscript(_ key: String) -> String? {
    get { places[key].map { entries[$0].value } }
    set {
      switch (places[key], newValue) {
      case (let place?, let value?): entries[place].value = value
      case (nil, let value?):
        places[key] = entries.count
        entries.append((key, value))
      case (let place?, nil):
        entries.remove(at: place)
        places = [:]
        for (place, entry) in entries.enumerated() { places[entry.key] = place }
      case (nil, nil): break
      }
    }
  }

  public var keys: [String] { entries.map { $0.key } }
  public var count: Int { entries.count }
}

extension Properties: Equatable {
  /// Equal keys with equal values; the order does not matter.
  public static func == (left: Properties, right: Properties) -> Bool {
    left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
  }
}

// MARK: Reading

extension Properties {
  /// The entries of a properties file. Of a key that comes twice the last value holds, as in Java.
  ///
  /// Bytes outside ASCII are read as UTF-8 when the whole file is UTF-8, else as Latin-1. Throws
  /// `propertiesMalformed` for a broken `\u` escape, with its offset, and `limitExceeded`. [PROP-1]
  public init(parsing buffer: Buffer, limits: Limits = .standard) throws(LakeError) {
    guard buffer.count <= limits.propertiesBytesMax else {
      throw LakeError(
        .limitExceeded,
        "properties: \(buffer.count) bytes, at most "
          + "\(limits.propertiesBytesMax) are allowed", offset: limits.propertiesBytesMax)
    }
    self.init()
    var reader = PropertiesReader(bytes: buffer.bytes, isUTF8: UTF8Bytes.isValid(buffer))
    while let (key, value) = try reader.next() { self[key] = value }
  }
}

/// Logical lines: natural lines joined where an odd number of backslashes ends one.
private struct PropertiesReader {
  let bytes: [UInt8]
  let isUTF8: Bool
  var at = 0

  init(bytes: [UInt8], isUTF8: Bool) {
    self.bytes = bytes
    self.isUTF8 = isUTF8
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0C
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private mutating func skipSpace() {
    while at < bytes.count && Self.isSpace(bytes[at]) { at += 1 }
  }

  private mutating func skipLineEnd() {
    if at < bytes.count && bytes[at] == 0x0D {
      at += 1
      if at < bytes.count && bytes[at] == 0x0A { at += 1 }
    } else if at < bytes.count {
      at += 1
    }
  }

  /// The next entry, or nil at the end.
  mutating func next() throws(LakeError) -> (key: String, value: String)? {
    while true {
      skipSpace()
      guard at < bytes.count else { return nil }
      if Self.isLineEnd(bytes[at]) {
        skipLineEnd()
      } else if bytes[at] == 0x23 || bytes[at] == 0x21 {
        while at < bytes.count && !Self.isLineEnd(bytes[at]) { at += 1 }
      } else {
        break
      }
    }
    let key = try part(isKey: true)
    skipAcrossLines()
    if at < bytes.count && (bytes[at] == 0x3D || bytes[at] == 0x3A) {
      at += 1
      skipAcrossLines()
    }
    let value = try part(isKey: false)
    skipLineEnd()
    return (key, value)
  }

  /// White space between key and value; a continued line counts as nothing.
  private mutating func skipAcrossLines() {
    skipSpace()
    while continues() {
      at += 1
      skipLineEnd()
      skipSpace()
    }
  }

  /// A backslash with a line end, or the end of the file, behind it.
  private func continues() -> Bool {
    at < bytes.count && bytes[at] == 0x5C
      && (at + 1 == bytes.count || Self.isLineEnd(bytes[at + 1]))
  }

  /// A key up to its separator, or a value up to the end of its line; escapes resolved.
  private mutating func part(isKey: Bool) throws(LakeError) -> String {
    // Nearly all parts are ASCII without escapes.
    let start = at
    while at < bytes.count, bytes[at] < 0x80, bytes[at] != 0x5C,
      !Self.isEnd(bytes[at], ofKey: isKey)
    { at += 1 }
    if at == bytes.count || Self.isEnd(bytes[at], ofKey: isKey) {
      return String(decoding: bytes[start..<at], as: UTF8.self)
    }
    var text = Array(bytes[start..<at])
    while at < bytes.count {
      let byte = bytes[at]
      if Self.isEnd(byte, ofKey: isKey) { break }
      if byte == 0x5C {
        if continues() {
          at += 1
          skipLineEnd()
          skipSpace()
        } else {
          try escape(&text)
        }
        continue
      }
      append(byte, &text)
      at += 1
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether a part of an entry ends before this byte.
  private static func isEnd(_ byte: UInt8, ofKey isKey: Bool) -> Bool {
    isLineEnd(byte) || isKey && (byte == 0x3D || byte == 0x3A || isSpace(byte))
  }

  private func append(_ byte: UInt8, _ text: inout [UInt8]) {
    if byte < 0x80 || isUTF8 {
      text.append(byte)
    } else {
      text.append(0xC0 | byte >> 6)
      text.append(0x80 | byte & 0x3F)
    }
  }

  private mutating func escape(_ text: inout [UInt8]) throws(LakeError) {
    let letter = bytes[at + 1]
    switch letter {
    case 0x74: text.append(0x09)
    case 0x6E: text.append(0x0A)
    case 0x72: text.append(0x0D)
    case 0x66: text.append(0x0C)
    case 0x75:
      text.append(contentsOf: try unicodeEscape().utf8)
      return
    default: append(letter, &text)
    }
    at += 2
  }

  private mutating func unicodeEscape() throws(LakeError) -> Unicode.Scalar {
    let place = at
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, at + 1 < bytes.count, bytes[at] == 0x5C, bytes[at + 1] == 0x75 {
      let second = try codeUnit()
      if second >= 0xDC00, second <= 0xDFFF {
        let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        return Unicode.Scalar(value) ?? "\u{FFFD}"
      }
    }
    throw LakeError(
      .propertiesMalformed, "properties: half of a surrogate pair", offset: place)
  }

  private mutating func codeUnit() throws(LakeError) -> UInt16 {
    var unit: UInt16 = 0
    for step in 2..<6 {
      guard at + step < bytes.count, let digit = Hex.value(bytes[at + step]) else {
        throw LakeError(
          .propertiesMalformed, "properties: \\u wants four hexadecimal digits", offset: at)
      }
      unit = unit << 4 | UInt16(digit)
    }
    at += 6
    return unit
  }
}

// MARK: Writing

extension Properties {
  /// The file: one line `#…` per comment, then one line `key=value` per entry, in order; ASCII
  /// only. What Java's reader makes of it are these entries. [PROP-2]
  public func encoded(comments: [String] = []) -> Buffer {
    var bytes: [UInt8] = []
    for comment in comments {
      bytes.append(0x23)
      for unit in comment.utf16 {
        if unit >= 0x20 && unit <= 0x7E {
          bytes.append(UInt8(unit))
        } else {
          Self.put(unicode: unit, &bytes)
        }
      }
      bytes.append(0x0A)
    }
    for entry in entries {
      Self.put(entry.key, isKey: true, &bytes)
      bytes.append(0x3D)
      Self.put(entry.value, isKey: false, &bytes)
      bytes.append(0x0A)
    }
    return Buffer(bytes)
  }

  private static func put(_ text: String, isKey: Bool, _ bytes: inout [UInt8]) {
    var isFirst = true
    for unit in text.utf16 {
      switch unit {
      case 0x20:
        if isKey || isFirst { bytes.append(0x5C) }
        bytes.append(0x20)
      case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
      case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
      case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
      case 0x0C: bytes.append(contentsOf: [0x5C, 0x66])
      case 0x5C, 0x3D, 0x3A, 0x23, 0x21: bytes.append(contentsOf: [0x5C, UInt8(unit)])
      case 0x20...0x7E: bytes.append(UInt8(unit))
      default: put(unicode: unit, &bytes)
      }
      isFirst = false
    }
  }

  private static func put(unicode unit: UInt16, _ bytes: inout [UInt8]) {
    let digits = Hex.text([UInt8(unit >> 8), UInt8(unit & 0xFF)]).uppercased()
    bytes.append(contentsOf: [0x5C, 0x75])
    bytes.append(contentsOf: digits.utf8)
  }
}
