// Spec: 14-text-rows. Exact decimals.

extension ValueText {
  /// A number's text as an unscaled integer at `scale`, exactly; nil when malformed, when digits
  /// below the scale are not zero, or when it has more than `precision` digits.
  public static func decimal(
    _ text: UnsafePointer<UInt8>, _ count: Int, precision: Int, scale: Int
  ) -> Int128? {
    if count <= 19, let parts = numberParts(text, count), parts.exponent <= 0 {
      let missing = scale &+ parts.exponent
      if missing >= 0 && missing <= 19 {
        let wide = Int128(parts.mantissa).multipliedReportingOverflow(
          by: Int128(wholeTens(missing)))
        guard !wide.overflow, wide.partialValue < powerOfTen(precision) else { return nil }
        return parts.negative ? -wide.partialValue : wide.partialValue
      }
    }
    guard let (unscaled, found) = decimalParts(text, count) else { return nil }
    guard let moved = rescale(unscaled, from: found, to: scale) else { return nil }
    return moved.magnitude < powerOfTen(precision).magnitude ? moved : nil
  }

  /// Unscaled digits and scale of a number's text; up to 38 digits.
  public static func decimalParts(
    _ text: UnsafePointer<UInt8>, _ count: Int
  ) -> (unscaled: Int128, scale: Int)? {
    guard let parts = numberParts(text, count) else { return nil }
    var unscaled: Int128 = 0
    var trailing = 0
    var at = parts.negative ? 1 : 0
    while at < count && text[at] | 0x20 != 0x65 {
      defer { at &+= 1 }
      if text[at] == 0x2E { continue }
      let digit = text[at] &- 0x30
      if digit == 0 {
        trailing &+= 1
        continue
      }
      var zeros = trailing &+ 1
      trailing = 0
      while zeros > 0 {
        let (times, over) = unscaled.multipliedReportingOverflow(by: 10)
        if over && unscaled != 0 { return nil }
        if unscaled == 0 { break }
        unscaled = times
        zeros &-= 1
      }
      let (sum, over) = unscaled.addingReportingOverflow(Int128(digit))
      if over { return nil }
      unscaled = sum
    }
    // Trailing zeros move into the scale, so that `1.000…0` with many zeros stays small.
    let scale = 0 &- parts.exponent &- trailing
    if unscaled == 0 { return (0, 0) }
    return (parts.negative ? -unscaled : unscaled, scale)
  }

  /// The same value at another scale; nil when digits would be lost or 128 bits are too few.
  public static func rescale(_ value: Int128, from: Int, to: Int) -> Int128? {
    if value == 0 || from == to { return value }
    let step = to &- from
    if step > 38 || step < -38 { return nil }
    if step > 0 {
      let (product, over) = value.multipliedReportingOverflow(by: powerOfTen(step))
      return over ? nil : product
    }
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: powerOfTen(0 &- step))
    return rest == 0 ? quotient : nil
  }

  /// 10^power for 0...38.
  public static func powerOfTen(_ power: Int) -> Int128 {
    if power <= 18 { return Int128(wholeTens(power)) }
    if power <= 37 { return Int128(wholeTens(18)) * Int128(wholeTens(power - 18)) }
    return Int128(wholeTens(19)) * Int128(wholeTens(19))
  }

  /// `[-]digits.digits` with exactly `scale` decimals; a negative scale adds zeros. Returns bytes.
  @discardableResult
  public static func write(
    decimal value: Int128, scale: Int, to target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var at = 0
    if value < 0 {
      target[0] = 0x2D
      at = 1
    }
    if let small = UInt64(exactly: value.magnitude), scale >= 0, scale <= 19 {
      if scale == 0 { return at &+ write(unsigned: small, to: target + at) }
      let (whole, rest) = small.quotientAndRemainder(dividingBy: wholeTens(scale))
      at &+= write(unsigned: whole, to: target + at)
      target[at] = 0x2E
      writeDigits(rest, scale, target + (at &+ 1))
      return at &+ 1 &+ scale
    }
    let scale = Swift.min(scale, 60)
    var digits = Array(String(value.magnitude).utf8)
    if scale > 0 {
      if digits.count <= scale {
        digits.insert(contentsOf: repeatElement(0x30, count: scale &+ 1 &- digits.count), at: 0)
      }
      digits.insert(0x2E, at: digits.count &- scale)
    } else if value != 0 {
      digits.append(contentsOf: repeatElement(0x30, count: Swift.min(0 &- scale, 20)))
    }
    for digit in digits {
      target[at] = digit
      at &+= 1
    }
    return at
  }
}
