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

  /// The record index names the file group: its log files, the listing's files, the commits that
  /// say what must be there, one base file.
  @Test("a row by its key costs a few calls", .spec("MDT-17", "MDT-19"))
  func cost() throws {
    var tables = 0
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable,
        ["cow-v8_record_index", "cow-v9_record_index"].contains(table.fixture)
      else { return }
      tables += 1
      let storage = ObservedStorage(try table.storage(archive, withMetadata: true))
      let opened = try LakeTable.open(storage, TestWorld.make())
      #expect(try Self.lines(try opened.get(["AC265897"])).count == 1)
      let counts = storage.counts
      #expect(counts.calls(.list, .timeline) == 1 && counts.calls(.list) == 4)
      // Four commits, and the definitions of the indexes.
      #expect(counts.calls(.open, .properties) == 1 && counts.calls(.open, .timeline) == 4 + 1)
      #expect(counts.calls(.open, .base) == 1 && counts.calls(.open, .log) == 0)
      #expect(counts.calls(.open, .metadataTable) == 10)
      #expect(counts.calls(.open) == 17 && counts.calls(.entry) == 0)
      #expect(counts.bytesRead(.base) < 16 << 10 && counts.bytesRead() < 192 << 10)
    }
    #expect(tables == 2)
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

  /// Two file groups with the same rows, as inserting them twice leaves them; the record index
  /// knows one of them.
  @Test(
    "a key that is there twice: the index names one row, without it both are found",
    .spec("PRUNE-11", "PRUNE-22"))
  func insertedTwice() throws {
    var cases = 0
    try Fixtures.forEachTable { table, archive in
      guard table.fixture == "cow-v9_record_index", !table.isMetadataTable else { return }
      let storage = try table.storage(archive, withMetadata: true)
      let slices = try LakeTable.open(storage).files().sorted { $0.size < $1.size }
      let paths = try slices.map {
        try StoragePath($0.partition.appending(try #require($0.base).name.text))
      }
      let (from, to) = (try #require(paths.first), try #require(paths.last))
      // As long as the file that it replaces: filled up before the footer.
      var bytes = try storage.readAll(from, limit: 1 << 24).bytes
      let length = bytes[(bytes.count - 8)..<(bytes.count - 4)].reversed().reduce(0) {
        $0 << 8 | Int($1)
      }
      let wanted = try storage.readAll(to, limit: 1 << 24).count
      bytes.insert(
        contentsOf: [UInt8](repeating: 0, count: wanted - bytes.count),
        at: bytes.count - 8 - length)
      _ = try storage.publish(Buffer(bytes), at: to, .replacing)
      let options = ScanOptions(columns: ["_hoodie_record_key", "_hoodie_partition_path"])
      let opened = try LakeTable.open(storage)
      let all = try Self.lines(try opened.scan(options))
      for (one, other) in zip(all, all.dropFirst()) where one == other {
        let key = try #require(one.split(separator: "|").first.map(String.init))
        #expect(try Self.lines(try opened.get([key], options)) == [one])
        #expect(try Self.lines(try opened.get([key], options, usesIndexes: false)) == [one, one])
        var doubting = options
        doubting.believesStatistics = false
        #expect(try Self.lines(try opened.get([key], doubting)) == [one, one])
        // Through the one door for queries, as the command line asks.
        for (options, count) in [(options, 1), (doubting, 2)] {
          var rows = try opened.query(.get(keys: [key]), QueryOptions(options))
          var found = 0
          while let batch = try rows.next() { found += batch.count }
          #expect(found == count)
        }
        cases += 1
      }
    }
    #expect(cases > 0)
    Fixtures.report("keys made double", cases: cases)
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
