// Spec: 06-base-files. What a reader of Parquet files may be told.
import LakeBase
import LakeColumns

/// Options of reading.
public struct ParquetReadOptions: Sendable {
  /// Rows a batch aims at; fewer where rows are large, and at the ends of row groups.
  public var batchRows = RecordBatch.targetRows
  /// Compares the CRC-32 of every page that has one.
  public var verifyChecksums = true
  /// Leaves strings and binaries of dictionary pages as codes and values.
  public var keepDictionaries = false
  /// The unit INT96 timestamps are read in. A value outside its range is an error.
  public var int96Unit = TimeUnit.nano
  /// Bytes one column may take in one batch; more is `limitExceeded`. At most 2 GiB - 1.
  public var memoryBudget = 1 << 30
  /// Counts pages, dictionaries and batches under way, together with those of other readers; nil:
  /// nobody counts.
  public var memory: MemoryBudget?
  /// Bytes read ahead in one piece.
  public var readAhead = 1 << 20
  public var limits = Limits.standard

  public init() {}
}
