// Numbered schemas: what engines write, and what cannot be one.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import HudiModel

@Suite struct NumberedSchemaTests {
  @Test("both spellings of all members are read", .spec("SCHEMA-14"))
  func spellings() throws {
    let new = """
      {"max_column_id":9,"version_id":20261121132018457,"type":"record","fields":[
      {"id":5,"name":"k","optional":true,"type":"string","doc":"the key"},
      {"id":6,"name":"l","optional":true,"type":{"type":"array","element_id":7,"element":
      {"type":"record","fields":[{"id":8,"name":"x","optional":false,"type":"decimal(9, 2)"}]},
      "element_optional":true}}]}
      """
    let old = new.replacing("version_id", with: "version-id").replacing(
      "element_id", with: "element-id")
    let schema = try NumberedSchema(text: new)
    #expect(schema.version == 20_261_121_132_018_457)
    #expect(schema.fields.map(\.id) == [5, 6])
    #expect(schema.fields.map(\.name) == ["k", "l"])
    #expect(
      schema.fields[1].shape
        == .list(.structure([NumberedSchema.Numbered(id: 8, name: "x", shape: .value)])))
    #expect(try NumberedSchema(text: old) == schema)
    let history = try NumberedSchema.history(
      "{\"schemas\":[\(new),{\"version_id\":7,\"type\":\"record\",\"fields\":[]}]}")
    #expect(history.map(\.version) == [7, 20_261_121_132_018_457])
  }

  @Test(
    "what is no numbered schema is schemaHistoryMalformed", .spec("SCHEMA-14"),
    arguments: [
      "", "[", "7", "{}", "{\"type\":\"record\"}",
      "{\"type\":\"record\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}",
      "{\"type\":\"record\",\"fields\":[{\"id\":1,\"type\":\"int\"}]}",
      "{\"type\":\"record\",\"fields\":[{\"id\":1,\"name\":\"a\"}]}",
      "{\"type\":\"record\",\"fields\":[{\"id\":1e99,\"name\":\"a\",\"type\":\"int\"}]}",
      "{\"type\":\"record\",\"fields\":[{\"id\":1,\"name\":\"a\",\"type\":{\"type\":\"map\"}}]}",
      "{\"type\":\"record\",\"fields\":[{\"id\":1,\"name\":\"a\",\"type\":{\"type\":\"array\"}}]}",
      """
      {"type":"record","fields":[{"id":1,"name":"a","type":"int"},{"id":1,"name":"b","type":"int"}]}
      """,
    ])
  func malformed(_ text: String) {
    let error = #expect(throws: LakeError.self) { try NumberedSchema(text: text) }
    #expect(error?.code == .schemaHistoryMalformed)
    let history = #expect(throws: LakeError.self) { try NumberedSchema.history(text) }
    #expect(history?.code == .schemaHistoryMalformed)
  }

  /// The numbers stand in the first `latest_schema` of the fixture `cow-v9_schema_on_read`.
  @Test("a schema without numbers gets those that Hudi gives it", .spec("SCHEMA-15"))
  func numbering() throws {
    let nest = ColumnType.structure([Field("p", .int32), Field("q", .string)])
    let schema = NumberedSchema(
      numbering: Schema(
        MetaField.fields + [
          Field("k", .string), Field("zone", .string), Field("a", .int32), Field("note", .string),
          Field("rev", .int64), Field("nest", nest), Field("fl", .float32),
        ]))
    #expect(schema.fields.map(\.id) == Array(0...11))
    guard case .structure(let inside) = schema.fields[10].shape else {
      Issue.record("nest is a struct")
      return
    }
    #expect(inside.map(\.id) == [12, 13])
    #expect(inside.map(\.name) == ["p", "q"])
  }
}
