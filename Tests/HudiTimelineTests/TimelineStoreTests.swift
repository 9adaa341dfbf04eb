// Transitions of instants on a storage, clocks that err, homes of tables.
import HudiModel
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@testable import HudiTimeline

@Suite struct TimelineStoreTests {
  private func table(
    _ version: TableVersion = .nine, writers: String? = "lake-only",
    clock: any WallClock = SteppingClock()
  ) throws -> (MemoryStorage, TimelineStore) {
    let world = TestWorld.make(clock: clock)
    let storage = MemoryStorage(world: world)
    var table = NewTable("t")
    table.version = version
    table.recordKeyFields = ["id"]
    if let writers { table.further = [TableProperty(TableConfig.Key.lakeWriters, writers)] }
    try TableHome.create(try table.config(), on: storage, world)
    let config = try TableHome.load(storage, world)
    return (storage, TimelineStore(storage, config, world))
  }

  private func names(_ store: TimelineStore) throws -> [String] {
    try store.storage.list(store.directory()).filter { $0.kind == .file }.map(\.name)
      .filter { !$0.hasPrefix("hoodie.") }
  }

  private func metadata(_ store: TimelineStore, _ action: Action = .commit) throws -> Buffer {
    try CommitMetadata(.insert).encode(store.layout, action, random: SeededRandom(1))
  }

  @Test(
    "Requested, inflight, completed in every version", .spec("TIME-8", "TIME-14", "TIME-19"),
    arguments: TableVersion.allCases)
  func transitions(_ version: TableVersion) throws {
    let (_, store) = try table(version)
    var before: InstantTime?
    for _ in 0..<3 {
      let time = try store.newRequestedTime(after: try store.load())
      if let before { #expect(time > before) }
      let requested = try store.request(time, .commit)
      let inflight = try store.start(requested, try metadata(store))
      #expect(try store.load().pending.map(\.state) == [.inflight])
      let (done, outcome) = try store.complete(inflight, try metadata(store), after: store.load())
      #expect(outcome == .done && done.isCompleted)
      #expect((done.completed != nil) == (version != .six))
      if let completed = done.completed { #expect(completed > time) }
      #expect(try store.load().latestWrite == done)
      #expect(try store.commitMetadata(of: done).operation == .insert)
      before = try store.load().newestTime
    }
    #expect(try names(store).count == 9)
    #expect(try store.load().pending.isEmpty)
  }

  @Test("What cannot be done twice", .spec("TIME-18", "TIME-19"))
  func once() throws {
    let (storage, store) = try table()
    let time = try store.newRequestedTime(after: try store.load())
    let requested = try store.request(time, .commit, plan: Buffer([1]))
    let again = #expect(throws: LakeError.self) {
      try store.request(time, .commit, plan: Buffer([2]))
    }
    #expect(again?.code == .writeConflict)
    let unstarted = #expect(throws: LakeError.self) {
      try store.complete(requested, Buffer([1]), after: store.load())
    }
    #expect(unstarted?.code == .instantAlreadyEnded)
    let inflight = try store.start(requested)
    let timeline = try store.load()
    _ = try store.complete(inflight, try metadata(store), after: timeline)
    let twice = #expect(throws: LakeError.self) {
      try store.complete(inflight, try metadata(store), after: store.load())
    }
    #expect(twice?.code == .instantAlreadyEnded)
    // A rolled-back writer finds its instant gone.
    let other = try store.start(
      try store.request(store.newRequestedTime(after: store.load()), .commit))
    try store.removePending(other)
    let gone = #expect(throws: LakeError.self) {
      try store.complete(other, try metadata(store), after: store.load())
    }
    #expect(gone?.code == .instantAlreadyEnded)
    withExtendedLifetime(storage) {}
  }

  @Test("Removal and reopening", .spec("TIME-20", "TIME-21"))
  func removal() throws {
    let (_, store) = try table()
    let first = try store.start(
      try store.request(store.newRequestedTime(after: store.load()), .commit))
    try store.removePending(first)
    try store.removePending(first)
    #expect(try names(store).isEmpty)
    let second = try store.start(
      try store.request(store.newRequestedTime(after: store.load()), .commit))
    let (done, _) = try store.complete(second, try metadata(store), after: store.load())
    try store.storage.delete(try store.path(done.fileName(.two, in: .requested)))
    let open = try store.reopen(done)
    #expect(try open.state == .inflight && (try names(store).count) == 2)
    let plan = try store.request(store.newRequestedTime(after: store.loadAnew()), .compaction)
    let running = try store.start(plan)
    #expect(try store.returnToPlan(running) == plan)
  }

  @Test("Empty and damaged files are waited for, then refused", .spec("TIME-22"))
  func content() throws {
    let (storage, store) = try table()
    let r = "20260101000000"
    func put(_ name: String, _ bytes: Buffer) throws {
      #expect(try storage.publish(bytes, at: store.path(name), .ifAbsent) == .done)
    }
    try put("\(r)001_\(r)002.commit", Buffer())
    try put("\(r)003_\(r)004.commit", Buffer([0x4F, 0x62]))
    try put("\(r)005_\(r)006.clean", Buffer())
    let timeline = try store.load()
    for instant in timeline.completedWrites {
      let error = #expect(throws: LakeError.self) { try store.commitMetadata(of: instant) }
      #expect(error?.kind == .corrupted && error?.path?.hasPrefix(".hoodie/timeline/") == true)
    }
    let empty = #expect(throws: LakeError.self) {
      try store.content(of: try #require(timeline.instants.first))
    }
    #expect(empty?.code == .timelineMalformed)
    #expect(try store.content(of: try #require(timeline.instants.last)).isEmpty)
  }

  @Test("A stale listing is refused (R33)", .spec("TIME-17"))
  func stale() throws {
    let (storage, store) = try table()
    let inflight = try store.start(
      try store.request(store.newRequestedTime(after: store.load()), .commit))
    let (done, _) = try store.complete(inflight, try metadata(store), after: store.load())
    let path = try store.path(done.fileName(.two))
    let bytes = try storage.readAll(path, limit: 1 << 20)
    try storage.delete(path)
    let error = #expect(throws: LakeError.self) { try store.load() }
    #expect(error?.code == .fileChanged && error?.isRetryable == true)
    _ = try storage.publish(bytes, at: path, .ifAbsent)
    #expect(try store.load().latestWrite == done)
    // With a later rollback the same listing is explained.
    try storage.delete(path)
    let rollback = try store.path("20990101000000000.rollback.requested")
    _ = try storage.publish(Buffer(), at: rollback, .ifAbsent)
    #expect(try store.load().completedWrites.isEmpty)
  }

  @Test("A lost answer is settled by looking (R17)", .spec("TIME-19"))
  func lostAnswer() throws {
    let (storage, store) = try table()
    let inflight = try store.start(
      try store.request(store.newRequestedTime(after: store.load()), .commit))
    for fault in [FaultMode.errorAfter(.ioFailed), .errorBefore(.ioFailed)] {
      // The first operation looks for the inflight file, the second publishes.
      let plan = FaultPlan(fault, at: 2)
      let faulty = TimelineStore(FaultyStorage(storage, plan: plan), store.config, store.world)
      let (done, outcome) = try faulty.complete(
        inflight, try metadata(store), after: store.loadAnew())
      #expect(outcome == .done && plan.fired == 1)
      #expect(try store.commitMetadata(of: done).operation == .insert)
      try storage.delete(try store.path(done.fileName(.two)))
    }
  }
}

extension TimelineStore {
  /// The timeline as another process sees it.
  func loadAnew() throws(LakeError) -> Timeline {
    try TimelineStore(storage, config, world).load()
  }
}

@Suite struct InstantClockTests {
  private func clock(_ now: Int64, writers: String?, utc: Bool = true) throws -> InstantClock {
    var table = NewTable("t")
    if let writers { table.further = [TableProperty(TableConfig.Key.lakeWriters, writers)] }
    var config = try table.config()
    if !utc { config = try config.setting([(TableConfig.Key.timezone, "LOCAL")]) }
    return InstantClock(config, FixedClock(now), zoneOffset: { _ in 3_600_000 })
  }

  // 2026-01-01T00:00:00Z.
  private let now: Int64 = 1_767_225_600_000

  private func timeline(_ tail: Int) throws -> Timeline {
    Timeline(.two, [Instant(try time(tail), .commit, .requested)])
  }

  @Test("Times only grow (R18)", .spec("TIME-14"))
  func grows() throws {
    let alone = try clock(now, writers: "lake-only")
    let empty = Timeline(.two, [])
    #expect(try alone.next(after: empty) == time(0))
    #expect(try alone.next(after: timeline(0)) == time(1))
    #expect(try alone.next(after: empty, floor: time(5)) == time(6))
    // Two seconds ahead: waited for. A clock that stands still is overtaken.
    #expect(try alone.next(after: timeline(2000)) == time(2001))
    // 10 minutes: only on a table that is ours alone.
    #expect(try alone.next(after: timeline(1_000_000)) == time(1_000_001))
    let shared = try clock(now, writers: "file-lock")
    for (clock, tail) in [(shared, 2001), (try clock(now, writers: nil), 2001), (alone, 1_001_001)]
    {
      let error = #expect(throws: LakeError.self) { try clock.next(after: timeline(tail)) }
      #expect(error?.code == .clockBehind)
    }
    #expect(try clock(now, writers: nil, utc: false).next(after: empty) == time(10_000_000))
    for text in ["99999999999999999", "99991231235959999"] {
      let far = Timeline(.two, [Instant(try InstantTime(parsing: text), .commit, .requested)])
      let error = #expect(throws: LakeError.self) { try alone.next(after: far) }
      #expect(error?.code == .clockBehind)
    }
    let odd = Timeline(
      .two, [Instant(try InstantTime(parsing: "00000000000000001"), .commit, .requested)])
    #expect(try alone.next(after: odd) == time(0))
  }

  @Test("Who writes", .spec("TIME-15"))
  func writers() throws {
    func policy(_ text: String?) throws -> WriterPolicy {
      var table = NewTable("t")
      if let text { table.further = [TableProperty(TableConfig.Key.lakeWriters, text)] }
      return WriterPolicy(try table.config())
    }
    #expect(try policy("lake-only") == .lakeOnly)
    #expect(try policy("file-lock") == .fileLock(directory: ".hoodie"))
    #expect(try policy("file-lock:locks/x") == .fileLock(directory: "locks/x"))
    for text in ["lake-only", "file-lock", "file-lock:a"] { #expect(try policy(text).text == text) }
    #expect(try policy(nil) == .unsaid)
    let error = #expect(throws: LakeError.self) { try policy(nil).requireSaid() }
    #expect(error?.code == .foreignWriters)
    try policy("lake-only").requireSaid()
  }
}

@Suite struct TableHomeTests {
  private func made() throws -> (MemoryStorage, World, TableConfig) {
    let world = TestWorld.make()
    let storage = MemoryStorage(world: world)
    let config = try NewTable("t").config()
    try TableHome.create(config, on: storage, world)
    return (storage, world, config)
  }

  @Test("A table is made once", .spec("CONF-9"))
  func once() throws {
    let (storage, world, config) = try made()
    #expect(try TableHome.load(storage, world) == config)
    let error = #expect(throws: LakeError.self) {
      try TableHome.create(config, on: storage, world)
    }
    #expect(error?.code == .tableExists)
    for folder in [".hoodie/timeline", ".hoodie/timeline/history", ".hoodie/.temp", ".hoodie/.aux"]
    {
      #expect(try storage.entry(StoragePath(folder))?.kind == .directory)
    }
    let none = #expect(throws: LakeError.self) {
      try TableHome.load(MemoryStorage(world: world), world)
    }
    #expect(none?.code == .tableNotFound)
  }

  @Test("Damage, backups and changes (R36)", .spec("CONF-10", "CONF-11"))
  func changes() throws {
    let (storage, world, config) = try made()
    let file = try StoragePath(TableHome.propertiesPath)
    let backup = try StoragePath(TableHome.backupPath)
    let changed = try TableHome.update([("lake.index", "bloom")], on: storage, world)
    #expect(try changed["lake.index"] == "bloom" && (try TableHome.load(storage, world)) == changed)
    #expect(try storage.entry(backup) == nil)
    // Half-written properties with a backup: readers take the backup, the next change repairs.
    for damage in [Buffer(), Buffer(utf8: "hoodie.table.checksum=1\nhoodie.table.name=t\n")] {
      _ = try storage.publish(config.encode(now: 0, isUpdate: true), at: backup, .replacing)
      _ = try storage.publish(damage, at: file, .replacing)
      #expect(try TableHome.load(storage, world) == config)
      let mended = try TableHome.update([("lake.index", "simple")], on: storage, world)
      #expect(try mended["lake.index"] == "simple" && (try storage.entry(backup)) == nil)
      #expect(try TableHome.load(storage, world) == mended)
    }
    try storage.delete(file)
    _ = try storage.publish(config.encode(now: 0, isUpdate: true), at: backup, .replacing)
    #expect(try TableHome.load(storage, world) == config && (try TableHome.exists(storage)))
    _ = try storage.publish(Buffer(utf8: "x"), at: file, .replacing)
    try storage.delete(backup)
    let error = #expect(throws: LakeError.self) { try TableHome.load(storage, world) }
    #expect(error?.kind == .corrupted && error?.path == TableHome.propertiesPath)
  }

  @Test("Hudi's lock file (R24)", .spec("TIME-16", "TIME-25"))
  func lock() throws {
    let (storage, world, config) = try made()
    let shared = try config.setting([(TableConfig.Key.lakeWriters, "file-lock")])
    let path = try StoragePath(".hoodie/lock")
    let lock = TableLock(storage, shared, world)
    let seen = try lock.with { () throws(LakeError) in try storage.entry(path) != nil }
    #expect(try seen && (try storage.entry(path)) == nil)
    let failed = #expect(throws: LakeError.self) {
      try lock.with { () throws(LakeError) -> Void in throw LakeError(.cancelled, "x") }
    }
    #expect(try failed?.code == .cancelled && (try storage.entry(path)) == nil)
    _ = try storage.create(path).finish()
    let busy = #expect(throws: LakeError.self) {
      try lock.with(wait: 100) { () throws(LakeError) in 1 }
    }
    #expect(try busy?.code == .lockBusy && (try storage.entry(path)) != nil)
    let outside = try config.setting([(TableConfig.Key.lakeWriters, "file-lock:/tmp/x")])
    let error = #expect(throws: LakeError.self) {
      try TableLock(storage, outside, world).with { () throws(LakeError) in 1 }
    }
    #expect(error?.code == .tableFeatureUnsupported)
    #expect(try TableLock(storage, config, world).with { () throws(LakeError) in 2 } == 2)
  }
}
