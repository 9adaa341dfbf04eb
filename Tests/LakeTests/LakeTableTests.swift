// The face: one line through the whole house, on memory and on disk.
import Lake
import LakeTestKit
import Testing

@Suite("LakeTable") struct LakeTableTests {
  static let schema = Schema([
    Field("id", .string, nullable: false), Field("city", .string), Field("fare", .float64),
    Field("ts", .int64),
  ])

  static func batch(_ rows: [(String, String, Double, Int64)]) throws -> RecordBatch {
    let builder = BatchBuilder(schema)
    for row in rows {
      try builder.append([.string(row.0), .string(row.1), .double(row.2), .int(row.3)])
    }
    return builder.finish()
  }

  static func table(
    _ storage: any Storage = MemoryStorage(), _ change: (inout TableOptions) -> Void = { _ in }
  ) throws -> LakeTable {
    var options = TableOptions()
    options.name = "trips"
    options.keyFields = ["id"]
    options.partitionFields = ["city"]
    options.orderingFields = ["ts"]
    change(&options)
    return try LakeTable.create(storage, try options.config())
  }

  static func rows(_ table: LakeTable, asOf: String? = nil) throws -> Set<String> {
    var scan = try table.scan(asOf: asOf)
    var rows: Set<String> = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        rows.insert(batch.columns.map { "\($0.scalar(row))" }.joined(separator: " "))
      }
    }
    return rows
  }

  @Test("a first upsert inserts, a second one updates, inserts and keeps the rest")
  func upsert() throws {
    let table = try Self.table()
    let first = try table.upsert(
      try Self.batch([("a", "oslo", 1, 1), ("b", "rome", 2, 1), ("c", "rome", 3, 1)]))
    #expect(first.inserted == 3)
    #expect(first.updated == 0)
    let before = try Self.rows(table)
    #expect(before.count == 3)
    let second = try table.upsert(
      try Self.batch([("b", "rome", 20, 2), ("d", "oslo", 4, 2), ("c", "rome", 30, 0)]))
    #expect(second.updated == 1)
    #expect(second.inserted == 1)
    #expect(second.stale == 1)
    let after = try Self.rows(table)
    #expect(after.count == 4)
    #expect(after.contains { $0.contains("20.0") })
    #expect(!after.contains { $0.contains("30.0") })
    let asOf = try Self.rows(table, asOf: first.instant?.requested.text)
    #expect(asOf == before)
  }

  @Test("a delete by key removes the row and nothing else")
  func delete() throws {
    let table = try Self.table()
    _ = try table.upsert(try Self.batch([("a", "oslo", 1, 1), ("b", "rome", 2, 1)]))
    let keys = try Self.batch([("b", "rome", 0, 0), ("x", "rome", 0, 0)])
      .select(["id", "city"])
    let report = try table.delete(keys)
    #expect(report.deleted == 1)
    #expect(report.notFound == 1)
    #expect(try Self.rows(table).count == 1)
  }
}
