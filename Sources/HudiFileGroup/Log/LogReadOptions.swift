// Spec: 07-log-files. What a reader of log entries wants of them.
import HudiModel
import LakeBase
import LakeColumns

/// How the blocks of a `LogScan` are read.
public struct LogReadOptions: Sendable {
  /// Columns wanted of rows, by name; nil for all. A block's own order is kept, names that it lacks
  /// are left out.
  public var columns: Set<String>?
  /// Types of the table's ordering fields, in their order; none where order does not count.
  public var ordering: [ColumnType] = []
  /// Positions are decoded where they count rows of this base file; nil: never.
  public var positionsBase: InstantTime?
  /// Blocks are decoded ahead on these threads, where there is enough to do.
  public var workers = Workers(width: 1)
  public var cancellation = Cancellation()
  /// Counts what decoding of Parquet blocks holds; nil: nobody counts.
  public var memory: MemoryBudget?
  /// Schemas that were parsed before; shared by the scans of a table.
  public var schemas: LogSchemas

  public init(columns: Set<String>? = nil, ordering: [ColumnType] = []) {
    self.columns = columns
    self.ordering = ordering
    schemas = LogSchemas()
  }
}
