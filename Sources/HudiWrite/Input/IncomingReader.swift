// Spec: 11-keys-and-indexes. Batches of an input with their keys, partitions and delete marks.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

/// Rows of one input batch that go to one partition.
struct PartitionRows: Sendable {
  let partition: PartitionPath
  /// Data columns of the table; for deletes by key it may have no columns.
  let rows: RecordBatch
  /// nil in a table without key fields: keys are made when the rows are written.
  let keys: Column?
  /// Set bits delete their key; nil when no row does.
  let deletes: Bitmap?
}

/// Reads an input batch by batch, checks it, and splits it by partition.
struct IncomingReader {
  private var source: any BatchSource
  private let schema: IncomingSchema?
  private let keyGenerator: KeyGenerator
  private let options: WriteOptions
  private let deletesAll: Bool
  private let table: Schema
  /// Whether a key is looked for in its partition only.
  private let needsPartition: Bool
  private(set) var rowsIn = 0

  /// - Parameters:
  ///   - schema: nil for deletes by key, which bring key columns only.
  ///   - table: the table's data columns.
  ///   - isGlobal: whether keys are unique in the whole table, so that deletes need no partition.
  init(
    _ source: any BatchSource, _ schema: IncomingSchema?, _ keyGenerator: KeyGenerator,
    _ options: WriteOptions, table: Schema, isGlobal: Bool
  ) {
    self.source = source
    self.schema = schema
    self.keyGenerator = keyGenerator
    self.options = options
    deletesAll = schema == nil
    self.table = table
    needsPartition = !isGlobal
  }

  /// The next batch, split by partition in order of first appearance; nil at the end.
  mutating func next() throws(LakeError) -> [PartitionRows]? {
    guard let batch = try source.next() else { return nil }
    let firstRow = rowsIn
    rowsIn += batch.count
    if batch.count == 0 { return [] }
    let deletes = try deleteMarks(batch)
    let rows =
      try schema?.conform(batch, firstRow: firstRow)
      ?? RecordBatch(Schema([]), [], count: batch.count)
    let keyed =
      try schema == nil
      ? deleteKeys(batch, firstRow) : keyGenerator.keys(of: rows, firstRow: firstRow + 1)
    return split(rows, keyed.recordKeys, keyed.partitions, deletes)
  }

  private func deleteMarks(_ batch: RecordBatch) throws(LakeError) -> Bitmap? {
    if deletesAll { return Bitmap(repeating: true, count: batch.count) }
    var marks: [Bool]?
    if let column = batch[MetaField.isDeleted] {
      guard column.type == .bool else {
        throw LakeError(
          .inputValueInvalid, "column \"\(MetaField.isDeleted)\" is \(column.type), not boolean")
      }
      marks = (0..<batch.count).map { column.scalar($0) == .bool(true) }
    }
    if let predicate = options.deleteWhen {
      let matched = try predicate.evaluate(batch)
      marks = (0..<batch.count).map { matched[$0] || (marks?[$0] ?? false) }
    }
    guard let marks, marks.contains(true) else { return nil }
    return Bitmap(marks)
  }

  /// Keys of rows that only name what to delete: record keys as they are stored, or key columns.
  private func deleteKeys(_ batch: RecordBatch, _ firstRow: Int) throws(LakeError) -> KeyBatch {
    if let given = batch[MetaField.recordKey.name] {
      return try storedKeys(given, batch, firstRow)
    }
    var fields: [Field] = []
    for name in keyGenerator.recordKeyFields + (needsPartition ? keyGenerator.partitionFields : [])
    {
      let top = String(name.prefix { $0 != "." })
      guard let field = table[top] else { continue }
      guard batch.schema.index(of: top) != nil else {
        throw LakeError(
          .inputColumnMissing, "the input has no column \"\(top)\", which names what to delete")
      }
      if !fields.contains(where: { $0.name == top }) { fields.append(field) }
    }
    let wanted = Schema(fields)
    let picked = try batch.select(fields.map(\.name))
    let rows = try SchemaAdapter(from: picked.schema, to: wanted).adapt(picked)
    if needsPartition { return try keyGenerator.keys(of: rows, firstRow: firstRow + 1) }
    return KeyBatch(
      recordKeys: try keyGenerator.recordKeys(of: rows, firstRow: firstRow + 1),
      partitions: PartitionColumn(.none, rows: batch.count))
  }

  private func storedKeys(
    _ keys: Column, _ batch: RecordBatch, _ firstRow: Int
  ) throws(LakeError) -> KeyBatch {
    guard keys.type == .string, keys.nullCount == 0 else {
      throw LakeError(
        .keyNull, "record keys to delete are text and never null, after row \(firstRow)")
    }
    if !needsPartition {
      return KeyBatch(recordKeys: keys, partitions: PartitionColumn(.none, rows: batch.count))
    }
    guard let column = batch[MetaField.partitionPath.name] else {
      throw LakeError(
        .inputColumnMissing,
        "record keys alone do not say in which partition to delete",
        hint:
          "give the columns \(keyGenerator.partitionFields.joined(separator: ", ")) too, or use "
          + "--index global-simple")
    }
    var paths: [PartitionPath] = []
    let codes = KeyTable().insert(column)
    for (row, code) in codes.enumerated() where Int(code) == paths.count {
      paths.append(try PartitionPath(column.string(row)))
    }
    return KeyBatch(recordKeys: keys, partitions: PartitionColumn(paths, codes))
  }

  private func split(
    _ rows: RecordBatch, _ keys: Column?, _ partitions: PartitionColumn, _ deletes: Bitmap?
  ) -> [PartitionRows] {
    if partitions.paths.count == 1 {
      return [
        PartitionRows(partition: partitions.paths[0], rows: rows, keys: keys, deletes: deletes)
      ]
    }
    let groups = Grouping.rows(partitions.codes, count: partitions.paths.count)
    return zip(partitions.paths, groups).map { path, indices in
      let marks = deletes.map { bits in indices.map { bits[Int($0)] } }
      return PartitionRows(
        partition: path, rows: rows.take(indices), keys: keys?.take(indices),
        deletes: marks.flatMap { $0.contains(true) ? Bitmap($0) : nil })
    }
  }
}
