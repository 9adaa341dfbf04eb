// Files whose pages together are more than a reader may hold.
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage
import LakeTestKit
import Testing

@Suite("Parquet within a budget")
struct MemoryTests {
  /// Columns of one page that unpacks to about 4 MiB, from a few hundred bytes.
  static func file(columns: Int) throws -> any ByteSource {
    let storage = MemoryStorage("memory")
    let path = try StoragePath("wide.parquet")
    let schema = Schema((0..<columns).map { Field("c\($0)", .string) })
    var options = ParquetWriteOptions()
    options.codec = .zstd(level: 1)
    options.dictionary = false
    options.pageBytes = 16 << 20
    let writer = try ParquetWriter(try storage.create(path), schema, options)
    let text = String(repeating: "x", count: 4_096)
    let column = try Column(.string, scalars: (0..<1_024).map { _ in .string(text) })
    try writer.write(RecordBatch(schema, schema.fields.map { _ in column }, count: 1_024))
    _ = try writer.finish()
    return try storage.open(path)
  }

  private func rows(_ source: any ByteSource, _ budget: MemoryBudget, _ names: [String]?) throws
    -> Int
  {
    var options = ParquetReadOptions()
    options.memory = budget
    var batches = try ParquetFile(source, options).batches(columns: names)
    var count = 0
    while let batch = try batches.next() { count += batch.count }
    return count
  }

  @Test("many pages at once are refused, some of them are read", .spec("LIMIT-41"))
  func wide() throws {
    let source = try Self.file(columns: 30)
    #expect(source.count < 1 << 20)
    let budget = MemoryBudget(limit: 64 << 20)
    let error = #expect(throws: LakeError.self) { _ = try rows(source, budget, nil) }
    #expect(error?.code == .memoryExhausted)
    #expect(budget.held == 0)
    #expect(try rows(source, budget, ["c0", "c7", "c29"]) == 1_024)
    #expect(budget.held == 0)
    #expect(try rows(source, MemoryBudget(limit: 512 << 20), nil) == 1_024)
  }
}
