import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Pulls with deletes") struct RemovedRowsTests {
  private let world = TestWorld.make()

  /// Rows by partition and key.
  private typealias State = [String: Trip]

  private struct Pull {
    var removed: [String] = []
    var rows: State = [:]
    var position = ""
    var batches: [RecordBatch] = []

    func applied(to state: State) -> State {
      var state = state
      for key in removed { state[key] = nil }
      return state.merging(rows) { $1 }
    }
  }

  private func pull(
    _ table: LakeTable, from: String, to: String? = nil, partitions: [PartitionPath]? = nil
  ) throws -> Pull {
    var options = ScanOptions(
      columns: ["id", "city", "fare", "ord", "_hoodie_record_key", "_hoodie_partition_path"])
    options.partitions = partitions
    var scan = try table.changesSince(from, to: to, options, withDeletes: true)
    var pull = Pull()
    pull.position = scan.position.text
    while let batch = try scan.next() {
      #expect(batch.schema == scan.schema)
      pull.batches.append(batch)
      for row in 0..<batch.count {
        let key = batch.columns[1].string(row) + "/" + batch.columns[0].string(row)
        #expect(batch.columns[5].string(row) == "city=" + batch.columns[1].string(row))
        #expect(batch.columns[4].string(row) == batch.columns[0].string(row))
        if batch.columns[6].scalar(row) == .bool(true) {
          #expect(pull.rows.isEmpty, "removed keys come first")
          #expect(batch.columns[2].isNull(row))
          pull.removed.append(key)
        } else {
          pull.rows[key] = Trip(
            batch.columns[0].string(row), batch.columns[1].string(row),
            batch.columns[2].value(row, as: Int64.self),
            batch.columns[3].value(row, as: Int64.self))
        }
      }
    }
    return pull
  }

  @Test(
    "applied to the state at the start, a pull gives the state at its end",
    .spec("QUERY-40", "QUERY-37"), arguments: [TableVersion.six, .eight, .nine],
    [1, 2, 3, 4, 5, 6] as [UInt64])
  func histories(_ version: TableVersion, _ seed: UInt64) throws {
    let random = SeededRandom(seed)
    let trips = try TripTable(world: world) {
      $0.version = version
      $0.columns = TripTable.schema
    }
    let cities = ["oslo", "rome", "bern"]
    var state: State = [:]
    var states = [state]
    var positions = [try pull(trips.table, from: "earliest").position]
    var instants: [InstantTime?] = [nil]
    for step in 1...12 {
      let city = cities[Int(random.next() % 3)]
      var rows = (0..<4).map { _ -> Trip in
        let isDeleted = random.next() % 3 == 0
        return Trip(
          "\(city)\(random.next() % 6)", city, Int64(step), Int64(step), isDeleted: isDeleted)
      }
      rows = Dictionary(rows.map { ($0.id, $0) }) { $1 }.values.sorted()
      for trip in rows { state[city + "/" + trip.id] = trip.isDeleted ? nil : trip }
      let report = try trips.commit(.upsert, rows)
      guard let instant = report.instant else { continue }
      states.append(state)
      instants.append(instant.requested)
      positions.append(try pull(trips.table, from: try #require(positions.last)).position)
    }
    for start in states.indices {
      for end in start..<states.count {
        guard let to = instants[end]?.text else { continue }
        // From a commit, and from where an earlier pull ended.
        for from in [instants[start]?.text ?? "earliest", positions[start]] {
          let found = try pull(trips.table, from: from, to: to)
          #expect(
            found.applied(to: states[start]) == states[end], "\(start) to \(end) of seed \(seed)")
          #expect(Set(found.removed).count == found.removed.count)
          let gone = Set(states[start].keys).subtracting(states[end].keys)
          #expect(Set(found.removed) == gone)
        }
      }
    }
  }

  @Test("only what was asked for, nullable, the marker last", .spec("QUERY-41"))
  func columns() throws {
    let trips = try TripTable(world: world)
    let first = try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "rome", 2)])
    let from = try #require(first.instant).requested.text
    try trips.commit(
      .upsert,
      [
        Trip("a", "oslo", nil, 2, isDeleted: true), Trip("b", "rome", nil, 2, isDeleted: true),
        Trip("c", "rome", 3),
      ])
    let all = try pull(trips.table, from: from)
    #expect(all.removed.sorted() == ["oslo/a", "rome/b"])
    #expect(Array(all.rows.keys) == ["rome/c"])
    let rome = try pull(trips.table, from: from, partitions: [try PartitionPath("city=rome")])
    #expect(rome.removed == ["rome/b"])
    var scan = try trips.table.changesSince(
      from, ScanOptions(columns: ["fare"]), withDeletes: true)
    #expect(scan.schema.fields.map(\.name) == ["fare", "_hoodie_is_deleted"])
    #expect(scan.schema.fields.map(\.nullable) == [true, true])
    var count = 0
    while let batch = try scan.next() { count += batch.count }
    #expect(count == 3)
    // From the beginning nothing can have been there before.
    let whole = try pull(trips.table, from: "earliest")
    #expect(whole.removed.isEmpty)
    #expect(Array(whole.rows.keys) == ["rome/c"])
  }

  @Test("the state before was cleaned", .spec("QUERY-41"))
  func cleaned() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage, world: world)
    let first = try #require(
      try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "oslo", 1)]).instant)
    let old = try #require(try trips.slices().first)
    try trips.commit(.upsert, [Trip("a", "oslo", nil, 2, isDeleted: true)])
    try storage.delete(
      try StoragePath(old.partition.appending(try #require(old.base).name.text)))
    let from = first.requested.text
    let opened = try TripTable(opening: storage, world: world).table
    let error = #expect(throws: LakeError.self) { _ = try pull(opened, from: from) }
    #expect(error?.code == .rangeExpired)
    var without = try opened.changesSince(from, ScanOptions(columns: ["id"]))
    #expect(try without.next() == nil)
    var whole = try opened.changesSince(
      from, ScanOptions(columns: ["id"]), onExpired: .snapshot, withDeletes: true)
    #expect(whole.isWholeSnapshot)
    let batch = try #require(try whole.next())
    #expect(batch.columns[0].string(0) == "b")
    #expect(batch.columns[1].scalar(0) == .bool(false))
  }
}
