// Spec: 01-terms. What values mean, and how they lie in memory.

/// Resolution of times and timestamps.
public enum TimeUnit: UInt8, Sendable, Hashable, CaseIterable {
  case second, milli, micro, nano

  /// Ticks in one second.
  public var perSecond: Int64 {
    switch self {
    case .second: 1
    case .milli: 1_000
    case .micro: 1_000_000
    case .nano: 1_000_000_000
    }
  }
}

/// The type of a column. Physical layout in parentheses; all little-endian.
public indirect enum ColumnType: Sendable, Hashable {
  /// No values, only nulls.
  case null
  /// One bit a row.
  case bool
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  /// IEEE half precision, its bits in a UInt16.
  case float16
  case float32, float64
  /// Unscaled value as Int128, 1...38 digits.
  case decimal(precision: Int, scale: Int)
  /// Days since 1970-01-01 as Int32.
  case date
  /// Time of day: Int32 for seconds and milliseconds, Int64 for finer units.
  case time(TimeUnit)
  /// Int64 since 1970-01-01T00:00:00; `utc` says whether it is an instant or a local wall time.
  case timestamp(TimeUnit, utc: Bool)
  /// UTF-8: Int32 offsets and bytes.
  case string
  /// Int32 offsets and bytes.
  case binary
  /// `count` bytes a row.
  case fixedBinary(Int)
  /// Int32 offsets and one child.
  case list(Field)
  /// Int32 offsets and one child: a struct of `key` (never null) and `value`.
  case map(key: Field, value: Field)
  case structure([Field])

  /// Bytes a row for fixed-width layouts; nil for bits, variable and nested layouts.
  public var fixedWidth: Int? {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32, .date: 4
    case .int64, .uint64, .float64, .timestamp: 8
    case .time(let unit): unit == .second || unit == .milli ? 4 : 8
    case .decimal: 16
    case .fixedBinary(let count): count
    case .null, .bool, .string, .binary, .list, .map, .structure: nil
    }
  }

  public var isNested: Bool {
    switch self {
    case .list, .map, .structure: true
    default: false
    }
  }

  /// The struct field that a map's child consists of.
  public static func mapEntries(key: Field, value: Field) -> Field {
    Field("key_value", .structure([key, value]), nullable: false)
  }
}

extension ColumnType: CustomStringConvertible {
  /// The spelling of `--columns` and of `lake describe`.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .int8: "tinyint"
    case .int16: "smallint"
    case .int32: "int"
    case .int64: "bigint"
    case .uint8: "utinyint"
    case .uint16: "usmallint"
    case .uint32: "uint"
    case .uint64: "ubigint"
    case .float16: "half"
    case .float32: "float"
    case .float64: "double"
    case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
    case .date: "date"
    case .time(let unit): "time(\(unit.digits))"
    case .timestamp(let unit, let utc):
      (utc ? "timestamp" : "local_timestamp") + (unit == .micro ? "" : "(\(unit.digits))")
    case .string: "string"
    case .binary: "binary"
    case .fixedBinary(let count): "fixed(\(count))"
    case .list(let element): "list<\(element.type)\(element.nullable ? "" : " not null")>"
    case .map(let key, let value):
      "map<\(key.type),\(value.type)\(value.nullable ? "" : " not null")>"
    case .structure(let fields):
      "struct<"
        + fields.map { "\($0.name) \($0.type)\($0.nullable ? "" : " not null")" }
        .joined(separator: ",") + ">"
    }
  }
}

extension TimeUnit {
  /// Fractional digits of a second.
  public var digits: Int {
    switch self {
    case .second: 0
    case .milli: 3
    case .micro: 6
    case .nano: 9
    }
  }
}
