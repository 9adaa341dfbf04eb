// Spec: 11-keys-and-indexes. Batches of an input with their keys, partitions and delete marks.
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

/// Rows of one input batch that go to one partition.
struct PartitionRows: Sendable {
  let partition: PartitionPath
  /// Data columns of the table; for deletes by key it may have no columns.
  let rows: RecordBatch
  let keys: Column
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
  private(set) var rowsIn = 0

  /// - Parameter schema: nil for deletes by key, which bring key columns only.
  init(
    _ source: any BatchSource, _ schema: IncomingSchema?, _ keyGenerator: KeyGenerator,
    _ options: WriteOptions
  ) {
    self.source = source
    self.schema = schema
    self.keyGenerator = keyGenerator
    self.options = options
    deletesAll = schema == nil
  }

  /// The next batch, split by partition in order of first appearance; nil at the end.
  mutating func next() throws(LakeError) -> [PartitionRows]? {
    guard let batch = try source.next() else { return nil }
    let firstRow = rowsIn
    rowsIn += batch.count
    if batch.count == 0 { return [] }
    let deletes = try deleteMarks(batch)
    let rows = try schema?.conform(batch, firstRow: firstRow)
      ?? RecordBatch(Schema([]), [], count: batch.count)
    let keyed = try keyGenerator.generate(rows.schema.count == 0 ? batch : rows, firstRow: firstRow)
    return try split(rows, keyed.keys, keyed.partitions, deletes)
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

  private func split(
    _ rows: RecordBatch, _ keys: Column, _ partitions: Column, _ deletes: Bitmap?
  ) throws(LakeError) -> [PartitionRows] {
    let table = KeyTable()
    let groups = table.insert(partitions)
    if table.count == 1 {
      let path = try PartitionPath(partitions.string(0))
      return [PartitionRows(partition: path, rows: rows, keys: keys, deletes: deletes)]
    }
    var parts: [PartitionRows] = []
    for indices in Grouping.rows(groups, count: table.count) {
      let path = try PartitionPath(partitions.string(Int(indices[0])))
      let marks = deletes.map { bits in indices.map { bits[Int($0)] } }
      parts.append(
        PartitionRows(
          partition: path, rows: rows.take(indices), keys: keys.take(indices),
          deletes: marks.flatMap { $0.contains(true) ? Bitmap($0) : nil }))
    }
    return parts
  }
}
