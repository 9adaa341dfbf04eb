// Spec: 07-log-files. What an admitted block says, in columns: the seam between logs and merging.
import HudiModel
import LakeBase
import LakeColumns

/// Some entries of one block, in the order of the block.
public enum LogEntries: Sendable {
  case rows(LogRows)
  case deletes(LogDeletes)
}

/// Rows of a data block.
public struct LogRows: Sendable {
  /// Requested time of the instant that wrote the block.
  public let instant: InstantTime
  /// In the schema of the block, meta columns included; columns nobody asked for may be left out.
  public let batch: RecordBatch
  /// The schema of the block names only the columns that were assigned.
  public let isPartial: Bool
  /// For each row its place in the base file `positionsBase`; nil where the block names none.
  public let positions: [Int64]?
  public let positionsBase: InstantTime?
  /// The file of the block, for messages.
  public let path: String?

  public init(
    instant: InstantTime, batch: RecordBatch, isPartial: Bool = false, positions: [Int64]? = nil,
    positionsBase: InstantTime? = nil, path: String? = nil
  ) {
    self.instant = instant
    self.batch = batch
    self.isPartial = isPartial
    self.positions = positions
    self.positionsBase = positionsBase
    self.path = path
  }
}

/// Entries of a delete block.
public struct LogDeletes: Sendable {
  public let instant: InstantTime
  /// Record keys, text.
  public let keys: Column
  /// One column per ordering field of the table, in its type there; null where `isOrdered` is
  /// false.
  public let order: [Column]
  /// Entries that carry an ordering value; the others delete whatever came before them.
  public let isOrdered: Bitmap
  public let positions: [Int64]?
  public let positionsBase: InstantTime?

  public init(
    instant: InstantTime, keys: Column, order: [Column], isOrdered: Bitmap,
    positions: [Int64]? = nil, positionsBase: InstantTime? = nil
  ) {
    self.instant = instant
    self.keys = keys
    self.order = order
    self.isOrdered = isOrdered
    self.positions = positions
    self.positionsBase = positionsBase
  }
}
