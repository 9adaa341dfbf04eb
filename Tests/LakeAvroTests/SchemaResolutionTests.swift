// Reading with another schema than the one written with.
import LakeAvro
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Schema resolution")
struct SchemaResolutionTests {
  private func record(_ fields: String, _ name: String = "R") -> String {
    #"{"type":"record","name":"\#(name)","fields":[\#(fields)]}"#
  }

  /// The value read, by the tree; and by columns, which must agree.
  private func read(
    _ writer: String, _ value: AvroValue, _ reader: String
  ) throws -> AvroValue {
    let from = try AvroSchema(json: writer)
    let to = try AvroSchema(json: reader)
    let bytes = try AvroWriter(from).bytes(of: value)
    let result = try AvroReader(writer: from, reader: to).read(bytes)
    if let fields = to.asRecord?.fields, let values = result.asFields {
      let decoder = try RowDecoder(writer: from, reader: to)
      try decoder.append(bytes)
      let batch = try decoder.finish()
      for (index, field) in fields.enumerated() {
        #expect(batch.columns[index].scalar(0) == scalar(values[index], field.schema))
      }
    }
    return result
  }

  private func wrapped(_ type: String) -> String { record(#"{"name":"f","type":\#(type)}"#) }

  @Test("fields by name, extra ones skipped, missing ones from their default",
    .spec("AVRO-13", "AVRO-17"))
  func fields() throws {
    let writer = record(
      #"{"name":"a","type":"int"},{"name":"x","type":{"type":"array","items":["null","string"]}},"#
        + #"{"name":"b","type":"string"},{"name":"old","type":"long"}"#)
    let value = AvroValue.record([
      .int(1), .array([.union(0, .null), .union(1, .string("q"))]), .string("b"), .long(9),
    ])
    let reader = record(
      #"{"name":"b","type":"string"},{"name":"n","type":["null","int"],"default":null},"#
        + #"{"name":"new","aliases":["old"],"type":"long"},{"name":"a","type":"int"},"#
        + #"{"name":"d","type":"double","default":1.5},{"name":"m","type":["long","null"]},"#
        + #"{"name":"r","type":{"type":"record","name":"S","fields":[{"name":"t","type":"string","#
        + #""default":"u"},{"name":"l","type":{"type":"array","items":"int"}}]},"#
        + #""default":{"l":[1,2]}},{"name":"y","type":"bytes","default":"\u00ff\u0001"}"#)
    #expect(
      try read(writer, value, reader)
        == .record([
          .string("b"), .union(0, .null), .long(9), .int(1), .double(1.5), .union(1, .null),
          .record([.string("u"), .array([.int(1), .int(2)])]), .bytes([255, 1]),
        ]))
  }

  @Test("promotions", .spec("AVRO-14"))
  func promotions() throws {
    let cases: [(String, AvroValue, String, AvroValue)] = [
      (#""int""#, .int(-5), #""long""#, .long(-5)), (#""int""#, .int(3), #""float""#, .float(3)),
      (#""int""#, .int(3), #""double""#, .double(3)),
      (#""long""#, .long(7), #""float""#, .float(7)),
      (#""long""#, .long(1 << 40), #""double""#, .double(0x1p40)),
      (#""float""#, .float(0.5), #""double""#, .double(0.5)),
      (#""string""#, .string("é"), #""bytes""#, .bytes([0xC3, 0xA9])),
      (#""bytes""#, .bytes([0x41]), #""string""#, .string("A")),
      (#""int""#, .int(1), #"["null","long"]"#, .union(1, .long(1))),
      (#"["null","int"]"#, .union(1, .int(1)), #""long""#, .long(1)),
      (#"["int","string"]"#, .union(0, .int(1)), #"["string","double"]"#, .union(1, .double(1))),
    ]
    for (writer, value, reader, expected) in cases {
      let result = try read(wrapped(writer), .record([value]), wrapped(reader))
      #expect(result == .record([expected]), "\(writer) as \(reader)")
    }
  }

  @Test("unions: order does not matter, the fitting branch is found", .spec("AVRO-15"))
  func unions() throws {
    let cases: [(String, AvroValue, String, AvroValue)] = [
      (#"["null","int"]"#, .union(0, .null), #"["int","null"]"#, .union(1, .null)),
      (#"["int","null"]"#, .union(0, .int(4)), #"["null","int"]"#, .union(1, .int(4))),
      (
        #"["null","int","string"]"#, .union(2, .string("s")), #"["string","null","int"]"#,
        .union(0, .string("s"))
      ),
      (
        #"["null","int","string"]"#, .union(0, .null), #"["string","null","int"]"#,
        .union(1, .null)
      ),
    ]
    for (writer, value, reader, expected) in cases {
      let result = try read(wrapped(writer), .record([value]), wrapped(reader))
      #expect(result == .record([expected]), "\(writer) as \(reader)")
    }
    // A branch the reader has no place for is an error when a value of it turns up, not before.
    let writer = wrapped(#"["null","string"]"#)
    let reader = wrapped(#"["null","int"]"#)
    #expect(try read(writer, .record([.union(0, .null)]), reader) == .record([.union(0, .null)]))
    let error = #expect(throws: LakeError.self) {
      try read(writer, .record([.union(1, .string("a"))]), reader)
    }
    #expect(error?.code == .avroResolution)
  }

  @Test("enums by symbol, unknown ones by default", .spec("AVRO-16"))
  func enums() throws {
    let writer = wrapped(#"{"type":"enum","name":"E","symbols":["A","B","C"]}"#)
    let reader = wrapped(#"{"type":"enum","name":"E","symbols":["C","X","A"],"default":"X"}"#)
    for (from, to) in [(0, 2), (1, 1), (2, 0)] {
      let result = try read(writer, .record([.enumeration(from)]), reader)
      #expect(result == .record([.enumeration(to)]))
    }
    let strict = wrapped(#"{"type":"enum","name":"E","symbols":["C"]}"#)
    let error = #expect(throws: LakeError.self) {
      try read(writer, .record([.enumeration(0)]), strict)
    }
    #expect(error?.code == .avroResolution)
  }

  @Test("records match by structure, whatever they are called", .spec("AVRO-13"))
  func names() throws {
    let writer = record(#"{"name":"a","type":"int"}"#, "hoodie.t1.t1_record")
    let reader = record(#"{"name":"a","type":"int"}"#, "other")
    #expect(try read(writer, .record([.int(1)]), reader) == .record([.int(1)]))
  }

  @Test("what cannot be reconciled is refused beforehand", .spec("AVRO-13", "AVRO-14", "AVRO-17"),
    arguments: [
      (#""string""#, #""int""#), (#""long""#, #""int""#), (#""double""#, #""float""#),
      (#"{"type":"fixed","name":"F","size":2}"#, #"{"type":"fixed","name":"F","size":3}"#),
      (#""int""#, #"["null","string"]"#), (#"{"type":"array","items":"string"}"#,
      #"{"type":"array","items":"int"}"#),
      (#"{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}"#,
      #"{"type":"bytes","logicalType":"decimal","precision":9,"scale":3}"#),
    ])
  func refused(writer: String, reader: String) throws {
    let from = try AvroSchema(json: wrapped(writer))
    let to = try AvroSchema(json: wrapped(reader))
    let error = #expect(throws: LakeError.self) { try SchemaResolution(writer: from, reader: to) }
    #expect(error?.code == .avroResolution && error?.message.hasPrefix("f") == true)
    let empty = try AvroSchema(json: record(""))
    let missing = #expect(throws: LakeError.self) {
      try SchemaResolution(
        writer: empty, reader: try AvroSchema(json: wrapped(#"{"type":"map","values":"int"}"#)))
    }
    #expect(missing?.code == .avroResolution)
  }

  @Test("a default that is no value, or one without end, is refused", .spec("AVRO-17"))
  func badDefaults() throws {
    let empty = try AvroSchema(json: record(""))
    let cases: [(String, LakeCode)] = [
      (#"{"name":"f","type":"int","default":"x"}"#, .avroResolution),
      (#"{"name":"f","type":"int","default":4294967296}"#, .avroResolution),
      (#"{"name":"f","type":{"type":"record","name":"S","fields":[{"name":"s","type":["S","null"],"#
        + #""default":{}}]},"default":{}}"#, .avroResolution),
    ]
    for (field, code) in cases {
      let reader = try AvroSchema(json: record(field))
      let error = #expect(throws: LakeError.self) {
        try SchemaResolution(writer: empty, reader: reader)
      }
      #expect(error?.code == code)
    }
  }
}
