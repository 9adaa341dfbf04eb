// Spec: 04-timeline. Days and times of the proleptic Gregorian calendar, without a system library.
import LakeColumns

/// A date and a time of day without a zone.
public struct CivilTime: Sendable, Hashable {
  public var year: Int
  public var month: Int
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int
  public var millisecond: Int

  public init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
    millisecond: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.millisecond = millisecond
  }

  /// The civil time that lies `milliseconds` after 1970-01-01T00:00:00.
  public init(milliseconds: Int64) {
    let dayLength: Int64 = 86_400_000
    var days = milliseconds / dayLength
    var rest = milliseconds % dayLength
    if rest < 0 {
      rest += dayLength
      days -= 1
    }
    self.init(daysSinceEpoch: days)
    millisecond = Int(rest % 1000)
    second = Int(rest / 1000 % 60)
    minute = Int(rest / 60_000 % 60)
    hour = Int(rest / 3_600_000)
  }

  /// Midnight of a day.
  public init(daysSinceEpoch days: Int64) {
    let (year, month, day) = ValueText.civil(Int(days))
    self.init(year: year, month: month, day: day)
  }

  /// Days since 1970-01-01.
  public var daysSinceEpoch: Int64 {
    Int64(ValueText.days(year: year, month: month, day: day))
  }

  /// Milliseconds since 1970-01-01T00:00:00; the fields must be valid.
  public var milliseconds: Int64 {
    let seconds = Int64(hour * 3600 + minute * 60 + second)
    return daysSinceEpoch * 86_400_000 + seconds * 1000 + Int64(millisecond)
  }

  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 31
    }
  }

  /// Whether such a day and time exist.
  public var isValid: Bool {
    month >= 1 && month <= 12 && day >= 1 && day <= Self.days(inMonth: month, of: year) && hour >= 0
      && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60 && millisecond >= 0
      && millisecond < 1000
  }
}
