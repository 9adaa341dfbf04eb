import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("TableCheck") struct TableCheckTests {
  static func filled(_ storage: MemoryStorage) throws -> TripTable {
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "rome", 2)])
    try trips.commit(.upsert, [Trip("a", "oslo", 3, 2), Trip("c", "rome", 4)])
    return trips
  }

  static func path(_ trips: TripTable) throws -> StoragePath {
    let slice = try #require(try trips.slices().first)
    return try StoragePath(slice.partition.appending(try #require(slice.base).name.text))
  }

  static func replace(_ storage: MemoryStorage, _ path: StoragePath, _ bytes: Buffer) throws {
    try storage.delete(path)
    let sink = try storage.create(path)
    try sink.write(bytes)
    _ = try sink.finish()
  }

  static func invariants(_ trips: TripTable) throws -> Set<CheckFinding.Invariant> {
    let fresh = try LakeTable.open(trips.table.storage, TestWorld.make())
    return Set(try TableCheck(fresh.context).run().map(\.invariant))
  }

  @Test("a table in order has no findings", .spec("CARE-1"))
  func clean() throws {
    #expect(try Self.invariants(try Self.filled(MemoryStorage())).isEmpty)
  }

  @Test("a missing file is found", .spec("CARE-2"))
  func missing() throws {
    let storage = MemoryStorage()
    let trips = try Self.filled(storage)
    try storage.delete(try Self.path(trips))
    #expect(try Self.invariants(trips).contains(.filesExist))
  }

  @Test("a changed byte is found by the commit's checksum", .spec("CARE-2", "TXN-7"))
  func changed() throws {
    let storage = MemoryStorage()
    let trips = try Self.filled(storage)
    let path = try Self.path(trips)
    var bytes = try storage.readAll(path, limit: 1 << 20).bytes
    bytes[10] ^= 1
    try Self.replace(storage, path, Buffer(bytes))
    #expect(try Self.invariants(trips).contains(.bytesIntact))
  }

  @Test("a data file that no commit names is found", .spec("CARE-2"))
  func orphan() throws {
    let storage = MemoryStorage()
    let trips = try Self.filled(storage)
    let instant = try #require(try trips.table.log().first?.instant.requested)
    _ = try storage.create(
      StoragePath("city=oslo/07838327-b037-4532-a9df-3c5b05dd823d-0_9-9-9_\(instant).parquet")
    ).finish()
    #expect(try Self.invariants(trips).contains(.noOrphans))
  }

  @Test("a key that occurs twice is found", .spec("CARE-1"))
  func duplicate() throws {
    let storage = MemoryStorage()
    let trips = try Self.filled(storage)
    try trips.commit(.bulkInsert, [Trip("a", "oslo", 9)])
    #expect(try Self.invariants(trips) == [.keysUnique])
  }

  @Test("markers of an instant that is gone are found", .spec("CARE-2"))
  func leftovers() throws {
    let storage = MemoryStorage()
    let trips = try Self.filled(storage)
    try storage.makeDirectory(StoragePath(".hoodie/.temp/20240101000000000"))
    #expect(try Self.invariants(trips) == [.noOrphans])
  }
}
