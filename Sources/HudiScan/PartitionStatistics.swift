// Spec: 12c-pruning. Partitions judged by the partition statistics of the metadata table.
import HudiMetadata
import HudiModel
import LakeBase
import LakeColumns

/// What the metadata table knows of the columns of a condition, partition by partition.
struct PartitionStatistics: Sendable {
  private let predicate: BoundPredicate
  private let known: [PartitionPath: [ExactText: ColumnBounds]]

  /// nil where the table has no such index, or it is none of these slices. Statistics are believed
  /// where they are tight and count just the rows of the base files: those of columns that were
  /// added to the index later leave older files out. [PRUNE-14]
  static func read(
    _ snapshot: Snapshot, _ predicate: BoundPredicate, _ options: ScanOptions,
    _ slices: [FileSlice]
  ) throws(LakeError) -> PartitionStatistics? {
    guard snapshot.asOf == nil, options.mode == .snapshot, options.slices == nil,
      snapshot.context.config.metadataPartitions.contains(ColumnStatsIndex.partitionName),
      let table = try snapshot.metadata.table()
    else { return nil }
    var partitions: [PartitionPath: Int] = [:]
    for (path, slices) in Dictionary(grouping: slices, by: \.partition) {
      if let rows = try rows(snapshot, slices) { partitions[path] = rows }
    }
    if partitions.isEmpty { return nil }
    do throws(LakeError) {
      let index = try ColumnStatsIndex(table)
      guard index.hasPartitions else { return nil }
      let columns = predicate.places.map { Field($0.name, $0.type) }
      let found = try index.bounds(
        partitions: partitions.keys.sorted(), columns: columns, onlyTight: true)
      var known: [PartitionPath: [ExactText: ColumnBounds]] = [:]
      for (path, bounds) in found {
        known[path] = bounds.filter { $0.value.rowCount == partitions[path] }
          .mapValues { FileStatistics.ordered($0) }
      }
      return PartitionStatistics(predicate: predicate, known: known)
    } catch {
      if error.kind == .cancelled { throw error }
      snapshot.context.world.journal.decision(
        "partition statistics are not used: \(error.message)")
      return nil
    }
  }

  private init(predicate: BoundPredicate, known: [PartitionPath: [ExactText: ColumnBounds]]) {
    self.predicate = predicate
    self.known = known
  }

  /// Rows of slices without log files, by what commits say; nil where they do not.
  private static func rows(_ snapshot: Snapshot, _ slices: [FileSlice]) throws(LakeError) -> Int? {
    var rows = 0
    for slice in slices {
      guard slice.logs.isEmpty, let base = slice.base,
        let stat = try snapshot.facts(of: base, in: slice.partition)?.stat,
        let count = stat.numWrites.flatMap({ Int(exactly: $0) }), count >= 0
      else { return nil }
      let (sum, overflow) = rows.addingReportingOverflow(count)
      if overflow { return nil }
      rows = sum
    }
    return rows
  }

  /// No row of the partition can meet the condition.
  func excludes(_ path: PartitionPath) -> Bool {
    guard let columns = known[path] else { return false }
    return predicate.verdict { columns[ExactText($0)] } == .never
  }
}
