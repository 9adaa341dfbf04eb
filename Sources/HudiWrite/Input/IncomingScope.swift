// Spec: 11-keys-and-indexes. Incoming rows within which a key is unique: a partition, or the whole
// table.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns

/// Deduplicated incoming rows of one partition, or of all partitions for a global index.
struct IncomingScope: Sendable {
  /// The partitions of the rows; one, unless the index is global.
  let partitions: [PartitionPath]
  /// For each row its place in `partitions`.
  let partitionOf: [Int32]
  let incoming: IncomingRows
  let wanted: WantedKeys
  /// The winning row of each entry of `wanted.table`.
  let winners: [Int32]
  /// Rows that lost against another row of the input.
  let duplicates: Int

  /// - Parameter ordering: columns that decide between rows of one key; empty: the last row wins.
  init(_ parts: [PartitionRows], ordering: [String]) throws(LakeError) {
    var partitions: [PartitionPath] = []
    var places: [PartitionPath: Int32] = [:]
    var partitionOf: [Int32] = []
    for part in parts {
      let place = places[part.partition] ?? Int32(partitions.count)
      if places[part.partition] == nil {
        places[part.partition] = place
        partitions.append(part.partition)
      }
      partitionOf += Array(repeating: place, count: part.rows.count)
    }
    let rows = try RecordBatch.concat(parts.map(\.rows), as: parts[0].rows.schema)
    let keys = try Column.concat(parts.compactMap(\.keys), as: .string)
    let order = try Self.order(rows, ordering)
    let table = KeyTable(capacity: keys.count)
    let entries = table.insert(keys)
    let known = table.freeze()
    winners = (order ?? RowOrder.none).latest(entries, entryCount: known.count)
    duplicates = keys.count - known.count
    self.partitions = partitions
    self.partitionOf = partitionOf
    incoming = IncomingRows(rows: rows, keys: keys, deletes: Self.deletes(parts), order: order)
    let unique = keys.take(winners)
    let range = unique.textRange() ?? (Buffer(), Buffer())
    wanted = WantedKeys(table: known, range: range, keys: unique)
  }

  private static func order(
    _ rows: RecordBatch, _ ordering: [String]
  ) throws(LakeError) -> RowOrder? {
    if ordering.isEmpty || rows.schema.count == 0 { return nil }
    var columns: [Column] = []
    for name in ordering { columns.append(rows.columns[try rows.schema.require(name)]) }
    return try RowOrder(columns)
  }

  private static func deletes(_ parts: [PartitionRows]) -> Bitmap? {
    guard parts.contains(where: { $0.deletes != nil }) else { return nil }
    var builder = BitmapBuilder()
    for part in parts {
      if let bits = part.deletes {
        builder.append(bits)
      } else {
        builder.append(repeating: false, count: part.rows.count)
      }
    }
    return builder.take()
  }
}
