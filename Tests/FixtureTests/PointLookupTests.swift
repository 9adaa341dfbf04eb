// Rows by record key: the same with the index and without it.
import Lake
import LakeTestKit
import Testing

@Suite("Rows by key", .enabled(if: Fixtures.arePresent, "no fixtures here"))
struct PointLookupTests {
  static func lines(_ scan: SnapshotScan) throws -> [String] {
    var scan = scan
    var lines: [String] = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        lines.append((0..<2).map { batch.columns[$0].string(row) }.joined(separator: "|"))
      }
    }
    return lines.sorted()
  }

  @Test("the index and a scan find the same rows", .spec("MDT-17"))
  func sameRows() throws {
    var tables = 0
    var cases = 0
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable, table.fixture.contains("record_index") else { return }
      let inner = table.root + ".hoodie/metadata/"
      for withIndex in [true, false] {
        let storage = try table.storage(archive)
        if withIndex {
          for name in archive.names where name.hasPrefix(inner) && !name.hasSuffix(".crc") {
            let path = try StoragePath(String(name.dropFirst(table.root.count)))
            try storage.makeDirectory(path.parent)
            guard let content = try archive.buffer(of: name) else { continue }
            _ = try storage.publish(content, at: path, .replacing)
          }
        }
        let config = try TableHome.load(storage, World())
        let snapshot = try Snapshot(TableContext(storage, config, World()))
        let lookup = try PointLookup(snapshot)
        #expect(lookup.isIndexed == withIndex, "\(table.fixture)")
        let columns = ["_hoodie_record_key", "_hoodie_partition_path"]
        let options = ScanOptions(columns: columns)
        let all = try Self.lines(try SnapshotScan(snapshot, options))
        let keys = Array(Set(all.compactMap { $0.split(separator: "|").first.map(String.init) }))
        for key in keys.sorted().prefix(12) {
          let rows = try Self.lines(try lookup.rows([key], options))
          #expect(rows == all.filter { $0.hasPrefix(key + "|") }, "\(table.fixture) \(key)")
          if withIndex { #expect(lookup.groups([key])?.count == rows.count) }
          cases += 1
        }
        #expect(try Self.lines(try lookup.rows(["no such key"], options)).isEmpty)
        #expect(try Self.lines(try lookup.rows(keys, options)) == all, "\(table.fixture)")
      }
      tables += 1
    }
    #expect(tables >= 7)
    Fixtures.report("rows by key of \(tables) tables", cases: cases)
  }
}
