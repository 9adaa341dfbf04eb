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

/// A row of an old file and what meets it.
public struct RowMatch: Sendable, Equatable {
  public let baseRow: Int
  /// The incoming row with the same key.
  public let incoming: Int32
  /// The incoming row goes to another partition: the old one is taken out, whatever its order.
  public let isMove: Bool

  public init(baseRow: Int, incoming: Int32, isMove: Bool = false) {
    self.baseRow = baseRow
    self.incoming = incoming
    self.isMove = isMove
  }
}

/// The changes for one base file.
public struct FileGroupChanges: Sendable {
  /// Ascending by `baseRow`.
  public var matches: [RowMatch]
  /// Incoming rows that are new in this file group.
  public var inserts: [Int32]

  public init(matches: [RowMatch] = [], inserts: [Int32] = []) {
    self.matches = matches
    self.inserts = inserts
  }

  public var isEmpty: Bool { matches.isEmpty && inserts.isEmpty }
}

extension IncomingRows {
  /// Nothing comes in: a file is only carried over.
  public static var none: IncomingRows {
    IncomingRows(
      rows: RecordBatch(Schema([]), [], count: 0), keys: .nulls(.string, count: 0), deletes: nil,
      order: nil)
  }
}
