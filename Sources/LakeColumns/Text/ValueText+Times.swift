// Spec: 14-text-rows. Dates, times of day and timestamps from ISO 8601 text.

extension ValueText {
  /// What a timestamp's text says.
  @frozen public struct Moment: Sendable, Equatable {
    /// Seconds since 1970-01-01T00:00:00; in UTC when `isZoned`, else by the clock on the wall.
    public var seconds: Int64
    public var nanos: Int32
    public var isZoned: Bool
    /// Digits of the fraction as written, 0...9.
    public var digits: UInt8

    @inlinable
    public init(seconds: Int64, nanos: Int32, isZoned: Bool, digits: UInt8) {
      self.seconds = seconds
      self.nanos = nanos
      self.isZoned = isZoned
      self.digits = digits
    }

    /// Ticks of `unit`; nil when finer digits would be lost or 64 bits are too few.
    @inlinable
    public func ticks(_ unit: TimeUnit) -> Int64? {
      let perSecond = unit.perSecond
      let nanosPerTick = Int32(1_000_000_000 / perSecond)
      let (whole, over) = seconds.multipliedReportingOverflow(by: perSecond)
      let (fraction, rest) = nanos.quotientAndRemainder(dividingBy: nanosPerTick)
      let (sum, overAgain) = whole.addingReportingOverflow(Int64(fraction))
      if over || overAgain || rest != 0 {
        return rest == 0 ? edgeTicks(perSecond, Int64(fraction)) : nil
      }
      return sum
    }

    /// The lowest representable ticks overflow halfway though the sum fits.
    @usableFromInline
    func edgeTicks(_ perSecond: Int64, _ fraction: Int64) -> Int64? {
      Int64(exactly: Int128(seconds) * Int128(perSecond) + Int128(fraction))
    }
  }

  /// Days since 1970-01-01 of a proleptic Gregorian date.
  @inlinable
  public static func days(year: Int, month: Int, day: Int) -> Int {
    // Years begin in March, so that the leap day is a year's last one.
    let shifted = month <= 2 ? year &- 1 : year
    let era = (shifted >= 0 ? shifted : shifted &- 399) / 400
    let yearOfEra = shifted &- era &* 400
    let monthFromMarch = month > 2 ? month &- 3 : month &+ 9
    let dayOfYear = (153 &* monthFromMarch &+ 2) / 5 &+ day &- 1
    let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
    return era &* 146_097 &+ dayOfEra &- 719_468
  }

  /// The date of a day number.
  @inlinable
  public static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days &+ 719_468
    let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
    let dayOfEra = shifted &- era &* 146_097
    let yearOfEra =
      (dayOfEra &- dayOfEra / 1_460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
    let monthFromMarch = (5 &* dayOfYear &+ 2) / 153
    let day = dayOfYear &- (153 &* monthFromMarch &+ 2) / 5 &+ 1
    let month = monthFromMarch < 10 ? monthFromMarch &+ 3 : monthFromMarch &- 9
    return (yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0), month, day)
  }

  @inlinable
  static func pair(_ text: UnsafePointer<UInt8>) -> Int {
    let high = text[0] &- 0x30
    let low = text[1] &- 0x30
    return high <= 9 && low <= 9 ? Int(high) &* 10 &+ Int(low) : 1_000
  }

  @inlinable
  static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
    if month &- 1 > 11 || month < 1 || day < 1 || day > 31 { return false }
    if day <= 28 { return true }
    if month == 2 { return day == 29 && year & 3 == 0 && (year % 100 != 0 || year % 400 == 0) }
    return day <= 30 || (month != 4 && month != 6 && month != 9 && month != 11)
  }

  /// Days since 1970 of `YYYY-MM-DD`; years beyond four digits carry a sign.
  @inlinable
  public static func date(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int32? {
    var at = 0
    guard let days = datePart(text, count, &at), at == count else { return nil }
    return Int32(exactly: days)
  }

  @inlinable
  static func datePart(_ text: UnsafePointer<UInt8>, _ count: Int, _ at: inout Int) -> Int? {
    if count < 10 { return nil }
    if text[0] == 0x2B || text[0] == 0x2D { return longDatePart(text, count, &at) }
    let century = pair(text)
    let rest = pair(text + 2)
    let month = pair(text + 5)
    let day = pair(text + 8)
    let year = century &* 100 &+ rest
    guard text[4] == 0x2D, text[7] == 0x2D, century < 100, rest < 100, isDay(year, month, day)
    else { return nil }
    at = 10
    return days(year: year, month: month, day: day)
  }

  @usableFromInline
  static func longDatePart(_ text: UnsafePointer<UInt8>, _ count: Int, _ at: inout Int) -> Int? {
    let negative = text[0] == 0x2D
    at = 1
    var year = 0
    while at < count && at <= 13 {
      let digit = text[at] &- 0x30
      if digit > 9 { break }
      year = year &* 10 &+ Int(digit)
      at &+= 1
    }
    guard at >= 5, count &- at >= 6, text[at] == 0x2D, text[at &+ 3] == 0x2D else { return nil }
    if negative { year = 0 &- year }
    let month = pair(text + (at &+ 1))
    let day = pair(text + (at &+ 4))
    guard isDay(year, month, day) else { return nil }
    at &+= 6
    return days(year: year, month: month, day: day)
  }

  /// Nanoseconds since midnight of `HH:MM[:SS[.fraction]]`, and the digits of the fraction.
  @inlinable
  public static func time(
    _ text: UnsafePointer<UInt8>, _ count: Int
  ) -> (nanos: Int64, digits: UInt8)? {
    var at = 0
    guard let clock = clockPart(text, count, &at), at == count else { return nil }
    return (Int64(clock.seconds) &* 1_000_000_000 &+ Int64(clock.nanos), clock.digits)
  }

  @inlinable
  static func clockPart(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ at: inout Int
  ) -> (seconds: Int, nanos: Int32, digits: UInt8)? {
    if count &- at < 5 { return nil }
    let hour = pair(text + at)
    let minute = pair(text + (at &+ 3))
    if text[at &+ 2] != 0x3A || hour > 23 || minute > 59 { return nil }
    at &+= 5
    if at == count || text[at] != 0x3A { return (hour &* 3600 &+ minute &* 60, 0, 0) }
    if count &- at < 3 { return nil }
    let second = pair(text + (at &+ 1))
    if second > 59 { return nil }
    at &+= 3
    var nanos: Int32 = 0
    var digits: UInt8 = 0
    if at < count && text[at] == 0x2E {
      at &+= 1
      while at < count {
        let digit = text[at] &- 0x30
        if digit > 9 { break }
        if digits == 9 { return nil }
        nanos = nanos &* 10 &+ Int32(digit)
        digits &+= 1
        at &+= 1
      }
      if digits == 0 { return nil }
      var missing = digits
      while missing < 9 {
        nanos = nanos &* 10
        missing &+= 1
      }
    }
    return (hour &* 3600 &+ minute &* 60 &+ second, nanos, digits)
  }

  /// `YYYY-MM-DD(T| )HH:MM[:SS[.fraction]][Z|±HH[[:]MM]]`.
  @inlinable
  public static func timestamp(_ text: UnsafePointer<UInt8>, _ count: Int) -> Moment? {
    var at = 0
    guard let days = datePart(text, count, &at), count &- at >= 6 else { return nil }
    if text[at] != 0x54 && text[at] != 0x20 && text[at] != 0x74 { return nil }
    at &+= 1
    guard let clock = clockPart(text, count, &at) else { return nil }
    guard let seconds = secondsOf(days, clock.seconds) else { return nil }
    if at == count {
      return Moment(seconds: seconds, nanos: clock.nanos, isZoned: false, digits: clock.digits)
    }
    guard let offset = zonePart(text, count, at) else { return nil }
    let (instant, over) = seconds.subtractingReportingOverflow(Int64(offset))
    if over { return nil }
    return Moment(
      seconds: instant, nanos: clock.nanos, isZoned: true, digits: clock.digits)
  }

  @inlinable
  static func secondsOf(_ days: Int, _ seconds: Int) -> Int64? {
    if days.magnitude < 100_000_000_000_000 { return Int64(days &* 86_400 &+ seconds) }
    return Int64(exactly: Int128(days) * 86_400 + Int128(seconds))
  }

  /// Seconds east of Greenwich of `Z`, `±HH`, `±HHMM` or `±HH:MM` from `at` to the end.
  @inlinable
  static func zonePart(_ text: UnsafePointer<UInt8>, _ count: Int, _ at: Int) -> Int? {
    let left = count &- at
    if text[at] | 0x20 == 0x7A { return left == 1 ? 0 : nil }
    if text[at] != 0x2B && text[at] != 0x2D { return nil }
    if left != 3 && left != 5 && left != 6 { return nil }
    let hour = pair(text + (at &+ 1))
    var minute = 0
    if left == 5 { minute = pair(text + (at &+ 3)) }
    if left == 6 {
      if text[at &+ 3] != 0x3A { return nil }
      minute = pair(text + (at &+ 4))
    }
    if hour > 23 || minute > 59 { return nil }
    let seconds = hour &* 3600 &+ minute &* 60
    return text[at] == 0x2D ? 0 &- seconds : seconds
  }

  /// Seconds east of Greenwich of an offset such as `Z`, `+08:00` or `-0330`.
  public static func zoneOffset(_ text: String) -> Int? {
    withBytes(text) { bytes, count in count > 0 ? zonePart(bytes, count, 0) : nil }
  }
}
