// What footers, page indexes and filters leave of a base file.
import HudiFileGroup
import Lake
import LakeParquet
import LakeTestKit
import TableTestKit
import Testing

@testable import HudiScan

@Suite("Data skipping") struct DataSkippingTests {
  private static func reader(
    _ batch: RecordBatch, _ change: (inout ParquetWriteOptions) -> Void = { _ in }
  ) throws -> (reader: BaseFileReader, storage: ObservedStorage) {
    let sink = BufferSink()
    var options = ParquetWriteOptions()
    options.codec = .none
    change(&options)
    let writer = try ParquetWriter(sink, batch.schema, options)
    try writer.write(batch)
    _ = try writer.finish()
    let storage = ObservedStorage(MemoryStorage())
    let path = try StoragePath("file.parquet")
    _ = try storage.publish(sink.take(), at: path, .ifAbsent)
    return (try BaseFileReader(storage, path, size: nil), storage)
  }

  private static func config(_ properties: [TableProperty] = []) throws -> TableConfig {
    var options = TableOptions()
    options.name = "t"
    options.keyFields = ["id"]
    return try TableConfig(try options.config().properties + properties)
  }

  private static func plan(
    _ reader: BaseFileReader, _ condition: String, _ schema: Schema? = nil,
    _ source: SourceColumns = .byName
  ) throws -> FilePlan {
    let bound = try BoundPredicate(try RowPredicate(condition), schema ?? reader.schema)
    return try DataSkipping(bound, try config()).plan(reader, source)
  }

  private static func ids(
    _ reader: BaseFileReader, _ condition: String, _ plan: FilePlan?
  ) throws -> [String] {
    let predicate = try RowPredicate(condition)
    var ids: [String] = []
    var batches = try reader.batches(
      reader.schema, rowGroups: plan?.rowGroups, selection: plan?.selection)
    while let batch = try batches.next() {
      let kept = batch.filter(try predicate.evaluate(batch))
      ids += (0..<kept.count).map { kept.columns[0].string($0) }
    }
    return ids
  }

  @Test(
    "what is skipped holds no row that meets the condition, whatever the condition",
    .spec("PRUNE-3", "PRUNE-5", "PRUNE-6"))
  func property() throws {
    var skippedGroups = 0
    var skippedPages = 0
    for seed in 0..<40 {
      let gen = Gen(seed: UInt64(seed))
      let random = RandomRows(gen: gen)
      let (reader, _) = try Self.reader(try random.rows(300)) {
        $0.rowGroupRows = gen.pick([50, 100, 300])
        $0.pageRows = gen.pick([4, 16, 1000])
        $0.pageIndex = !gen.chance(4)
        if gen.chance(2) { $0.bloomFilterColumns = ["id": 0.01, "t": 0.01, "n": 0.01] }
      }
      for _ in 0..<25 {
        let condition = random.condition()
        let plan = try Self.plan(reader, condition)
        let all = try Self.ids(reader, condition, nil)
        #expect(try Self.ids(reader, condition, plan) == all, "\(condition), seed \(seed)")
        skippedGroups += reader.file.metadata.rowGroups.count - plan.rowGroups.count
        if plan.selection != nil { skippedPages += 1 }
      }
    }
    #expect(skippedGroups > 200 && skippedPages > 100, "\(skippedGroups), \(skippedPages)")
  }

  private static func numbers(_ count: Int) throws -> RecordBatch {
    let schema = Schema([Field("id", .string, nullable: false), Field("n", .int64)])
    return try Gen.batch(
      schema, (0..<count).map { [.string("k\($0)"), .int(Int64($0))] })
  }

  @Test("row groups outside the bounds are not read: bytes counted", .spec("PRUNE-3"))
  func rowGroups() throws {
    let (reader, storage) = try Self.reader(try Self.numbers(10_000)) {
      $0.rowGroupRows = 1_000
      $0.pageIndex = false
    }
    let plan = try Self.plan(reader, "n between 4100 and 4200")
    #expect(plan.rowGroups == [4])
    #expect(plan.decisions[3].reason == .footerStatistics)
    #expect(plan.decisions[4].reason == .mayMatch)
    storage.reset()
    #expect(try Self.ids(reader, "n between 4100 and 4200", plan).count == 101)
    let pruned = storage.counts.bytesRead()
    storage.reset()
    _ = try Self.ids(reader, "n between 4100 and 4200", nil)
    #expect(pruned * 8 < storage.counts.bytesRead(), "\(pruned)")
  }

  @Test("pages outside the bounds are not read: bytes counted", .spec("PRUNE-5"))
  func pages() throws {
    let (reader, storage) = try Self.reader(try Self.numbers(20_000)) {
      $0.pageRows = 1_000
      $0.dictionary = false
    }
    let plan = try Self.plan(reader, "n >= 7500 and n < 7510")
    #expect(plan.selection?[0] == [7_000..<8_000])
    #expect(plan.decisions[0].reason == .pageIndex(rows: 1_000, of: 20_000))
    storage.reset()
    #expect(try Self.ids(reader, "n >= 7500 and n < 7510", plan).count == 10)
    let pruned = storage.counts.bytesRead()
    storage.reset()
    _ = try Self.ids(reader, "n >= 7500 and n < 7510", nil)
    #expect(pruned * 5 < storage.counts.bytesRead(), "\(pruned)")
    let none = try Self.plan(reader, "n = 5 and id = 'k9999'")
    #expect(none.rowGroups.isEmpty)
    #expect(none.decisions[0].reason == .pageIndex(rows: 0, of: 20_000))
  }

  @Test("a value that a Parquet filter lacks excludes the row group", .spec("PRUNE-6"))
  func parquetFilters() throws {
    let schema = Schema([Field("id", .string, nullable: false), Field("n", .int64)])
    let rows = try Gen.batch(
      schema, (0..<100).map { [.string("k\($0)"), .int(Int64($0 * 2))] })
    let (reader, _) = try Self.reader(rows) {
      $0.pageIndex = false
      $0.bloomFilterColumns = ["n": 0.000_1, "id": 0.000_1]
    }
    #expect(try Self.plan(reader, "n = 7").decisions[0].reason == .valueFilter("n"))
    #expect(try Self.plan(reader, "n in (7, 9)").rowGroups.isEmpty)
    #expect(try Self.plan(reader, "n in (7, 8)").rowGroups == [0])
    #expect(try Self.plan(reader, "id = 'k1x'").decisions[0].reason == .valueFilter("id"))
    #expect(try Self.plan(reader, "n = 7 or id = 'k2'").rowGroups == [0])
    #expect(try Self.plan(reader, "not n = 7").rowGroups == [0])
    #expect(try Self.plan(reader, "n = 8").rowGroups == [0])
  }

  @Test("Hudi's filter of keys excludes a file whose key range holds the key", .spec("PRUNE-7"))
  func keyFilter() throws {
    let trips = try TripTable { $0.partitionFields = [] }
    try trips.commit(.upsert, (0..<50).map { Trip("k\($0 * 2 + 100)", "oslo", 1) })
    let snapshot = try trips.table.snapshot()
    let slice = try #require(try snapshot.slices().first)
    let reader = try #require(try snapshot.open(slice))
    for condition in ["id = 'k101'", "_hoodie_record_key in ('k101', 'k103')"] {
      let plan = try Self.plan(reader, condition)
      #expect(plan.rowGroups.isEmpty, "\(condition)")
      #expect(plan.decisions.map(\.reason) == [.keyFilter], "\(condition)")
    }
    for condition in ["id = 'k102'", "id != 'k101'", "id = 'k101' or fare = 1"] {
      #expect(try Self.plan(reader, condition).rowGroups == [0], "\(condition)")
    }
  }

  @Test("a promoted column is judged only where its bounds keep their meaning", .spec("PRUNE-4"))
  func promotions() throws {
    let schema = Schema([Field("id", .string, nullable: false), Field("n", .int32)])
    let rows = try Gen.batch(schema, (0..<9).map { [.string("k\($0)"), .int(Int64($0))] })
    let (reader, _) = try Self.reader(rows)
    func table(_ type: ColumnType) -> Schema { Schema([schema.fields[0], Field("n", type)]) }
    #expect(try Self.plan(reader, "n > 100", table(.int64)).rowGroups.isEmpty)
    #expect(try Self.plan(reader, "n > 100", table(.float64)).rowGroups == [0])
    #expect(try Self.plan(reader, "n > '9'", table(.string)).rowGroups == [0])
    #expect(try Self.plan(reader, "n > '0'", table(.string)).rowGroups == [0])
  }

  @Test("a column that the file lacks is null, or its default, in every row", .spec("PRUNE-4"))
  func missing() throws {
    let (reader, _) = try Self.reader(try Self.numbers(10))
    let table = Schema(reader.schema.fields + [Field("new", .int64)])
    #expect(try Self.plan(reader, "new = 5", table).decisions.map(\.reason) == [.footerStatistics])
    #expect(try Self.plan(reader, "new is null", table).decisions.map(\.reason) == [.allMatch])
    var source = SourceColumns()
    source["new"] = SourceColumns.Place("new", missing: .int(5))
    #expect(try Self.plan(reader, "new = 5", table, source).rowGroups == [0])
    #expect(try Self.plan(reader, "new is null", table, source).rowGroups.isEmpty)
    var renamed = SourceColumns()
    renamed["new"] = SourceColumns.Place("n")
    renamed["n"] = SourceColumns.Place(nil)
    #expect(try Self.plan(reader, "new > 100", table, renamed).rowGroups.isEmpty)
    #expect(try Self.plan(reader, "new > 5", table, renamed).rowGroups == [0])
    #expect(try Self.plan(reader, "n > 5", table, renamed).rowGroups.isEmpty)
  }
}
