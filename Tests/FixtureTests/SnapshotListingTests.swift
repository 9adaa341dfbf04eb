// The files of a snapshot by the metadata table and by the directories: the same, whatever happens.
import Lake
import LakeTestKit
import Synchronization
import Testing

@Suite("Listing both ways", .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct SnapshotListingTests {
  /// What the journal was told.
  final class Told: Sendable {
    let decisions = Mutex<[String]>([])
    var world: World {
      World(
        journal: Journal { event in
          if case .decision(let text) = event { self.decisions.withLock { $0.append(text) } }
        })
    }
    var isEmpty: Bool { decisions.withLock { $0.isEmpty } }
  }

  struct Both {
    let context: TableContext
    let observed: ObservedStorage
    let told = Told()

    init(_ storage: MemoryStorage) throws {
      observed = ObservedStorage(storage)
      context = TableContext(observed, try TableHome.load(storage, World()), told.world)
    }

    var walking: TableContext {
      var context = context
      context.usesMetadataTable = false
      return context
    }

    /// Layout 1 keeps sizes of log files as lower bounds: there the directories are listed.
    var isUsed: Bool {
      MetadataTable.isNamed(in: context.config)
        && (context.config.type == .copyOnWrite || context.config.version >= .eight)
    }

    /// Slices by the metadata table; those by the directories must be the same.
    @discardableResult
    func slices(_ timeline: Timeline, asOf: InstantTime? = nil, _ about: String) throws
      -> [FileSlice]
    {
      let right = try Snapshot(walking, timeline, asOf: asOf).slices()
      let snapshot = try Snapshot(context, timeline, asOf: asOf)
      observed.reset()
      let left = try snapshot.slices()
      #expect(left == right, "\(about)")
      return left
    }

    var directoryCalls: Int { observed.counts.calls(.list, .other) }
  }

  static func forEach(_ body: (FixtureTable, MemoryStorage) throws -> Void) throws {
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable,
        let properties = try archive.buffer(of: table.root + ".hoodie/hoodie.properties"),
        let config = try? TableConfig(parsing: properties), MetadataTable.isNamed(in: config),
        (try? config.requireReadable()) != nil
      else { return }
      do { try body(table, try table.storage(archive, withMetadata: true)) } catch {
        Issue.record("\(table.fixture): \(error)")
      }
    }
  }

  @Test("slices are the same, and no directory is listed", .spec("MDT-18"))
  func sameSlices() throws {
    var tables = 0
    var moments = 0
    try Self.forEach { table, storage in
      let both = try Both(storage)
      let timeline = try both.context.store.load()
      try both.slices(timeline, table.fixture)
      if both.isUsed {
        #expect(both.directoryCalls == 0, "\(table.fixture)")
        #expect(both.told.isEmpty, "\(table.fixture): \(both.told.decisions.withLock { $0 })")
        tables += 1
      }
      for instant in timeline.completedWrites.dropLast().suffix(3) {
        guard (try? Snapshot(both.walking, timeline, asOf: instant.requested).slices()) != nil
        else { continue }
        try both.slices(timeline, asOf: instant.requested, "\(table.fixture) \(instant)")
        moments += 1
      }
    }
    #expect(tables > 80 && moments > 100)
    Fixtures.report("listings without directories: tables", cases: tables)
    Fixtures.report("listings without directories: earlier moments", cases: moments)
  }

  @Test("what the metadata table cannot tell, the directories do", .spec("MDT-18"))
  func fallsBack() throws {
    var cases = 0
    try Self.forEach { table, storage in
      guard try Both(storage).isUsed, cases < 24 else { return }
      let directory = try StoragePath(".hoodie/metadata/files")
      for entry in try storage.list(directory) where entry.kind == .file {
        let path = try directory.appending(entry.name)
        let content = try storage.readAll(path, limit: 1 << 24)
        if entry.name.contains(".log.") || entry.name.hasSuffix(".hfile") {
          _ = try storage.publish(content[0..<content.count / 2], at: path, .replacing)
        }
      }
      let both = try Both(storage)
      try both.slices(try both.context.store.load(), "\(table.fixture) damaged")
      #expect(!both.told.isEmpty && both.directoryCalls > 0, "\(table.fixture)")
      for entry in try storage.list(directory) {
        try storage.delete(try directory.appending(entry.name))
      }
      let gone = try Both(storage)
      try gone.slices(try gone.context.store.load(), "\(table.fixture) gone")
      #expect(!gone.told.isEmpty && gone.directoryCalls > 0, "\(table.fixture)")
      cases += 2
    }
    #expect(cases >= 24)
    Fixtures.report("listings of damaged metadata tables", cases: cases)
  }

  /// Names in a folder of the timeline that complete an instant.
  private static func completions(
    _ storage: MemoryStorage, _ folder: String, of instant: InstantTime
  ) throws -> [StoragePath] {
    let directory = try StoragePath(folder)
    return try storage.list(directory).filter {
      $0.kind == .file && $0.name.hasPrefix(instant.text)
        && !$0.name.hasSuffix(".requested") && !$0.name.hasSuffix(".inflight")
    }.map { try directory.appending($0.name) }
  }

  @Test(
    "an instant that is complete in the metadata table alone is not seen", .spec("MDT-9", "MDT-18"))
  func pendingInTable() throws {
    var cases = 0
    try Self.forEach { table, storage in
      let whole = try Both(storage)
      let all = try whole.context.store.load()
      guard let last = all.completedWrites.last, all.completedWrites.count > 1,
        last.requested == all.instants.last?.requested
      else { return }
      let folder = whole.context.config.timelineDirectory
      let removed = try Self.completions(storage, folder, of: last.requested)
      guard removed.count == 1 else { return }
      let kept = try storage.readAll(removed[0], limit: 1 << 24)
      try storage.delete(removed[0])
      let both = try Both(storage)
      let before = try both.context.store.load()
      guard (try? Snapshot(both.walking, before, asOf: nil).slices()) != nil else { return }
      let slices = try both.slices(before, "\(table.fixture) pending")
      #expect(!slices.contains { $0.baseInstant == last.requested && $0.base != nil })
      // The write completes, and a snapshot from before still does not see it.
      _ = try storage.publish(kept, at: removed[0], .replacing)
      let later = try Both(storage)
      let again = try later.slices(before, "\(table.fixture) newer")
      #expect(again == slices, "\(table.fixture)")
      cases += 1
    }
    #expect(cases > 40)
    Fixtures.report("listings with a write that is pending", cases: cases)
  }

  @Test("a pending compaction of the metadata table changes nothing", .spec("MDT-9", "MDT-18"))
  func pendingCompaction() throws {
    var cases = 0
    try Self.forEach { table, storage in
      let whole = try Both(storage)
      guard whole.isUsed else { return }
      let inner = FolderStorage(storage, try StoragePath(MetadataTable.directory))
      let own = try TableHome.load(inner, World())
      let timeline = try TimelineStore(inner, own, World()).load()
      let builtAtFirst = try #require(InstantTime("00000000000001000"))
      let compactions = timeline.completed.filter {
        $0.action == .commit && $0.requested > builtAtFirst
      }
      guard let last = compactions.last else { return }
      let folder = MetadataTable.directory + "/" + own.timelineDirectory
      let names = try Self.completions(storage, folder, of: last.requested)
      guard names.count == 1 else { return }
      try storage.delete(names[0])
      let both = try Both(storage)
      try both.slices(try both.context.store.load(), "\(table.fixture)")
      cases += 1
    }
    Fixtures.report("listings with a pending compaction in the metadata table", cases: cases)
    #expect(cases > 0)
  }

  @Test("expression indexes judge nothing and stand in nobody's way", .spec("PRUNE-13"))
  func expressionIndex() throws {
    var cases = 0
    try Self.forEach { table, storage in
      let opened = try LakeTable.open(storage)
      guard opened.config.metadataPartitions.contains(where: { $0.hasPrefix("expr_index_") })
      else { return }
      let snapshot = try opened.snapshot()
      for condition in ["branch = 'no such'", "branch is not null", "_hoodie_record_key = 'x'"] {
        var options = ScanOptions(columns: ["_hoodie_record_key", "branch"])
        options.usesIndexes = true
        let all = try PointLookupTests.lines(try opened.scan(options))
        options.predicate = try RowPredicate(condition)
        let plan = try ScanPlan(snapshot, options, .explaining)
        #expect(!plan.explanation.rows.contains { $0.level == .index })
        let found = try PointLookupTests.lines(SnapshotScan(plan))
        #expect(found == (condition.contains("is not") ? all : []), "\(condition)")
        cases += 1
      }
    }
    #expect(cases >= 3)
    Fixtures.report("expression indexes", cases: cases)
  }
}
