// Spec: 12-queries. The schema of a table at a moment.
import HudiFileGroup
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns
import LakeParquet

/// The data columns of a table, as Avro and as columns.
public struct TableSchema: Sendable {
  /// Avro JSON without meta fields, as commits carry it.
  public let text: String
  public let avro: AvroSchema
  /// The data columns.
  public let columns: Schema

  /// - Parameter text: a record schema in Avro's JSON; meta fields in it are left out.
  public init(text: String) throws(LakeError) {
    let parsed = try AvroSchema.parse(Buffer(utf8: text))
    guard let record = parsed.asRecord else {
      throw LakeError(.schemaMismatch, "the table's schema is no record", kind: .corrupted)
    }
    let hasMeta = record.fields.contains { MetaField.isReserved($0.name) }
    if hasMeta {
      var bare = record
      bare.fields.removeAll { MetaField.isReserved($0.name) }
      avro = .record(bare)
      self.text = avro.jsonText
    } else {
      avro = parsed
      self.text = text
    }
    columns = try avro.columns()
  }

  /// The schema that a base file brings along, without meta columns: the Avro text in its footer,
  /// else its own columns. [SCHEMA-3]
  init(_ file: ParquetFile, table: String) throws(LakeError) {
    if let text = file.value(forKey: HudiFooter.schemaKey) {
      try self.init(text: text)
    } else {
      try self.init(columns: file.schema.withoutMetaFields, table: table)
    }
  }

  /// The schema of a new table: record `<table>_record` in namespace `hoodie.<table>`, every
  /// nullable column `["null", T]` with default null. [SCHEMA-1]
  public init(columns: Schema, table: String) throws(LakeError) {
    let name = Self.avroName(table)
    avro = try AvroSchema(columns: columns, name: "\(name)_record", namespace: "hoodie.\(name)")
    text = avro.jsonText
    self.columns = try avro.columns()
  }

  /// A table's name as Avro allows it: letters, digits and `_`, not starting with a digit.
  private static func avroName(_ table: String) -> String {
    var name = ""
    for scalar in table.unicodeScalars {
      let isWord =
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
      name.unicodeScalars.append(isWord ? scalar : "_")
    }
    if name.isEmpty || ("0"..."9").contains(name.unicodeScalars[name.startIndex]) {
      name = "_" + name
    }
    return name
  }

  /// Full name of the record: the message name of base files.
  public var recordName: String { avro.asRecord?.name.fullName ?? "record" }

  /// The schema of base files: the meta fields and then the data columns, as Avro JSON.
  public var fileText: String {
    guard var record = avro.asRecord else { return text }
    let meta = MetaField.allCases.map {
      AvroField($0.name, .nullable(.string), doc: "", defaultValue: .null)
    }
    record.fields = meta + record.fields
    return AvroSchema.record(record).jsonText
  }
}
