// Spec: 16-command-line. Figures about a table: how its files are cut, and what its commits cost.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase

/// The sizes of some files.
public struct SizeFigures: Sendable, Equatable {
  public let files: Int
  public let bytes: Int
  public let least: Int
  public let median: Int
  /// Nine of ten files are not larger.
  public let ninth: Int
  public let most: Int

  /// - Parameter sizes: bytes, in any order.
  public init(_ sizes: [Int]) {
    let sorted = sizes.sorted()
    files = sorted.count
    bytes = sorted.reduce(0, +)
    least = sorted.first ?? 0
    most = sorted.last ?? 0
    median = Self.quantile(sorted, 50)
    ninth = Self.quantile(sorted, 90)
  }

  /// The smallest size that so many of a hundred files do not exceed.
  private static func quantile(_ sorted: [Int], _ percent: Int) -> Int {
    guard !sorted.isEmpty else { return 0 }
    let place = (sorted.count * percent + 99) / 100 - 1
    return sorted[Swift.max(0, place)]
  }

  public var mean: Int { files == 0 ? 0 : bytes / files }
}

/// What one commit wrote for what it was asked to change.
public struct CommitCost: Sendable {
  public let instant: Instant
  public let operation: WriteOperation?
  /// Rows inserted, updated or deleted.
  public let changed: Int
  /// Rows in the files it wrote.
  public let written: Int
  public let bytes: Int

  /// Rows written for each row changed; nil where none was changed.
  public var factor: Double? { changed > 0 ? Double(written) / Double(changed) : nil }
}

/// Figures about the newest version of a table.
public struct TableStatistics: Sendable {
  public let partitions: [PartitionSummary]
  /// Sizes of base files by partition.
  public let sizes: [(partition: PartitionPath, figures: SizeFigures)]
  public let base: SizeFigures
  public let logs: SizeFigures
  /// Base files that a writer would fill up before it opens new ones.
  public let smallFiles: Int
  /// Below this a base file counts as small, in bytes.
  public let smallBytes: Int
  /// Rows by commit metadata; nil where not known.
  public let rows: Int?
  /// The commits of the active timeline, the oldest first.
  public let costs: [CommitCost]

  /// Log bytes for each byte of base files; nil without base files.
  public var logRatio: Double? {
    base.bytes > 0 ? Double(logs.bytes) / Double(base.bytes) : nil
  }

  /// Rows written for each row changed, over all commits of the active timeline.
  public var writeFactor: Double? {
    let changed = costs.reduce(0) { $0 + $1.changed }
    return changed > 0 ? Double(costs.reduce(0) { $0 + $1.written }) / Double(changed) : nil
  }
}

extension LakeTable {
  /// Looks at the listing and at the metadata of all commits of the active timeline.
  public func statistics() throws(LakeError) -> TableStatistics {
    let snapshot = try snapshot()
    let slices = try snapshot.slices()
    var partitions: [PartitionPath] = []
    var sizes: [PartitionPath: [Int]] = [:]
    for slice in slices {
      if partitions.last != slice.partition { partitions.append(slice.partition) }
      if let base = slice.base { sizes[slice.partition, default: []].append(base.size ?? 0) }
    }
    let all = sizes.values.flatMap { $0 }
    let small = BaseFileOptions().smallBytes
    let summaries = try self.partitions()
    var rows: Int? = 0
    for summary in summaries { rows = rows.flatMap { sum in summary.rows.map { sum + $0 } } }
    var costs: [CommitCost] = []
    for instant in snapshot.writes {
      let metadata = try context.commits.metadata(of: instant)
      let totals = metadata.totals
      let changed = [totals.inserts, totals.updates, totals.deletes].reduce(0) {
        $0 + Int(clamping: $1)
      }
      costs.append(
        CommitCost(
          instant: instant, operation: metadata.operation, changed: changed,
          written: Int(clamping: totals.rows), bytes: Int(clamping: totals.bytes)))
    }
    return TableStatistics(
      partitions: summaries, sizes: partitions.map { ($0, SizeFigures(sizes[$0] ?? [])) },
      base: SizeFigures(all),
      logs: SizeFigures(slices.flatMap { $0.logs.map { $0.size ?? 0 } }),
      smallFiles: all.filter { $0 < small }.count, smallBytes: small, rows: rows, costs: costs)
  }
}
