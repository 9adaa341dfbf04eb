import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Transaction") struct TransactionTests {
  static func names(_ storage: any Storage, _ folder: String) throws -> [String] {
    do throws(LakeError) { return try storage.list(StoragePath(folder)).map(\.name) } catch {
      guard error.code == .fileNotFound else { throw error }
      return []
    }
  }

  @Test("markers come before data files and go after the commit", .spec("TXN-3", "TXN-5"))
  func markers() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    #expect(try Self.names(storage, ".hoodie/.temp").isEmpty)
    let transaction = try Transaction.begin(trips.table.context, .commit, wait: 1000)
    let instant = transaction.instant.requested
    let stray = "07838327-b037-4532-a9df-3c5b05dd823d-0_0-0-0_\(instant).parquet"
    try transaction.markers.create(MarkerName(try PartitionPath("city=oslo"), stray, .create))
    _ = try storage.create(StoragePath("city=oslo/\(stray)")).finish()
    try transaction.start(CommitMetadata(.insert))
    _ = try transaction.commit(CommitMetadata(.insert), ConflictRules(groups: [], newKeys: nil))
    #expect(try storage.entry(StoragePath("city=oslo/\(stray)")) == nil)
    #expect(try Self.names(storage, ".hoodie/.temp").isEmpty)
  }

  @Test("markers of both layouts are read", .spec("TXN-4"))
  func markerLayouts() throws {
    let storage = MemoryStorage()
    let time = try InstantTime(parsing: "20250101000000000")
    let markers = try Markers(storage, time)
    #expect(try markers.all().isEmpty)
    try markers.create(MarkerName(try PartitionPath("p/q"), "one.parquet", .merge))
    try storage.makeDirectory(StoragePath(".hoodie/.temp/\(time)"))
    let batch = try storage.create(StoragePath(".hoodie/.temp/\(time)/MARKERS3"))
    try batch.write(Array("p/two.parquet.marker.CREATE\nthree.parquet.marker.APPEND\n".utf8))
    _ = try batch.finish()
    let type = try storage.create(StoragePath(".hoodie/.temp/\(time)/MARKERS.type"))
    try type.write(Array("TIMELINE_SERVER_BASED".utf8))
    _ = try type.finish()
    #expect(
      Set(try markers.all().map(\.text)) == [
        "p/q/one.parquet.marker.MERGE", "p/two.parquet.marker.CREATE",
        "three.parquet.marker.APPEND",
      ])
    try markers.remove()
    #expect(try markers.all().isEmpty)
  }

  @Test("a write that changed the same group meanwhile is a conflict", .spec("TXN-6", "TXN-1"))
  func conflict() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let group = try #require(try trips.slices().first?.group)
    let transaction = try Transaction.begin(trips.table.context, .commit, wait: 1000)
    try transaction.start(CommitMetadata(.upsert))
    let rival = try TripTable(opening: storage, world: TestWorld.make(seed: 9))
    try rival.commit(.upsert, [Trip("a", "oslo", 2, 2)])
    let error = #expect(throws: LakeError.self) {
      _ = try transaction.commit(
        CommitMetadata(.upsert), ConflictRules(groups: [group], newKeys: nil))
    }
    #expect(error?.code == .writeConflict)
    #expect(error?.isRetryable == true)
    transaction.abort()
    #expect(try rival.trips() == [Trip("a", "oslo", 2, 2)])
    #expect(try TableCheck(rival.table.context).run().isEmpty)
  }

  @Test("two inserts of one key conflict though their groups differ", .spec("TXN-6"))
  func sameNewKey() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("z", "oslo", 0)])
    let transaction = try Transaction.begin(trips.table.context, .commit, wait: 1000)
    try transaction.start(CommitMetadata(.upsert))
    let rival = try TripTable(opening: storage, world: TestWorld.make(seed: 9))
    try rival.commit(.upsert, [Trip("n", "rome", 1)])
    func rules(_ key: String, _ partition: String, global: Bool = false) throws -> ConflictRules {
      let keys = try TripTable.batch([Trip(key, "x", 1)]).columns[0]
      return ConflictRules(
        groups: [],
        newKeys: ConflictRules.NewKeys([try PartitionPath(partition): [keys]], isGlobal: global))
    }
    let fresh = try trips.table.context.store.load()
    func check(_ rules: ConflictRules) throws(LakeError) {
      try rules.check(
        trips.table.context, base: transaction.base, fresh: fresh, own: transaction.instant)
    }
    #expect(throws: LakeError.self) { try check(try rules("n", "city=rome")) }
    #expect(throws: LakeError.self) { try check(try rules("n", "city=oslo", global: true)) }
    try check(try rules("n", "city=oslo"))
    try check(try rules("m", "city=rome"))
    transaction.abort()
  }

  @Test("the commit keeps the checksum of every file", .spec("TXN-7"))
  func checksums() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "rome", 2)])
    let metadata = try #require(try trips.table.log().first?.metadata)
    let sums = metadata.fileChecksums
    #expect(sums.count == 2)
    for (path, crc) in sums {
      let bytes = try storage.readAll(StoragePath(path), limit: 1 << 20)
      #expect(CRC32C.checksum(bytes) == crc.whole)
      #expect(CRC32C.checksum(bytes[crc.tailStart..<bytes.count]) == crc.tail)
    }
  }

  @Test("a partition gets its metafile with the instant and its depth", .spec("TXN-8"))
  func metafile() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    let report = try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let text = try storage.readAll(
      StoragePath("city=oslo/.hoodie_partition_metadata"), limit: 1 << 10
    ).lossyText
    #expect(text.contains("commitTime=\(try #require(report.instant).requested)\n"))
    #expect(text.contains("partitionDepth=1\n"))
  }

  @Test("a failed write leaves nothing but its rollback", .spec("TXN-10", "TXN-11"))
  func rollback() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let before = try Self.names(storage, "city=oslo")
    let good = try TripTable.batch([Trip("b", "oslo", 2)])
    let bad = RecordBatch(
      good.schema, [good.columns[0], good.columns[1], good.columns[2], .nulls(.int64, count: 1)])
    #expect(throws: LakeError.self) {
      _ = try trips.table.commit(.bulkInsert, MemoryBatches(good.schema, [good, bad]))
    }
    #expect(try Self.names(storage, "city=oslo") == before)
    let actions = try trips.table.log().map(\.instant.action)
    #expect(actions.filter { $0 == .commit }.count == 1)
    #expect(try trips.trips() == [Trip("a", "oslo", 1)])
    #expect(try TableCheck(trips.table.context).run().isEmpty)
  }

  @Test("a dead writer is rolled back by the next one", .spec("TXN-9", "TXN-1"))
  func deadWriter() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    do {
      // Dropping a transaction without an ending is what a killed process leaves.
      let transaction = try Transaction.begin(trips.table.context, .commit, wait: 1000)
      try transaction.start(CommitMetadata(.upsert))
      let name =
        "07838327-b037-4532-a9df-3c5b05dd823d-0_0-0-0_\(transaction.instant.requested).parquet"
      try transaction.markers.create(MarkerName(try PartitionPath("city=oslo"), name, .create))
      _ = try storage.create(StoragePath("city=oslo/\(name)")).finish()
    }
    try trips.commit(.upsert, [Trip("b", "oslo", 2)])
    let log = try trips.table.log()
    #expect(log.filter { $0.instant.action == .rollback && $0.instant.isCompleted }.count == 1)
    #expect(log.filter { $0.instant.isPending }.isEmpty)
    #expect(try TableCheck(trips.table.context).run().isEmpty)
  }

  @Test(
    "a table of another engine is written only once somebody said who writes it", .spec("TXN-12"))
  func foreignTable() throws {
    let storage = MemoryStorage()
    var table = NewTable("trips")
    table.recordKeyFields = ["id"]
    table.partitionFields = ["city"]
    table.orderingFields = ["ord"]
    table.further = [TableProperty("hoodie.table.metadata.partitions", "files,column_stats")]
    _ = try LakeTable.create(storage, try table.config(), TestWorld.make())
    let trips = try TripTable(opening: storage)
    let error = #expect(throws: LakeError.self) {
      try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    }
    #expect(error?.code == .foreignWriters)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)]) { $0.writers = "lake-only" }
    let after = try TripTable(opening: storage)
    #expect(after.table.config.metadataPartitions.isEmpty)
    #expect(after.table.config["lake.writers"] == "lake-only")
    try after.commit(.upsert, [Trip("b", "oslo", 2)])
    #expect(try after.trips().count == 2)
  }
}
