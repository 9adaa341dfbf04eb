// Spec: 12-queries. Which rows and columns of a snapshot.
import HudiModel
import LakeColumns

/// Which files of a snapshot a scan reads.
public enum ScanMode: String, Sendable, Hashable, CaseIterable {
  /// Base files merged with their log files.
  case snapshot
  /// Base files as they are.
  case readOptimized = "read-optimized"
}

/// What a scan yields.
public struct ScanOptions: Sendable {
  /// Columns by name, in this order; nil: all data columns.
  public var columns: [String]?
  public var predicate: RowPredicate?
  /// Whether the five meta columns come first when `columns` is nil.
  public var includesMetaColumns = false
  /// Only these partitions; nil: all.
  public var partitions: [PartitionPath]?
  public var mode = ScanMode.snapshot
  /// Whether statistics, page indexes, bloom filters and indexes of the metadata table may leave
  /// data unread; a table in which they lie is read right without them. Paths of partitions count
  /// either way. [PRUNE-22]
  public var believesStatistics = true
  /// Read these instead of the slices of the snapshot.
  public var slices: [FileSlice]?
  /// Merge only log blocks of instants that it admits; nil: all of the snapshot.
  public var instants: InstantFilter?

  /// How rows are merged, whatever the table says; nil: as the table says. [MERGE-10]
  public var mergeMode: MergeMode?
  /// Whether log records are matched by the row numbers that they name, where all of a slice do,
  /// instead of by their keys: no keys are read then, and numbers that a writer got wrong give
  /// wrong rows. [MERGE-30]
  public var mergesByPosition = false
  /// Bytes that log files may hold in memory while they are merged. [MERGE-24]
  public var memoryBytes = Self.memoryBytesDefault

  /// Whether the record index and secondary indexes may leave file groups out. They know one place
  /// for a record key, and inserting can write a key twice: right where that was not done. Not
  /// without `believesStatistics`. [PRUNE-11]
  public var usesIndexes = false

  public static let memoryBytesDefault = 1 << 30

  public init(
    columns: [String]? = nil, predicate: RowPredicate? = nil, includesMetaColumns: Bool = false,
    partitions: [PartitionPath]? = nil
  ) {
    self.columns = columns
    self.predicate = predicate
    self.includesMetaColumns = includesMetaColumns
    self.partitions = partitions
  }
}
