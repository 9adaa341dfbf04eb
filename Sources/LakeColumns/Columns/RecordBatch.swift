// Spec: 01-terms. The unit of work and of memory.
import LakeBase

/// A schema and one column per field, all of `count` rows.
public struct RecordBatch: Sendable {
  public let schema: Schema
  public let columns: [Column]
  public let count: Int

  /// Rows a reader aims at.
  public static let targetRows = 16_384

  public init(_ schema: Schema, _ columns: [Column], count: Int? = nil) {
    let rows = count ?? columns.first?.count ?? 0
    precondition(schema.count == columns.count, "one column per field")
    precondition(columns.allSatisfy { $0.count == rows }, "all columns have the batch's rows")
    self.schema = schema
    self.columns = columns
    self.count = rows
  }

  public func slice(_ range: Range<Int>) -> RecordBatch {
    RecordBatch(schema, columns.map { $0.slice(range) }, count: range.count)
  }

  /// The column of that name, if there is one.
  public subscript(name: String) -> Column? { schema.index(of: name).map { columns[$0] } }

  /// The named columns, in that order; throws `columnNotFound`.
  public func select(_ names: [String]) throws(LakeError) -> RecordBatch {
    let picked = try schema.select(names)
    var parts: [Column] = []
    for name in names { parts.append(columns[try schema.require(name)]) }
    return RecordBatch(picked, parts, count: count)
  }
}
