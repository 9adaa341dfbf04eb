// File groups and slices of every fixture table against those of Hudi's own view.
import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite(
  "Slices of foreign tables", .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct SliceTests {
  @Test(
    "latest slices and slices as of every instant", .spec("VIEW-2", "VIEW-3", "VIEW-4", "VIEW-6"))
  func slices() throws {
    var latest = 0
    var moments = 0
    try Fixtures.forEachTable { table, archive in
      if table.isMetadataTable { return }
      guard let golden = try table.golden() else { return }
      let storage = try table.storage(archive)
      let world = TestWorld.make()
      let config = try TableHome.load(storage, world)
      let context = TableContext(storage, config, world)
      if let wanted = golden["fileSlices"] {
        try compare(try Snapshot(context).slices(), wanted, "\(table.fixture)", nil)
        latest += 1
      }
      for moment in golden["fileSlicesAsOf"]?.object ?? [] {
        let snapshot = try Snapshot(context, asOf: try InstantTime(parsing: moment.name))
        try compare(
          try snapshot.listedSlices(), moment.value, "\(table.fixture) as of \(moment.name)",
          config.layout == .two ? snapshot.asOf : nil)
        moments += 1
      }
    }
    #expect(latest == 228)
    #expect(moments == 171)
    Fixtures.report("file slices", cases: latest)
    Fixtures.report("file slices as of an instant", cases: moments)
  }

  /// Partition, file id, base instant (where given), base file, logs in their order.
  /// - Parameter moment: Hudi lists younger logs too, and skips their blocks when it reads; with
  ///   the times of layout 2 in the names, ours are out already.
  private func compare(
    _ slices: [FileSlice], _ golden: JSONValue, _ about: String, _ moment: InstantTime?
  ) throws {
    let rows = try #require(golden.array)
    let hasInstants = rows.contains { $0.array?.count == 5 || $0["baseInstant"] != nil }
    let ours = slices.map { slice in
      [slice.partition.text, slice.fileID.text] + (hasInstants ? [slice.baseInstant.text] : [])
        + [slice.base?.name.text ?? ""] + slice.logs.map(\.name.text)
    }
    let theirs = rows.compactMap { row -> [String]? in
      let names = ["partition", "fileId", "baseInstant", "baseFile", "logFiles"]
      let fields = row.array ?? names.map { row[$0] ?? .null }
      let told = (fields.last?.array ?? []).compactMap(\.string)
      let logs = told.filter { name in
        guard let log = LogFileName(name) else { return true }
        return !log.isCDC && moment.map { log.instant <= $0 } ?? true
      }
      let base = fields[fields.count - 2].string ?? ""
      if base.isEmpty && logs.isEmpty { return nil }
      return fields.dropLast().map { $0.string ?? "" } + logs
    }
    #expect(Set(ours) == Set(theirs), "\(about)")
    #expect(ours.count == theirs.count, "\(about)")
  }
}
