// Spec: 04-timeline. The digits that name an instant, compared as text.
import LakeBase

/// The time in an instant's name: 1 to 24 digits, usually 17 (`yyyyMMddHHmmssSSS`) or 14 (without
/// milliseconds), sometimes longer with a suffix. Compared as text: a shorter text sorts before its
/// extensions. [TIME-1]
@frozen
public struct InstantTime: Sendable, Hashable, Comparable, CustomStringConvertible {
  // Four bits a digit, from the left: the digit and one, 0 behind the last. So the order of the
  // numbers is the order of the texts, and a timeline of many instants stays small.
  @usableFromInline let high: UInt64
  @usableFromInline let low: UInt32

  /// The most digits a time may have.
  public static let digitsMax = 24

  /// Nil unless `bytes` are 1 to 24 ASCII digits.
  public init?(_ bytes: Span<UInt8>) {
    let count = bytes.count
    guard count >= 1, count <= Self.digitsMax else { return nil }
    var high: UInt64 = 0
    var low: UInt32 = 0
    for place in 0..<count {
      let digit = bytes[place] &- 0x30
      guard digit <= 9 else { return nil }
      if place < 16 {
        high |= UInt64(digit &+ 1) &<< UInt64(60 &- 4 &* place)
      } else {
        low |= UInt32(digit &+ 1) &<< UInt32(28 &- 4 &* (place &- 16))
      }
    }
    self.high = high
    self.low = low
  }

  /// Nil unless `text` consists of 1 to 24 ASCII digits.
  public init?(_ text: String) { self.init(text.utf8.span) }
  public init?(_ text: Substring) { self.init(text.utf8.span) }

  /// The time that `text` spells, or `timeMalformed`.
  public init(parsing text: String) throws(LakeError) {
    guard let time = InstantTime(text) else {
      throw LakeError(
        .timeMalformed, "\"\(text)\" is not an instant time",
        hint: "an instant time has 14 or 17 digits, for example 20260101093000000")
    }
    self = time
  }

  /// The instant of a civil time, in milliseconds since 1970-01-01T00:00:00 *in the table's zone*;
  /// nil outside the years 1 to 9999.
  public init?(civilMilliseconds: Int64) {
    let civil = CivilTime(milliseconds: civilMilliseconds)
    guard civil.year >= 1, civil.year <= 9999 else { return nil }
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
    self.init(
      padded(civil.year, 4) + padded(civil.month, 2) + padded(civil.day, 2) + padded(civil.hour, 2)
        + padded(civil.minute, 2) + padded(civil.second, 2) + padded(civil.millisecond, 3))
  }

  /// Milliseconds since 1970-01-01T00:00:00 in the table's zone; 14 digits mean the last
  /// millisecond of their second, digits after the 17th are left out. Nil when the digits are no
  /// calendar time. [TIME-2]
  public var civilMilliseconds: Int64? {
    var digits = Array(text.utf8.prefix(17)).map { Int($0) - 0x30 }
    if digits.count == 14 { digits += [9, 9, 9] }
    guard digits.count == 17 else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    let civil = CivilTime(
      year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10),
      minute: number(10..<12), second: number(12..<14), millisecond: number(14..<17))
    return civil.isValid ? civil.milliseconds : nil
  }

  public var text: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.digitsMax)
    for place in 0..<digitCount { bytes.append(0x2F + nibble(place)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The digit at a place and one; 0 behind the last.
  private func nibble(_ place: Int) -> UInt8 {
    place < 16
      ? UInt8(truncatingIfNeeded: high &>> UInt64(60 - 4 * place)) & 15
      : UInt8(truncatingIfNeeded: low &>> UInt32(28 - 4 * (place - 16))) & 15
  }

  public var description: String { text }

  /// Digits in the text.
  public var digitCount: Int {
    low == 0 ? 16 - high.trailingZeroBitCount / 4 : 24 - low.trailingZeroBitCount / 4
  }

  @inlinable
  public static func == (left: InstantTime, right: InstantTime) -> Bool {
    left.high == right.high && left.low == right.low
  }

  @inlinable
  public static func < (left: InstantTime, right: InstantTime) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }

  /// One word is enough to part times that differ anywhere.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(high &+ UInt64(low) &* 0x9E37_79B9_7F4A_7C15)
  }
}
