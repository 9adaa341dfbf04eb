// Spec: 12-queries. Every kind of question that rows answer, as one value.
import HudiScan
import LakeBase

/// What is asked of a table. Moments are texts as `LakeTable.instant(_:)` knows them.
public enum TableQuery: Sendable {
  /// The rows of a version; nil: the newest.
  case snapshot(asOf: String? = nil)
  /// Base files only, without merging: quick, and stale where there are log files.
  case readOptimized(asOf: String? = nil)
  /// The rows that the commits of a range wrote, as they are at its end: `from` excluded, `to`
  /// included, nil for everything that is completed.
  /// With deletes also the keys that are gone by then, true in `_hoodie_is_deleted`. [QUERY-40]
  case incremental(
    from: String, to: String? = nil, onExpired: ExpiredRange = .fail, withDeletes: Bool = false)
  /// What the commits of a range did to which row: see `ChangeScan` for the columns. Of the scan
  /// options only partitions and memory count.
  case changes(from: String, to: String? = nil)
  /// The rows that have one of the record keys, as `_hoodie_record_key` shows them; keys that
  /// nobody has are left out. Of a key that was inserted twice the record index names one row;
  /// without `ScanOptions.believesStatistics` all are found.
  case get(keys: [String], asOf: String? = nil)
}

/// How a question is answered.
public struct QueryOptions: Sendable {
  /// Columns, condition, partitions and memory.
  public var scan: ScanOptions
  /// Stops the reading from elsewhere; nil: that of the table's world.
  public var cancellation: Cancellation?
  /// Called after each batch, on the thread that reads.
  public var progress: (@Sendable (QueryProgress) -> Void)?

  public init(
    _ scan: ScanOptions = ScanOptions(), cancellation: Cancellation? = nil,
    progress: (@Sendable (QueryProgress) -> Void)? = nil
  ) {
    self.scan = scan
    self.cancellation = cancellation
    self.progress = progress
  }

  /// Bytes that log files may hold in memory while they are merged.
  public var memoryBytes: Int {
    get { scan.memoryBytes }
    set { scan.memoryBytes = newValue }
  }
}

/// How far a query is.
public struct QueryProgress: Sendable, Equatable {
  /// Rows delivered so far.
  public let rows: Int
  /// Bytes read from base and log files so far.
  public let bytes: Int
  /// Bytes of the files that can hold rows of the answer; fewer are read where columns or files are
  /// left out. 0 where that is not known before.
  public let ofBytes: Int
}
