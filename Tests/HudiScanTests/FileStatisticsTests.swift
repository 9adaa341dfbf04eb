// Slices judged by statistics of the metadata table.
import HudiMetadata
import Lake
import LakeTestKit
import TableTestKit
import Testing

@testable import HudiScan

@Suite("File statistics") struct FileStatisticsTests {
  private static let base = "0a1b2c3d-0000-4000-8000-000000000001-0_0-1-0_20250101000000001.parquet"
  private static let log = ".0a1b2c3d-0000-4000-8000-000000000001-0_20250101000000002.log.1_0-1-0"

  private static func excluded(
    _ condition: String, _ known: [String: [String: ColumnBounds]]
  ) throws -> Bool {
    let schema = Schema([Field("a", .int64), Field("b", .int64), Field("t", .string)])
    guard case .base(let base) = DataFileName(base), case .log(let log) = DataFileName(log) else {
      Issue.record("the names are names of files")
      return false
    }
    let slice = FileSlice(
      FileGroupID(.none, base.fileID), base.instant, base: BaseFile(base), logs: [LogFile(log)])
    let statistics = FileStatistics(
      try BoundPredicate(try RowPredicate(condition), schema),
      known: known.mapValues { columns in
        Dictionary(uniqueKeysWithValues: columns.map { (ExactText($0.key), $0.value) })
      })
    return statistics.excludes(slice)
  }

  private static func one(_ value: Int64) -> ColumnBounds {
    ColumnBounds(min: .int(value), max: .int(value), nullCount: 0, rowCount: 1)
  }

  @Test("the files of a slice are judged together", .spec("PRUNE-8"))
  func together() throws {
    let known = [
      Self.base: ["a": Self.one(1), "b": Self.one(1)],
      Self.log: ["a": Self.one(2), "b": Self.one(5)],
    ]
    // A partial update may put the log's a beside the base's b.
    #expect(try !Self.excluded("a = 2 and b = 1", known))
    #expect(try Self.excluded("a = 3", known))
    #expect(try Self.excluded("a = 3 or b > 5", known))
    #expect(try !Self.excluded("a = 3 or b >= 5", known))
    #expect(try Self.excluded("a is null", known))
    #expect(try !Self.excluded("a = 3", [Self.base: ["a": Self.one(1)]]))
    #expect(try !Self.excluded("a = 3", [Self.log: ["a": Self.one(1)]]))
    #expect(try !Self.excluded("a = 3", [:]))
    let nulls = ColumnBounds(nullCount: 4, rowCount: 4)
    #expect(try Self.excluded("a = 3", [Self.base: ["a": Self.one(1)], Self.log: ["a": nulls]]))
    #expect(try !Self.excluded("a = 1", [Self.base: ["a": Self.one(1)], Self.log: ["a": nulls]]))
    #expect(
      try !Self.excluded("a is null", [Self.base: ["a": Self.one(1)], Self.log: ["a": nulls]]))
    let open = ColumnBounds(nullCount: 0, rowCount: 4)
    #expect(try !Self.excluded("a = 3", [Self.base: ["a": Self.one(1)], Self.log: ["a": open]]))
  }

  @Test("texts beyond the surrogates have no believed order", .spec("PRUNE-10"))
  func order() {
    func bounds(_ low: String, _ high: String) -> ColumnBounds {
      FileStatistics.ordered(
        ColumnBounds(min: .string(low), max: .string(high), nullCount: 0, rowCount: 2))
    }
    #expect(bounds("a", "ü日").max == .string("ü日"))
    #expect(bounds("a", "😀").max == nil && bounds("a", "😀").min == nil)
    #expect(bounds("\u{FF21}", "\u{FF22}").min == nil)
    #expect(bounds("a", "😀").rowCount == 2)
  }

  @Test("a metadata table that is not there leaves the rows as they are", .spec("PRUNE-9"))
  func absent() throws {
    let trips = try TripTable()
    try trips.commit(.upsert, ["a", "b", "c", "d", "e"].map { Trip($0, $0, 1) })
    let config = try trips.table.context.config.setting([
      (TableConfig.Key.metadataPartitions, "files,column_stats")
    ])
    let snapshot = try Snapshot(trips.table.context.with(config))
    var options = ScanOptions(columns: ["id"])
    options.predicate = try RowPredicate("fare = 1")
    var scan = try SnapshotScan(snapshot, options)
    var rows = 0
    while let batch = try scan.next() { rows += batch.count }
    #expect(rows == 5)
  }
}
