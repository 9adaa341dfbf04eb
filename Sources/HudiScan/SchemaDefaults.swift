// Spec: 12b-schema. Avro's defaults for columns that older files lack.
import HudiFileGroup
import LakeAvro
import LakeBase
import LakeColumns

/// Default values of a table's schema, as what rows of files without the column show.
enum SchemaDefaults {
  /// Columns whose default is not null; those of nested types and of types whose default Avro
  /// spells in bytes stay null. [SCHEMA-10]
  static func columns(_ avro: [AvroField], _ fields: [Field]) -> SourceColumns {
    var columns = SourceColumns()
    for (field, column) in zip(avro, fields) {
      let missing = field.defaultValue.map { scalar($0, column.type) } ?? .null
      var inside = SourceColumns.byName
      if case .structure(let parts) = column.type, let record = record(field.schema) {
        inside = self.columns(record.fields, parts)
      }
      guard missing != .null || inside != .byName else { continue }
      columns[column.name] = SourceColumns.Place(column.name, missing: missing, inside: inside)
    }
    return columns
  }

  private static func record(_ schema: AvroSchema) -> AvroRecord? {
    schema.asRecord ?? schema.nonNull?.asRecord
  }

  private static func scalar(_ value: JSONValue, _ type: ColumnType) -> Scalar {
    switch (type, value) {
    case (.bool, .bool(let flag)): .bool(flag)
    case (.string, .string(let text)): .string(text)
    case (.int8, _), (.int16, _), (.int32, _), (.int64, _), (.date, _), (.time, _),
      (.timestamp, _):
      value.int64.map { .int($0) } ?? .null
    case (.float32, _): value.double.map { .float(Float($0)) } ?? .null
    case (.float64, _): value.double.map { .double($0) } ?? .null
    default: .null
    }
  }
}
