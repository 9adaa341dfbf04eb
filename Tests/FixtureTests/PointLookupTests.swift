// Rows by record key and by secondary value: the same with the indexes and without them.
import Lake
import LakeTestKit
import Testing

@Suite("Rows by key", .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct PointLookupTests {
  /// The first two columns of every row, sorted.
  static func lines(_ scan: SnapshotScan) throws -> [String] {
    var scan = scan
    var lines: [String] = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        lines.append((0..<2).map { batch.columns[$0].string(row) }.joined(separator: "|"))
      }
    }
    return lines.sorted()
  }

  struct Tally {
    var tables = 0
    var indexed = 0
    var cases = 0
    var logged = 0
    var twice: Set<String> = []
  }

  @Test("every key of every table is found by its index and without", .spec("MDT-17", "PRUNE-12"))
  func sameRows() throws {
    var tally = Tally()
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable else { return }
      do { try compare(table, archive, &tally) } catch {
        Issue.record("\(table.fixture): \(error)")
      }
    }
    #expect(tally.tables > 200 && tally.indexed >= 19 && tally.logged > 50)
    Fixtures.report("rows by key: tables", cases: tally.tables)
    Fixtures.report("rows by key: tables with a record index", cases: tally.indexed)
    Fixtures.report("rows by key: tables with log files", cases: tally.logged)
    Fixtures.report("rows by key: tables with a key inserted twice", cases: tally.twice.count)
    Fixtures.report("rows by key: questions", cases: tally.cases)
  }

  private func compare(
    _ table: FixtureTable, _ archive: ZipArchive, _ tally: inout Tally
  ) throws {
    let opened: LakeTable
    let options = ScanOptions(columns: ["_hoodie_record_key", "_hoodie_partition_path"])
    let all: [String]
    let slices: [FileSlice]
    do {
      opened = try LakeTable.open(try table.storage(archive, withMetadata: true))
      slices = try opened.files()
      all = try Self.lines(try opened.scan(options))
    } catch { return }
    guard opened.config.populatesMetaFields else {
      let error = #expect(throws: LakeError.self) { _ = try opened.get(["a"]) }
      #expect(error?.code == .tableFeatureUnsupported)
      return
    }
    tally.tables += 1
    if slices.contains(where: { !$0.logs.isEmpty }) { tally.logged += 1 }
    let isIndexed = opened.config.metadataPartitions.contains("record_index")
    if isIndexed { tally.indexed += 1 }
    let keys = Set(all.compactMap { $0.split(separator: "|").first.map(String.init) }).sorted()
    let unasked = try Self.lines(try opened.get(keys, options, usesIndexes: false))
    #expect(unasked == all, "\(table.fixture)")
    for key in keys.prefix(isIndexed ? 12 : 3) {
      let expected = all.filter { $0.hasPrefix(key + "|") }
      let found = try Self.lines(try opened.get([key], options))
      tally.cases += 1
      if isIndexed && expected.count > 1 {
        // Inserted twice: the index knows one place, a partitioned one a place in each partition.
        #expect(!found.isEmpty && Set(found).isSubset(of: expected), "\(table.fixture) \(key)")
        tally.twice.insert(table.fixture)
        continue
      }
      #expect(found == expected, "\(table.fixture) \(key)")
      guard isIndexed else { continue }
      let plan = try PointLookup(try opened.snapshot()).plan([key], options, .explaining)
      let kept = plan.explanation.rows.filter { $0.level == .index && $0.isKept }
      #expect(kept.count == 1, "\(table.fixture) \(key)")
    }
    #expect(try Self.lines(try opened.get(["no such key"], options)).isEmpty)
    if !tally.twice.contains(table.fixture) {
      #expect(try Self.lines(try opened.get(keys, options)) == all, "\(table.fixture)")
    }
    tally.cases += 2
  }

  @Test("a value of an indexed column leads to its file groups", .spec("PRUNE-11"))
  func secondaryValues() throws {
    var cases = 0
    var pruned = 0
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable else { return }
      guard
        let opened = try? LakeTable.open(try table.storage(archive, withMetadata: true)),
        opened.config.metadataPartitions.contains(where: { $0.hasPrefix("secondary_index_") })
      else { return }
      let snapshot = try opened.snapshot()
      let metadata = try MetadataTable(
        opened.storage, opened.config, snapshot.timeline, World())
      for index in try SecondaryIndex.all(metadata) {
        let columns = try snapshot.requireSchema().columns
        guard columns[index.column]?.type == .string else { continue }
        let options = ScanOptions(columns: [index.column, "_hoodie_record_key"])
        let all = try Self.lines(try opened.scan(options))
        for value in Set(all.compactMap { $0.split(separator: "|").first.map(String.init) }) {
          let expected = all.filter { $0.hasPrefix(value + "|") }
          let found = try Self.lines(
            try opened.get(where: index.column, isIn: [.string(value)], options))
          #expect(found == expected, "\(table.fixture) \(index.column) \(value)")
          var asked = options
          asked.usesIndexes = true
          asked.predicate = RowPredicate(.isIn(.init([index.column]), [.string(value)]))
          let plan = try ScanPlan(snapshot, asked, .explaining)
          for row in plan.explanation.rows where row.level == .index && !row.isKept {
            #expect(row.reason == .secondaryIndex(index.column))
            pruned += 1
          }
          cases += 1
        }
      }
    }
    #expect(cases > 10)
    Fixtures.report("rows by secondary value: questions", cases: cases)
    Fixtures.report("rows by secondary value: file groups left out", cases: pruned)
  }
}
