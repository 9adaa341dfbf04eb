// Spec: 04-timeline. The digits that name an instant, compared as text.
import LakeBase

/// The time in an instant's name: 1 to 24 digits, usually 17 (`yyyyMMddHHmmssSSS`) or 14 (without
/// milliseconds), sometimes longer with a suffix. Compared as text: a shorter text sorts before its
/// extensions. [TIME-1]
public struct InstantTime: Sendable, Hashable, Comparable, CustomStringConvertible {
  private let head: UInt64
  private let middle: UInt64
  private let tail: UInt64

  /// The most digits a time may have.
  public static let digitsMax = 24

  /// Nil unless `text` consists of 1 to 24 ASCII digits.
  public init?(_ text: some StringProtocol) {
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var count = 0
    for byte in text.utf8 {
      guard count < Self.digitsMax, byte >= 0x30, byte <= 0x39 else { return nil }
      let shifted = UInt64(byte) << UInt64(56 - 8 * (count & 7))
      switch count >> 3 {
      case 0: words.0 |= shifted
      case 1: words.1 |= shifted
      default: words.2 |= shifted
      }
      count += 1
    }
    if count == 0 { return nil }
    (head, middle, tail) = words
  }

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
    for word in [head, middle, tail] {
      for place in 0..<8 {
        let byte = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * place))
        if byte == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  public var description: String { text }

  /// Digits in the text.
  public var digitCount: Int { text.utf8.count }

  public static func < (left: InstantTime, right: InstantTime) -> Bool {
    if left.head != right.head { return left.head < right.head }
    if left.middle != right.middle { return left.middle < right.middle }
    return left.tail < right.tail
  }
}
