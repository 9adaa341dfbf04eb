import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Changes") struct ChangeScanTests {
  private let world = TestWorld.make()

  /// A change row of the small table.
  private struct Change: Equatable, CustomStringConvertible {
    var op: String
    var key: String
    var partition: String
    var instant: String
    var completed: String?
    var before: Trip?
    var after: Trip?

    var description: String {
      "\(op) \(key) in \(partition): \(String(describing: before?.fare)) to "
        + "\(String(describing: after?.fare))"
    }
  }

  private func pull(
    _ trips: TripTable, from: String, to: String? = nil, memoryBytes: Int? = nil
  ) throws -> (rows: [Change], position: String) {
    var options = ChangeOptions()
    if let memoryBytes { options.memoryBytes = memoryBytes }
    var scan = try trips.table.changes(from: from, to: to, options)
    var rows: [Change] = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        func text(_ place: Int) -> String? {
          let column = batch.columns[place].decoded()
          return column.isNull(row) ? nil : column.string(row)
        }
        rows.append(
          Change(
            op: try #require(text(0)), key: try #require(text(1)),
            partition: try #require(text(2)), instant: try #require(text(3)), completed: text(4),
            before: trip(batch.columns[5].scalar(row)), after: trip(batch.columns[6].scalar(row))))
      }
    }
    return (rows, scan.position.text)
  }

  private func trip(_ image: Scalar) -> Trip? {
    guard case .structure(let values) = image, case .string(let id) = values[0],
      case .string(let city) = values[1], case .int(let order) = values[3]
    else { return nil }
    var fare: Int64?
    if case .int(let number) = values[2] { fare = number }
    return Trip(id, city, fare, order)
  }

  @Test("inserts, updates and deletes with their images", .spec("CHANGE-1", "CHANGE-2"))
  func images() throws {
    let trips = try TripTable(world: world)
    let first = try #require(
      try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "oslo", 2)]).instant)
    let second = try #require(
      try trips.commit(
        .upsert,
        [
          Trip("a", "oslo", 10, 2), Trip("b", "oslo", nil, 2, isDeleted: true),
          Trip("c", "oslo", 3),
        ]
      ).instant)
    let all = try pull(trips, from: "earliest")
    #expect(all.rows.map(\.op) == ["i", "i", "u", "d", "i"])
    #expect(all.rows.map(\.key) == ["a", "b", "a", "b", "c"])
    #expect(all.rows.allSatisfy { $0.partition == "city=oslo" })
    #expect(all.rows[0].before == nil && all.rows[0].after == Trip("a", "oslo", 1))
    #expect(
      all.rows[2].before == Trip("a", "oslo", 1) && all.rows[2].after == Trip("a", "oslo", 10, 2))
    #expect(all.rows[3].before == Trip("b", "oslo", 2) && all.rows[3].after == nil)
    #expect(all.rows[1].instant == first.requested.text)
    #expect(all.rows[2].instant == second.requested.text)
    #expect(all.rows[2].completed == second.completed?.text)
    // Bounds are those of incremental pulls: the start excluded, the end included.
    #expect(try pull(trips, from: first.requested.text).rows == Array(all.rows[2...]))
    #expect(
      try pull(trips, from: "earliest", to: first.requested.text).rows == Array(all.rows[..<2]))
    #expect(try pull(trips, from: all.position).rows.isEmpty)
  }

  @Test("an update that changes nothing is no change", .spec("CHANGE-3", "CHANGE-4"))
  func unchanged() throws {
    let trips = try TripTable(world: world)
    try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "oslo", nil)])
    let same = try #require(
      try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "oslo", nil)]).instant)
    #expect(try pull(trips, from: "earliest").rows.map(\.op) == ["i", "i"])
    try trips.commit(.upsert, [Trip("b", "oslo", 0)])
    let rows = try pull(trips, from: same.requested.text).rows
    #expect(rows.map(\.op) == ["u"])
    #expect(rows.first?.before?.fare == nil && rows.first?.after?.fare == 0)
  }

  /// The table as a model: rows by partition and key.
  private func apply(_ changes: [Change], _ rows: inout [String: Trip]) throws {
    for change in changes {
      let place = change.partition + "/" + change.key
      #expect(rows[place] == change.before, "\(change)")
      #expect((change.before == nil) == (change.op == "i"))
      #expect((change.after == nil) == (change.op == "d"))
      rows[place] = change.after
    }
  }

  @Test(
    "the changes of any part of a history lead from its start to its end",
    .spec("CHANGE-1", "CHANGE-2", "CHANGE-9"), arguments: [TableVersion.six, .nine],
    [1, 2, 3, 4, 5, 6] as [UInt64])
  func histories(_ version: TableVersion, _ seed: UInt64) throws {
    let random = SeededRandom(seed)
    let isGlobal = seed % 2 == 0
    let trips = try TripTable(world: world) {
      $0.version = version
      $0.columns = TripTable.schema
    }
    let cities = ["oslo", "rome", "bern"]
    var instants: [Instant] = []
    for step in 0..<12 {
      var rows: [String: Trip] = [:]
      for _ in 0..<1 + random.next() % 6 {
        let id = "k\(random.next() % 9)"
        let city = cities[Int(random.next() % 3)]
        rows[isGlobal ? id : city + id] = Trip(
          id, city, random.next() % 5 == 0 ? nil : Int64(random.next() % 4), Int64(step),
          isDeleted: random.next() % 3 == 0)
      }
      let report = try trips.commit(.upsert, rows.values.sorted()) {
        if isGlobal { $0.index = .globalSimple }
      }
      if let instant = report.instant { instants.append(instant) }
    }
    var cuts = ["earliest"] + instants.map(\.requested.text).filter { _ in random.next() % 2 == 0 }
    if let last = instants.last?.requested.text, cuts.last != last { cuts.append(last) }
    var rows: [String: Trip] = [:]
    for (from, to) in zip(cuts, cuts.dropFirst()) {
      // A budget of nothing: every key is a part of its own.
      let budget = random.next() % 3 == 0 ? 1 : nil
      try apply(try pull(trips, from: from, to: to, memoryBytes: budget).rows, &rows)
      let expected = try trips.trips(asOf: try InstantTime(parsing: to))
      #expect(rows.values.sorted() == expected, "from \(from) to \(to)")
    }
    rows = [:]
    try apply(try pull(trips, from: "earliest").rows, &rows)
    #expect(rows.values.sorted() == (try trips.trips()))
  }

  @Test("a move is a delete there and an insert here", .spec("CHANGE-2"))
  func moves() throws {
    let trips = try TripTable(world: world)
    let first = try #require(
      try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "oslo", 2)]).instant)
    try trips.commit(.upsert, [Trip("a", "rome", 3, 2)]) { $0.index = .globalSimple }
    let rows = try pull(trips, from: first.requested.text).rows
    #expect(rows.map(\.op) == ["d", "i"])
    #expect(rows.map(\.partition) == ["city=oslo", "city=rome"])
    #expect(rows.map(\.key) == ["a", "a"])
  }

  @Test("states that were cleaned have expired, and what was never kept", .spec("CHANGE-8"))
  func expired() throws {
    let storage = MemoryStorage()
    var trips = try TripTable(storage, world: world)
    let first = try #require(try trips.commit(.upsert, [Trip("a", "oslo", 1)]).instant)
    let old = try #require(try trips.slices().first)
    let second = try #require(try trips.commit(.upsert, [Trip("a", "oslo", 2, 2)]).instant)
    try trips.commit(.upsert, [Trip("a", "oslo", 3, 3)])
    try storage.delete(
      try StoragePath(old.partition.appending(try #require(old.base).name.text)))
    let lost = #expect(throws: LakeError.self) { _ = try pull(trips, from: "earliest") }
    #expect(lost?.code == .dataFileMissing)
    let store = trips.table.context.store
    let time = try store.newRequestedTime(after: try store.load())
    let clean = try store.start(try store.request(time, .clean))
    let told = CleanMetadata(
      time, milliseconds: 1, earliest: second.requested.text,
      lastCompleted: second.requested.text, [])
    _ = try store.complete(clean, try told.encode(), after: try store.load())
    trips = try TripTable(opening: storage, world: world)
    // The image before the second commit is gone, too.
    for from in ["earliest", first.requested.text] {
      let error = #expect(throws: LakeError.self) { _ = try pull(trips, from: from) }
      #expect(error?.code == .rangeExpired)
      #expect(error?.facts.contains { $0 == ("oldest", second.requested.text) } == true)
    }
    #expect(try pull(trips, from: second.requested.text).rows.map(\.op) == ["u"])
  }

  @Test("a table without meta columns is refused", .spec("CHANGE-8"))
  func withoutMeta() throws {
    let trips = try TripTable(world: world)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let config = try trips.table.config.setting([(TableConfig.Key.populateMetaFields, "false")])
    let bare = LakeTable(trips.table.context.with(config))
    let error = #expect(throws: LakeError.self) { _ = try bare.changes(from: "earliest") }
    #expect(error?.code == .tableFeatureUnsupported)
  }

  @Test("an empty table has no changes", .spec("CHANGE-1"))
  func empty() throws {
    let trips = try TripTable(world: world)
    let found = try pull(trips, from: "earliest")
    #expect(found.rows.isEmpty)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    #expect(try pull(trips, from: found.position).rows.map(\.op) == ["i"])
  }
}
