// Spec: 09-metadata-table. Stored bounds as values of a column's type, or nothing.
import LakeBase
import LakeColumns

extension ColumnStatistics {
  /// Numbers of value types, as newer writers note them.
  private enum Kind {
    static let decimal = 10
    static let uuid = 11
    static let date = 12
    static let timestamps = 15...17
    static let localTimestamps = 18...20
  }

  /// A bound as a value of `type`; nil where the stored kind does not fit it exactly. [MDT-15]
  static func scalar(
    _ bound: StatisticsValue, _ type: ColumnType, _ stored: ValueType?
  ) -> Scalar? {
    switch (type, bound.value) {
    case (.bool, .bool) where bound.wrapper == .boolean: bound.value
    case (.int8, .int(let value)), (.int16, .int(let value)), (.int32, .int(let value)),
      (.int64, .int(let value)):
      isPlainNumber(bound, stored) ? .int(value) : nil
    case (.float32, .float): bound.value
    case (.float64, .float(let value)): .double(Double(value))
    case (.float64, .double): bound.value
    case (.float64, .int(let value)):
      isPlainNumber(bound, stored) ? Double(exactly: value).map { .double($0) } : nil
    case (.string, .string(let text)):
      // Bounds of log files are in the order of UTF-16 units; from U+E000 on the orders differ.
      stored?.ordinal == Kind.uuid || text.utf8.contains { $0 >= 0xEE } ? nil : bound.value
    case (.binary, .binary) where bound.wrapper == .bytes && stored?.ordinal != Kind.decimal:
      bound.value
    case (.date, .int):
      [.date, .localDate].contains(bound.wrapper) || stored?.ordinal == Kind.date
        ? bound.value : nil
    case (.timestamp(let unit, let utc), .int): timestamp(bound, unit, utc, stored)
    case (.decimal(_, let scale), _): decimal(bound, scale, stored)
    default: nil
    }
  }

  private static func isPlainNumber(_ bound: StatisticsValue, _ stored: ValueType?) -> Bool {
    guard bound.wrapper == .int || bound.wrapper == .long else { return false }
    return stored.map { $0.ordinal == 3 || $0.ordinal == 4 } ?? true
  }

  private static func timestamp(
    _ bound: StatisticsValue, _ unit: TimeUnit, _ utc: Bool, _ stored: ValueType?
  ) -> Scalar? {
    guard let stored else {
      // Older writers leave the unit out; they know microseconds only.
      return unit == .micro && [.long, .timestampMicros].contains(bound.wrapper)
        ? bound.value : nil
    }
    let kinds = utc ? Kind.timestamps : Kind.localTimestamps
    let units: [TimeUnit] = [.milli, .micro, .nano]
    guard kinds.contains(stored.ordinal), units[stored.ordinal - kinds.lowerBound] == unit else {
      return nil
    }
    return bound.value
  }

  private static func decimal(
    _ bound: StatisticsValue, _ scale: Int, _ stored: ValueType?
  ) -> Scalar? {
    switch bound.value {
    case .decimal(let unscaled) where bound.wrapper == .decimal && (0...15).contains(scale):
      var divisor: Int128 = 1
      for _ in scale..<15 { divisor *= 10 }
      let (quotient, rest) = unscaled.quotientAndRemainder(dividingBy: divisor)
      return rest == 0 ? .decimal(quotient) : nil
    case .binary(let bytes) where stored?.ordinal == Kind.decimal:
      let parts = (stored?.additionalInfo ?? "").split(separator: ",")
      guard parts.count == 2, Int(parts[1]) == scale else { return nil }
      return Int128(bigEndianBytes: bytes).map { .decimal($0) }
    default: return nil
    }
  }
}
