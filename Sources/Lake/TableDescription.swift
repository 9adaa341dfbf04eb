// Spec: 16-command-line. One page about a table.
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeColumns
import LakeStorage

/// What a table is and how large it has become.
public struct TableDescription: Sendable {
  public let config: TableConfig
  /// nil while nothing told a schema.
  public let schema: Schema?
  public let partitions: Int
  public let files: Int
  public let bytes: Int
  /// Rows by the newest commit metadata of each file; nil where a file's commit is archived.
  public let rows: Int?
  public let commits: Int
  public let firstCommit: Instant?
  public let lastCommit: Instant?
  public let pending: [Instant]
  public let storage: StorageReport?
}

extension LakeTable {
  /// Looks at the timeline, the listing and the storage.
  public func describe() throws(LakeError) -> TableDescription {
    let snapshot = try self.snapshot()
    let slices = try snapshot.slices()
    var rows: Int? = 0
    for slice in slices {
      guard let base = slice.base else { continue }
      let count = try snapshot.facts(of: base, in: slice.partition)?.stat.numWrites
      rows = rows.flatMap { sum in count.map { sum + Int(clamping: $0) } }
    }
    let writes = snapshot.timeline.completedWrites
    return TableDescription(
      config: config, schema: snapshot.schema?.columns,
      partitions: Set(slices.map(\.partition)).count, files: slices.count,
      bytes: slices.reduce(0) { $0 + $1.size }, rows: rows, commits: writes.count,
      firstCommit: writes.first, lastCommit: writes.last, pending: snapshot.timeline.pending,
      storage: storage.describeStorage())
  }
}
