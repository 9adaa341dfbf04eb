// The key generator vectors: record keys, partition paths, formatted times, escaping.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import HudiModel

@Suite(.enabled(if: Fixtures.arePresent, "the vectors are absent"))
struct KeyVectorTests {
  /// A configuration with just what a key generator looks at.
  private func config(_ version: Int, _ entries: [(String, String)]) throws -> TableConfig {
    let base = [
      ("hoodie.table.name", "t"), ("hoodie.table.version", String(version)),
      ("hoodie.timeline.layout.version", version == 6 ? "1" : "2"),
    ]
    return try TableConfig((base + entries).map { TableProperty($0.0, $0.1) })
  }

  /// A batch of one row from a JSON object.
  private func batch(_ record: JSONValue, _ types: JSONValue?) throws -> RecordBatch {
    var fields: [Field] = []
    var columns: [Column] = []
    for member in try need(record.object) {
      let (type, column) = try column(member.value, types?[member.name]?.string)
      fields.append(Field(member.name, type))
      columns.append(column)
    }
    return RecordBatch(Schema(fields), columns, count: 1)
  }

  private func column(_ value: JSONValue, _ type: String?) throws -> (ColumnType, Column) {
    switch (value, type) {
    case (.object, _):
      let inner = try batch(value, nil)
      let type = ColumnType.structure(inner.schema.fields)
      return (type, Column(type, count: 1, layout: .structure(inner.columns)))
    case (.bool(let flag), _):
      return (.bool, Column(.bool, count: 1, layout: .bits(Bitmap([flag]))))
    case (.number(let text), "int"):
      let bits = UInt32(bitPattern: try need(Int32(text)))
      return (.int32, fixed(.int32, (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }))
    case (.number(let text), _):
      let bits = UInt64(bitPattern: try need(Int64(text)))
      return (.int64, fixed(.int64, (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }))
    case (.null, "number"): return (.int64, Column.nulls(.int64, count: 1))
    default: return (.string, try strings([value.string]))
    }
  }

  private func fixed(_ type: ColumnType, _ bytes: [UInt8]) -> Column {
    Column(type, count: 1, layout: .fixed(Buffer(bytes)))
  }

  @Test("Record keys", .spec("KEY-3", "KEY-5", "KEY-6"))
  func recordKeys() throws {
    let items = try need(try vectors("key-generators")["recordKeys"]?.array)
    for item in items {
      let generator = try need(item["generator"]?.string)
      if generator == "AUTO" {
        let prefix = KeyGenerator.automaticPrefix(
          try InstantTime(parsing: try need(item["instant"]?.string)),
          task: try need(item["taskPartitionId"]?.int))
        #expect(prefix + String(try need(item["rowIndex"]?.int)) == item["recordKey"]?.string)
        continue
      }
      let fields = try need(item["recordKeyFields"]?.array).compactMap(\.string)
      let config = try config(
        item["tableVersion"]?.int ?? 9,
        [
          ("hoodie.table.keygenerator.type", generator),
          ("hoodie.table.recordkey.fields", fields.joined(separator: ",")),
        ])
      let options = KeyOptions(
        oneFieldForm: item["newEncoding"]?.bool == true ? .plain : .labelled)
      let keys = try KeyGenerator(config, options)
      let batch = try batch(try need(item["record"]), item["columnTypes"])
      if item["error"] != nil {
        let error = #expect(throws: LakeError.self) { try keys.keys(of: batch, firstRow: 41) }
        #expect(error?.code == .keyNull)
        #expect(error?.message.contains("row 41") == true)
      } else {
        let made = try keys.keys(of: batch)
        #expect(made.recordKeys?.string(0) == item["recordKey"]?.string)
      }
    }
    Fixtures.report("record keys", cases: items.count)
  }

  @Test("Partition paths", .spec("KEY-7"))
  func partitionPaths() throws {
    let items = try need(try vectors("key-generators")["partitionPaths"]?.array)
    for item in items {
      let fields = try need(item["fields"]?.array).compactMap(\.string)
      var entries = [
        ("hoodie.datasource.write.hive_style_partitioning", "\(item["hiveStyle"]?.bool == true)"),
        ("hoodie.datasource.write.partitionpath.urlencode", "\(item["urlEncode"]?.bool == true)"),
      ]
      if !fields.isEmpty {
        entries.append(("hoodie.table.partition.fields", fields.joined(separator: ",")))
      }
      let keys = try KeyGenerator(try config(9, entries))
      let batch = try batch(try need(item["record"]), nil)
      #expect(try keys.partitions(of: batch)[0].text == item["partitionPath"]?.string)
    }
    Fixtures.report("partition paths", cases: items.count)
  }

  @Test("Formatted times", .spec("KEY-8", "KEY-9"))
  func times() throws {
    let items = try need(try vectors("key-generators")["timestampPartitions"]?.array)
    for item in items {
      let field = item["field"]?.string ?? "f"
      var entries = [
        ("hoodie.table.keygenerator.type", "TIMESTAMP"), ("hoodie.table.partition.fields", field),
        ("hoodie.datasource.write.hive_style_partitioning", "\(item["hiveStyle"]?.bool == true)"),
        ("hoodie.datasource.write.partitionpath.urlencode", "\(item["urlEncode"]?.bool == true)"),
      ]
      for (name, member) in [
        ("timestamp.type", "timestampType"), ("output.dateformat", "outputDateFormat"),
        ("output.timezone", "outputTimezone"), ("input.dateformat", "inputDateFormat"),
        ("timestamp.scalar.time.unit", "scalarTimeUnit"),
      ] {
        if let value = item[member]?.string {
          entries.append(("hoodie.keygen.timebased." + name, value))
        }
      }
      let keys = try KeyGenerator(try config(9, entries))
      let value = try need(item["value"])
      let batch = try batch(
        .object([(field, value)]), value.isNull ? .object([(field, .string("number"))]) : nil)
      #expect(try keys.partitions(of: batch)[0].text == item["partitionPath"]?.string)
    }
    Fixtures.report("formatted times", cases: items.count)
  }

  @Test("Escaping of partition values")
  func escaping() throws {
    let items = try need(try vectors("key-generators")["escape"]?.array)
    for item in items {
      let column = try strings([item[0]?.string])
      let made = try KeyJoin.paths([""], [column], escaping: true)
      #expect(made.string(0) == item[1]?.string)
    }
    Fixtures.report("escaped values", cases: items.count)
  }
}
