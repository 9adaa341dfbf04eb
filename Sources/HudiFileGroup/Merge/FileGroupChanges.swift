// Spec: 10-merging. What one commit does to one file group.
import LakeBase
import LakeColumns

/// Incoming rows of one partition, shared by all its file groups.
public struct IncomingRows: Sendable {
  /// Rows in the table's data schema, without meta columns.
  public let rows: RecordBatch
  /// Record keys of the rows.
  public let keys: Column
  /// Rows that delete their key; nil when none does.
  public let deletes: Bitmap?
  /// Ordering values of the rows; nil in commit-time mode and for deletes by key.
  public let order: RowOrder?

  public init(rows: RecordBatch, keys: Column, deletes: Bitmap?, order: RowOrder?) {
    self.rows = rows
    self.keys = keys
    self.deletes = deletes
    self.order = order
  }

  public func isDelete(_ row: Int32) -> Bool { deletes?[Int(row)] ?? false }
}

/// The changes for one base file.
public struct FileGroupChanges: Sendable {
  /// A row of the old file and the incoming row with the same key, ascending by `baseRow`.
  public var matches: [(baseRow: Int, incoming: Int32)]
  /// Incoming rows that are new in this file group.
  public var inserts: [Int32]

  public init(matches: [(baseRow: Int, incoming: Int32)] = [], inserts: [Int32] = []) {
    self.matches = matches
    self.inserts = inserts
  }

  public var isEmpty: Bool { matches.isEmpty && inserts.isEmpty }
}
