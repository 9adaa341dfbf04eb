// Avro types as columns, columns as the schema Hudi's writers derive, and rows with both.
import LakeAvro
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Avro schemas and columns")
struct ColumnMappingTests {
  static let typeCases: [(String, String)] = [
    (#""boolean""#, "boolean"), (#""int""#, "int"), (#""long""#, "bigint"), (#""float""#, "float"),
    (#""double""#, "double"), (#""bytes""#, "binary"), (#""string""#, "string"),
    (#"{"type":"fixed","name":"F","size":7}"#, "fixed(7)"),
    (#"{"type":"enum","name":"E","symbols":["A"]}"#, "string"),
    (#"{"type":"int","logicalType":"date"}"#, "date"),
    (#"{"type":"int","logicalType":"time-millis"}"#, "time(3)"),
    (#"{"type":"long","logicalType":"time-micros"}"#, "time(6)"),
    (#"{"type":"long","logicalType":"timestamp-millis"}"#, "timestamp(3)"),
    (#"{"type":"long","logicalType":"timestamp-micros"}"#, "timestamp"),
    (#"{"type":"long","logicalType":"local-timestamp-micros"}"#, "local_timestamp"),
    (#"{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}"#, "decimal(9,2)"),
    (#"{"type":"fixed","name":"F","size":12,"logicalType":"duration"}"#, "fixed(12)"),
    (#"{"type":"array","items":["null","int"]}"#, "list<int>"),
    (#"{"type":"array","items":"int"}"#, "list<int not null>"),
    (#"{"type":"map","values":["null","long"]}"#, "map<string,bigint>"),
    (#"["null","int","string"]"#, "struct<member0 int,member1 string>"),
    (
      #"{"type":"record","name":"S","fields":[{"name":"a","type":"int"},{"name":"b","type":"#
        + #"["string","null"]}]}"#, "struct<a int not null,b string>"
    ),
  ]

  @Test("types", .spec("AVRO-18"), arguments: typeCases)
  func types(json: String, expected: String) throws {
    let text = #"{"type":"record","name":"R","fields":[{"name":"f","type":\#(json)}]}"#
    let field = try AvroSchema(json: text).columns().fields[0]
    #expect(field.type.description == expected)
    #expect(field.nullable == json.hasPrefix("["))
  }

  @Test("what no column can hold is refused", .spec("AVRO-18"))
  func refused() throws {
    let wide = #"{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"bytes","#
      + #""logicalType":"decimal","precision":39}}]}"#
    let error = #expect(throws: LakeError.self) { try AvroSchema(json: wide).columns() }
    #expect(error?.code == .typeUnsupported)
    let scalar = #expect(throws: LakeError.self) { try AvroSchema.int.columns() }
    #expect(scalar?.code == .avroUnsupported)
  }

  /// The names and sizes are those of tables that Spark wrote.
  @Test("columns as Hudi's Spark writers say them", .spec("AVRO-19"))
  func fromColumns() throws {
    let columns = Schema([
      Field("id", .string, nullable: false), Field("d", .decimal(precision: 10, scale: 2)),
      Field("l", .list(Field("element", .decimal(precision: 38, scale: 0), nullable: false))),
      Field(
        "s",
        .structure([
          Field("x", .int16), Field("y", .structure([Field("z", .date, nullable: false)])),
        ])),
      Field("m", .map(key: Field("key", .string, nullable: false), value: Field("value", .bool))),
      Field("t", .timestamp(.micro, utc: false)),
    ])
    let schema = try AvroSchema(columns: columns, name: "t_record", namespace: "hoodie.t")
    let expected =
      #"{"type":"record","name":"t_record","namespace":"hoodie.t","fields":["#
      + #"{"name":"id","type":"string"},"#
      + #"{"name":"d","type":["null",{"type":"fixed","name":"fixed","namespace":"#
      + #""hoodie.t.t_record.d","size":5,"logicalType":"decimal","precision":10,"scale":2}],"#
      + #""default":null},"#
      + #"{"name":"l","type":["null",{"type":"array","items":{"type":"fixed","name":"fixed","#
      + #""namespace":"hoodie.t.t_record.l","size":16,"logicalType":"decimal","precision":38,"#
      + #""scale":0}}],"default":null},"#
      + #"{"name":"s","type":["null",{"type":"record","name":"s","namespace":"hoodie.t.t_record","#
      + #""fields":[{"name":"x","type":["null","int"],"default":null},{"name":"y","type":["null","#
      + #"{"type":"record","name":"y","namespace":"hoodie.t.t_record.s","fields":[{"name":"z","#
      + #""type":{"type":"int","logicalType":"date"}}]}],"default":null}]}],"default":null},"#
      + #"{"name":"m","type":["null",{"type":"map","values":["null","boolean"]}],"default":null},"#
      + #"{"name":"t","type":["null",{"type":"long","logicalType":"local-timestamp-micros"}],"#
      + #""default":null}]}"#
    #expect(schema.jsonText == expected)
    let unsigned = Schema([Field("u", .uint64)])
    let error = #expect(throws: LakeError.self) {
      try AvroSchema(columns: unsigned, name: "r", namespace: nil)
    }
    #expect(error?.code == .typeUnsupported)
  }

  private func schema(_ fields: String) throws -> AvroSchema {
    try AvroSchema(json: #"{"type":"record","name":"R","fields":[\#(fields)]}"#)
  }

  @Test("wanted columns only, in the order wanted", .spec("AVRO-21"))
  func projection() throws {
    let schema = try schema(
      #"{"name":"a","type":"int"},{"name":"b","type":["null","string"]},{"name":"c","type":"#
        + #"{"type":"map","values":{"type":"array","items":"null"}}},{"name":"d","type":"long"}"#)
    let row = try AvroWriter(schema).bytes(
      of: .record([
        .int(1), .union(1, .string("x")), .map([("k", .array([.null, .null]))]), .long(4),
      ]))
    let decoder = try RowDecoder(writer: schema, columns: ["d", "a"])
    try decoder.append(row)
    let batch = try decoder.finish()
    #expect(batch.schema.fields.map(\.name) == ["d", "a"])
    #expect(batch.columns.map { $0.scalar(0) } == [.int(4), .int(1)])
    let error = #expect(throws: LakeError.self) {
      try RowDecoder(writer: schema, columns: ["e"])
    }
    #expect(error?.code == .columnNotFound)
    let left = #expect(throws: LakeError.self) { try decoder.append(Buffer(row.bytes + [0])) }
    #expect(left?.code == .avroMalformed)
  }

  @Test("batches are cut at their limits; more rows than bytes are refused", .spec("AVRO-20"))
  func cutting() throws {
    let schema = try schema(#"{"name":"b","type":"bytes"}"#)
    let writer = try AvroWriter(schema)
    let bytes = GrowingBuffer()
    for _ in 0..<1_000 {
      try writer.write(.record([.bytes([UInt8](repeating: 7, count: 100))]), to: bytes)
    }
    let rows = bytes.take()
    let decoder = try RowDecoder(writer: schema, rowsMax: 300, bufferBytesMax: 20_000)
    var position = 0
    var left = 1_000
    var batches: [Int] = []
    while left > 0 {
      left -= try decoder.append(rows, at: &position, rows: left)
      batches.append(try decoder.finish().count)
    }
    // 200 rows fill the buffer; looked at every 64 rows: 256 each.
    #expect(batches == [256, 256, 256, 232] && position == rows.count)
    position = 0
    let error = #expect(throws: LakeError.self) {
      try decoder.append(rows, at: &position, rows: rows.count + 1)
    }
    #expect(error?.code == .avroMalformed)
  }

  @Test("what the schema cannot take is not encoded", .spec("AVRO-23"))
  func encoding() throws {
    let out = GrowingBuffer()
    let fixed = #"{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":4,"#
      + #""scale":1}"#
    let cases: [(String, ColumnType, Scalar)] = [
      (#""int""#, .int32, .null), (fixed, .decimal(precision: 4, scale: 1), .decimal(32_768)),
      (#"{"type":"enum","name":"E","symbols":["A"]}"#, .string, .string("B")),
    ]
    for (type, column, value) in cases {
      let schema = try schema(#"{"name":"f","type":\#(type)}"#)
      let columns = Schema([Field("f", column)])
      let encoder = try RowEncoder(schema, columns: columns)
      let batch = RecordBatch(columns, [try Column(column, scalars: [value])])
      let error = #expect(throws: LakeError.self) { try encoder.encode(batch, to: out) }
      #expect(error?.code == .inputValueInvalid)
    }
    let misfits: [(String, ColumnType)] = [
      (#""int""#, .int64), (#""string""#, .int32), (fixed, .decimal(precision: 4, scale: 2)),
      (#"{"type":"long","logicalType":"timestamp-millis"}"#, .timestamp(.micro, utc: true)),
      (#""string""#, .binary),
    ]
    for (type, column) in misfits {
      let schema = try schema(#"{"name":"f","type":\#(type)}"#)
      let error = #expect(throws: LakeError.self, "\(type)") {
        try RowEncoder(schema, columns: Schema([Field("f", column)]))
      }
      #expect(error?.code == .typeUnsupported)
    }
    let missing = try schema(#"{"name":"f","type":"int"},{"name":"g","type":["null","int"]}"#)
    let error = #expect(throws: LakeError.self) {
      try RowEncoder(missing, columns: Schema([Field("g", .int32)]))
    }
    #expect(error?.code == .columnNotFound)
    let encoder = try RowEncoder(missing, columns: Schema([Field("f", .int8)]))
    out.removeAll()
    let columns = Schema([Field("f", .int8)])
    try encoder.encode(
      RecordBatch(columns, [try Column(.int8, scalars: [.int(-3), .int(2)])]), to: out)
    #expect(out.copy().bytes == [5, 0, 4, 0])
  }
}
