// Spec: 16-command-line. What a version of a table consists of: partitions, sizes, counts.
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

/// One partition of a version of a table.
public struct PartitionSummary: Sendable {
  public let path: PartitionPath
  /// File groups.
  public var groups = 0
  public var baseFiles = 0
  public var logFiles = 0
  public var bytes = 0
  public var logBytes = 0
  /// Rows by the metadata of the commits that wrote the files; nil where one of the commits is
  /// archived, or log files change the count.
  public var rows: Int? = 0
}

/// How many rows there are, and how that is known.
public struct RowCount: Sendable, Equatable {
  public enum Source: String, Sendable {
    /// The footers of the base files: no row was read.
    case footers
    /// The rows were read.
    case scan
  }

  public let rows: Int
  public let source: Source
  public let files: Int
}

extension LakeTable {
  /// The partitions of a version that have files, by their paths.
  public func partitions(asOf: String? = nil) throws(LakeError) -> [PartitionSummary] {
    let snapshot = try snapshot(at: asOf)
    var found: [PartitionSummary] = []
    for slice in try snapshot.slices() {
      if found.last?.path != slice.partition {
        found.append(PartitionSummary(path: slice.partition))
      }
      var summary = found[found.count - 1]
      summary.groups += 1
      summary.baseFiles += slice.base == nil ? 0 : 1
      summary.logFiles += slice.logs.count
      summary.bytes += slice.size
      summary.logBytes += slice.size - (slice.base?.size ?? 0)
      let rows = try snapshot.recordedRows(of: slice)
      summary.rows = summary.rows.flatMap { sum in rows.map { sum + $0 } }
      found[found.count - 1] = summary
    }
    return found
  }

  /// The rows of a version, of those that meet a condition: from the footers of the base files
  /// where nothing stands against it, else by reading.
  public func count(
    where condition: RowPredicate? = nil, asOf: String? = nil, believesStatistics: Bool = true
  ) throws(LakeError) -> RowCount {
    let snapshot = try snapshot(at: asOf)
    let slices = try snapshot.slices()
    if condition == nil, slices.allSatisfy({ $0.logs.isEmpty }) {
      try snapshot.requireRows()
      let counts = try world.workers.map(slices) { slice throws(LakeError) in
        try snapshot.open(slice)?.rowCount ?? 0
      }
      return RowCount(rows: counts.reduce(0, +), source: .footers, files: slices.count)
    }
    let schema = try snapshot.requireSchema().columns
    var columns = try condition?.columns(in: schema) ?? []
    if columns.isEmpty { columns = schema.fields.prefix(1).map(\.name) }
    var options = ScanOptions(columns: columns, predicate: condition)
    options.believesStatistics = believesStatistics
    var scan = try SnapshotScan(snapshot, options)
    var rows = 0
    while let batch = try scan.next() {
      try world.cancellation.check()
      rows += batch.count
    }
    return RowCount(rows: rows, source: .scan, files: slices.count)
  }
}

extension Snapshot {
  /// Rows of a slice as its commit recorded them; nil where that is not known.
  public func recordedRows(of slice: FileSlice) throws(LakeError) -> Int? {
    guard slice.logs.isEmpty, let base = slice.base else { return nil }
    return try facts(of: base, in: slice.partition)?.stat.numWrites.map { Int(clamping: $0) }
  }
}
