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

  @Test("promotions and nothing else (H22)", .spec("BASE-30"))
  func promotions() throws {
    let allowed: [(Scalar, ColumnType, Scalar, ColumnType)] = [
      (.int(7), .int32, .int(7), .int64), (.int(7), .int32, .double(7), .float64),
      (.int(7), .int64, .float(7), .float32), (.int(7), .int64, .string("7"), .string),
      (.int(7), .int32, .decimal(700), .decimal(precision: 9, scale: 2)),
      (.float(0.1), .float32, .double(0.1), .float64),
      (.double(0.5), .float64, .string("0.5"), .string),
      (
        .decimal(150), .decimal(precision: 5, scale: 2), .decimal(1500),
        .decimal(precision: 7, scale: 3)
      ),
      (.decimal(150), .decimal(precision: 5, scale: 2), .string("1.50"), .string),
      (.string("1.5"), .string, .decimal(150), .decimal(precision: 5, scale: 2)),
      (.string("2026-03-01"), .string, .int(20_513), .date),
      (.int(20_513), .date, .string("2026-03-01"), .string),
      (.string("a"), .string, .binary([0x61]), .binary),
      (.int(7), .timestamp(.milli, utc: true), .int(7_000), .timestamp(.micro, utc: true)),
    ]
    for (value, from, wanted, to) in allowed {
      for value in [value, .null] {
        let rows = try batch([Field("c", from)], [[value]])
        let adapter = SchemaAdapter(
          from: rows.schema, to: Schema([Field("c", to)]), promotesOnly: true)
        #expect(
          row(try adapter.adapt(rows), 0) == [value == .null ? .null : wanted], "\(from) to \(to)")
      }
    }
  }

  @Test("a change that is no promotion, though the value fits (H22)", .spec("BASE-30"))
  func narrower() throws {
    let refused: [(Scalar, ColumnType, ColumnType)] = [
      (.int(7), .int64, .int32), (.double(7), .float64, .float32), (.double(7), .float64, .int64),
      (.float(7), .float32, .int32), (.string("7"), .string, .int64),
      (.string("7"), .string, .float64), (.string("true"), .string, .bool),
      (.bool(true), .bool, .string), (.int(1), .int32, .bool), (.int(1), .int32, .date),
      (.int(1), .int64, .timestamp(.micro, utc: true)), (.int(1), .date, .int32),
      (.int(1), .timestamp(.micro, utc: true), .timestamp(.micro, utc: false)),
      (.int(1), .timestamp(.micro, utc: true), .int64),
      (.decimal(100), .decimal(precision: 5, scale: 2), .decimal(precision: 4, scale: 2)),
      (.decimal(100), .decimal(precision: 5, scale: 2), .decimal(precision: 5, scale: 3)),
      (.decimal(100), .decimal(precision: 5, scale: 2), .float64),
      (.decimal(100), .decimal(precision: 5, scale: 0), .int64),
    ]
    let element = { (type: ColumnType) in ColumnType.list(Field("element", type)) }
    let structure = { (type: ColumnType) in ColumnType.structure([Field("x", type)]) }
    let map = { (type: ColumnType) in
      ColumnType.map(key: Field("key", .string, nullable: false), value: Field("value", type))
    }
    for (value, from, to) in refused {
      let cases: [(ColumnType, ColumnType, Scalar)] = [
        (from, to, value), (from, to, .null), (element(from), element(to), .list([value])),
        (structure(from), structure(to), .structure([value])),
        (map(from), map(to), .map([(.string("k"), value)])), (from, element(to), value),
        (structure(from), to, .structure([value])),
      ]
      for (from, to, value) in cases {
        let rows = try batch([Field("c", from)], [[value]])
        let adapter = SchemaAdapter(
          from: rows.schema, to: Schema([Field("c", to)]), promotesOnly: true)
        let error = #expect(throws: LakeError.self, "\(from) to \(to)") {
          _ = try adapter.adapt(rows)
        }
        #expect(error?.code == .schemaMismatch)
        let words = ["\"c\"", "\(from)", "\(to)"]
        #expect(words.allSatisfy { error?.message.contains($0) == true }, "\(error?.message ?? "")")
      }
    }
    // Digits that a promotion needs and the type does not have.
    let long = try batch([Field("c", .int64)], [[.int(1_000)]])
    let few = Schema([Field("c", .decimal(precision: 4, scale: 2))])
    #expect(throws: LakeError.self) {
      _ = try SchemaAdapter(from: long.schema, to: few, promotesOnly: true).adapt(long)
    }
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
