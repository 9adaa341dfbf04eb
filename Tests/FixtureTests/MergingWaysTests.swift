// Every foreign merge-on-read table merged with hardly any memory, and by position: the same rows.
import Lake
import LakeStorage
import LakeTestKit
import Synchronization
import Testing

@Suite("Foreign tables, merged in other ways", .enabled(if: Fixtures.arePresent, "no fixtures"))
struct MergingWaysTests {
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

  @Test("by position where all blocks tell it, without reading keys", .spec("MERGE-30"))
  func positions() throws {
    var positioned = 0
    var tables = 0
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable else { return }
      let storage = ObservedStorage(try table.storage(archive, withMetadata: true))
      let rows: [String]
      do { rows = try read(storage, World()) } catch { return }
      #expect(try read(storage, World(), byPosition: true) == rows, "\(table.fixture)")
      let tight = try read(storage, World(), memoryBytes: 1_000, byPosition: true)
      #expect(tight == rows, "\(table.fixture)")
      tables += 1
      // Without the meta columns nobody else reads the keys.
      storage.reset()
      let plain = try read(storage, World(), withMeta: false)
      let keyed = storage.counts.bytesRead(.base)
      storage.reset()
      let found = try read(storage, World(), withMeta: false, byPosition: true)
      #expect(found == plain, "\(table.fixture)")
      if storage.counts.bytesRead(.base) < keyed { positioned += 1 }
    }
    #expect(tables > 150)
    #expect(positioned > 30)
    Fixtures.report("positions: tables", cases: positioned)
  }

  private func read(
    _ storage: any Storage, _ world: World, memoryBytes: Int = 1 << 30, withMeta: Bool = true,
    byPosition: Bool = false
  ) throws -> [String] {
    var options = ScanOptions(includesMetaColumns: withMeta)
    options.memoryBytes = memoryBytes
    options.mergesByPosition = byPosition
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
