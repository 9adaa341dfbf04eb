// Schemas: what parses, how it prints, what is refused.
import LakeAvro
import LakeBase
import LakeTestKit
import Testing

@Suite("Avro schemas")
struct AvroSchemaTests {
  /// What each text prints as, by the rules of Java's Schema.toString; nil for unchanged.
  static let printed: [(String, String?)] = [
    (#""int""#, nil), (#"{"type":"int"}"#, #""int""#), (#"["null","string"]"#, nil),
    (#"{"type":"string","avro.java.string":"String"}"#, nil),
    (#"{"type":"array","items":"long"}"#, nil),
    (#"{"logicalType":"date","type":"int"}"#, #"{"type":"int","logicalType":"date"}"#),
    (#"{"type":{"type":"map","values":"int"}}"#, #"{"type":"map","values":"int"}"#),
    (
      #"{"name":"a.b.R","type":"record","fields":[{"type":"int","name":"x"}]}"#,
      #"{"type":"record","name":"R","namespace":"a.b","fields":[{"name":"x","type":"int"}]}"#
    ),
    (
      #"{"type":"record","name":"R","namespace":"n","aliases":["Q","m.P"],"k":[1],"doc":"d","#
        + #""fields":[{"name":"x","aliases":["y"],"order":"ignore","default":1.50,"z":{},"#
        + #""doc":"e","type":"double"}]}"#,
      #"{"type":"record","name":"R","namespace":"n","doc":"d","fields":[{"name":"x","type":"#
        + #""double","doc":"e","default":1.50,"order":"ignore","aliases":["y"],"z":{}}],"k":[1],"#
        + #""aliases":["Q","m.P"]}"#
    ),
    (
      #"{"type":"enum","name":"E","symbols":["A","B"],"default":"B"}"#, nil
    ),
    (
      #"{"type":"fixed","name":"fixed","namespace":"n.R.f","size":5,"logicalType":"decimal","#
        + #""precision":10,"scale":2}"#, nil
    ),
    (
      #"{"type":"record","name":"L","fields":[{"name":"n","type":["null","L"],"default":null}]}"#,
      nil
    ),
    (
      #"{"type":"record","name":"A","namespace":"n","fields":[{"name":"b","type":{"type":"record","#
        + #""name":"B","namespace":"m","fields":[]}},{"name":"c","type":"m.B"},{"name":"d","type":"#
        + #"{"type":"fixed","name":"F","namespace":"","size":1}}]}"#, nil
    ),
  ]

  @Test("print", .spec("AVRO-1", "AVRO-2"), arguments: printed)
  func prints(text: String, expected: String?) throws {
    let schema = try AvroSchema(json: text)
    #expect(schema.jsonText == expected ?? text)
    #expect(try AvroSchema(json: schema.prettyText) == schema)
  }

  @Test("names resolve in the enclosing namespace", .spec("AVRO-1"))
  func names() throws {
    let text =
      #"{"type":"record","name":"A","namespace":"x","fields":[{"name":"f","type":{"type":"fixed","#
      + #""name":"F","size":2}},{"name":"g","type":"F"},{"name":"h","type":"x.F"}]}"#
    let record = try #require(try AvroSchema(json: text).asRecord)
    #expect(record.fields[1].schema == .reference("x.F"))
    #expect(record.fields[2].schema == .reference("x.F"))
    #expect(try AvroSchema(json: text).definitions.keys.sorted() == ["x.A", "x.F"])
  }

  static let invalid = [
    #""nothing""#, "1", "null", "{}", #"{"type":"record","name":"R"}"#,
    #"{"type":"record","fields":[]}"#, #"{"type":"enum","name":"E"}"#,
    #"{"type":"enum","name":"E","symbols":["A","A"]}"#,
    #"{"type":"enum","name":"E","symbols":["A"],"default":"B"}"#,
    #"{"type":"enum","name":"E","symbols":[1]}"#,
    #"{"type":"fixed","name":"F"}"#, #"{"type":"fixed","name":"F","size":-1}"#,
    #"{"type":"fixed","name":"F","size":1e3}"#, #"{"type":"fixed","name":"int","size":1}"#,
    #"{"type":"fixed","name":"F","size":99999999999}"#,
    #"{"type":"array"}"#, #"{"type":"map"}"#, #"["int","int"]"#, #"["null",["int"]]"#,
    #"[{"type":"map","values":"int"},{"type":"map","values":"long"}]"#,
    #"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#,
    #"{"type":"record","name":"R","fields":[{"name":"a"}]}"#,
    #"{"type":"record","name":"R","fields":[{"type":"int"}]}"#,
    #"{"type":"record","name":"R","fields":[1]}"#,
    #"{"type":"record","name":"R","fields":[{"name":"a","type":"int","order":"up"}]}"#,
    #"{"type":"record","name":"R","fields":[{"name":"a","type":"R"}]}"#,
    #"[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":1}]"#,
    #"[{"type":"fixed","name":"F","size":1},{"type":"array","items":{"type":"fixed","name":"F","#
      + #""size":1}}]"#,
  ]

  @Test("what Avro forbids is refused", .spec("AVRO-3"), arguments: invalid)
  func refused(text: String) {
    let error = #expect(throws: LakeError.self) { try AvroSchema(json: text) }
    #expect(error?.code == .avroSchemaInvalid)
  }

  @Test("size and depth are limited; no JSON is jsonMalformed",
    .spec("AVRO-3", "AVRO-4", "LIMIT-7"))
  func limits() throws {
    let deep = String(repeating: #"{"type":"array","items":"#, count: 65)
    let nested = deep + #""int""# + String(repeating: "}", count: 65)
    #expect(throws: LakeError.self) { try AvroSchema(json: nested) }
    let fits = deep.dropFirst(2 * 24) + #""int""# + String(repeating: "}", count: 63)
    _ = try AvroSchema(json: String(fits))
    let long = #"{"type":"int","doc":""# + String(repeating: "x", count: 5 << 20) + #""}"#
    let error = #expect(throws: LakeError.self) { try AvroSchema(json: long) }
    #expect(error?.code == .limitExceeded)
    let broken = #expect(throws: LakeError.self) { try AvroSchema(json: #"{"type":"int""#) }
    #expect(broken?.code == .jsonMalformed)
  }

  static let logical: [(String, AvroLogicalType?)] = [
    (#"{"type":"int","logicalType":"date"}"#, .date),
    (#"{"type":"long","logicalType":"date"}"#, nil),
    (#"{"type":"int","logicalType":"time-millis"}"#, .timeMillis),
    (#"{"type":"long","logicalType":"time-micros"}"#, .timeMicros),
    (#"{"type":"long","logicalType":"timestamp-nanos"}"#, .timestampNanos),
    (#"{"type":"long","logicalType":"local-timestamp-micros"}"#, .localTimestampMicros),
    (#"{"type":"string","logicalType":"uuid"}"#, .uuid),
    (#"{"type":"fixed","name":"F","size":16,"logicalType":"uuid"}"#, .uuid),
    (#"{"type":"fixed","name":"F","size":15,"logicalType":"uuid"}"#, nil),
    (#"{"type":"fixed","name":"F","size":12,"logicalType":"duration"}"#, .duration),
    (#"{"type":"long","logicalType":"moon-phase"}"#, nil),
    (
      #"{"type":"bytes","logicalType":"decimal","precision":5}"#, .decimal(precision: 5, scale: 0)
    ),
    (#"{"type":"bytes","logicalType":"decimal","precision":0}"#, nil),
    (#"{"type":"bytes","logicalType":"decimal","precision":3,"scale":4}"#, nil),
    (#"{"type":"bytes","logicalType":"decimal"}"#, nil),
    (
      #"{"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":9,"scale":9}"#,
      .decimal(precision: 9, scale: 9)
    ),
    (#"{"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":10}"#, nil),
    (
      #"{"type":"fixed","name":"F","size":16,"logicalType":"decimal","precision":38}"#,
      .decimal(precision: 38, scale: 0)
    ),
  ]

  @Test("logical types, ill-fitting ones ignored", .spec("AVRO-5"), arguments: logical)
  func logicalTypes(text: String, expected: AvroLogicalType?) throws {
    let schema = try AvroSchema(json: text)
    #expect(schema.logicalType == expected)
    #expect(schema.jsonText == text)
  }
}
