import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Long timelines") struct LongTimelineTests {
  /// A table of two commits behind `count` older ones.
  private func table(_ version: TableVersion, _ count: Int) throws -> MemoryStorage {
    let storage = MemoryStorage()
    let trips = try TripTable(storage) { $0.version = version }
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let last = try #require(try trips.commit(.upsert, [Trip("b", "rome", 2)]).instant)
    let config = trips.table.config
    let bytes = try storage.readAll(
      StoragePath(config.timelineDirectory + "/" + last.fileName(config.layout)), limit: 1 << 20)
    let start = try #require(try InstantTime(parsing: "20200101000000000").civilMilliseconds)
    for number in 0..<count {
      let time = try #require(InstantTime(civilMilliseconds: start + Int64(number) * 60_000))
      let done = try #require(InstantTime(civilMilliseconds: start + Int64(number) * 60_000 + 7))
      let old = Instant(
        time, .commit, .completed, completed: config.layout == .two ? done : nil)
      for state in [Instant.State.requested, .inflight, .completed] {
        let name = config.timelineDirectory + "/" + old.fileName(config.layout, in: state)
        let content = state == .completed ? bytes : Buffer()
        _ = try storage.publish(content, at: StoragePath(name), .ifAbsent)
      }
    }
    return storage
  }

  @Test(
    "opening and reading asks a bounded number of commits", .spec("QUERY-10"),
    arguments: [TableVersion.six, .nine])
  func bounded(_ version: TableVersion) throws {
    var opened: [Int] = []
    for count in [100, 1_000] {
      let storage = ObservedStorage(try table(version, count))
      let table = try LakeTable.open(storage, TestWorld.make())
      var scan = try table.scan(ScanOptions(columns: ["id"]))
      #expect(try scan.next() != nil)
      opened.append(storage.counts.calls(.open, .timeline))
      #expect(storage.counts.calls(.list, .timeline) == 1)
      #expect(storage.counts.calls(.entry, .timeline) == 0)
      #expect(try table.context.store.load().completedWrites.count == count + 2)
    }
    // The newest writes alone are asked, and each once.
    #expect(opened == [64, 64])
  }
}
