// Spec: 17-limits. JSON of RFC 8259 without recursion: hostile nesting costs an error, not the
// stack.

/// Reads JSON texts.
public enum JSONReader {
  /// What an object with two members of one name means.
  public enum DuplicateNames: Sendable {
    case refused
    /// Both stay, in order; lookups find the last.
    case kept
  }

  /// The value of the one JSON text in `buffer`.
  ///
  /// Throws `jsonMalformed` with the offset of the first byte that is wrong, or `limitExceeded`.
  /// [JSON-1]
  public static func parse(
    _ buffer: Buffer, duplicateNames: DuplicateNames = .refused, limits: Limits = .standard
  ) throws(LakeError) -> JSONValue {
    let (value, end) = try parsePrefix(
      buffer, from: 0, duplicateNames: duplicateNames, limits: limits)
    if end != buffer.count { throw malformed("bytes follow the value", end) }
    return value
  }

  public static func parse(
    _ text: String, duplicateNames: DuplicateNames = .refused, limits: Limits = .standard
  ) throws(LakeError) -> JSONValue {
    try parse(Buffer(utf8: text), duplicateNames: duplicateNames, limits: limits)
  }

  /// The value that begins at `start`, and where the white space behind it ends.
  public static func parsePrefix(
    _ buffer: Buffer, from start: Int, duplicateNames: DuplicateNames = .refused,
    limits: Limits = .standard
  ) throws(LakeError) -> (value: JSONValue, end: Int) {
    precondition(start >= 0 && start <= buffer.count)
    if let bad = UTF8Bytes.firstInvalid(buffer[start..<buffer.count]) {
      throw malformed("is not UTF-8", start + bad)
    }
    defer { withExtendedLifetime(buffer) {} }
    var parser = JSONParser(
      base: buffer.pointer, count: buffer.count, at: start,
      refusesDuplicates: duplicateNames == .refused, limits: limits)
    let value = try parser.parse()
    return (value, parser.at)
  }

  static func malformed(_ what: String, _ offset: Int) -> LakeError {
    LakeError(.jsonMalformed, "JSON: \(what)", offset: offset)
  }
}

/// An array or object that has begun and not ended.
private struct OpenContainer {
  let isObject: Bool
  var elements: [JSONValue] = []
  var members: [(name: String, value: JSONValue)] = []
  /// All names, once there are so many that comparing each with each would be slow.
  var names: Set<String> = []
  var name = ""

  init(isObject: Bool) { self.isObject = isObject }

  var value: JSONValue { isObject ? .object(members) : .array(elements) }
}

private struct JSONParser {
  let base: UnsafeRawPointer
  let count: Int
  var at: Int
  let refusesDuplicates: Bool
  let limits: Limits
  var open: [OpenContainer] = []

  private func byte(_ place: Int) -> UInt8 { base.load(fromByteOffset: place, as: UInt8.self) }

  private func malformed(_ what: String, _ place: Int? = nil) -> LakeError {
    JSONReader.malformed(what, place ?? at)
  }

  private mutating func skipSpace() {
    while at < count {
      switch byte(at) {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  mutating func parse() throws(LakeError) -> JSONValue {
    skipSpace()
    while true {
      // A value begins here.
      guard at < count else { throw malformed("ends where a value should begin") }
      var value: JSONValue
      let first = byte(at)
      if first == 0x7B || first == 0x5B {
        guard open.count < limits.jsonDepthMax else {
          throw LakeError(
            .limitExceeded, "JSON: nested deeper than \(limits.jsonDepthMax)", offset: at)
        }
        at += 1
        skipSpace()
        if at < count && byte(at) == (first == 0x7B ? 0x7D : 0x5D) {
          at += 1
          value = first == 0x7B ? .object([]) : .array([])
        } else {
          open.append(OpenContainer(isObject: first == 0x7B))
          if first == 0x7B { try readName() }
          continue
        }
      } else {
        value = try scalar(first)
      }
      // A value has ended: put it where it belongs, and close what closes behind it.
      skipSpace()
      while true {
        if open.isEmpty { return value }
        add(value)
        guard at < count else { throw malformed("ends within a container") }
        let next = byte(at)
        let isObject = open[open.count - 1].isObject
        if next == 0x2C {
          at += 1
          skipSpace()
          if isObject { try readName() }
          break
        }
        guard next == (isObject ? 0x7D : 0x5D) else {
          throw malformed(isObject ? "wants , or } here" : "wants , or ] here")
        }
        at += 1
        skipSpace()
        value = open.removeLast().value
      }
    }
  }

  private mutating func add(_ value: JSONValue) {
    let top = open.count - 1
    if open[top].isObject {
      open[top].members.append((open[top].name, value))
    } else {
      open[top].elements.append(value)
    }
  }

  /// A member's name, its colon and the space around them.
  private mutating func readName() throws(LakeError) {
    guard at < count, byte(at) == 0x22 else { throw malformed("wants a name in quotes here") }
    let place = at
    let name = try text()
    let top = open.count - 1
    if refusesDuplicates {
      let members = open[top].members.count
      if members == 16 { for member in open[top].members { open[top].names.insert(member.name) } }
      let isNew =
        members < 16
        ? !open[top].members.contains { $0.name == name }
        : open[top].names.insert(name).inserted
      if !isNew { throw malformed("the name \"\(Escaping.message(name))\" comes twice", place) }
    }
    open[top].name = name
    skipSpace()
    guard at < count, byte(at) == 0x3A else { throw malformed("wants : here") }
    at += 1
    skipSpace()
  }

  private mutating func scalar(_ first: UInt8) throws(LakeError) -> JSONValue {
    switch first {
    case 0x22: return .string(try text())
    case 0x2D, 0x30...0x39: return .number(try number())
    case 0x74: return try word("true", .bool(true))
    case 0x66: return try word("false", .bool(false))
    case 0x6E: return try word("null", .null)
    default: throw malformed("a value cannot begin like this")
    }
  }

  private mutating func word(
    _ spelling: StaticString, _ value: JSONValue
  ) throws(LakeError) -> JSONValue {
    let size = spelling.utf8CodeUnitCount
    guard size <= count - at else { throw malformed("a value cannot begin like this") }
    for step in 0..<size where byte(at + step) != spelling.utf8Start[step] {
      throw malformed("a value cannot begin like this")
    }
    at += size
    return value
  }

  private mutating func digits() -> Int {
    let start = at
    while at < count, byte(at) >= 0x30, byte(at) <= 0x39 { at += 1 }
    return at - start
  }

  private mutating func number() throws(LakeError) -> String {
    let start = at
    if byte(at) == 0x2D { at += 1 }
    if at < count && byte(at) == 0x30 {
      at += 1
    } else if digits() == 0 {
      throw malformed("wants a digit here")
    }
    if at < count && byte(at) == 0x2E {
      at += 1
      if digits() == 0 { throw malformed("wants a digit here") }
    }
    if at < count && byte(at) | 0x20 == 0x65 {
      at += 1
      if at < count && (byte(at) == 0x2B || byte(at) == 0x2D) { at += 1 }
      if digits() == 0 { throw malformed("wants a digit here") }
    }
    guard at - start <= limits.jsonNumberBytesMax else {
      throw LakeError(
        .limitExceeded, "JSON: a number of \(at - start) bytes, at most "
          + "\(limits.jsonNumberBytesMax) are allowed", offset: start)
    }
    return plain(start, at)
  }

  private func plain(_ start: Int, _ end: Int) -> String {
    String(
      decoding: UnsafeRawBufferPointer(start: base + start, count: end - start), as: UTF8.self)
  }

  /// A string with its quotes; `at` stands on the first one.
  private mutating func text() throws(LakeError) -> String {
    let quote = at
    at += 1
    let start = at
    while at < count {
      let next = byte(at)
      if next == 0x22 {
        at += 1
        return plain(start, at - 1)
      }
      if next == 0x5C { return try escapedText(start) }
      if next < 0x20 { throw malformed("a control character in a string") }
      at += 1
    }
    throw malformed("a string has no end", quote)
  }

  /// A string with at least one escape; `at` stands on the first one.
  private mutating func escapedText(_ start: Int) throws(LakeError) -> String {
    var bytes = Array(UnsafeRawBufferPointer(start: base + start, count: at - start))
    while at < count {
      let next = byte(at)
      if next == 0x22 {
        at += 1
        return String(decoding: bytes, as: UTF8.self)
      }
      if next < 0x20 { throw malformed("a control character in a string") }
      if next != 0x5C {
        bytes.append(next)
        at += 1
        continue
      }
      guard at + 1 < count else { break }
      let letter = byte(at + 1)
      if letter == 0x75 {
        let scalar = try unicodeEscape()
        bytes.append(contentsOf: scalar.utf8)
        continue
      }
      guard let plain = Self.shortEscape(letter) else { throw malformed("an unknown escape") }
      bytes.append(plain)
      at += 2
    }
    throw malformed("a string has no end", start - 1)
  }

  private static func shortEscape(_ letter: UInt8) -> UInt8? {
    switch letter {
    case 0x22, 0x5C, 0x2F: letter
    case 0x62: 0x08
    case 0x66: 0x0C
    case 0x6E: 0x0A
    case 0x72: 0x0D
    case 0x74: 0x09
    default: nil
    }
  }

  /// `\uXXXX`, or two of them that make a pair.
  private mutating func unicodeEscape() throws(LakeError) -> Unicode.Scalar {
    let place = at
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, at + 1 < count, byte(at) == 0x5C, byte(at + 1) == 0x75 else {
      throw malformed("half of a surrogate pair", place)
    }
    let second = try codeUnit()
    guard second >= 0xDC00, second <= 0xDFFF else {
      throw malformed("half of a surrogate pair", place)
    }
    let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  private mutating func codeUnit() throws(LakeError) -> UInt16 {
    guard at + 6 <= count else { throw malformed("an escape ends early") }
    var unit: UInt16 = 0
    for step in 2..<6 {
      guard let digit = Hex.value(byte(at + step)) else {
        throw malformed("an escape wants four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
    }
    at += 6
    return unit
  }
}
