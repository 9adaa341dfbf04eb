// Spec: 02-columns. One column builder for each field, cut into batches of bounded size.
import LakeBase

/// Builds batches of one schema. Append one value to each of `columns`, then call `endRow()`.
public final class BatchBuilder {
  public let schema: Schema
  public let columns: [ColumnBuilder]
  /// Rows ended so far.
  public private(set) var count = 0
  private let rowsMax: Int
  private let bufferBytesMax: Int

  /// - Parameters:
  ///   - rowsMax: rows after which the batch is full.
  ///   - bufferBytesMax: bytes of one buffer after which the batch is full; checked every 256 rows.
  public init(
    _ schema: Schema, rowsMax: Int = RecordBatch.targetRows, bufferBytesMax: Int = 1 << 20
  ) {
    self.schema = schema
    self.rowsMax = rowsMax
    self.bufferBytesMax = bufferBytesMax
    let room = Swift.min(rowsMax, RecordBatch.targetRows)
    columns = schema.fields.map { ColumnBuilder($0.type, capacity: room) }
  }

  /// Declares the row complete; each column has one more value.
  public func endRow() { count += 1 }

  /// Declares `many` rows complete, for columns filled one after the other.
  public func endRows(_ many: Int) { count += many }

  /// Whether it is time to call `finish()`.
  public var isFull: Bool {
    if count >= rowsMax { return true }
    return count & 0xFF == 0 && count > 0 && largestBuffer >= bufferBytesMax
  }

  public var isEmpty: Bool { count == 0 }

  /// Bytes of the largest single buffer.
  public var largestBuffer: Int { columns.reduce(0) { Swift.max($0, $1.largestBuffer) } }

  /// Bytes held by all columns.
  public var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }

  /// One row of scalars; for tests and small things.
  public func append(_ row: [Scalar]) throws(LakeError) {
    guard row.count == columns.count else {
      throw LakeError(.inputValueInvalid, "\(row.count) values for \(columns.count) columns")
    }
    for (column, value) in zip(columns, row) { try column.append(value) }
    count += 1
  }

  /// The rows so far; the builder starts anew.
  public func finish() -> RecordBatch {
    precondition(columns.allSatisfy { $0.count == count }, "one value for each column in each row")
    defer { count = 0 }
    return RecordBatch(schema, columns.map { $0.finish() }, count: count)
  }
}
