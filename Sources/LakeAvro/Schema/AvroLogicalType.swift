// Spec: 05a-avro. What values mean beyond how they are stored.
import LakeBase

/// A logical type of the Avro specification. Unknown and ill-fitting ones are no logical type at
/// all: the values are then what the base type says.
public enum AvroLogicalType: Sendable, Hashable {
  /// Two's complement, big-endian, unscaled; on bytes or fixed.
  case decimal(precision: Int, scale: Int)
  /// Days since 1970-01-01; on int.
  case date
  /// Since midnight; on int and long.
  case timeMillis, timeMicros
  /// Instants since 1970-01-01T00:00:00Z; on long.
  case timestampMillis, timestampMicros, timestampNanos
  /// Wall times without a zone; on long.
  case localTimestampMillis, localTimestampMicros, localTimestampNanos
  /// On string, or on fixed of 16 bytes.
  case uuid
  /// Months, days, milliseconds; on fixed of 12 bytes.
  case duration

  /// The value of the attribute `logicalType`.
  public var text: String {
    switch self {
    case .decimal: "decimal"
    case .date: "date"
    case .timeMillis: "time-millis"
    case .timeMicros: "time-micros"
    case .timestampMillis: "timestamp-millis"
    case .timestampMicros: "timestamp-micros"
    case .timestampNanos: "timestamp-nanos"
    case .localTimestampMillis: "local-timestamp-millis"
    case .localTimestampMicros: "local-timestamp-micros"
    case .localTimestampNanos: "local-timestamp-nanos"
    case .uuid: "uuid"
    case .duration: "duration"
    }
  }

  /// The attributes that spell this type, in the order in which Java writes them.
  public var properties: AvroProperties {
    var entries = [AvroProperties.Entry("logicalType", .string(text))]
    if case .decimal(let precision, let scale) = self {
      entries.append(.init("precision", .integer(Int64(precision))))
      entries.append(.init("scale", .integer(Int64(scale))))
    }
    return AvroProperties(entries)
  }
}

extension AvroSchema {
  /// A primitive with a logical type.
  public static func logical(_ type: AvroLogicalType, _ base: AvroSchema) -> AvroSchema {
    .annotated(base, type.properties)
  }

  /// The logical type, if the attributes spell one that fits the base type.
  public var logicalType: AvroLogicalType? {
    guard case .string(let text)? = properties["logicalType"] else { return nil }
    switch bare {
    case .int: return text == "date" ? .date : text == "time-millis" ? .timeMillis : nil
    case .long: return Self.longTypes[text]
    case .string: return text == "uuid" ? .uuid : nil
    case .bytes: return text == "decimal" ? decimal(fixedSize: nil) : nil
    case .fixed(let type):
      switch text {
      case "decimal": return decimal(fixedSize: type.size)
      case "uuid": return type.size == 16 ? .uuid : nil
      case "duration": return type.size == 12 ? .duration : nil
      default: return nil
      }
    default: return nil
    }
  }

  private static let longTypes: [String: AvroLogicalType] = [
    "time-micros": .timeMicros, "timestamp-millis": .timestampMillis,
    "timestamp-micros": .timestampMicros, "timestamp-nanos": .timestampNanos,
    "local-timestamp-millis": .localTimestampMillis,
    "local-timestamp-micros": .localTimestampMicros,
    "local-timestamp-nanos": .localTimestampNanos,
  ]

  private func decimal(fixedSize: Int?) -> AvroLogicalType? {
    guard let precision = properties["precision"]?.int, precision > 0 else { return nil }
    var scale = 0
    if let given = properties["scale"] {
      guard let number = given.int else { return nil }
      scale = number
    }
    guard scale >= 0, scale <= precision else { return nil }
    if let fixedSize, precision > Self.digits(inBytes: fixedSize) { return nil }
    return .decimal(precision: precision, scale: scale)
  }

  /// Decimal digits that always fit `size` bytes of two's complement.
  static func digits(inBytes size: Int) -> Int {
    guard size > 0 else { return 0 }
    // floor(log10(2^(8 size - 1) - 1)); the product is never integral, so the power alone will do.
    return size > 100_000 ? Int.max : Int(Double(8 * size - 1) * 0.301029995663981195)
  }

  /// The fewest bytes of two's complement that hold every number of `precision` digits.
  static func decimalBytes(precision: Int) -> Int {
    var size = 1
    while digits(inBytes: size) < precision { size += 1 }
    return size
  }
}
