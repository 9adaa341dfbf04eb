// Spec: 16-command-line. Times between text and milliseconds, without a calendar library.
import LakeStorage

/// The proleptic Gregorian calendar.
enum CivilTime {
  /// Days since 1970-01-01.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let ofEra = shifted - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }

  /// Year, month and day of a day since 1970-01-01.
  static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let ofEra = z - era * 146_097
    let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let shifted = (5 * ofYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let day = ofYear - (153 * shifted + 2) / 5 + 1
    return (year + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// `YYYY-MM-DDTHH:MM:SS[.fff]` with `Z` or `±HH:MM`, as milliseconds; nil for anything else.
  static func parse(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[start..<start + count] {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54,
      bytes[13] == 0x3A, bytes[16] == 0x3A,
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
      let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60,
      date(days(year, month, day)) == (year, month, day)
    else { return nil }
    var position = 19
    var milliseconds = 0
    if bytes[19] == 0x2E {
      guard let fraction = number(20, 3) else { return nil }
      milliseconds = fraction
      position = 23
    }
    guard let zone = String(validating: bytes[position...], as: UTF8.self), !zone.isEmpty,
      case .fixed(let offset)? = DisplayZone(fixed: zone)
    else { return nil }
    let seconds =
      Int64(days(year, month, day)) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    return (seconds - Int64(offset)) * 1000 + Int64(milliseconds)
  }

  /// `2026-03-01 10:20:02.640 +00:00`.
  static func text(_ milliseconds: Int64, _ zone: DisplayZone) -> String {
    let seconds = floored(milliseconds, 1000)
    let offset = zone.offset(at: seconds)
    let (day, time) = parts(milliseconds + Int64(offset) * 1000)
    return "\(day) \(time) \(self.offset(offset))"
  }

  /// `2026-03-01T10:20:02.640Z`.
  static func iso(_ milliseconds: Int64) -> String {
    let (day, time) = parts(milliseconds)
    return "\(day)T\(time)Z"
  }

  /// `+08:00`.
  static func offset(_ seconds: Int) -> String {
    let minutes = abs(seconds) / 60
    return (seconds < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
  }

  private static func parts(_ milliseconds: Int64) -> (day: String, time: String) {
    let days = floored(milliseconds, 86_400_000)
    let rest = Int(milliseconds - days * 86_400_000)
    let (year, month, day) = date(Int(days))
    let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60]
    return (
      padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2),
      clock.map { padded($0, 2) }.joined(separator: ":") + "." + padded(rest % 1000, 3)
    )
  }

  private static func floored(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}
