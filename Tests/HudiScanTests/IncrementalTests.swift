import Lake
import LakeTestKit
import TableTestKit
import Testing

/// Hides the files of a commit and brings them back, later: a writer that finishes late.
struct LateWriter {
  let storage: MemoryStorage
  let layout: TimelineLayout
  let instant: Instant
  let directory: String
  let bytes: [Instant.State: Buffer]

  /// - Parameter isAnnounced: whether its pending files stay; our own writers would roll it back.
  init(
    _ trips: TripTable, _ storage: MemoryStorage, _ instant: Instant, isAnnounced: Bool
  ) throws {
    self.storage = storage
    self.instant = instant
    layout = trips.table.config.layout
    directory = trips.table.config.timelineDirectory
    var bytes: [Instant.State: Buffer] = [:]
    for state in [Instant.State.requested, .inflight, .completed] {
      let path = try StoragePath(directory + "/" + instant.fileName(layout, in: state))
      bytes[state] = try storage.readAll(path, limit: 1 << 20)
      try storage.delete(path)
    }
    self.bytes = bytes
    try announce(isAnnounced)
  }

  /// Puts the pending files there, or takes them away.
  func announce(_ isAnnounced: Bool) throws {
    for state in [Instant.State.requested, .inflight] {
      let path = try StoragePath(directory + "/" + instant.fileName(layout, in: state))
      if isAnnounced {
        _ = try storage.publish(bytes[state] ?? Buffer(), at: path, .ifAbsent)
      } else {
        try storage.delete(path)
      }
    }
  }

  /// Completes it after everything that `trips` has completed.
  func finish(_ trips: TripTable) throws {
    try announce(true)
    let timeline = try trips.table.context.store.load()
    let time = try trips.table.context.store.newRequestedTime(after: timeline)
    let done = instant.with(.completed, completed: layout == .two ? time : nil)
    _ = try storage.publish(
      bytes[.completed] ?? Buffer(), at: StoragePath(directory + "/" + done.fileName(layout)),
      .ifAbsent)
  }
}

@Suite("Incremental queries") struct IncrementalQueryTests {
  /// One clock for all that open a table: times must grow over hidden commits, too.
  private let world = TestWorld.make()

  private func opened(_ storage: MemoryStorage) throws -> TripTable {
    try TripTable(opening: storage, world: world)
  }

  private func pull(
    _ trips: TripTable, from: String, to: String? = nil
  ) throws -> (rows: [String: Int64], position: String) {
    var scan = try trips.table.changesSince(from, to: to, ScanOptions(columns: ["id", "fare"]))
    var rows: [String: Int64] = [:]
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        rows[batch.columns[0].string(row)] = batch.columns[1].value(row, as: Int64.self)
      }
    }
    return (rows, scan.position.text)
  }

  @Test("the rows that commits of a range wrote, as at its end", .spec("QUERY-31", "QUERY-32"))
  func ranges() throws {
    let trips = try TripTable()
    let first = try #require(
      try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "rome", 2)]).instant)
    let second = try #require(
      try trips.commit(.upsert, [Trip("a", "oslo", 10, 2), Trip("c", "oslo", 3)]).instant)
    try trips.commit(.upsert, [Trip("c", "oslo", 30, 2)])
    #expect(try pull(trips, from: "earliest").rows == ["a": 10, "b": 2, "c": 30])
    #expect(try pull(trips, from: first.requested.text).rows == ["a": 10, "c": 30])
    #expect(
      try pull(trips, from: first.requested.text, to: second.requested.text).rows
        == ["a": 10, "c": 3])
    #expect(try pull(trips, from: "000", to: first.requested.text).rows == ["a": 1, "b": 2])
    #expect(try pull(trips, from: second.requested.text).rows == ["c": 30])
  }

  @Test("a requested time means its commit, any other a completion time", .spec("QUERY-33"))
  func bounds() throws {
    let trips = try TripTable()
    let first = try #require(try trips.commit(.upsert, [Trip("a", "oslo", 1)]).instant)
    let second = try #require(try trips.commit(.upsert, [Trip("b", "oslo", 2)]).instant)
    let completed = try #require(first.completed)
    #expect(try pull(trips, from: first.requested.text).rows == ["b": 2])
    #expect(try pull(trips, from: completed.text).rows == ["b": 2])
    // One millisecond after the request: before its completion, so its rows are in.
    let milliseconds = try #require(first.requested.civilMilliseconds)
    let between = try #require(InstantTime(civilMilliseconds: milliseconds + 1))
    if between < completed {
      #expect(try pull(trips, from: between.text).rows == ["a": 1, "b": 2])
    }
    #expect(try pull(trips, from: "^").rows == ["b": 2])
    #expect(
      try trips.table.incrementalRange(from: "earliest", to: second.requested.text)
        == IncrementalRange(.earliest, through: second.completed))
    for wrong in ["yesterday", "2026-03-01T10:00:00", "123456"] {
      #expect(throws: LakeError.self) { _ = try pull(trips, from: wrong) }
    }
  }

  @Test(
    "a writer that finishes late is in the next pull", .spec("QUERY-36"),
    arguments: [TableVersion.six, .nine])
  func late(_ version: TableVersion) throws {
    let storage = MemoryStorage()
    var trips = try TripTable(storage, world: world) { $0.version = version }
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let slow = try #require(try trips.commit(.upsert, [Trip("b", "rome", 2)]).instant)
    try trips.commit(.upsert, [Trip("c", "bern", 3)])
    let writer = try LateWriter(trips, storage, slow, isAnnounced: true)
    trips = try opened(storage)
    let first = try pull(trips, from: "earliest")
    #expect(first.rows == ["a": 1, "c": 3])
    #expect(try pull(trips, from: first.position).rows.isEmpty)
    try writer.finish(trips)
    trips = try opened(storage)
    let second = try pull(trips, from: first.position)
    #expect(second.rows == ["b": 2])
    #expect(try pull(trips, from: second.position).rows.isEmpty)
    try trips.commit(.upsert, [Trip("d", "bern", 4)])
    #expect(try pull(trips, from: second.position).rows == ["d": 4])
    #expect(try pull(trips, from: "earliest").rows == ["a": 1, "b": 2, "c": 3, "d": 4])
  }

  @Test("positions that are none", .spec("QUERY-36"))
  func positions() throws {
    let trips = try TripTable()
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let right = try pull(trips, from: "earliest").position
    let other = try TripTable { $0.name = "others" }
    try other.commit(.upsert, [Trip("a", "oslo", 1)])
    var wrong = ["lake", "lake1", "lake1.a.b.c", "lake2" + right.dropFirst(5), right + "0"]
    wrong.append(try pull(other, from: "earliest").position)
    for cut in 5..<right.count { wrong.append(String(right.prefix(cut))) }
    for text in wrong {
      let error = #expect(throws: LakeError.self, "\(text)") { _ = try pull(trips, from: text) }
      #expect(error?.code == .positionMalformed, "\(text): \(String(describing: error))")
    }
    #expect(try pull(trips, from: right).rows.isEmpty)
  }

  @Test(
    "the union of pulls over any partition of time is the direct pull", .spec("QUERY-37"),
    arguments: [TableVersion.six, .nine], [1, 2, 3, 4, 5] as [UInt64])
  func unions(_ version: TableVersion, _ seed: UInt64) throws {
    let random = SeededRandom(seed)
    let storage = MemoryStorage()
    var trips = try TripTable(storage, world: world) {
      $0.version = version
      $0.columns = TripTable.schema
    }
    let cities = ["oslo", "rome", "bern", "lima"]
    var positions = [try pull(trips, from: "earliest").position]
    var merged: [[String: Int64]] = [[:]]
    var late: [(city: String, writer: LateWriter)] = []
    for step in 0..<14 {
      // A city with an unfinished writer is left alone, as the rules of conflicts want it.
      let free = cities.filter { city in !late.contains { $0.city == city } }
      if let city = free.isEmpty ? nil : free[Int(random.next() % UInt64(free.count))] {
        let rows = (0..<3).map { _ in
          Trip("\(city)\(random.next() % 5)", city, Int64(step), Int64(step))
        }
        let unique = Dictionary(rows.map { ($0.id, $0) }) { $1 }.values.sorted()
        let instant = try #require(try trips.commit(.upsert, unique).instant)
        if step > 0 && random.next() % 3 == 0 {
          let writer = try LateWriter(trips, storage, instant, isAnnounced: false)
          late.append((city, writer))
          trips = try opened(storage)
        }
      }
      if random.next() % 4 == 0, !late.isEmpty {
        let place = Int(random.next() % UInt64(late.count))
        try late.remove(at: place).writer.finish(trips)
        trips = try opened(storage)
      }
      // Pull from some earlier position, and on from there.
      if random.next() % 2 == 0 {
        // Some have announced themselves when the pull looks, some not yet.
        let announced = late.filter { _ in random.next() % 2 == 0 }
        for one in announced { try one.writer.announce(true) }
        let found = try pull(trips, from: try #require(positions.last))
        for one in announced { try one.writer.announce(false) }
        positions.append(found.position)
        merged.append(found.rows)
      }
    }
    for rest in late { try rest.writer.finish(trips) }
    trips = try opened(storage)
    let found = try pull(trips, from: try #require(positions.last))
    merged.append(found.rows)
    for start in 0..<positions.count {
      let direct = try pull(trips, from: positions[start])
      var union: [String: Int64] = [:]
      for rows in merged[(start + 1)...] { union.merge(rows) { $1 } }
      #expect(union == direct.rows, "from position \(start) of \(positions.count)")
      #expect(try pull(trips, from: direct.position).rows.isEmpty)
    }
  }

  @Test("a range whose files were cleaned is expired, or the whole snapshot", .spec("QUERY-35"))
  func expired() throws {
    let storage = MemoryStorage()
    var trips = try TripTable(storage, world: world)
    let first = try #require(try trips.commit(.upsert, [Trip("a", "oslo", 1)]).instant)
    let old = try #require(try trips.slices().first)
    let second = try #require(try trips.commit(.upsert, [Trip("a", "oslo", 2, 2)]).instant)
    try storage.delete(
      try StoragePath(old.partition.appending(try #require(old.base).name.text)))
    let lost = #expect(throws: LakeError.self) {
      _ = try pull(trips, from: "earliest", to: first.requested.text)
    }
    #expect(lost?.code == .dataFileMissing)
    // A clean says that the file was meant to go, and what it kept.
    let store = trips.table.context.store
    let time = try store.newRequestedTime(after: try store.load())
    var clean = try store.start(try store.request(time, .clean))
    let told = CleanMetadata(
      time, milliseconds: 1, earliest: second.requested.text,
      lastCompleted: second.requested.text, [])
    clean = try store.complete(clean, try told.encode(), after: try store.load()).0
    trips = try opened(storage)
    let error = #expect(throws: LakeError.self) {
      _ = try pull(trips, from: "earliest", to: first.requested.text)
    }
    #expect(error?.code == .rangeExpired)
    #expect(error?.facts.contains { $0 == ("oldest", second.requested.text) } == true)
    #expect(try pull(trips, from: "earliest").rows == ["a": 2])
    var whole = try trips.table.changesSince(
      "earliest", to: first.requested.text, ScanOptions(columns: ["id"]), onExpired: .snapshot)
    #expect(whole.isWholeSnapshot)
    #expect(try whole.next()?.count == 1)
    #expect(try pull(trips, from: whole.position.text).rows.isEmpty)
  }

  @Test("commits that nobody names any more have expired", .spec("QUERY-35"))
  func unknown() throws {
    let storage = MemoryStorage()
    var trips = try TripTable(storage, world: world)
    let first = try #require(try trips.commit(.upsert, [Trip("a", "oslo", 1)]).instant)
    try trips.commit(.upsert, [Trip("b", "rome", 2)])
    let directory = trips.table.config.timelineDirectory
    for state in [Instant.State.requested, .inflight, .completed] {
      try storage.delete(
        StoragePath(directory + "/" + first.fileName(.two, in: state)))
    }
    trips = try opened(storage)
    #expect(try pull(trips, from: "earliest").rows == ["a": 1, "b": 2])
    let error = #expect(throws: LakeError.self) {
      _ = try pull(trips, from: try #require(first.completed).text)
    }
    #expect(error == nil || error?.code == .rangeExpired)
  }

  @Test("base files only, and how stale that is", .spec("QUERY-30"))
  func readOptimized() throws {
    let trips = try TripTable()
    let report = try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    var (scan, staleness) = try trips.table.scanReadOptimized(ScanOptions(columns: ["id"]))
    #expect(try scan.next()?.count == 1)
    #expect(staleness.isCurrent)
    #expect(staleness.newestBase == report.instant?.requested)
    #expect(staleness.newestWrite == report.instant?.requested)
  }

  @Test("a savepoint's comment is its name", .spec("QUERY-38"))
  func tags() throws {
    let trips = try TripTable()
    let first = try #require(try trips.commit(.upsert, [Trip("a", "oslo", 1)]).instant)
    try trips.commit(.upsert, [Trip("a", "oslo", 2, 2)])
    let store = trips.table.context.store
    let pending = try store.start(Instant(first.requested, .savepoint, .requested))
    let told = SavepointMetadata(by: "me", at: 0, comments: "month-end", [:])
    _ = try store.complete(pending, try told.encode(), after: try store.load())
    #expect(try trips.table.instant("tag:month-end") == first.requested)
    #expect(try trips.trips(asOf: first.requested).map(\.fare) == [1])
    #expect(try pull(trips, from: "tag:month-end").rows == ["a": 2])
    let error = #expect(throws: LakeError.self) { _ = try trips.table.instant("tag:other") }
    #expect(error?.code == .instantNotFound)
  }

  @Test("a table without meta columns is refused", .spec("QUERY-34"))
  func withoutMeta() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage, world: world)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let config = try trips.table.config.setting([(TableConfig.Key.populateMetaFields, "false")])
    let bare = LakeTable(trips.table.context.with(config))
    let error = #expect(throws: LakeError.self) {
      _ = try IncrementalPlan(try bare.snapshot(), IncrementalRange())
    }
    #expect(error?.code == .tableFeatureUnsupported)
  }
}
