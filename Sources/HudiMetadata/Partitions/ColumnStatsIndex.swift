// Spec: 09-metadata-table. Bounds of columns by file and by partition: what to skip.
import HudiModel
import LakeBase
import LakeColumns

/// Statistics of columns in files (`column_stats`) and in partitions (`partition_stats`).
public struct ColumnStatsIndex: Sendable {
  public static let name = "column_stats"
  public static let partitionName = "partition_stats"

  private let files: MetadataPartition?
  private let partitions: MetadataPartition?

  public init(_ table: MetadataTable) throws(LakeError) {
    files = table.has(Self.name) ? try table.partition(Self.name) : nil
    partitions = table.has(Self.partitionName) ? try table.partition(Self.partitionName) : nil
  }

  public var hasFiles: Bool { files != nil }
  public var hasPartitions: Bool { partitions != nil }

  /// Bounds by file name, then by column; a file or column about which nothing is known is left
  /// out and must be kept. [MDT-14]
  ///
  /// - Parameters:
  ///   - files: names of base and log files, with their partition.
  ///   - columns: wanted columns in the table's types; fields of structs as `a.b`.
  public func bounds(
    files wanted: [(partition: PartitionPath, name: String)], columns: [Field]
  ) throws(LakeError) -> [ExactText: [ExactText: ColumnBounds]] {
    guard let files, !wanted.isEmpty else { return [:] }
    var found: [ExactText: [ExactText: ColumnBounds]] = [:]
    for column in columns {
      let keys = wanted.map { MetadataKeys.columnStats(column.name, $0.partition, $0.name) }
      for (file, content) in zip(wanted, try files.lookup(keys)) {
        guard case .columnStats(let statistics)? = content else { continue }
        // The key holds hashes: whoever shares them by chance is somebody else.
        guard ExactText(statistics.columnName) == ExactText(column.name),
          ExactText(statistics.fileName) == ExactText(file.name),
          let bounds = statistics.bounds(column.type)
        else { continue }
        found[ExactText(file.name), default: [:]][ExactText(column.name)] = bounds
      }
    }
    return found
  }

  /// The same by partition. [MDT-14]
  ///
  /// - Parameter onlyTight: whether bounds that may be wider than the values are left out.
  public func bounds(
    partitions wanted: [PartitionPath], columns: [Field], onlyTight: Bool = false
  ) throws(LakeError) -> [PartitionPath: [ExactText: ColumnBounds]] {
    guard let partitions, !wanted.isEmpty else { return [:] }
    var found: [PartitionPath: [ExactText: ColumnBounds]] = [:]
    for column in columns {
      let keys = wanted.map { MetadataKeys.partitionStats(column.name, $0) }
      for (path, content) in zip(wanted, try partitions.lookup(keys)) {
        guard case .partitionStats(let statistics)? = content,
          statistics.isTightBound || !onlyTight,
          ExactText(statistics.columnName) == ExactText(column.name),
          let bounds = statistics.bounds(column.type)
        else { continue }
        found[path, default: [:]][ExactText(column.name)] = bounds
      }
    }
    return found
  }
}

extension ColumnStatistics {
  /// The bounds as values of the table's type; nil where they are of another type or not to be
  /// trusted. [MDT-15]
  public func bounds(_ type: ColumnType) -> ColumnBounds? {
    if isDeleted { return nil }
    var bounds = ColumnBounds(
      nullCount: Int(exactly: nullCount), rowCount: Int(exactly: valueCount))
    // A merged record counts rows more than once: its counts only say what is there at most.
    if nullCount > valueCount || nullCount < 0 { return nil }
    guard let min, let max else {
      // Without values: every row is null, or the writer did not say.
      return nullCount == valueCount && valueCount > 0 && min == nil && max == nil ? bounds : nil
    }
    guard let low = Self.scalar(min, type, valueType), let high = Self.scalar(max, type, valueType)
    else { return nil }
    // Where a file holds NaN its bounds are written as zero.
    if Self.isZero(low) && Self.isZero(high) { return nil }
    bounds.min = low
    bounds.max = high
    return bounds
  }

  private static func isZero(_ value: Scalar) -> Bool {
    switch value {
    case .float(let value): value == 0 || value.isNaN
    case .double(let value): value == 0 || value.isNaN
    default: false
    }
  }
}
