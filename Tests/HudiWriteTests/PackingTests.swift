import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Packing") struct PackingTests {
  @Test("new rows fill small files first", .spec("PACK-2", "BASE-40"))
  func smallFiles() throws {
    let trips = try TripTable()
    try trips.commit(.insert, (0..<50).map { Trip("a\($0)", "oslo", 1) })
    try trips.commit(.insert, (0..<50).map { Trip("b\($0)", "oslo", 1) })
    try trips.commit(.upsert, (0..<50).map { Trip("c\($0)", "oslo", 1) })
    #expect(try trips.slices().count == 1)
    #expect(try trips.trips().count == 150)
    try trips.commit(.insert, [Trip("d", "oslo", 1)]) { $0.files.smallBytes = 0 }
    #expect(try trips.slices().count == 2)
  }

  @Test("the rest goes to new files of equal size", .spec("PACK-1", "PACK-2"))
  func newFiles() throws {
    let trips = try TripTable()
    // Nothing is known about rows yet: 1,024 bytes each, so ten fit into 10 KiB.
    try trips.commit(.upsert, (0..<25).map { Trip("k\($0)", "oslo", 1) }) {
      $0.files.targetBytes = 10 << 10
      $0.files.smallBytes = 0
    }
    let stats = try #require(try trips.table.log().first?.metadata?.stats)
    #expect(stats.map { $0.numWrites ?? 0 }.sorted() == [8, 8, 9])
  }

  @Test("inserts look no key up, bulk inserts write new files only", .spec("PACK-3"))
  func duplicates() throws {
    let trips = try TripTable()
    try trips.commit(.insert, [Trip("a", "oslo", 1)])
    try trips.commit(.insert, [Trip("a", "oslo", 2)])
    #expect(try trips.trips().count == 2)
    #expect(try trips.slices().count == 1)
    try trips.commit(.bulkInsert, [Trip("a", "oslo", 3)])
    #expect(try trips.slices().count == 2)
    #expect(try trips.trips().count == 3)
  }

  @Test("a bulk insert rolls over at the target size", .spec("BASE-40"))
  func rollsOver() throws {
    let trips = try TripTable { $0.filterRate = nil }
    let generator = SeededRandom(5)
    let rows = (0..<60_000).map {
      Trip("\(generator.next())-\($0)", "oslo", Int64(bitPattern: generator.next()))
    }
    try trips.commit(.bulkInsert, rows) { $0.files.targetBytes = 400_000 }
    let slices = try trips.slices()
    #expect(slices.count >= 2)
    #expect(slices.allSatisfy { $0.size < 2_000_000 })
    #expect(try trips.trips().count == 60_000)
    #expect(try TableCheck(trips.table.context).run().isEmpty)
  }

  @Test("a table without key gets generated keys, all different")
  func keyless() throws {
    let trips = try TripTable { $0.keyFields = [] }
    try trips.commit(.insert, [Trip("a", "oslo", 1), Trip("a", "oslo", 1), Trip("a", "rome", 1)])
    #expect(Set(try trips.lines(["_hoodie_record_key"])).count == 3)
    let error = #expect(throws: LakeError.self) {
      try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    }
    #expect(error?.kind == .usage)
  }

  @Test("a dry run writes nothing and predicts the numbers")
  func dryRun() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("a", "oslo", 1, 5), Trip("b", "rome", 2, 5)])
    let observed = ObservedStorage(storage)
    let watched = try TripTable(opening: observed)
    let rows = [Trip("a", "oslo", 9, 4), Trip("b", "rome", 9, 6), Trip("c", "bern", 3)]
    observed.reset()
    let planned = try watched.commit(.upsert, rows) { $0.isDryRun = true }
    #expect(observed.counts.bytesWritten() == 0)
    #expect(planned.outcome == .planned)
    let real = try trips.commit(.upsert, rows)
    #expect(planned.inserted == real.inserted)
    #expect(planned.updated == real.updated)
    #expect(planned.stale == real.stale)
    #expect(real.stale == 1)
  }
}
