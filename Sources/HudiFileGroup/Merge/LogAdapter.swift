// Spec: 10-merging. Log entries of any block schema in the columns of the table.
import HudiModel
import LakeBase
import LakeColumns

/// Turns the entries of a slice's log files into versions of keys. Owned by one worker.
public final class LogAdapter {
  let columns: SliceColumns
  let policy: MergePolicy
  let showsDeletes: Bool
  /// Only these keys are taken; nil: all.
  let wanted: KeySet?
  private let keys: RowKeys
  private var adapters: [(columns: SourceColumns, adapter: SchemaAdapter)] = []
  private let origin: (InstantTime, Schema) throws(LakeError) -> SourceColumns

  /// - Parameters:
  ///   - showsDeletes: whether deleted keys are kept as rows.
  ///   - wanted: the keys to take; records of others are passed over. [MERGE-29]
  ///   - origin: where a block of an instant with these columns keeps the columns of the table.
  public init(
    _ columns: SliceColumns, keys: RowKeys, policy: MergePolicy, showsDeletes: Bool = false,
    wanted: KeySet? = nil,
    origin: @escaping (InstantTime, Schema) throws(LakeError) -> SourceColumns = {
      (_, _) throws(LakeError) in .byName
    }
  ) {
    self.columns = columns
    self.keys = keys
    self.policy = policy
    self.showsDeletes = showsDeletes
    self.wanted = wanted
    self.origin = origin
  }

  /// nil: none of the keys is wanted.
  func versions(of entries: LogEntries) throws(LakeError) -> LogVersions? {
    switch entries {
    case .rows(let rows):
      do throws(LakeError) { return try versions(of: rows) } catch {
        throw rows.path.map { error.at($0) } ?? error
      }
    case .deletes(let deletes): return try versions(of: deletes)
    }
  }

  // MARK: Rows

  private func versions(of rows: LogRows) throws(LakeError) -> LogVersions? {
    if rows.batch.count == 0 { return nil }
    let source = try origin(rows.instant, rows.batch.schema)
    var batch = try adapted(rows.batch, source)
    var names =
      try columns.isByPosition
      ? numbers(rows.positions, rows.instant) : keys.keys(of: batch)
    try requireKeys(names, rows.instant)
    if let bits = wanted?.rows(names) {
      batch = batch.filter(bits)
      names = names.filter(bits)
    }
    if batch.count == 0 { return nil }
    let values = try columns.orderTypes.indices.map { (place) throws(LakeError) in
      batch.columns[try batch.schema.require(policy.orderingFields[place])]
    }
    var present: [Bool]?
    if rows.isPartial {
      present = columns.wanted.fields.map {
        source[$0.name].name.flatMap(rows.batch.schema.index(of:)) != nil
      }
    }
    let kept = RecordBatch(
      columns.wanted, Array(batch.columns[..<columns.wanted.count]), count: batch.count)
    return LogVersions(
      keys: names, marks: try marks(of: batch, values), order: values, rows: kept, present: present)
  }

  private func adapted(
    _ batch: RecordBatch, _ source: SourceColumns
  ) throws(LakeError) -> RecordBatch {
    let known = adapters.first { $0.adapter.source == batch.schema && $0.columns == source }
    if let known { return try known.adapter.adapt(batch) }
    let adapter = SchemaAdapter(
      from: batch.schema, to: columns.log, source, promotesOnly: true)
    adapters.append((source, adapter))
    return try adapter.adapt(batch)
  }

  /// The keys of entries that are known by their positions.
  private func numbers(
    _ positions: [Int64]?, _ instant: InstantTime
  ) throws(LakeError) -> Column {
    guard let positions else {
      throw LakeError(.defect, "a block of \(instant.text) was admitted without positions")
    }
    return .positionKeys(positions)
  }

  private func requireKeys(_ keys: Column, _ instant: InstantTime) throws(LakeError) {
    if keys.nullCount == 0 { return }
    throw LakeError(
      .logRecordKeyMissing, "a log record written by \(instant.text) has no record key",
      facts: [("instant", instant.text)])
  }

  /// [MERGE-11]
  private func marks(
    of batch: RecordBatch, _ values: [Column]
  ) throws(LakeError) -> [LogVersions.Mark] {
    var deletes: [Bitmap] = []
    if let flags = batch[MetaField.isDeleted]?.decoded(), case .bits(let bits) = flags.layout {
      deletes.append(flags.validity == nil ? bits : bits.and(flags.validity))
    }
    if let operation = batch[MetaField.operation], operation.type == .string,
      operation.nullCount < batch.count
    {
      deletes.append(operation.rows(equalTo: Array("D".utf8)))
      deletes.append(operation.rows(equalTo: Array("-U".utf8)))
    }
    if let mark = policy.deleteMark, let column = batch[mark.column] {
      deletes.append(try KeyText.text(column).rows(equalTo: Array(mark.text.utf8)))
    }
    var marks = [LogVersions.Mark](repeating: [], count: batch.count)
    for bits in deletes where bits.setCount > 0 {
      for row in 0..<batch.count where bits[row] {
        marks[row] = isDefault(values, row) ? [.delete, .unordered] : .delete
      }
    }
    return marks
  }

  /// Whether the ordering value of a row is the default: null, or 0 in an int column. With several
  /// ordering fields it never is. [MERGE-14]
  private func isDefault(_ values: [Column], _ row: Int) -> Bool {
    if values.isEmpty { return true }
    guard values.count == 1 else { return false }
    if values[0].isNull(row) { return true }
    return values[0].type == .int32 && values[0].value(row, as: Int32.self) == 0
  }

  // MARK: Delete blocks

  private func versions(of all: LogDeletes) throws(LakeError) -> LogVersions? {
    try requireKeys(all.keys, all.instant)
    let numbers = try columns.isByPosition ? numbers(all.positions, all.instant) : nil
    let deletes = chosen(all)
    let count = deletes.keys.count
    if count == 0 { return nil }
    var marks = [LogVersions.Mark](repeating: [.delete, .entry, .unordered], count: count)
    if !policy.orderingFields.isEmpty && !policy.deletesAreFinal {
      for row in 0..<count where deletes.isOrdered[row] { marks[row] = [.delete, .entry] }
    }
    var values: [Column] = []
    for (place, type) in columns.orderTypes.enumerated() {
      values.append(
        try deletes.order.indices.contains(place)
          ? SchemaAdapter.adapt(deletes.order[place], to: type) : .nulls(type, count: count))
    }
    return LogVersions(
      keys: numbers ?? deletes.keys, marks: marks, order: values,
      rows: showsDeletes ? shown(deletes, values) : nil, present: nil)
  }

  private func chosen(_ all: LogDeletes) -> LogDeletes {
    guard let rows = wanted?.rows(all.keys).selection() else { return all }
    return LogDeletes(
      instant: all.instant, keys: all.keys.take(rows), order: all.order.map { $0.take(rows) },
      isOrdered: Bitmap(rows.map { all.isOrdered[Int($0)] }))
  }

  /// A delete as a row: its key, its time and its ordering values, and nothing else.
  private func shown(_ deletes: LogDeletes, _ values: [Column]) -> RecordBatch {
    let count = deletes.keys.count
    let made = columns.wanted.fields.map { field -> Column in
      switch field.name {
      case MetaField.recordKey.name: return deletes.keys
      case MetaField.commitTime.name: return .constant(deletes.instant.text, count: count)
      default:
        if let place = policy.orderingFields.firstIndex(of: field.name) { return values[place] }
        return .nulls(field.type, count: count)
      }
    }
    return RecordBatch(columns.wanted, made, count: count)
  }
}

extension KeySet {
  /// Rows whose key is in the set.
  func rows(_ keys: Column) -> Bitmap { Bitmap(find(keys).map { $0 >= 0 }) }
}

extension Bitmap {
  /// The rows that are not set.
  var inverted: Bitmap { Bitmap((0..<count).map { !self[$0] }) }

  /// Rows set in both; nil stands for all rows.
  func and(_ other: Bitmap?) -> Bitmap {
    guard let other else { return self }
    return Bitmap((0..<count).map { self[$0] && other[$0] })
  }
}
