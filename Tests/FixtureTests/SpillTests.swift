// Every foreign merge-on-read table with hardly any memory: the same rows, base files read once.
import Lake
import LakeStorage
import LakeTestKit
import Synchronization
import Testing

@Suite("Foreign tables in little memory", .enabled(if: Fixtures.arePresent, "no fixtures"))
struct SpillTests {
  /// Counts what goes through temporary files.
  final class CountedScratch: ScratchSpace {
    let files = Atomic<Int>(0)

    func makeFile() throws(LakeError) -> any ScratchFile {
      files.add(1, ordering: .relaxed)
      return try LocalScratch().makeFile()
    }
  }

  @Test(
    "the rows are the same, base files are read once and logs at most twice", .spec("MERGE-24"))
  func tables() throws {
    var spilled = 0
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable else { return }
      let storage = ObservedStorage(try table.storage(archive, withMetadata: true))
      let scratch = CountedScratch()
      let world = World(workers: Workers(width: 2), scratch: scratch)
      let rows: [String]
      do { rows = try read(storage, world, memoryBytes: 1 << 30) } catch { return }
      let roomy = storage.counts
      #expect(scratch.files.load(ordering: .relaxed) == 0)
      storage.reset()
      let tight = try read(storage, world, memoryBytes: 1_000)
      if tight != rows {
        let other = zip(tight, rows).first { $0 != $1 } ?? ("", "")
        Issue.record("\(table.fixture): \(tight.count) of \(rows.count) rows, \(other)")
      }
      let counts = storage.counts
      #expect(counts.bytesRead(.base) == roomy.bytesRead(.base), "\(table.fixture)")
      #expect(counts.bytesRead(.log) <= 2 * roomy.bytesRead(.log), "\(table.fixture)")
      if scratch.files.load(ordering: .relaxed) > 0 { spilled += 1 }
    }
    #expect(spilled > 60)
    Fixtures.report("spill: tables", cases: spilled)
  }

  private func read(
    _ storage: any Storage, _ world: World, memoryBytes: Int
  ) throws -> [String] {
    var options = ScanOptions(includesMetaColumns: true)
    options.memoryBytes = memoryBytes
    var scan = try SnapshotScan(try LakeTable.open(storage, world).snapshot(), options)
    var rows: [String] = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        rows.append(batch.columns.map { "\($0.scalar(row))" }.joined(separator: "|"))
      }
    }
    return rows.sorted()
  }
}
