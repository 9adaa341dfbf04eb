import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Upsert") struct UpsertTests {
  @Test("commit time: the later write wins whatever the order says", .spec("MERGE-1"))
  func commitTime() throws {
    let trips = try TripTable { $0.orderingFields = [] }
    try trips.commit(.upsert, [Trip("a", "oslo", 1, 9)])
    let report = try trips.commit(.upsert, [Trip("a", "oslo", 2, 3)])
    #expect(report.updated == 1)
    #expect(try trips.trips() == [Trip("a", "oslo", 2, 3)])
  }

  @Test("event time: greater order wins, equal order goes to the later write", .spec("MERGE-2"))
  func eventTime() throws {
    let trips = try TripTable()
    try trips.commit(
      .upsert, [Trip("a", "oslo", 1, 5), Trip("b", "oslo", 1, 5), Trip("c", "oslo", 1, 5)])
    let report = try trips.commit(
      .upsert, [Trip("a", "oslo", 2, 4), Trip("b", "oslo", 2, 5), Trip("c", "oslo", 2, 6)])
    #expect(report.stale == 1)
    #expect(report.updated == 2)
    #expect(
      try trips.trips() == [
        Trip("a", "oslo", 1, 5), Trip("b", "oslo", 2, 5), Trip("c", "oslo", 2, 6),
      ])
  }

  @Test("of several rows of a key in one input one takes part", .spec("MERGE-3"))
  func duplicates() throws {
    let trips = try TripTable()
    let report = try trips.commit(
      .upsert,
      [
        Trip("a", "oslo", 1, 2), Trip("a", "oslo", 2, 7), Trip("a", "oslo", 3, 7),
        Trip("a", "oslo", 4, 1),
      ])
    #expect(report.duplicates == 3)
    #expect(try trips.trips() == [Trip("a", "oslo", 3, 7)])
    let plain = try TripTable { $0.orderingFields = [] }
    try plain.commit(.upsert, [Trip("a", "oslo", 1, 7), Trip("a", "oslo", 2, 2)])
    #expect(try plain.trips() == [Trip("a", "oslo", 2, 2)])
  }

  @Test(
    "replaced rows keep their place, new ones follow; the rest keeps its meta columns",
    .spec("MERGE-4", "BASE-22"))
  func places() throws {
    let trips = try TripTable()
    let first = try trips.commit(
      .upsert, [Trip("a", "oslo", 1), Trip("b", "oslo", 2), Trip("c", "oslo", 3)])
    let second = try trips.commit(.upsert, [Trip("d", "oslo", 4), Trip("b", "oslo", 20, 2)])
    let file = try #require(try trips.slices().first?.base?.name.text)
    let one = try #require(first.instant?.requested)
    let two = try #require(second.instant?.requested)
    #expect(
      try trips.lines(["id", "fare", "_hoodie_commit_time", "_hoodie_file_name"]) == [
        "a|1|\(one)|\(file)", "b|20|\(two)|\(file)", "c|3|\(one)|\(file)", "d|4|\(two)|\(file)",
      ])
    #expect(try trips.lines(["_hoodie_commit_seqno"]).allSatisfy { $0.hasPrefix("2") })
    #expect(Set(try trips.lines(["_hoodie_commit_seqno"])).count == 4)
  }

  @Test("a null ordering value is refused with its row", .spec("MERGE-5"))
  func nullOrder() throws {
    let trips = try TripTable { $0.columns = TripTable.schema }
    let builder = BatchBuilder(TripTable.schema)
    try builder.append([.string("k"), .string("oslo"), .int(1), .null])
    let batch = builder.finish()
    let error = #expect(throws: LakeError.self) { _ = try trips.table.upsert(batch) }
    #expect(error?.code == .orderingNull)
    #expect(error?.message.contains("row 1") == true)
    #expect(try trips.table.log().isEmpty)
  }

  @Test(
    "deletes: by key always, marked rows by their order, unknown keys are counted", .spec("MERGE-6")
  )
  func deletes() throws {
    let trips = try TripTable()
    try trips.commit(
      .upsert, [Trip("a", "oslo", 1, 5), Trip("b", "oslo", 2, 5), Trip("c", "oslo", 3, 5)])
    let marked = try trips.commit(
      .upsert,
      [Trip("a", "oslo", nil, 4, isDeleted: true), Trip("b", "oslo", nil, 6, isDeleted: true)])
    #expect(marked.stale == 1)
    #expect(marked.deleted == 1)
    #expect(try trips.trips() == [Trip("a", "oslo", 1, 5), Trip("c", "oslo", 3, 5)])
    let byKey = try trips.commit(.delete, [Trip("a", "oslo", nil, 0), Trip("x", "oslo", nil, 0)])
    #expect(byKey.deleted == 1)
    #expect(byKey.notFound == 1)
    #expect(try trips.trips() == [Trip("c", "oslo", 3, 5)])
  }

  @Test("a group that loses all rows keeps an empty base file", .spec("MERGE-7"))
  func emptied() throws {
    let trips = try TripTable()
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    try trips.commit(.delete, [Trip("a", "oslo", nil)])
    #expect(try trips.trips().isEmpty)
    #expect(try trips.slices().count == 1)
    let stat = try #require(try trips.table.log().first?.metadata?.stats.first)
    #expect(stat.numWrites == 0)
    #expect(stat.numDeletes == 1)
    try trips.commit(.upsert, [Trip("b", "oslo", 2)])
    #expect(try trips.trips() == [Trip("b", "oslo", 2)])
    #expect(try trips.slices().count == 1)
  }

  @Test(
    "a global index moves a row to its new partition", .spec("INDEX-3"),
    arguments: [IndexKind.globalSimple, .globalBloom])
  func moves(index: IndexKind) throws {
    let trips = try TripTable { $0.index = index }
    try trips.commit(.upsert, [Trip("a", "oslo", 1, 5), Trip("b", "oslo", 2, 5)])
    let report = try trips.commit(.upsert, [Trip("a", "rome", 3, 6), Trip("b", "rome", 4, 1)])
    #expect(report.updated == 1)
    #expect(report.stale == 1)
    #expect(report.inserted == 0)
    #expect(try trips.trips() == [Trip("b", "oslo", 2, 5), Trip("a", "rome", 3, 6)])
    let gone = try trips.table.delete(try TripTable.batch([Trip("a", "x", nil)]).select(["id"]))
    #expect(gone.deleted == 1)
    #expect(try trips.trips() == [Trip("b", "oslo", 2, 5)])
  }

  @Test(
    "simple and bloom index find every key", .spec("INDEX-1", "INDEX-2"),
    arguments: [IndexKind.simple, .bloom])
  func finds(index: IndexKind) throws {
    let trips = try TripTable { $0.index = index }
    let rows = (0..<300).map { Trip("key-\($0 * 7)", "oslo", Int64($0)) }
    try trips.commit(.bulkInsert, Array(rows[..<150]))
    try trips.commit(.bulkInsert, Array(rows[150...]))
    let changed = rows.map { Trip($0.id, $0.city, 1000, 2) }
    let report = try trips.commit(.upsert, changed + [Trip("other", "oslo", 5)])
    #expect(report.updated == 300)
    #expect(report.inserted == 1)
    #expect(try trips.trips().count == 301)
  }

  @Test("a file whose key range excludes all keys is not read beyond its footer", .spec("INDEX-1"))
  func range() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.bulkInsert, (10_000..<40_000).map { Trip("k\($0)", "oslo", 1) })
    func bytesRead(_ id: String) throws -> Int {
      let observed = ObservedStorage(storage)
      let table = try LakeTable.open(observed, TestWorld.make())
      var options = WriteOptions()
      options.isDryRun = true
      let batch = try TripTable.batch([Trip(id, "oslo", 1)])
      _ = try table.commit(.delete, MemoryBatches(batch.schema, [batch]), options)
      return observed.counts.bytesRead(.base)
    }
    #expect(try bytesRead("a-before") < bytesRead("k25000"))
  }
}
