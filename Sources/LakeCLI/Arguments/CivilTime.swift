// Spec: 16-command-line. Times between text and milliseconds, without a calendar library.
import LakeColumns
import LakeStorage

/// Times as commands take and show them.
enum CivilTime {
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
      case let days = ValueText.days(year: year, month: month, day: day),
      ValueText.civil(days) == (year, month, day)
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
      Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
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
    let (year, month, day) = ValueText.civil(Int(days))
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
