import Lake
import LakeTestKit
import Testing

/// Rows inside columns, given the same way twice: the table's types carry Avro's names by then.
@Suite("Nested input") struct NestedInputTests {
  static func schema(_ number: ColumnType, _ inner: [Field] = []) -> Schema {
    let part = Field("part", .structure([Field("n", number), Field("tags", list(.string))] + inner))
    return Schema([
      Field("id", .string, nullable: false), Field("parts", .list(part)),
      Field("grid", list(list(.int64))),
      Field(
        "names",
        .map(
          key: Field("key", .string, nullable: false),
          value: Field("value", .structure([Field("a", .int64)])))),
    ])
  }

  static func list(_ type: ColumnType) -> ColumnType { .list(Field("item", type)) }

  static func rows(_ schema: Schema, _ ids: [String], _ number: Int64) throws -> RecordBatch {
    let builder = BatchBuilder(schema)
    for id in ids {
      try builder.append([
        .string(id), .list([.structure([.int(number), .list([.string("x"), .null])]), .null]),
        .list([.list([.int(number)]), .null]),
        .map([(key: .string("k"), value: .structure([.null]))]),
      ])
    }
    return builder.finish()
  }

  static func table(_ evolution: SchemaEvolution) throws -> LakeTable {
    var options = TableOptions()
    options.name = "nested"
    options.keyFields = ["id"]
    options.evolution = evolution
    return try LakeTable.create(MemoryStorage(), try options.config())
  }

  static func numbers(_ table: LakeTable) throws -> [String: Int64] {
    var found: [String: Int64] = [:]
    var scan = try table.scan()
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        guard case .string(let id) = batch.columns[0].scalar(row),
          case .list(let parts) = batch.columns[1].scalar(row),
          case .structure(let first)? = parts.first, case .int(let number)? = first.first
        else { continue }
        found[id] = number
      }
    }
    return found
  }

  @Test("lists, maps and structs of the same shape are the same columns at every commit")
  func again() throws {
    let table = try Self.table(.none)
    let schema = Self.schema(.int32)
    _ = try table.upsert(try Self.rows(schema, ["a", "b"], 1))
    let report = try table.upsert(try Self.rows(schema, ["b", "c"], 2))
    #expect(report.updated == 1 && report.inserted == 1)
    #expect(try Self.numbers(table) == ["a": 1, "b": 2, "c": 2])
  }

  @Test("a type inside grows only where the table lets it, and old files follow")
  func wider() throws {
    let table = try Self.table(.addWiden)
    _ = try table.upsert(try Self.rows(Self.schema(.int32), ["a", "b"], 1))
    let wide = try Self.rows(Self.schema(.int64), ["b"], 1 << 40)
    var strict = WriteOptions()
    strict.evolution = SchemaEvolution.none
    let error = #expect(throws: LakeError.self) { _ = try table.upsert(wide, strict) }
    #expect(error?.code == .schemaChangeRefused)
    _ = try table.upsert(wide)
    #expect(try Self.numbers(table) == ["a": 1, "b": 1 << 40])
  }

  @Test("fields inside are neither added nor lost unnoticed")
  func otherFields() throws {
    let table = try Self.table(.addWiden)
    let schema = Self.schema(.int32)
    _ = try table.upsert(try Self.rows(schema, ["a"], 1))
    let more = Self.schema(.int32, [Field("extra", .int32)])
    let batch = RecordBatch(more, more.fields.map { .nulls($0.type, count: 1) }, count: 1)
    let error = #expect(throws: LakeError.self) { _ = try table.upsert(batch) }
    #expect(error?.code == .schemaChangeRefused)
  }
}
