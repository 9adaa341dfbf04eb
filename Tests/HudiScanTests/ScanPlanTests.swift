// Plans of scans: what they leave out, what they say about it, and that no row is lost.
import Lake
import LakeTestKit
import TableTestKit
import Testing

@testable import HudiScan

@Suite("Scan plan") struct ScanPlanTests {
  private static func rows(_ plan: ScanPlan) throws -> [String] {
    var scan = SnapshotScan(plan)
    var rows: [String] = []
    while let batch = try scan.next() {
      rows += (0..<batch.count).map { row in
        batch.columns.map { "\($0.scalar(row))" }.joined(separator: "|")
      }
    }
    return rows
  }

  @Test("a pruned scan is the full scan, on random tables and conditions", .spec("PRUNE-1"))
  func property() throws {
    var pruned: [ScanExplanation.Level: Int] = [:]
    for seed in 0..<6 {
      let gen = Gen(seed: UInt64(1000 + seed))
      let random = RandomRows(gen: gen)
      var options = TableOptions()
      options.name = "t"
      options.keyFields = ["id"]
      options.partitionFields = gen.pick([["p"], ["p", "n"], ["at"], []])
      options.isHiveStyle = gen.chance(2)
      let table = try LakeTable.create(MemoryStorage(), try options.config(), TestWorld.make())
      var write = WriteOptions()
      write.files.rowGroupRows = 20
      for commit in 0..<3 {
        let first = gen.chance(2) ? commit * 100 : 0
        let rows = try random.rows(100, firstKey: first)
        // Without slashes in values the plain style is as good as the other.
        let filtered =
          options.isHiveStyle
          ? rows : rows.filter(try RowPredicate("p in ('a', 'c=d')").evaluate(rows))
        _ = try table.commit(.upsert, MemoryBatches(rows.schema, [filtered]), write)
      }
      let snapshot = try table.snapshot()
      for _ in 0..<10 {
        let condition = random.condition()
        var wanted = ScanOptions(predicate: try RowPredicate(condition))
        let plan = try ScanPlan(snapshot, wanted, .explaining)
        wanted.predicate = nil
        var full = try SnapshotScan(snapshot, wanted)
        var expected: [String] = []
        while let batch = try full.next() {
          let kept = batch.filter(try RowPredicate(condition).evaluate(batch))
          expected += (0..<kept.count).map { row in
            kept.columns.map { "\($0.scalar(row))" }.joined(separator: "|")
          }
        }
        #expect(try Self.rows(plan) == expected, "\(condition), seed \(seed)")
        for total in plan.explanation.totals { pruned[total.level, default: 0] += total.pruned }
      }
    }
    #expect(pruned[.partition, default: 0] > 5, "\(pruned)")
    #expect(pruned[.rowGroup, default: 0] > 10, "\(pruned)")
  }

  @Test("files of excluded partitions are not opened: calls counted", .spec("PRUNE-1"))
  func partitions() throws {
    let storage = ObservedStorage(MemoryStorage())
    let trips = try TripTable(storage)
    try trips.commit(
      .upsert, [Trip("a", "oslo", 1), Trip("b", "rome", 2), Trip("c", "a/b", 3)])
    storage.reset()
    #expect(try trips.lines(["id"]).count == 3)
    let all = storage.counts.calls(.open, .base)
    #expect(all == 3)
    storage.reset()
    var options = ScanOptions(columns: ["id"])
    options.predicate = try RowPredicate("city = 'a/b'")
    let plan = try ScanPlan(try trips.table.snapshot(), options)
    #expect(try Self.rows(plan).count == 1)
    #expect(storage.counts.calls(.open, .base) == 1)
    let rows = plan.explanation.rows.filter { $0.level == .partition }
    #expect(rows.map(\.name) == ["city=a%2Fb", "city=oslo", "city=rome"])
    #expect(rows.map(\.isKept) == [true, false, false])
    #expect(rows.map(\.reason) == [.mayMatch, .partitionValues, .partitionValues])
    #expect(rows.allSatisfy { $0.bytes > 0 })
  }

  @Test("the text of a path is a value only where no other value has it", .spec("PRUNE-2"))
  func values() {
    let cases: [(String, ColumnType, Scalar?)] = [
      ("5", .int64, .int(5)), ("-5", .int32, .int(-5)), ("05", .int64, nil), ("+5", .int64, nil),
      ("5.0", .int64, nil), ("x", .int64, nil), ("", .int64, nil),
      ("99999999999999999999", .int64, nil), ("300", .int8, nil),
      ("2024-01-15", .date, .int(19_737)), ("2024-1-15", .date, nil), ("20240115", .date, nil),
      ("true", .bool, .bool(true)), ("True", .bool, nil), ("1", .bool, nil),
      ("x y", .string, .string("x y")), ("1.5", .float64, nil),
      ("1.50", .decimal(precision: 5, scale: 2), nil),
      ("2024-01-15T00:00:00Z", .timestamp(.micro, utc: true), nil),
    ]
    for (text, type, value) in cases {
      #expect(PartitionPruning.value(text, type) == value, "\(text) as \(type)")
    }
  }

  private static func excluded(
    _ condition: String, _ path: String, _ type: ColumnType,
    _ change: (inout [String: String]) -> Void
  ) throws -> Bool {
    var options = TableOptions()
    options.name = "t"
    options.keyFields = ["id"]
    options.partitionFields = ["p"]
    options.isHiveStyle = false
    var properties: [String: String] = [:]
    for property in try options.config().properties { properties[property.key] = property.value }
    change(&properties)
    let config = try TableConfig(properties.map { TableProperty($0.key, $0.value) })
    let columns = Schema([Field("id", .string), Field("p", type)])
    let all = Schema(MetaField.fields + columns.fields)
    let bound = try BoundPredicate(try RowPredicate(condition), all)
    let pruning = PartitionPruning(bound, columns, config, isNumbered: false)
    return pruning.excludes(try PartitionPath(path))
  }

  @Test("paths that a generator formats do not judge the column", .spec("PRUNE-2"))
  func generators() throws {
    func isExcluded(
      _ change: (inout [String: String]) -> Void = { _ in }, _ path: String = "5",
      _ condition: String = "p = 7", _ type: ColumnType = .int64
    ) throws -> Bool { try Self.excluded(condition, path, type, change) }
    #expect(try isExcluded())
    #expect(try !isExcluded({ _ in }, "7"))
    #expect(try !isExcluded { $0[TableConfig.Key.keyGeneratorType] = "TIMESTAMP" })
    #expect(try !isExcluded { $0[TableConfig.Key.keyGeneratorType] = "USER_PROVIDED" })
    #expect(try !isExcluded { $0[TableConfig.Key.slashSeparatedDate] = "true" })
    #expect(try !isExcluded { $0["hoodie.keygen.timebased.output.dateformat"] = "yyyy" })
    #expect(
      try isExcluded {
        $0[TableConfig.Key.keyGeneratorType] = "CUSTOM"
        $0[TableConfig.Key.partitionFields] = "p:SIMPLE"
      })
    #expect(
      try !isExcluded {
        $0[TableConfig.Key.keyGeneratorType] = "CUSTOM"
        $0[TableConfig.Key.partitionFields] = "p:TIMESTAMP"
      })
    #expect(try !isExcluded { $0[TableConfig.Key.keyGeneratorType] = "CUSTOM" })
    #expect(try !isExcluded { $0[TableConfig.Key.keyGeneratorType] = nil })
    let nothing = "__HIVE_DEFAULT_PARTITION__"
    #expect(try isExcluded({ _ in }, nothing))
    #expect(try !isExcluded({ _ in }, nothing, "p is null"))
    #expect(try !isExcluded({ _ in }, nothing, "p = ''", .string))
    #expect(try !isExcluded({ _ in }, "default", "p = 'x'", .string))
    #expect(try isExcluded({ _ in }, "5", "_hoodie_partition_path = '6'"))
    #expect(
      try !isExcluded(
        { $0[TableConfig.Key.populateMetaFields] = "false" }, "5",
        "_hoodie_partition_path = '6'"))
  }

  @Test("every reason has its sentence, and a plan gives it", .spec("PRUNE-20"))
  func reasons() throws {
    let trips = try TripTable { $0.partitionFields = [] }
    try trips.commit(.upsert, (0..<200).map { Trip("k\($0 * 2 + 100)", "oslo", Int64($0)) }) {
      $0.files.rowGroupRows = 50
    }
    func texts(_ condition: String?, _ level: ScanExplanation.Level) throws -> [String] {
      var options = ScanOptions(columns: ["fare"])
      options.predicate = try condition.map { try RowPredicate($0) }
      return try ScanPlan(try trips.table.snapshot(), options, .explaining).explanation.rows
        .filter { $0.level == level }.map(\.reason.text)
    }
    #expect(try texts(nil, .partition) == ["no condition to judge it by"])
    #expect(try texts(nil, .file) == ["no condition to judge it by"])
    let statistics = "statistics in the footer exclude the condition"
    #expect(try texts("fare < 0", .file) == [statistics])
    #expect(try texts("fare >= 0", .file) == ["every row matches"])
    #expect(try texts("fare < 60", .file) == ["may hold matching rows"])
    #expect(
      try texts("fare < 60", .rowGroup)
        == ["every row matches", "may hold matching rows", statistics, statistics])
    #expect(try texts("id = 'k101'", .file) == ["the key filter of the file lacks the key"])
    let reasons: [(ScanExplanation.Reason, String)] = [
      (.hasLogs, "has log files: read whole and merged"),
      (.partitionValues, "the partition's values exclude the condition"),
      (.columnStatistics, "column statistics of the metadata table exclude the condition"),
      (
        .partitionStatistics, "partition statistics of the metadata table exclude the condition"
      ),
      (.recordIndex, "the record index names other file groups"),
      (.secondaryIndex("n"), "the index of \"n\" names other file groups"),
      (.keysOfLogs, "has log files: merged for the wanted keys alone"),
      (.valueFilter("n"), "the bloom filter of \"n\" lacks the value"),
      (.nothingLeft, "no row group is left"),
      (.pageIndex(rows: 3, of: 9), "the page index leaves 3 of 9 rows"),
      (.empty, "holds no rows"),
    ]
    for (reason, text) in reasons { #expect(reason.text == text) }
  }

  @Test("totals add up kept and pruned by level", .spec("PRUNE-21"))
  func totals() throws {
    var explanation = ScanExplanation()
    explanation.add(.file, "a", true, bytes: 5, .mayMatch)
    explanation.add(.file, "b", false, bytes: 7, .footerStatistics)
    explanation.add(.file, "c", false, bytes: 1, .keyFilter)
    explanation.add(.partition, "p", true, bytes: 13, .mayMatch)
    #expect(explanation.totals.map(\.level) == [.partition, .file])
    #expect(explanation.totals[1].kept == 1 && explanation.totals[1].pruned == 2)
    #expect(explanation.totals[1].keptBytes == 5 && explanation.totals[1].prunedBytes == 8)
  }
}
