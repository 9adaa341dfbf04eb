// Spec: 14-text-rows. Floating point from text, exactly rounded.

extension ValueText {
  /// The parts of a number's text.
  @usableFromInline
  struct NumberParts {
    @usableFromInline var mantissa: UInt64 = 0
    @usableFromInline var exponent = 0
    @usableFromInline var negative = false
    /// All significant digits are in `mantissa`.
    @usableFromInline var complete = true
  }

  /// Splits `[-]digits[.digits][(e|E)[+-]digits]`, also `.5` and `5.`; nil when malformed.
  @usableFromInline
  static func numberParts(_ text: UnsafePointer<UInt8>, _ count: Int) -> NumberParts? {
    var parts = NumberParts()
    var at = 0
    if count > 0 && text[0] == 0x2D {
      parts.negative = true
      at = 1
    }
    let first = at
    var mantissa: UInt64 = 0
    while at < count {
      let digit = text[at] &- 0x30
      if digit > 9 { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      at &+= 1
    }
    var digits = at &- first
    var exponent = 0
    if at < count && text[at] == 0x2E {
      at &+= 1
      let fraction = at
      while at < count {
        let digit = text[at] &- 0x30
        if digit > 9 { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        at &+= 1
      }
      exponent = fraction &- at
      digits &+= at &- fraction
    }
    if digits == 0 { return nil }
    if digits > 19 {
      var zero = first
      while zero < at && (text[zero] == 0x30 || text[zero] == 0x2E) {
        if text[zero] == 0x30 { digits &-= 1 }
        zero &+= 1
      }
      parts.complete = digits <= 19
    }
    if at < count {
      guard let power = exponentPart(text, count, &at) else { return nil }
      exponent &+= power
    }
    if at != count { return nil }
    parts.mantissa = mantissa
    parts.exponent = exponent
    return parts
  }

  private static func exponentPart(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ at: inout Int
  ) -> Int? {
    guard text[at] | 0x20 == 0x65 else { return nil }
    at &+= 1
    var negative = false
    if at < count && (text[at] == 0x2D || text[at] == 0x2B) {
      negative = text[at] == 0x2D
      at &+= 1
    }
    let first = at
    var power = 0
    while at < count {
      let digit = text[at] &- 0x30
      if digit > 9 { return nil }
      if power < 100_000 { power = power &* 10 &+ Int(digit) }
      at &+= 1
    }
    return at == first ? nil : negative ? 0 &- power : power
  }

  /// The double nearest to a decimal text, ties to even; `NaN`, `Infinity`, `-Infinity` by name.
  /// Nil when malformed or too large to be finite.
  public static func double(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    guard let parts = numberParts(text, count) else {
      return named(text, count).map(Double.init)
    }
    if parts.complete {
      if parts.mantissa == 0 { return parts.negative ? -0.0 : 0.0 }
      let power = parts.exponent
      if parts.mantissa <= 1 << 53 && power >= -22 && power <= 22 {
        let whole = Double(Int64(bitPattern: parts.mantissa))
        let scaled = power < 0 ? whole / tens(0 &- power) : whole * tens(power)
        return parts.negative ? -scaled : scaled
      }
      if power >= -19 && power <= 19 {
        let magnitude =
          power < 0
          ? quotient(parts.mantissa, wholeTens(0 &- power))
          : product(parts.mantissa, wholeTens(power))
        return parts.negative ? -magnitude : magnitude
      }
    }
    return slowDouble(text, count)
  }

  private static func slowDouble(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    let value = Double(
      String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
    guard let value, value.isFinite else { return nil }
    return value
  }

  /// The single nearest to a decimal text; otherwise as `double`.
  public static func float(_ text: UnsafePointer<UInt8>, _ count: Int) -> Float? {
    guard let parts = numberParts(text, count) else { return named(text, count) }
    if parts.complete && parts.mantissa <= 1 << 24 && parts.exponent >= -10 && parts.exponent <= 10
    {
      let whole = Float(Int64(bitPattern: parts.mantissa))
      let power = Float(tens(Swift.abs(parts.exponent)))
      let scaled = parts.exponent < 0 ? whole / power : whole * power
      return parts.negative ? -scaled : scaled
    }
    let value = Float(
      String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
    guard let value, value.isFinite else { return nil }
    return value
  }

  private static func named(_ text: UnsafePointer<UInt8>, _ count: Int) -> Float? {
    guard count == 3 || count == 8 || count == 9 else { return nil }
    switch String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self) {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: return nil
    }
  }

  /// 10^power as a double, exact for 0...22.
  private static func tens(_ power: Int) -> Double {
    power <= 19 ? Double(wholeTens(power)) : power == 20 ? 1e20 : power == 21 ? 1e21 : 1e22
  }

  /// 10^power, power 0...19.
  @inlinable
  static func wholeTens(_ power: Int) -> UInt64 {
    switch power {
    case 0: 1
    case 1: 10
    case 2: 100
    case 3: 1_000
    case 4: 10_000
    case 5: 100_000
    case 6: 1_000_000
    case 7: 10_000_000
    case 8: 100_000_000
    case 9: 1_000_000_000
    case 10: 10_000_000_000
    case 11: 100_000_000_000
    case 12: 1_000_000_000_000
    case 13: 10_000_000_000_000
    case 14: 100_000_000_000_000
    case 15: 1_000_000_000_000_000
    case 16: 10_000_000_000_000_000
    case 17: 100_000_000_000_000_000
    case 18: 1_000_000_000_000_000_000
    default: 10_000_000_000_000_000_000
    }
  }

  /// left / right, rounded once: a 64-bit quotient and its remainder decide every bit.
  private static func quotient(_ left: UInt64, _ right: UInt64) -> Double {
    let leftShift = left.leadingZeroBitCount
    let rightShift = right.leadingZeroBitCount
    let divisor = right << UInt64(rightShift)
    var high = left << UInt64(leftShift)
    var low: UInt64 = 0
    var exponent = rightShift &- leftShift &- 64
    if high >= divisor {
      low = high << 63
      high >>= 1
      exponent &+= 1
    }
    let (quotient, remainder) = divisor.dividingFullWidth((high, low))
    return rounded(quotient, sticky: remainder != 0, exponent: exponent)
  }

  /// left * right, rounded once.
  private static func product(_ left: UInt64, _ right: UInt64) -> Double {
    let (high, low) = left.multipliedFullWidth(by: right)
    if high == 0 { return rounded(low, sticky: false, exponent: 0) }
    let shift = UInt64(high.leadingZeroBitCount)
    let top = shift == 0 ? high : high << shift | low >> (64 &- shift)
    let rest = shift == 0 ? low : low << shift
    return rounded(top, sticky: rest != 0, exponent: 64 &- Int(shift))
  }

  /// bits * 2^exponent to the nearest double; `sticky` says that lower bits are lost. Normal
  /// numbers only.
  private static func rounded(_ bits: UInt64, sticky: Bool, exponent: Int) -> Double {
    let shift = UInt64(bits.leadingZeroBitCount)
    let aligned = bits << shift
    var mantissa = aligned >> 11
    let rest = aligned & 0x7FF
    if rest > 0x400 || (rest == 0x400 && (sticky || mantissa & 1 == 1)) { mantissa &+= 1 }
    var power = exponent &+ 11 &- Int(shift)
    if mantissa == 1 << 53 {
      mantissa >>= 1
      power &+= 1
    }
    let biased = UInt64(truncatingIfNeeded: power &+ 52 &+ 1023)
    return Double(bitPattern: biased << 52 | mantissa & ((1 << 52) &- 1))
  }
}

extension ValueText {
  /// The half nearest to a single, as its bits.
  public static func half(_ value: Float) -> UInt16 { floatToHalf(value) }

  /// The value of a half's bits.
  public static func single(half bits: UInt16) -> Float { halfToFloat(bits) }
}
