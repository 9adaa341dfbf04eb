// Spec: 07-log-files. The Avro schema of a delete block's entries.
import LakeAvro
import LakeBase

/// One entry: key, partition, and an ordering value in one of many wrappers. Only the structure
/// counts for reading; names are Hudi's.
enum LogDeleteSchema {
  /// Branches of the ordering value behind null, in their order.
  enum Wrapper: Int, CaseIterable {
    case boolean, int, long, float, double, bytes, string, date, decimal, timeMicros
    case timestampMicros
    /// Several ordering fields; inside of it this place is a date's.
    case array
  }

  static let entry = record(
    "HoodieDeleteRecord",
    [
      AvroField("recordKey", .nullable(.string)),
      AvroField("partitionPath", .nullable(.string)),
      AvroField("orderingVal", .union([.null] + wrappers.map(\.schema) + [array])),
    ])

  private static let namespace = "org.apache.hudi.avro.model"

  private static let wrappers: [(name: String, schema: AvroSchema)] = [
    wrapper("BooleanWrapper", .boolean), wrapper("IntWrapper", .int),
    wrapper("LongWrapper", .long), wrapper("FloatWrapper", .float),
    wrapper("DoubleWrapper", .double), wrapper("BytesWrapper", .bytes),
    wrapper("StringWrapper", .string), wrapper("DateWrapper", .logical(.date, .int)),
    wrapper("DecimalWrapper", .logical(.decimal(precision: 30, scale: 15), .bytes)),
    wrapper("TimeMicrosWrapper", .logical(.timeMicros, .long)),
    wrapper("TimestampMicrosWrapper", .logical(.timestampMicros, .long)),
  ]

  private static var array: AvroSchema {
    let known = wrappers.map { AvroSchema.reference(namespace + "." + $0.name) }
    let date = wrapper("LocalDateWrapper", .logical(.date, .int)).schema
    return record(
      "ArrayWrapper",
      [AvroField("wrappedValues", .nullable(.array(.union([.null] + known + [date]))))])
  }

  private static func wrapper(
    _ name: String, _ value: AvroSchema
  ) -> (name: String, schema: AvroSchema) {
    (name, record(name, [AvroField("value", value)]))
  }

  private static func record(_ name: String, _ fields: [AvroField]) -> AvroSchema {
    .record(AvroRecord(AvroName(name, namespace: namespace), fields: fields))
  }
}
