// Spec: 10-merging. Which columns a merge reads, and which of them it yields.
import HudiModel
import LakeBase
import LakeColumns

/// The columns of one merged read.
public struct SliceColumns: Sendable {
  /// What the reader yields.
  public let wanted: Schema
  /// Columns of the base file: those wanted, then keys and ordering values.
  let base: Schema
  /// Whether the last column of `base` is the row's number.
  let isByPosition: Bool
  /// Columns of log rows that are needed besides the wanted ones: keys, ordering values and marks
  /// of deletes.
  let logExtra: Schema
  /// Positions of the ordering fields in `base`.
  let order: [Int]
  /// Types of the ordering fields.
  public let orderTypes: [ColumnType]

  /// - Parameters:
  ///   - wanted: meta columns and data columns in any order.
  ///   - table: all columns of the table, meta columns included.
  /// Throws `columnNotFound` for an ordering field that the table does not have.
  public init(
    _ wanted: Schema, table: Schema, keys: RowKeys, policy: MergePolicy
  ) throws(LakeError) {
    self.wanted = wanted
    var base = wanted
    var orderFields: [Field] = []
    for name in policy.orderingFields { orderFields.append(table.fields[try table.require(name)]) }
    let keyFields = try table.select(keys.columns(in: table)).fields
    for field in keyFields + orderFields where base.index(of: field.name) == nil {
      base.fields.append(field)
    }
    var log = base
    for name in [MetaField.isDeleted, MetaField.operation, policy.deleteMark?.column] {
      guard let name, log.index(of: name) == nil else { continue }
      // Log blocks can hold the operation though the table's schema leaves it out.
      guard let field = table[name] ?? (name == MetaField.operation ? Field(name, .string) : nil)
      else { continue }
      log.fields.append(field)
    }
    logExtra = Schema(Array(log.fields[wanted.count...]))
    if case .position = keys { isByPosition = true } else { isByPosition = false }
    if isByPosition { base.fields.append(RowKeys.positionField) }
    self.base = base
    order = orderFields.compactMap { base.index(of: $0.name) }
    orderTypes = orderFields.map(\.type)
  }

  /// Columns that the log files are asked for, by name: what the others hold is not decoded.
  public var logNames: [String] { (wanted.fields + logExtra.fields).map(\.name) }

  /// All of them; log rows arrive in this shape.
  var log: Schema { Schema(wanted.fields + logExtra.fields) }
}
