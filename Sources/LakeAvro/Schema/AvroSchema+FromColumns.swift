// Spec: 05a-avro. The Avro schema that Hudi's writers derive from a table's columns.
import LakeBase
import LakeColumns

extension AvroSchema {
  /// A record of these columns, named and shaped as Hudi's Spark writers do it.
  ///
  /// Nullable columns become `["null", T]` with the default null; decimals a fixed type of the
  /// fewest bytes, named `fixed` in the namespace of their field; structs a record named after
  /// their field. Throws `typeUnsupported` for types that Avro cannot say.
  public init(columns: Schema, name: String, namespace: String?) throws(LakeError) {
    let root = AvroName(name, namespace: namespace)
    self = .record(try Self.record(columns.fields, root))
  }

  private static func record(_ fields: [Field], _ name: AvroName) throws(LakeError) -> AvroRecord {
    var made: [AvroField] = []
    for field in fields {
      let schema = try schema(of: field, inside: name.fullName, named: field.name)
      made.append(
        AvroField(field.name, schema, defaultValue: field.nullable ? JSONValue.null : nil))
    }
    return AvroRecord(name, fields: made)
  }

  /// - Parameter space: the full name of the record around the field.
  private static func schema(
    of field: Field, inside space: String, named name: String
  ) throws(LakeError) -> AvroSchema {
    let base = try schema(of: field.type, inside: space, named: name)
    return field.nullable && base != .null ? .nullable(base) : base
  }

  private static func schema(
    of type: ColumnType, inside space: String, named name: String
  ) throws(LakeError) -> AvroSchema {
    switch type {
    case .null: return .null
    case .bool: return .boolean
    case .int8, .int16, .int32, .uint8, .uint16: return .int
    case .int64, .uint32: return .long
    case .float16, .float32: return .float
    case .float64: return .double
    case .string: return .string
    case .binary: return .bytes
    case .date: return .logical(.date, .int)
    case .time(.milli): return .logical(.timeMillis, .int)
    case .time(.micro): return .logical(.timeMicros, .long)
    case .timestamp(.milli, let utc):
      return .logical(utc ? .timestampMillis : .localTimestampMillis, .long)
    case .timestamp(.micro, let utc):
      return .logical(utc ? .timestampMicros : .localTimestampMicros, .long)
    case .timestamp(.nano, let utc):
      return .logical(utc ? .timestampNanos : .localTimestampNanos, .long)
    case .decimal(let precision, let scale):
      let logical = AvroLogicalType.decimal(precision: precision, scale: scale)
      return .fixed(
        AvroFixed(
          AvroName("fixed", namespace: space + "." + name),
          size: decimalBytes(precision: precision), properties: logical.properties))
    case .fixedBinary(let size):
      return .fixed(AvroFixed(AvroName("fixed", namespace: space + "." + name), size: size))
    case .list(let element): return .array(try schema(of: element, inside: space, named: name))
    case .map(let key, let value):
      guard key.type == .string else { throw unsupported(type, name) }
      return .map(try schema(of: value, inside: space, named: name))
    case .structure(let fields):
      return .record(try record(fields, AvroName(name, namespace: space)))
    case .uint64, .time, .timestamp: throw unsupported(type, name)
    }
  }

  private static func unsupported(_ type: ColumnType, _ name: String) -> LakeError {
    LakeError(.typeUnsupported, "the column \"\(name)\" is \(type), which Avro cannot say")
  }
}
