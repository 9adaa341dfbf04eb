// Spec: 11-keys-and-indexes. Values as Java's own toString spells them; keys written by Java
// depend on it.
import LakeBase

/// Java's text of single values.
public enum JavaText {
  /// At least one digit after the point; plain for 1e-3 <= |x| < 1e7, else with `E`; shortest
  /// digits.
  public static func double(_ value: Double) -> String {
    if let special = special(value) { return special }
    // A subnormal with one significant digit is spelled with the nearer two.
    let ticks = value.magnitude.bitPattern
    if ticks < 100 {
      return floating(
        "\(value.magnitude)", negative: value < 0, exact: Double(ticks) * 4.940_656_458_412_465_44,
        at: -324)
    }
    return floating("\(value.magnitude)", negative: value.sign == .minus, exact: nil, at: 0)
  }

  /// The same for single precision.
  public static func float(_ value: Float) -> String {
    if let special = special(Double(value)) { return special }
    let ticks = value.magnitude.bitPattern
    if ticks < 100 {
      return floating(
        "\(value.magnitude)", negative: value < 0, exact: Double(ticks) * 1.401_298_464_324_817,
        at: -45)
    }
    return floating("\(value.magnitude)", negative: value.sign == .minus, exact: nil, at: 0)
  }

  private static func special(_ value: Double) -> String? {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    return nil
  }

  /// - Parameters:
  ///   - text: the shortest digits of a positive number, in any notation with point or exponent.
  ///   - exact: the number in units of 10^`power`, where one digit is not precise enough.
  private static func floating(
    _ text: String, negative: Bool, exact: Double?, at power: Int
  ) -> String {
    var digits: [UInt8] = []
    var pointAt = 0
    var sawPoint = false
    var exponent = 0
    let parts = text.split(separator: "e", maxSplits: 1)
    if parts.count == 2 { exponent = Int(parts[1]) ?? 0 }
    for byte in parts[0].utf8 {
      if byte == 0x2E {
        sawPoint = true
      } else {
        digits.append(byte)
        if !sawPoint { pointAt += 1 }
      }
    }
    let leading = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(leading)
    while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
    // The value is 0.d1d2d3… times ten to this power.
    var scale = pointAt - leading + exponent
    if digits.count == 1, let exact {
      var tenths = Int((exact * 10).rounded())
      var shift = power
      while tenths >= 100 {
        tenths = (tenths + 5) / 10
        shift += 1
      }
      digits = Array(String(tenths).utf8)
      scale = shift + 1
      if digits.last == 0x30 { digits.removeLast() }
    }
    return (negative ? "-" : "") + spelled(digits, scale)
  }

  private static func spelled(_ digits: [UInt8], _ scale: Int) -> String {
    func text(_ part: some Sequence<UInt8>) -> String {
      String(decoding: Array(part), as: UTF8.self)
    }
    func fraction(_ part: ArraySlice<UInt8>) -> String { part.isEmpty ? "0" : text(part) }
    if scale > 7 || scale < -2 {
      return "\(text(digits[..<1])).\(fraction(digits[1...]))E\(scale - 1)"
    }
    if scale <= 0 { return "0." + String(repeating: "0", count: -scale) + text(digits) }
    if digits.count <= scale {
      return text(digits) + String(repeating: "0", count: scale - digits.count) + ".0"
    }
    return "\(text(digits[..<scale])).\(text(digits[scale...]))"
  }

  /// `BigDecimal.toString`: plain with all digits of the scale, scientific below 1E-6.
  public static func decimal(_ unscaled: Int128, scale: Int) -> String {
    let digits = String(unscaled.magnitude)
    let sign = unscaled < 0 ? "-" : ""
    if scale == 0 { return sign + digits }
    let adjusted = digits.utf8.count - 1 - scale
    if scale > 0, adjusted >= -6 {
      let padded =
        String(repeating: "0", count: Swift.max(0, scale + 1 - digits.utf8.count)) + digits
      let point = padded.index(padded.endIndex, offsetBy: -scale)
      return "\(sign)\(padded[..<point]).\(padded[point...])"
    }
    let first = digits.prefix(1)
    let rest = digits.dropFirst()
    return sign + first + (rest.isEmpty ? "" : "." + rest) + "E" + (adjusted > 0 ? "+" : "")
      + String(adjusted)
  }

  /// `LocalDate.toString` of a day since 1970-01-01.
  public static func date(_ days: Int64) -> String {
    let civil = ValueText.civil(Int(days))
    let month = twoDigits(civil.month)
    return "\(year(civil.year))-\(month)-\(twoDigits(civil.day))"
  }

  /// `java.sql.Timestamp.toString` in UTC.
  public static func timestamp(_ ticks: Int64, _ unit: TimeUnit) -> String {
    let perSecond = unit.perSecond
    var seconds = ticks / perSecond
    var rest = ticks % perSecond
    if rest < 0 {
      rest += perSecond
      seconds -= 1
    }
    var days = seconds / 86_400
    var second = Int(seconds % 86_400)
    if second < 0 {
      second += 86_400
      days -= 1
    }
    var fraction = String(String(rest + perSecond).dropFirst())
    while fraction.hasSuffix("0") { fraction.removeLast() }
    if fraction.isEmpty { fraction = "0" }
    return "\(date(days)) \(twoDigits(second / 3600)):\(twoDigits(second / 60 % 60)):"
      + "\(twoDigits(second % 60)).\(fraction)"
  }

  /// `Arrays.toString` of bytes, which Java has signed.
  static func byteArray(_ bytes: [UInt8]) -> String {
    "[" + bytes.map { String(Int8(bitPattern: $0)) }.joined(separator: ", ") + "]"
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func year(_ value: Int) -> String {
    let digits = String(value.magnitude)
    let padded = String(repeating: "0", count: Swift.max(0, 4 - digits.utf8.count)) + digits
    return value < 0 ? "-" + padded : value > 9999 ? "+" + padded : padded
  }
}
