// Batches of older schemas seen through newer ones.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Schema adapter") struct SchemaAdapterTests {
  private func numbered(_ text: String) throws -> NumberedSchema {
    try NumberedSchema(text: "{\"type\":\"record\",\"fields\":[\(text)]}")
  }

  private func batch(_ fields: [Field], _ rows: [[Scalar]]) throws -> RecordBatch {
    let builder = BatchBuilder(Schema(fields))
    for row in rows { try builder.append(row) }
    return builder.finish()
  }

  private func row(_ batch: RecordBatch, _ row: Int) -> [Scalar] {
    batch.columns.map { $0.scalar(row) }
  }

  @Test("names that were exchanged are told apart by number", .spec("SCHEMA-12"))
  func exchanged() throws {
    let file = try numbered(
      "{\"id\":1,\"name\":\"a\",\"type\":\"int\"},{\"id\":2,\"name\":\"b\",\"type\":\"int\"}")
    let table = try numbered(
      "{\"id\":1,\"name\":\"b\",\"type\":\"long\"},{\"id\":2,\"name\":\"a\",\"type\":\"int\"}")
    let rows = try batch([Field("a", .int32), Field("b", .int32)], [[.int(1), .int(2)]])
    let adapter = SchemaAdapter(
      from: rows.schema, to: Schema([Field("b", .int64), Field("a", .int32)]),
      SourceColumns(table, in: file))
    #expect(!adapter.isIdentity)
    #expect(adapter.neededColumns == ["a", "b"])
    #expect(row(try adapter.adapt(rows), 0) == [.int(1), .int(2)])
  }

  @Test("a column dropped and added again under its name is a new one", .spec("SCHEMA-12"))
  func addedAgain() throws {
    let file = try numbered(
      "{\"id\":1,\"name\":\"a\",\"type\":\"int\"},{\"id\":2,\"name\":\"b\",\"type\":\"int\"}")
    let table = try numbered(
      "{\"id\":1,\"name\":\"a\",\"type\":\"int\"},{\"id\":3,\"name\":\"b\",\"type\":\"int\"}")
    let rows = try batch([Field("a", .int32), Field("b", .int32)], [[.int(1), .int(2)]])
    let adapter = SchemaAdapter(
      from: rows.schema, to: rows.schema, SourceColumns(table, in: file))
    #expect(!adapter.isIdentity)
    #expect(row(try adapter.adapt(rows), 0) == [.int(1), .null])
  }

  @Test("fields inside structs, lists and maps follow their numbers too", .spec("SCHEMA-12"))
  func nested() throws {
    func texts(_ id: Int, _ field: String) -> String {
      let record =
        "{\"type\":\"record\",\"fields\":[{\"id\":\(id),\"name\":\"\(field)\","
        + "\"type\":\"int\"}]}"
      return [
        "{\"id\":1,\"name\":\"s\",\"type\":\(record)}",
        "{\"id\":2,\"name\":\"l\",\"type\":{\"type\":\"array\",\"element\":\(record)}}",
        "{\"id\":3,\"name\":\"m\",\"type\":{\"type\":\"map\",\"key\":\"string\","
          + "\"value\":\(record)}}",
      ].joined(separator: ",")
    }
    func fields(_ name: String, _ type: ColumnType) -> [Field] {
      let inner = ColumnType.structure([Field(name, type)])
      return [
        Field("s", inner), Field("l", .list(Field("element", inner))),
        Field("m", .map(key: Field("key", .string, nullable: false), value: Field("value", inner))),
      ]
    }
    let one = Scalar.structure([.int(7)])
    let rows = try batch(
      fields("old", .int32),
      [[one, .list([one, .null]), .map([(key: .string("k"), value: one)])]])
    let renamed = SchemaAdapter(
      from: rows.schema, to: Schema(fields("new", .int64)),
      SourceColumns(try numbered(texts(4, "new")), in: try numbered(texts(4, "old"))))
    let same = try renamed.adapt(rows)
    #expect(same.schema == Schema(fields("new", .int64)))
    #expect(row(same, 0) == row(rows, 0))
    let other = SchemaAdapter(
      from: rows.schema, to: Schema(fields("old", .int32)),
      SourceColumns(try numbered(texts(5, "old")), in: try numbered(texts(4, "old"))))
    let gone = Scalar.structure([.null])
    #expect(
      row(try other.adapt(rows), 0)
        == [gone, .list([gone, .null]), .map([(key: .string("k"), value: gone)])])
  }

  @Test("a missing column shows its default, and null without one", .spec("SCHEMA-10"))
  func defaults() throws {
    var inside = SourceColumns()
    inside["n"] = SourceColumns.Place("n", missing: .int(3))
    var columns = SourceColumns()
    columns["t"] = SourceColumns.Place("t", missing: .string("none"))
    columns["i"] = SourceColumns.Place("i", missing: .int(5))
    columns["s"] = SourceColumns.Place("s", inside: inside)
    let rows = try batch(
      [Field("a", .int32), Field("s", .structure([Field("x", .int32)]))],
      [[.int(1), .structure([.int(2)])], [.int(4), .null]])
    let target = Schema([
      Field("a", .int32), Field("t", .string), Field("i", .int64), Field("d", .date),
      Field("s", .structure([Field("x", .int32), Field("n", .int32)])),
    ])
    let adapted = try SchemaAdapter(from: rows.schema, to: target, columns).adapt(rows)
    #expect(
      row(adapted, 0) == [
        .int(1), .string("none"), .int(5), .null, .structure([.int(2), .int(3)]),
      ])
    #expect(row(adapted, 1).last == .null)
    #expect(columns.isByName)
    #expect(columns.path(["s", "n"]) == ["s", "n"])
  }
}
