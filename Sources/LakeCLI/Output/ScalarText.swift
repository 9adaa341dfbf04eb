// Spec: 16-command-line. One value as a person reads it in a table.
import LakeColumns

/// Values as text for tables, tab-separated values and Markdown.
enum ScalarText {
  /// The text of a value of that type; empty for null at the top.
  static func text(_ value: Scalar, _ type: ColumnType) -> String {
    if case .null = value { return "" }
    return inner(value, type, quoting: false)
  }

  private static func inner(_ value: Scalar, _ type: ColumnType, quoting: Bool) -> String {
    switch (value, type) {
    case (.null, _): return "null"
    case (.bool(let flag), _): return flag ? "true" : "false"
    case (.int(let ticks), .date): return date(Int(ticks))
    case (.int(let ticks), .time(let unit)): return clock(ticks, unit)
    case (.int(let ticks), .timestamp(let unit, let utc)): return timestamp(ticks, unit, utc)
    case (.int(let number), _): return String(number)
    case (.uint(let number), _): return String(number)
    case (.float(let number), _): return "\(number)"
    case (.double(let number), _): return "\(number)"
    case (.decimal(let unscaled), .decimal(_, let scale)): return decimal(unscaled, scale)
    case (.decimal(let unscaled), _): return String(unscaled)
    case (.string(let text), _): return quoting ? JSONValue.text(text).line : text
    case (.binary(let bytes), _): return bytes.map { hex($0) }.joined()
    case (.list(let values), .list(let element)):
      return "[" + values.map { inner($0, element.type, quoting: true) }.joined(separator: ", ") + "]"
    case (.map(let entries), .map(let key, let item)):
      let parts = entries.map {
        inner($0.key, key.type, quoting: true) + ": " + inner($0.value, item.type, quoting: true)
      }
      return "{" + parts.joined(separator: ", ") + "}"
    case (.structure(let values), .structure(let fields)):
      let parts = zip(fields, values).map { $0.name + ": " + inner($1, $0.type, quoting: true) }
      return "{" + parts.joined(separator: ", ") + "}"
    case (.list, _), (.map, _), (.structure, _): return "…"
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  static func decimal(_ unscaled: Int128, _ scale: Int) -> String {
    let digits = String(unscaled.magnitude)
    let sign = unscaled < 0 ? "-" : ""
    if scale <= 0 { return sign + digits + String(repeating: "0", count: -scale) }
    let padded = String(repeating: "0", count: Swift.max(0, scale + 1 - digits.count)) + digits
    return sign + padded.dropLast(scale) + "." + padded.suffix(scale)
  }

  private static func date(_ days: Int) -> String {
    let (year, month, day) = CivilTime.date(days)
    let sign = year < 0 ? "-" : ""
    return sign + CivilTime.padded(abs(year), 4) + "-" + CivilTime.padded(month, 2) + "-"
      + CivilTime.padded(day, 2)
  }

  private static func clock(_ ticks: Int64, _ unit: TimeUnit) -> String {
    let seconds = Int(ticks / unit.perSecond)
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { CivilTime.padded($0, 2) }
    return parts.joined(separator: ":") + fraction(Int(ticks % unit.perSecond), unit)
  }

  private static func timestamp(_ ticks: Int64, _ unit: TimeUnit, _ utc: Bool) -> String {
    let perDay = unit.perSecond * 86_400
    var days = ticks / perDay
    var rest = ticks % perDay
    if rest < 0 {
      days -= 1
      rest += perDay
    }
    return date(Int(days)) + "T" + clock(rest, unit) + (utc ? "Z" : "")
  }

  private static func fraction(_ ticks: Int, _ unit: TimeUnit) -> String {
    unit == .second ? "" : "." + CivilTime.padded(ticks, unit.digits)
  }
}

extension ColumnType {
  /// Whether its values stand right-aligned.
  var isNumeric: Bool {
    switch self {
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32,
      .float64, .decimal:
      true
    default: false
    }
  }
}
