// Spec: 12d-changes. Two states of a file group, compared by key.
import HudiModel
import LakeBase
import LakeColumns

/// What happened to a row.
public enum ChangeOperation: String, Sendable, Hashable, CaseIterable {
  case insert = "i"
  case update = "u"
  case delete = "d"
}

/// Some changed rows with their images.
public struct ChangeBatch: Sendable {
  /// One letter a row.
  public let operations: Column
  public let keys: Column
  /// Structs of the data columns; null for inserts.
  public let before: Column
  /// The same; null for deletes.
  public let after: Column

  public var count: Int { operations.count }

  public init(operations: Column, keys: Column, before: Column, after: Column) {
    self.operations = operations
    self.keys = keys
    self.before = before
    self.after = after
  }
}

/// The rows that differ between two states of a file group. Updates and deletes come in the order
/// of the state before, then inserts in the order of the state after. [CHANGE-2] [CHANGE-4]
public struct ChangeRows {
  /// Which rows may have changed.
  public enum Candidates: Sendable {
    /// Rows of the state after that carry this commit time; its other rows were carried over.
    /// [CHANGE-3]
    case written(by: InstantTime)
    /// Rows of these keys.
    case keys(KeySet)
  }

  /// Opens a state from its beginning: record key, commit time, then the data columns.
  public typealias Side = () throws(LakeError) -> any BatchSource

  /// The columns that come before the data columns in a `Side`.
  public static let leading = [MetaField.recordKey, MetaField.commitTime]

  private let data: Schema
  private let before: Side?
  private let after: Side?
  private let candidates: Candidates
  private let keepsEqual: Bool
  private let budget: Int
  private var parts: [KeyPart] = [.all]
  private var comparison: ChangePart?

  /// - Parameters:
  ///   - data: the data columns of both sides.
  ///   - before: nil: there was nothing, so every candidate is an insert, and in a file that was
  ///     written every row is one.
  ///   - after: nil: nothing is left.
  ///   - keepsEqual: whether a row with equal images counts as an update.
  ///   - budget: bytes of the state after that may be held; beyond, keys are divided by their hash
  ///     and both sides read once for every part. [CHANGE-9]
  public init(
    _ data: Schema, before: Side?, after: Side?, _ candidates: Candidates,
    keepsEqual: Bool = false, budget: Int
  ) {
    self.data = data
    self.before = before
    self.after = after
    self.candidates = candidates
    self.keepsEqual = keepsEqual
    self.budget = budget
  }

  public mutating func next() throws(LakeError) -> ChangeBatch? {
    while true {
      if let batch = try comparison?.next() { return batch }
      comparison = nil
      guard let part = parts.popLast() else { return nil }
      comparison = try open(part)
    }
  }

  /// The comparison of a part; nil: it was too large and waits in halves.
  private mutating func open(_ part: KeyPart) throws(LakeError) -> ChangePart? {
    var wanted: KeySet?
    if case .keys(let keys) = candidates { wanted = keys }
    guard let before else {
      return ChangePart(
        data, wanted, .all, held: nil, try after?(), isInserting: true, keepsEqual: keepsEqual)
    }
    let holder = HeldSide(data)
    var side = try after?()
    while let batch = try side?.next() {
      try holder.add(part.filter(batch).withKeys(), candidates)
      if holder.byteCount > budget, holder.keyCount > 1, let halves = part.halves {
        parts.append(contentsOf: halves.reversed())
        return nil
      }
    }
    return ChangePart(
      data, wanted, part, held: try holder.finish(), try before(), isInserting: false,
      keepsEqual: keepsEqual)
  }
}

extension KeyPart {
  fileprivate func filter(_ batch: RecordBatch) -> RecordBatch {
    rows(batch.columns[0]).map { batch.filter($0) } ?? batch
  }
}

extension RecordBatch {
  /// Rows without a key are nobody's.
  fileprivate func withKeys() -> RecordBatch {
    let keys = columns[0]
    if keys.nullCount == 0 { return self }
    return filter(Bitmap((0..<count).map { !keys.isNull($0) }))
  }
}

/// The changed rows of the state after, by key.
private final class HeldSide {
  private let data: Schema
  private var batches: [RecordBatch] = []
  private let keys = KeyTable()
  private let carried = KeyTable()
  private var entries: [Int32] = []
  private var heldBytes = 0

  init(_ data: Schema) { self.data = data }

  var keyCount: Int { keys.count + carried.count }
  var byteCount: Int { heldBytes + keys.byteCount + carried.byteCount }

  func add(_ batch: RecordBatch, _ candidates: ChangeRows.Candidates) throws(LakeError) {
    let bits: Bitmap
    switch candidates {
    case .written(let instant):
      bits = batch.columns[1].rows(equalTo: Array(instant.text.utf8))
      if bits.setCount < batch.count {
        _ = carried.insert(batch.columns[0].filter(bits.inverted))
      }
    case .keys(let wanted):
      bits = wanted.rows(batch.columns[0])
    }
    let rows = batch.filter(bits)
    if rows.count == 0 { return }
    entries += keys.insert(rows.columns[0])
    heldBytes += rows.byteCount
    batches.append(rows)
  }

  func finish() throws(LakeError) -> HeldRows {
    let fields = ChangeRows.leading.map { Field($0.name, .string) }
    let rows = try RecordBatch.concat(batches, as: Schema(fields + data.fields))
    batches = []
    return HeldRows(rows, entries, keys.freeze(), carried.freeze())
  }
}

/// The same, complete: rows of one key form a chain in their order.
private struct HeldRows {
  let rows: RecordBatch
  let keys: KeySet
  let carried: KeySet
  /// For each key its next row that has met nobody, or −1.
  private var first: [Int32]
  private var following: [Int32]
  private(set) var isMet: [Bool]

  init(_ rows: RecordBatch, _ entries: [Int32], _ keys: KeySet, _ carried: KeySet) {
    self.rows = rows
    self.keys = keys
    self.carried = carried
    var first = [Int32](repeating: -1, count: keys.count)
    var following = [Int32](repeating: -1, count: rows.count)
    for row in entries.indices.reversed() {
      following[row] = first[Int(entries[row])]
      first[Int(entries[row])] = Int32(row)
    }
    self.first = first
    self.following = following
    isMet = [Bool](repeating: false, count: rows.count)
  }

  /// The row that a row of this entry became, or −1.
  mutating func take(_ entry: Int32) -> Int32 {
    if entry < 0 { return -1 }
    let row = first[Int(entry)]
    if row >= 0 {
      first[Int(entry)] = following[Int(row)]
      isMet[Int(row)] = true
    }
    return row
  }
}

/// The comparison of some keys. Owned by one worker.
private final class ChangePart {
  private let data: Schema
  private let type: ColumnType
  private let wanted: KeySet?
  private let part: KeyPart
  private var held: HeldRows?
  private var source: (any BatchSource)?
  private let isInserting: Bool
  private let keepsEqual: Bool
  private var inserts: [Int32]?

  init(
    _ data: Schema, _ wanted: KeySet?, _ part: KeyPart, held: HeldRows?,
    _ source: (any BatchSource)?, isInserting: Bool, keepsEqual: Bool
  ) {
    self.data = data
    type = .structure(data.fields)
    self.wanted = wanted
    self.part = part
    self.held = held
    self.source = source
    self.isInserting = isInserting
    self.keepsEqual = keepsEqual
  }

  func next() throws(LakeError) -> ChangeBatch? {
    while let batch = try source?.next() {
      let rows = part.filter(batch).withKeys()
      let changed = try isInserting ? inserted(filtered(rows)) : compared(filtered(rows))
      if changed.count > 0 { return changed }
    }
    source = nil
    guard let held else { return nil }
    var rest = inserts ?? held.isMet.indices.filter { !held.isMet[$0] }.map { Int32($0) }
    let some = Array(rest.prefix(RecordBatch.targetRows))
    rest.removeFirst(some.count)
    inserts = rest
    return some.isEmpty ? nil : try inserted(held.rows.take(some))
  }

  private func filtered(_ batch: RecordBatch) -> RecordBatch {
    guard let wanted else { return batch }
    return batch.filter(wanted.rows(batch.columns[0]))
  }

  private func inserted(_ rows: RecordBatch) throws(LakeError) -> ChangeBatch {
    let width = ChangeRows.leading.count
    return ChangeBatch(
      operations: .constant(ChangeOperation.insert.rawValue, count: rows.count),
      keys: rows.columns[0], before: .nulls(type, count: rows.count),
      after: structure(Array(rows.columns[width...]), count: rows.count, isNull: nil))
  }

  /// Updates and deletes among rows of the state before.
  private func compared(_ batch: RecordBatch) throws(LakeError) -> ChangeBatch {
    guard var held else { return try inserted(batch.slice(0..<0)) }
    self.held = nil
    let entries = held.keys.find(batch.columns[0])
    let carried = held.carried.find(batch.columns[0])
    var rows: [Int32] = []
    var became: [Int32] = []
    for row in 0..<batch.count where carried[row] < 0 {
      rows.append(Int32(truncatingIfNeeded: row))
      became.append(held.take(entries[row]))
    }
    self.held = held
    let width = ChangeRows.leading.count
    if !keepsEqual { dropEqual(batch, held.rows, &rows, &became) }
    let count = rows.count
    let old = batch.take(rows)
    let isDeleted = became.map { $0 < 0 }
    var images: [Column] = []
    let interleaving = Interleaving(became)
    for (place, field) in data.fields.enumerated() {
      images.append(
        interleaving.column(held.rows.columns[width + place], .nulls(field.type, count: 1)))
    }
    let letters = ColumnBuilder(.string, capacity: count)
    for deleted in isDeleted {
      try letters.append(.string((deleted ? ChangeOperation.delete : .update).rawValue))
    }
    return ChangeBatch(
      operations: letters.finish(), keys: old.columns[0],
      before: structure(Array(old.columns[width...]), count: count, isNull: nil),
      after: structure(images, count: count, isNull: isDeleted))
  }

  /// Leaves out rows that are as they were.
  private func dropEqual(
    _ batch: RecordBatch, _ held: RecordBatch, _ rows: inout [Int32], _ became: inout [Int32]
  ) {
    let pairs = rows.indices.filter { became[$0] >= 0 }
    if pairs.isEmpty { return }
    let width = ChangeRows.leading.count
    let left = pairs.map { rows[$0] }
    let right = pairs.map { became[$0] }
    let equal = Column.equalRows(
      batch.columns[width...].map { $0.take(left) },
      held.columns[width...].map { $0.take(right) }, count: pairs.count)
    var isKept = [Bool](repeating: true, count: rows.count)
    for (place, pair) in pairs.enumerated() where equal[place] { isKept[pair] = false }
    rows = rows.indices.filter { isKept[$0] }.map { rows[$0] }
    became = became.indices.filter { isKept[$0] }.map { became[$0] }
  }

  private func structure(_ columns: [Column], count: Int, isNull: [Bool]?) -> Column {
    Column(
      type, count: count, validity: isNull.map { Bitmap($0.map { !$0 }) },
      layout: .structure(columns.map { $0.decoded() }))
  }
}
