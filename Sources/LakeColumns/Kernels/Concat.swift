// Spec: 02-columns. Several columns or batches as one.
import LakeBase

extension Column {
  /// The rows of all `columns` in order, dictionaries replaced by plain values.
  ///
  /// Throws `limitExceeded` when the result would need offsets beyond Int32, `schemaMismatch` when
  /// the columns have different types.
  public static func concat(_ columns: [Column], as type: ColumnType) throws(LakeError) -> Column {
    for column in columns where !column.type.hasSameLayout(as: type) {
      throw LakeError(
        .schemaMismatch, "a column of \(column.type) does not continue one of \(type)")
    }
    if columns.count == 1, let only = columns.first { return only.decoded() }
    let builder = ColumnBuilder(type, capacity: columns.reduce(0) { $0 + $1.count })
    for column in columns { try builder.append(column) }
    return builder.finish()
  }
}

extension RecordBatch {
  /// The rows of all `batches` in order; columns are matched by position.
  public static func concat(
    _ batches: [RecordBatch], as schema: Schema
  ) throws(LakeError) -> RecordBatch {
    for batch in batches where batch.columns.count != schema.count {
      throw LakeError(
        .schemaMismatch,
        "a batch of \(batch.columns.count) columns does not continue one of \(schema.count)")
    }
    var columns: [Column] = []
    for index in 0..<schema.count {
      let parts = batches.map { $0.columns[index] }
      columns.append(try Column.concat(parts, as: schema.fields[index].type))
    }
    return RecordBatch(schema, columns, count: batches.reduce(0) { $0 + $1.count })
  }
}
