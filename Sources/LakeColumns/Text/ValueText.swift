// Spec: 14-text-rows. One value between its text and its binary form, straight from bytes.

/// Texts of single values: parsers that never allocate on their usual path, writers that fill given
/// memory. Parsers return nil for anything that is not wholly a value.
public enum ValueText {
  /// Bytes that any single fixed-width value may need; writers never write more.
  public static let widthMax = 64

  /// A decimal integer with an optional `-`; nil when malformed or beyond 64 bits.
  @inlinable
  public static func int64(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
    var at = 0
    var negative = false
    if count > 0 && text[0] == 0x2D {
      negative = true
      at = 1
    }
    let digits = count &- at
    if digits <= 0 { return nil }
    if digits > 18 { return longInt64(text, count) }
    var value: UInt64 = 0
    while at < count {
      let digit = text[at] &- 0x30
      if digit > 9 { return nil }
      value = value &* 10 &+ UInt64(digit)
      at &+= 1
    }
    let magnitude = Int64(truncatingIfNeeded: value)
    return negative ? 0 &- magnitude : magnitude
  }

  @usableFromInline
  static func longInt64(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
    guard let wide = int128(text, count) else { return nil }
    return Int64(exactly: wide)
  }

  /// A decimal integer with an optional `-`, up to 128 bits.
  public static func int128(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int128? {
    var at = 0
    let negative = count > 0 && text[0] == 0x2D
    if negative { at = 1 }
    guard at < count else { return nil }
    var value: Int128 = 0
    while at < count {
      let digit = text[at] &- 0x30
      if digit > 9 { return nil }
      let (times, over) = value.multipliedReportingOverflow(by: 10)
      let step = negative ? -Int128(digit) : Int128(digit)
      let (sum, overAgain) = times.addingReportingOverflow(step)
      if over || overAgain { return nil }
      value = sum
      at &+= 1
    }
    return value
  }

  /// `true` or `false` in lower, upper or title case.
  @inlinable
  public static func bool(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool? {
    if count == 4 {
      let upper = text[0] == 0x54 && text[1] == 0x52 && text[2] == 0x55 && text[3] == 0x45
      let lower = text[1] == 0x72 && text[2] == 0x75 && text[3] == 0x65
      return upper || (lower && text[0] | 0x20 == 0x74) ? true : nil
    }
    if count == 5 {
      let upper =
        text[0] == 0x46 && text[1] == 0x41 && text[2] == 0x4C && text[3] == 0x53 && text[4] == 0x45
      let lower = text[1] == 0x61 && text[2] == 0x6C && text[3] == 0x73 && text[4] == 0x65
      return upper || (lower && text[0] | 0x20 == 0x66) ? false : nil
    }
    return nil
  }

  /// Two hexadecimal digits a byte, either case, into `target`; false when malformed.
  public static func hexadecimal(
    _ text: UnsafePointer<UInt8>, _ count: Int, into target: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    guard count & 1 == 0 else { return false }
    var at = 0
    while at < count {
      let high = nibble(text[at])
      let low = nibble(text[at &+ 1])
      if high | low > 15 { return false }
      target[at >> 1] = high << 4 | low
      at &+= 2
    }
    return true
  }

  private static func nibble(_ byte: UInt8) -> UInt8 {
    let digit = byte &- 0x30
    if digit <= 9 { return digit }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter &+ 10 : 0xFF
  }

  /// Runs `body` on the bytes of a text; for literals and single values.
  static func withBytes<R>(_ text: String, _ body: (UnsafePointer<UInt8>, Int) -> R?) -> R? {
    var text = text
    return text.withUTF8 { bytes -> R? in
      guard let start = bytes.baseAddress else { return nil }
      return body(start, bytes.count)
    }
  }
}
