// Spec: 10-merging. The log side of a slice, folded record by record to one version of every key.
import HudiModel
import LakeBase
import LakeColumns

/// Takes the entries of a slice's log files in merge order and keeps, for every key, the version
/// that won so far. Owned by one worker.
public final class LogTableBuilder {
  /// What is known of a record besides its ordering value.
  struct Mark: OptionSet {
    let rawValue: UInt8
    static let delete = Mark(rawValue: 1)
    /// The ordering value is the default: a delete that wins over everything before it.
    static let unordered = Mark(rawValue: 2)
    /// An entry of a delete block.
    static let entry = Mark(rawValue: 4)
  }

  /// Records of one batch; the batch of a delete block holds nothing unless deletes are shown.
  struct Part {
    let first: Int
    let count: Int
    let rows: RecordBatch?
    /// Of a partial block: whether the block has the wanted column.
    let present: [Bool]?
  }

  let columns: SliceColumns
  let policy: MergePolicy
  /// Only these keys are taken.
  let part: KeyPart
  private let keys: RowKeys
  private let showsDeletes: Bool
  private let table = KeyTable()
  private var adapters: [(columns: SourceColumns, adapter: SchemaAdapter)] = []
  private let origin: (InstantTime, Schema) throws(LakeError) -> SourceColumns
  var parts: [Part] = []
  var order: MergeOrder
  /// Per record.
  var marks: [Mark] = []
  var entryOf: [Int32] = []
  /// Per key: the record that won.
  var head: [Int32] = []
  /// Per record, where versions are composed: the record that fills its gaps, or −1. Empty until
  /// the first one is needed.
  var next: [Int32] = []
  /// Per key: the end of that chain.
  var tail: [Int32] = []
  private(set) var isComposing: Bool
  private(set) var heldBytes = 0

  /// - Parameters:
  ///   - showsDeletes: whether deleted keys are kept as rows.
  ///   - part: the keys to take; records of others are passed over.
  ///   - origin: where a block of an instant with these columns keeps the columns of the table.
  public init(
    _ columns: SliceColumns, keys: RowKeys, policy: MergePolicy, showsDeletes: Bool = false,
    part: KeyPart = .all,
    origin: @escaping (InstantTime, Schema) throws(LakeError) -> SourceColumns = {
      (_, _) throws(LakeError) in .byName
    }
  ) throws(LakeError) {
    self.origin = origin
    self.part = part
    self.columns = columns
    self.keys = keys
    self.policy = policy
    self.showsDeletes = showsDeletes
    order = try MergeOrder(columns.orderTypes)
    isComposing = policy.partialUpdate != nil
  }

  /// Bytes held, for budgets.
  public var byteCount: Int {
    heldBytes + table.byteCount + order.byteCount + marks.count * 9 + head.count * 8
  }

  public var keyCount: Int { head.count }

  public func add(_ entries: LogEntries) throws(LakeError) {
    switch entries {
    case .rows(let rows): try add(rows)
    case .deletes(let deletes): try add(deletes)
    }
  }

  // MARK: Rows

  private func add(_ rows: LogRows) throws(LakeError) {
    if rows.batch.count == 0 { return }
    let source = try origin(rows.instant, rows.batch.schema)
    var batch = try adapted(rows.batch, source)
    var names = try keys.keys(of: batch)
    if let bits = part.rows(names) {
      batch = batch.filter(bits)
      names = names.filter(bits)
    }
    let entries = table.insert(names)
    try requireKeys(entries, rows.instant)
    let values = try columns.orderTypes.indices.map { (place) throws(LakeError) in
      batch.columns[try batch.schema.require(policy.orderingFields[place])]
    }
    let fresh = try self.marks(of: batch, values)
    var present: [Bool]?
    if rows.isPartial {
      present = columns.wanted.fields.map {
        source[$0.name].name.flatMap(rows.batch.schema.index(of:)) != nil
      }
      startComposing()
    }
    let kept = RecordBatch(
      columns.wanted, Array(batch.columns[..<columns.wanted.count]), count: batch.count)
    append(kept, present, entries, fresh, values)
  }

  private func adapted(
    _ batch: RecordBatch, _ source: SourceColumns
  ) throws(LakeError) -> RecordBatch {
    let known = adapters.first { $0.adapter.source == batch.schema && $0.columns == source }
    if let known { return try known.adapter.adapt(batch) }
    let adapter = SchemaAdapter(from: batch.schema, to: columns.log, source)
    adapters.append((source, adapter))
    return try adapter.adapt(batch)
  }

  private func requireKeys(_ entries: [Int32], _ instant: InstantTime) throws(LakeError) {
    guard entries.contains(-1) else { return }
    throw LakeError(
      .logRecordKeyMissing, "a log record written by \(instant.text) has no record key",
      facts: [("instant", instant.text)])
  }

  /// [MERGE-11]
  private func marks(
    of batch: RecordBatch, _ values: [Column]
  ) throws(LakeError) -> [Mark] {
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
    var marks = [Mark](repeating: [], count: batch.count)
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

  private func add(_ all: LogDeletes) throws(LakeError) {
    let deletes = part.deletes(all)
    let count = deletes.keys.count
    if count == 0 { return }
    let entries = table.insert(deletes.keys)
    try requireKeys(entries, deletes.instant)
    var fresh = [Mark](repeating: [.delete, .entry, .unordered], count: count)
    if !policy.orderingFields.isEmpty && !policy.deletesAreFinal {
      for row in 0..<count where deletes.isOrdered[row] { fresh[row] = [.delete, .entry] }
    }
    var values: [Column] = []
    for (place, type) in columns.orderTypes.enumerated() {
      values.append(
        try deletes.order.indices.contains(place)
          ? SchemaAdapter.adapt(deletes.order[place], to: type) : .nulls(type, count: count))
    }
    append(showsDeletes ? shown(deletes, values) : nil, nil, entries, fresh, values)
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

  // MARK: Folding

  private func append(
    _ rows: RecordBatch?, _ present: [Bool]?, _ entries: [Int32], _ fresh: [Mark],
    _ values: [Column]
  ) {
    let first = marks.count
    precondition(first + fresh.count < Int(Int32.max), "record numbers are 32 bits wide")
    parts.append(Part(first: first, count: fresh.count, rows: rows, present: present))
    heldBytes += rows?.byteCount ?? 0
    if !values.isEmpty { order.append(values, rows: fresh.count) }
    marks.append(contentsOf: fresh)
    entryOf.append(contentsOf: entries)
    if head.count < table.count {
      head.append(contentsOf: repeatElement(-1, count: table.count - head.count))
    }
    if isComposing {
      next.append(contentsOf: repeatElement(-1, count: marks.count - next.count))
      tail.append(contentsOf: repeatElement(-1, count: head.count - tail.count))
      compose(entries, first, isFull: present == nil)
    } else {
      fold(entries, first)
    }
  }

  private func fold(_ entries: [Int32], _ first: Int) {
    // Arrays of `self` are taken out: a loop must not touch a class.
    var winners = head
    let marks = self.marks
    head = []
    if policy.orderingFields.isEmpty {
      for row in 0..<entries.count {
        winners[Int(entries[row])] = Int32(truncatingIfNeeded: first &+ row)
      }
    } else if let values = order.singleValues {
      for row in 0..<entries.count {
        let old = Int(winners[Int(entries[row])])
        let new = first &+ row
        if old < 0
          || Self.wins(
            marks[new], marks[old], values[new] >= values[old], values[old] > values[new])
        {
          winners[Int(entries[row])] = Int32(truncatingIfNeeded: new)
        }
      }
    } else {
      for row in 0..<entries.count {
        let old = Int(winners[Int(entries[row])])
        if old < 0 || newWins(first + row, old) { winners[Int(entries[row])] = Int32(first + row) }
      }
    }
    head = winners
  }

  private func newWins(_ new: Int, _ old: Int) -> Bool {
    if policy.orderingFields.isEmpty { return true }
    let result = order.compare(new, order, old)
    return Self.wins(marks[new], marks[old], result >= 0, result < 0)
  }

  /// Whether the newer of two log records wins in event-time mode. [MERGE-8]
  @inline(__always)
  private static func wins(
    _ new: Mark, _ old: Mark, _ isAtLeast: Bool, _ isLess: Bool
  ) -> Bool {
    let oldIsFinal = old.contains([.delete, .unordered])
    if new.contains(.entry) {
      if oldIsFinal { return false }
      return new.contains(.unordered) || !isLess
    }
    return oldIsFinal || new.contains([.delete, .unordered]) || isAtLeast
  }

  private func startComposing() {
    if isComposing { return }
    isComposing = true
    next = [Int32](repeating: -1, count: marks.count)
    tail = head
  }

  /// The same, with the loser kept to fill the winner's gaps. [MERGE-16]
  private func compose(_ entries: [Int32], _ first: Int, isFull: Bool) {
    let fillsByValue = policy.partialUpdate != nil
    for row in 0..<entries.count {
      let entry = Int(entries[row])
      let new = first + row
      let old = Int(head[entry])
      let isNewer = old < 0 || newWins(new, old)
      if old < 0 || marks[new].contains(.delete) || marks[old].contains(.delete) {
        if isNewer {
          head[entry] = Int32(new)
          tail[entry] = Int32(new)
        }
      } else if isNewer {
        head[entry] = Int32(new)
        if isFull && !fillsByValue {
          tail[entry] = Int32(new)
        } else {
          next[new] = Int32(old)
        }
      } else {
        next[Int(tail[entry])] = Int32(new)
        tail[entry] = Int32(new)
      }
    }
  }

  /// Forgets records that lost and that nothing will need again, where they are most of what is
  /// held. Composed versions need their losers.
  public func dropLosers() {
    guard !isComposing, marks.count > 2 * head.count else { return }
    let old = (parts: parts, marks: marks, entryOf: entryOf)
    var kept: [Int32] = []
    parts = []
    heldBytes = 0
    for part in old.parts {
      let live = (part.first..<part.first + part.count).filter {
        head[Int(old.entryOf[$0])] == Int32($0)
      }
      if live.isEmpty { continue }
      let rows = part.rows?.take(live.map { Int32($0 - part.first) })
      heldBytes += rows?.byteCount ?? 0
      parts.append(Part(first: kept.count, count: live.count, rows: rows, present: nil))
      kept.append(contentsOf: live.map { Int32($0) })
    }
    marks = kept.map { old.marks[Int($0)] }
    entryOf = kept.map { old.entryOf[Int($0)] }
    if !columns.orderTypes.isEmpty { order = order.take(kept) }
    for record in kept.indices { head[Int(entryOf[record])] = Int32(record) }
  }

  /// Everything folded, as a value that threads can share. The builder is spent.
  public func finish() throws(LakeError) -> LogTable {
    try LogTable(self, table.freeze(), showsDeletes: showsDeletes)
  }
}

extension Bitmap {
  /// Rows set in both; nil stands for all rows.
  func and(_ other: Bitmap?) -> Bitmap {
    guard let other else { return self }
    return Bitmap((0..<count).map { self[$0] && other[$0] })
  }
}
