// Spec: 14-text-rows. Where JSON values begin and end; nothing is copied, nothing recurses.
import LakeBase

/// A scanner over a piece of text that has at least 8 readable bytes behind its end.
struct JSONScan {
  let base: UnsafePointer<UInt8>
  let end: Int
  let depthMax: Int
  let numberBytesMax: Int
  let stringBytesMax: Int

  init(_ base: UnsafePointer<UInt8>, end: Int, _ limits: Limits) {
    self.base = base
    self.end = end
    depthMax = limits.jsonDepthMax
    numberBytesMax = limits.jsonNumberBytesMax
    stringBytesMax = limits.textFieldBytesMax
  }

  @inline(__always)
  func skipSpace(_ at: inout Int) {
    while at < end && base[at] <= 0x20 {
      let byte = base[at]
      if byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09 { return }
      at &+= 1
    }
  }

  func unexpected(_ at: Int, _ wanted: String) -> ParseFailure {
    if at >= end {
      return ParseFailure(message: "the text ends where \(wanted) is expected", offset: end)
    }
    let byte = base[at]
    let shown =
      byte > 0x20 && byte < 0x7F
      ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte 0x" + String(byte, radix: 16)
    return ParseFailure(message: "\(wanted) expected, found \(shown)", offset: at)
  }

  /// The entry of the value at `at`, which moves behind it. A null is an empty unquoted field.
  @inline(__always)
  func value(_ at: inout Int) throws(ParseFailure) -> UInt64 {
    guard at < end else { throw unexpected(at, "a value") }
    let first = base[at]
    if first == 0x22 { return try string(&at) }
    if first &- 0x30 <= 9 || first == 0x2D { return try number(&at) }
    return try otherValue(&at)
  }

  @inline(never)
  private func otherValue(_ at: inout Int) throws(ParseFailure) -> UInt64 {
    let start = at
    switch base[at] {
    case 0x74: try literal(&at, "true")
    case 0x66: try literal(&at, "false")
    case 0x6E:
      try literal(&at, "null")
      return FieldTable.entry(start, start)
    case 0x7B, 0x5B: try skipNested(&at)
    default: throw unexpected(at, "a value")
    }
    return FieldTable.entry(start, at)
  }

  private func literal(_ at: inout Int, _ word: StaticString) throws(ParseFailure) {
    let count = word.utf8CodeUnitCount
    for step in 0..<count {
      guard at + step < end, base[at + step] == word.utf8Start[step] else {
        throw unexpected(at, "a value")
      }
    }
    at += count
  }

  /// The string whose opening quote is at `at`.
  @inline(__always)
  func string(_ at: inout Int) throws(ParseFailure) -> UInt64 {
    let start = at &+ 1
    var position = start
    let raw = UnsafeRawPointer(base)
    var flags = FieldTable.quoted
    while true {
      // Eight bytes at a time up to a quote, a backslash or a control character.
      while position < end {
        let word = (raw + position).loadUnaligned(as: UInt64.self)
        let found = Self.stops(word)
        if found != 0 {
          position &+= found.trailingZeroBitCount >> 3
          break
        }
        position &+= 8
      }
      if position >= end {
        throw ParseFailure(message: "a string is opened here and never closed", offset: at)
      }
      let byte = base[position]
      if byte == 0x22 { break }
      if byte != 0x5C {
        throw ParseFailure(
          message: "a control character stands in a string without an escape", offset: position)
      }
      flags |= FieldTable.escaped
      position &+= 2
    }
    if position &- start > stringBytesMax {
      throw ParseFailure(
        code: .inputTooLarge, message: "a string is longer than \(stringBytesMax) bytes", offset: at
      )
    }
    at = position &+ 1
    return FieldTable.entry(start, position, flags)
  }

  /// High bits of the bytes that are `"`, `\` or below 0x20; the lowest set one is exact.
  @inline(__always)
  private static func stops(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let isQuote = (quote &- ones) & ~quote
    let isBackslash = (backslash &- ones) & ~backslash
    let isControl = (word &- ones &* 0x20) & ~word
    return (isQuote | isBackslash | isControl) & highs
  }

  /// A number by the grammar of RFC 8259.
  @inline(__always)
  func number(_ at: inout Int) throws(ParseFailure) -> UInt64 {
    let start = at
    var position = at
    if base[position] == 0x2D { position &+= 1 }
    let first = position < end ? base[position] : 0
    if first == 0x30 {
      position &+= 1
    } else {
      while position < end && base[position] &- 0x30 <= 9 { position &+= 1 }
      if first < 0x31 || first > 0x39 { throw unexpected(position, "a digit") }
    }
    if position < end {
      let next = base[position]
      if next == 0x2E || next | 0x20 == 0x65 { try fraction(&position) }
    }
    if position < end {
      let next = base[position]
      if next | 0x20 >= 0x61 && next | 0x20 <= 0x7A || next &- 0x30 <= 9 || next == 0x2E {
        throw ParseFailure(message: "a number is malformed", offset: start)
      }
    }
    if position &- start > numberBytesMax {
      throw ParseFailure(
        code: .limitExceeded, message: "a number is longer than \(numberBytesMax) bytes",
        offset: start)
    }
    at = position
    return FieldTable.entry(start, position)
  }

  @inline(__always)
  private func fraction(_ position: inout Int) throws(ParseFailure) {
    if base[position] == 0x2E {
      position &+= 1
      let digits = position
      while position < end && base[position] &- 0x30 <= 9 { position &+= 1 }
      if position == digits { throw unexpected(position, "a digit") }
    }
    if position < end && base[position] | 0x20 == 0x65 {
      position &+= 1
      if position < end && (base[position] == 0x2B || base[position] == 0x2D) { position &+= 1 }
      let digits = position
      while position < end && base[position] &- 0x30 <= 9 { position &+= 1 }
      if position == digits { throw unexpected(position, "a digit") }
    }
  }

  /// Passes over an object or array; brackets must pair, strings must close. What lies inside is
  /// judged when it is read.
  private func skipNested(_ at: inout Int) throws(ParseFailure) {
    let start = at
    // One bit a level: an object (1) or an array (0).
    var levels = [UInt64](repeating: 0, count: depthMax / 64 + 1)
    var depth = 0
    while at < end {
      let byte = base[at]
      switch byte {
      case 0x22:
        _ = try string(&at)
        continue
      case 0x7B, 0x5B:
        if depth >= depthMax {
          throw ParseFailure(
            code: .limitExceeded, message: "values nest deeper than \(depthMax) levels", offset: at)
        }
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if byte == 0x7B { levels[depth >> 6] |= bit } else { levels[depth >> 6] &= ~bit }
        depth += 1
      case 0x7D, 0x5D:
        depth -= 1
        let isObject = levels[depth >> 6] >> UInt64(depth & 63) & 1 == 1
        if isObject != (byte == 0x7D) {
          throw unexpected(at, isObject ? "\"}\"" : "\"]\"")
        }
        if depth == 0 {
          at += 1
          return
        }
      default: break
      }
      at += 1
    }
    throw ParseFailure(message: "a bracket is opened here and never closed", offset: start)
  }

  /// The items of the array at `at`, which moves behind it.
  func items(
    _ at: inout Int, _ emit: (UInt64) throws(ParseFailure) -> Void
  ) throws(ParseFailure) {
    at += 1
    skipSpace(&at)
    if at < end && base[at] == 0x5D {
      at += 1
      return
    }
    while true {
      skipSpace(&at)
      try emit(try value(&at))
      skipSpace(&at)
      guard at < end, base[at] == 0x2C || base[at] == 0x5D else {
        throw unexpected(at, "\",\" or \"]\"")
      }
      at += 1
      if base[at - 1] == 0x5D { return }
    }
  }

  /// The members of the object at `at`, which moves behind it: name and value.
  @inline(__always)
  func members(
    _ at: inout Int, _ emit: (UInt64, UInt64) throws(ParseFailure) -> Void
  ) throws(ParseFailure) {
    at &+= 1
    skipSpace(&at)
    if at < end && base[at] == 0x7D {
      at &+= 1
      return
    }
    while true {
      skipSpace(&at)
      guard at < end, base[at] == 0x22 else { throw unexpected(at, "a name in quotes") }
      let name = try string(&at)
      skipSpace(&at)
      guard at < end, base[at] == 0x3A else { throw unexpected(at, "\":\"") }
      at &+= 1
      skipSpace(&at)
      try emit(name, try value(&at))
      skipSpace(&at)
      guard at < end, base[at] == 0x2C || base[at] == 0x7D else {
        throw unexpected(at, "\",\" or \"}\"")
      }
      at &+= 1
      if base[at &- 1] == 0x7D { return }
    }
  }

  // MARK: escapes

  /// Writes a string without its escapes; returns the bytes written, or -(offset)-1 of a wrong
  /// escape.
  static func unescape(
    _ text: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var at = 0
    var written = 0
    while at < count {
      let byte = text[at]
      if byte != 0x5C {
        target[written] = byte
        written &+= 1
        at &+= 1
        continue
      }
      if at &+ 1 >= count { return -at - 1 }
      let plain: UInt8
      switch text[at &+ 1] {
      case 0x22, 0x5C, 0x2F: plain = text[at &+ 1]
      case 0x62: plain = 0x08
      case 0x66: plain = 0x0C
      case 0x6E: plain = 0x0A
      case 0x72: plain = 0x0D
      case 0x74: plain = 0x09
      case 0x75:
        let (scalar, used) = unicode(text + at, count &- at)
        if used == 0 { return -at - 1 }
        written &+= encode(scalar, to: target + written)
        at &+= used
        continue
      default: return -at - 1
      }
      target[written] = plain
      written &+= 1
      at &+= 2
    }
    return written
  }

  /// The scalar of `\uXXXX`, or of a pair of them; 0 bytes used when malformed.
  private static func unicode(_ text: UnsafePointer<UInt8>, _ count: Int) -> (UInt32, Int) {
    guard let first = fourDigits(text, count) else { return (0, 0) }
    if first < 0xD800 || first > 0xDFFF { return (first, 6) }
    guard first < 0xDC00, count >= 12, text[6] == 0x5C, text[7] == 0x75,
      let second = fourDigits(text + 6, count - 6), second >= 0xDC00, second <= 0xDFFF
    else { return (0, 0) }
    return (0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), 12)
  }

  private static func fourDigits(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt32? {
    guard count >= 6 else { return nil }
    var value: UInt32 = 0
    for step in 2..<6 {
      let byte = text[step]
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private static func encode(_ scalar: UInt32, to target: UnsafeMutablePointer<UInt8>) -> Int {
    func part(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar >> shift & 0x3F | 0x80) }
    if scalar < 0x80 {
      target[0] = UInt8(truncatingIfNeeded: scalar)
      return 1
    }
    if scalar < 0x800 {
      target[0] = UInt8(truncatingIfNeeded: scalar >> 6 | 0xC0)
      target[1] = part(0)
      return 2
    }
    if scalar < 0x10000 {
      target[0] = UInt8(truncatingIfNeeded: scalar >> 12 | 0xE0)
      target[1] = part(6)
      target[2] = part(0)
      return 3
    }
    target[0] = UInt8(truncatingIfNeeded: scalar >> 18 | 0xF0)
    target[1] = part(12)
    target[2] = part(6)
    target[3] = part(0)
    return 4
  }
}
