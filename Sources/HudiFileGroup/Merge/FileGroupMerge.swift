// Spec: 10-merging. Changes into an old base file: the copy-on-write merge.
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet

/// Streams an old base file past the changes of one commit into a new one. Row groups without a
/// match are copied as bytes. Rows keep the order of the old file; new rows follow.
public struct FileGroupMerge {
  /// What became of the rows.
  public struct Counts: Sendable, Equatable {
    public var updated = 0
    public var deleted = 0
    public var inserted = 0
    /// Incoming rows that lost against a newer row of the table.
    public var stale = 0
    /// Rows taken out because they now belong to another partition.
    public var moved = 0
    /// Row groups copied without decoding.
    public var copiedGroups = 0

    public init() {}
  }

  /// nil: a new file group, nothing to merge into.
  private let reader: BaseFileReader?
  private let writer: BaseFileWriter
  private let meta: MetaColumns
  private let policy: MergePolicy
  private let copyFrom: Int
  private let cancellation: Cancellation
  private var counts = Counts()
  private var changed = 0

  /// - Parameter copyFrom: rows that a row group must have to be copied as it is; smaller ones are
  ///   joined, so that many small commits do not leave many small row groups.
  public init(
    _ reader: BaseFileReader?, into writer: BaseFileWriter, _ meta: MetaColumns,
    _ policy: MergePolicy, copyFrom: Int, _ cancellation: Cancellation
  ) {
    self.reader = reader
    self.writer = writer
    self.meta = meta
    self.policy = policy
    self.copyFrom = copyFrom
    self.cancellation = cancellation
  }

  /// Merges and returns what happened; the writer is left open. [MERGE-4]
  public mutating func run(
    _ changes: FileGroupChanges, _ incoming: IncomingRows
  ) throws(LakeError) -> Counts {
    if let reader { try mergeAll(reader, changes, incoming) }
    try append(changes.inserts, incoming)
    return counts
  }

  private mutating func mergeAll(
    _ reader: BaseFileReader, _ changes: FileGroupChanges, _ incoming: IncomingRows
  ) throws(LakeError) {
    var place = 0
    var firstRow = 0
    for (index, group) in reader.file.metadata.rowGroups.enumerated() {
      let rowCount = Int(group.rowCount)
      let start = place
      while place < changes.matches.count && changes.matches[place].baseRow < firstRow + rowCount {
        place += 1
      }
      let matches = changes.matches[start..<place]
      var isCopied = false
      if matches.isEmpty && rowCount >= copyFrom { isCopied = try copy(reader, index, rowCount) }
      if !isCopied { try merge(reader, index, firstRow, matches, incoming) }
      firstRow += rowCount
    }
  }

  private mutating func copy(
    _ reader: BaseFileReader, _ group: Int, _ rowCount: Int
  ) throws(LakeError) -> Bool {
    try cancellation.check()
    guard reader.schema.hasSameColumns(as: writer.schema) else { return false }
    var source = try reader.batches(
      Schema([MetaField.recordKey.field]), rowGroups: [group])
    var parts: [Column] = []
    while let batch = try source.next() { parts.append(batch.columns[0]) }
    let keys = try Column.concat(parts, as: .string)
    guard
      try writer.copy(
        reader, rowGroup: group, keys: keys, fileNames: meta.fileNames(count: rowCount))
    else { return false }
    counts.copiedGroups += 1
    return true
  }

  private mutating func merge(
    _ reader: BaseFileReader, _ group: Int, _ firstRow: Int, _ matches: ArraySlice<RowMatch>,
    _ incoming: IncomingRows
  ) throws(LakeError) {
    var source = try reader.batches(writer.schema, rowGroups: [group])
    var first = firstRow
    var rest = matches
    while let batch = try source.next() {
      try cancellation.check()
      let end = first + batch.count
      let cut = rest.firstIndex { $0.baseRow >= end } ?? rest.endIndex
      try mergeBatch(batch, first, Array(rest[rest.startIndex..<cut]), incoming)
      rest = rest[cut...]
      first = end
    }
  }

  private mutating func mergeBatch(
    _ batch: RecordBatch, _ first: Int, _ matches: [RowMatch],
    _ incoming: IncomingRows
  ) throws(LakeError) {
    if matches.isEmpty {
      try writer.write(renamed(batch))
      return
    }
    let wins = try winners(batch, first, matches, incoming)
    var picks: [Int32] = []
    picks.reserveCapacity(batch.count)
    var replacements: [Int32] = []
    var next = 0
    for (match, wins) in zip(matches, wins) {
      let row = match.baseRow - first
      while next < row {
        picks.append(Int32(next))
        next += 1
      }
      next = row + 1
      if match.isMove {
        counts.moved += 1
      } else if !wins {
        counts.stale += 1
        picks.append(Int32(row))
      } else if incoming.isDelete(match.incoming) {
        counts.deleted += 1
      } else {
        counts.updated += 1
        picks.append(-1 - Int32(replacements.count))
        replacements.append(match.incoming)
      }
    }
    while next < batch.count {
      picks.append(Int32(next))
      next += 1
    }
    if replacements.isEmpty {
      try writer.write(renamed(batch.take(picks)))
    } else {
      try write(batch, picks, replacements, incoming)
    }
  }

  private mutating func write(
    _ batch: RecordBatch, _ picks: [Int32], _ replacements: [Int32], _ incoming: IncomingRows
  ) throws(LakeError) {
    let keys = incoming.keys.take(replacements)
    let fresh =
      meta.columns(keys: keys, firstNumber: changed) + incoming.rows.take(replacements).columns
    changed += replacements.count
    var columns: [Column] = []
    for (place, column) in batch.columns.enumerated() {
      columns.append(
        place == MetaField.fileName.position
          ? meta.fileNames(count: picks.count)
          : .interleave(column, fresh[place], picks))
    }
    try writer.write(RecordBatch(writer.schema, columns, count: picks.count))
  }

  private func renamed(_ batch: RecordBatch) -> RecordBatch {
    var columns = batch.columns
    columns[MetaField.fileName.position] = meta.fileNames(count: batch.count)
    return RecordBatch(writer.schema, columns, count: batch.count)
  }

  /// For each match, whether the incoming row wins against the row of the table. [MERGE-2]
  private func winners(
    _ batch: RecordBatch, _ first: Int, _ matches: [RowMatch],
    _ incoming: IncomingRows
  ) throws(LakeError) -> [Bool] {
    guard let order = incoming.order, !policy.orderingFields.isEmpty else {
      return matches.map { _ in true }
    }
    var columns: [Column] = []
    for name in policy.orderingFields {
      columns.append(batch.columns[try batch.schema.require(name)])
    }
    let base = try RowOrder(columns)
    return order.incomingWins(
      matches.map(\.incoming), over: base, matches.map { Int32($0.baseRow - first) })
  }

  private mutating func append(
    _ inserts: [Int32], _ incoming: IncomingRows
  ) throws(LakeError) {
    var start = 0
    while start < inserts.count {
      try cancellation.check()
      let end = Swift.min(start + RecordBatch.targetRows, inserts.count)
      let rows = Array(inserts[start..<end])
      try writer.write(
        new: incoming.rows.take(rows), keys: incoming.keys.take(rows), meta, firstNumber: changed)
      changed += rows.count
      counts.inserted += rows.count
      start = end
    }
  }
}
