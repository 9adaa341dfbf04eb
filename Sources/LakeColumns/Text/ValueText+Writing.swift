// Spec: 14-text-rows. Values to text, into memory the caller provides.

@usableFromInline
let digitPairs: StaticString = """
  00010203040506070809101112131415161718192021222324252627282930313233343536373839\
  40414243444546474849505152535455565758596061626364656667686970717273747576777879\
  8081828384858687888990919293949596979899
  """

extension ValueText {
  /// Decimal digits of `value`; returns their number.
  @discardableResult
  public static func write(unsigned value: UInt64, to target: UnsafeMutablePointer<UInt8>) -> Int {
    if value < 10 {
      target[0] = 0x30 &+ UInt8(truncatingIfNeeded: value)
      return 1
    }
    var count = 2
    var bound: UInt64 = 100
    while count < 20 && value >= bound {
      count &+= 1
      bound = count == 20 ? UInt64.max : bound &* 10
    }
    writeDigits(value, count, target)
    return count
  }

  /// Exactly `count` digits, zeros in front.
  static func writeDigits(_ value: UInt64, _ count: Int, _ target: UnsafeMutablePointer<UInt8>) {
    let pairs = digitPairs.utf8Start
    var rest = value
    var at = count
    while at >= 2 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      at &-= 2
      target[at] = pairs[Int(pair) &* 2]
      target[at &+ 1] = pairs[Int(pair) &* 2 &+ 1]
      rest = quotient
    }
    if at == 1 { target[0] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10) }
  }

  @discardableResult
  public static func write(int64 value: Int64, to target: UnsafeMutablePointer<UInt8>) -> Int {
    if value >= 0 { return write(unsigned: UInt64(value), to: target) }
    target[0] = 0x2D
    return 1 &+ write(unsigned: value.magnitude, to: target + 1)
  }

  /// The shortest digits that read back to the same double; `NaN`, `Infinity`, `-Infinity`.
  @discardableResult
  public static func write(double value: Double, to target: UnsafeMutablePointer<UInt8>) -> Int {
    // A decimal of at most 15 digits that rounds to `value` is the only one, hence the shortest.
    let magnitude = value.magnitude
    if magnitude < 1e14 && (magnitude >= 1e-3 || magnitude == 0) {
      var power = 1
      var scale = 10.0
      while power <= 6 {
        let digits = (magnitude * scale).rounded()
        if digits >= 1e15 { break }
        if digits / scale == magnitude {
          return write(value.sign == .minus, UInt64(digits), power, to: target)
        }
        power &+= power < 2 ? 1 : 2
        scale = power == 2 ? 100 : scale * 100
      }
    }
    return write(special: value.description, value.isFinite, value.isNaN, value < 0, to: target)
  }

  /// The shortest digits that read back to the same single.
  @discardableResult
  public static func write(float value: Float, to target: UnsafeMutablePointer<UInt8>) -> Int {
    let magnitude = value.magnitude
    if magnitude < 1e5 && magnitude >= 1e-2 {
      let digits = (magnitude * 100).rounded()
      if digits < 1e6 && digits / 100 == magnitude {
        return write(value < 0, UInt64(digits), 2, to: target)
      }
    }
    return write(special: value.description, value.isFinite, value.isNaN, value < 0, to: target)
  }

  /// digits / 10^power without needless zeros, but one decimal at least.
  private static func write(
    _ negative: Bool, _ digits: UInt64, _ power: Int, to target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var at = 0
    if negative {
      target[0] = 0x2D
      at = 1
    }
    let (whole, fraction) = digits.quotientAndRemainder(dividingBy: wholeTens(power))
    at &+= write(unsigned: whole, to: target + at)
    target[at] = 0x2E
    at &+= 1
    writeDigits(fraction, power, target + at)
    at &+= power
    var zeros = power &- 1
    while zeros > 0 && target[at &- 1] == 0x30 {
      at &-= 1
      zeros &-= 1
    }
    return at
  }

  private static func write(
    special text: String, _ isFinite: Bool, _ isNaN: Bool, _ negative: Bool,
    to target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    let shown = isFinite ? text : isNaN ? "NaN" : negative ? "-Infinity" : "Infinity"
    var at = 0
    for byte in shown.utf8 {
      target[at] = byte
      at &+= 1
    }
    return at
  }

  /// `YYYY-MM-DD`; years outside 0...9999 carry a sign.
  @discardableResult
  public static func write(date days: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
    let (year, month, day) = civil(days)
    var at = 4
    if year >= 0 && year <= 9999 {
      writeDigits(UInt64(year), 4, target)
    } else {
      target[0] = year < 0 ? 0x2D : 0x2B
      let magnitude = UInt64(year.magnitude)
      if magnitude < 10_000 {
        writeDigits(magnitude, 4, target + 1)
        at = 5
      } else {
        at = 1 &+ write(unsigned: magnitude, to: target + 1)
      }
    }
    target[at] = 0x2D
    writeDigits(UInt64(month), 2, target + (at &+ 1))
    target[at &+ 3] = 0x2D
    writeDigits(UInt64(day), 2, target + (at &+ 4))
    return at &+ 6
  }

  /// `HH:MM:SS` and as many decimals as the unit has. Ticks outside a day are shown as they count.
  @discardableResult
  public static func write(
    time ticks: Int64, _ unit: TimeUnit, to target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var at = 0
    if ticks < 0 {
      target[0] = 0x2D
      at = 1
    }
    let (seconds, fraction) = ticks.magnitude.quotientAndRemainder(
      dividingBy: UInt64(unit.perSecond))
    let (minutes, second) = seconds.quotientAndRemainder(dividingBy: 60)
    let (hours, minute) = minutes.quotientAndRemainder(dividingBy: 60)
    if hours < 100 {
      writeDigits(hours, 2, target + at)
      at &+= 2
    } else {
      at &+= write(unsigned: hours, to: target + at)
    }
    target[at] = 0x3A
    writeDigits(minute, 2, target + (at &+ 1))
    target[at &+ 3] = 0x3A
    writeDigits(second, 2, target + (at &+ 4))
    at &+= 6
    let digits = unit.digits
    if digits > 0 {
      target[at] = 0x2E
      writeDigits(fraction, digits, target + (at &+ 1))
      at &+= 1 &+ digits
    }
    return at
  }

  /// `YYYY-MM-DDTHH:MM:SS[.fraction]`, with `Z` when it is an instant.
  @discardableResult
  public static func write(
    timestamp ticks: Int64, _ unit: TimeUnit, utc: Bool, to target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    let perDay = unit.perSecond &* 86_400
    var day = ticks / perDay
    var rest = ticks &- day &* perDay
    if rest < 0 {
      day &-= 1
      rest &+= perDay
    }
    var at = write(date: Int(day), to: target)
    target[at] = 0x54
    at &+= 1
    at &+= write(time: rest, unit, to: target + at)
    if utc {
      target[at] = 0x5A
      at &+= 1
    }
    return at
  }

  /// Two lower-case hexadecimal digits a byte.
  public static func write(
    hexadecimal bytes: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) {
    var at = 0
    while at < count {
      let high = bytes[at] >> 4
      let low = bytes[at] & 15
      target[at &* 2] = high < 10 ? 0x30 &+ high : 0x57 &+ high
      target[at &* 2 &+ 1] = low < 10 ? 0x30 &+ low : 0x57 &+ low
      at &+= 1
    }
  }
}
