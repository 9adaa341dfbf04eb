// Spec: 10-merging. A file slice as rows: its base file streamed past the folded log side.
import HudiModel
import LakeBase
import LakeColumns

/// What a reader of a slice may ask for besides columns.
public struct SliceOptions: Sendable {
  /// Only rows whose commit time passes; asked once per run of equal times. nil: all. [MERGE-20]
  public var admits: (@Sendable (InstantTime) -> Bool)?
  /// Only rows of the base file whose commit time passes, before anything is merged; needs the
  /// commit time among the columns. nil: all. [QUERY-39]
  public var admitsBase: (@Sendable (InstantTime) -> Bool)?
  /// Name of a boolean column added at the end; with it the keys that the logs deleted are rows
  /// too, true in this column. nil: deleted keys are left out. [MERGE-21]
  public var deletedColumn: String?

  public init() {}
}

/// The merged rows of one slice: rows of the base file in their order, each replaced row in its
/// place, then the rows that only the logs have, in the order of the logs. [MERGE-17]
public struct SliceReader: BatchSource {
  public let schema: Schema
  private let table: LogTable
  private let options: SliceOptions
  private var base: (any BatchSource)?
  private let keys: RowKeys
  /// Keys that have met their base row.
  private var isMet: [Bool]
  private var leftovers: LeftoverRows?

  /// - Parameters:
  ///   - base: rows in the order of the base file; nil for a slice of log files only.
  ///   - table: the log side; built with deletes shown when `options.deletedColumn` is set.
  ///   - keys: as the table was built with.
  public init(
    _ base: (any BatchSource)?, _ table: LogTable, keys: RowKeys, options: SliceOptions = .init()
  ) {
    self.base = base
    self.table = table
    self.options = options
    self.keys = keys
    schema = Self.schema(table.columns, options)
    isMet = [Bool](repeating: false, count: table.keyCount)
  }

  /// The columns of the rows that such a reader yields.
  public static func schema(_ columns: SliceColumns, _ options: SliceOptions) -> Schema {
    var schema = columns.wanted
    if let name = options.deletedColumn {
      schema.fields.append(Field(name, .bool, nullable: false))
    }
    return schema
  }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    while base != nil {
      guard let batch = try base?.next() else {
        base = nil
        break
      }
      let merged = try finished(try merge(batch))
      if merged.count > 0 { return merged }
    }
    if leftovers == nil { leftovers = LeftoverRows(table, isMet) }
    while let rest = leftovers?.next() {
      let finished = try finished(rest)
      if finished.count > 0 { return finished }
    }
    return nil
  }

  // MARK: One batch of the base file

  private mutating func merge(_ all: RecordBatch) throws(LakeError) -> MergedRows {
    var batch = all
    if let admits = options.admitsBase {
      let times = batch.columns[try batch.schema.require(MetaField.commitTime.name)].decoded()
      batch = batch.filter(Self.admitted(times, admits))
    }
    var names = try keys.keys(of: batch)
    if let bits = table.wanted?.rows(names) {
      batch = batch.filter(bits)
      names = names.filter(bits)
    }
    let width = table.columns.wanted.count
    let plain = Array(batch.columns[..<width])
    var entries = table.keys.find(names)
    let hits = takeHits(&entries)
    if hits.rows.isEmpty {
      return MergedRows(columns: plain, count: batch.count, deleted: nil)
    }
    let wins = try logWins(batch, hits)
    let plan = MergePlan(table, batch.count, hits.rows, hits.entries, wins)
    if plan.isUntouched {
      return MergedRows(columns: plain, count: batch.count, deleted: nil)
    }
    var columns: [Column] = []
    let common = Interleaving(plan.picks)
    for (place, column) in plain.enumerated() {
      let picks = plan.picks(for: column, place, table)
      let interleaving = picks.map { Interleaving($0) } ?? common
      columns.append(interleaving.column(column, table.rows.columns[place]))
    }
    return MergedRows(columns: columns, count: plan.picks.count, deleted: plan.deleted)
  }

  /// Base rows whose key the log side has; of several rows with one key only the first. [MERGE-18]
  private mutating func takeHits(_ entries: inout [Int32]) -> (rows: [Int32], entries: [Int32]) {
    var met = isMet
    isMet = []
    var rows: [Int32] = []
    var found: [Int32] = []
    for row in entries.indices {
      let entry = entries[row]
      if entry < 0 || met[Int(entry)] { continue }
      met[Int(entry)] = true
      rows.append(Int32(truncatingIfNeeded: row))
      found.append(entry)
    }
    isMet = met
    return (rows, found)
  }

  /// For each hit, whether the log side wins. [MERGE-9]
  private func logWins(
    _ batch: RecordBatch, _ hits: (rows: [Int32], entries: [Int32])
  ) throws(LakeError) -> [Bool] {
    if table.columns.order.isEmpty { return [Bool](repeating: true, count: hits.rows.count) }
    var order = try MergeOrder(table.columns.orderTypes)
    order.append(table.columns.order.map { batch.columns[$0] }, rows: batch.count)
    var wins = table.order.isAtLeast(hits.entries, order, hits.rows)
    for (place, entry) in hits.entries.enumerated() where table.isFinal[Int(entry)] {
      wins[place] = true
    }
    return wins
  }

  // MARK: What leaves

  private func finished(_ rows: MergedRows) throws(LakeError) -> RecordBatch {
    var columns = rows.columns
    if options.deletedColumn != nil {
      columns.append(
        Column(
          .bool, count: rows.count,
          layout: .bits(
            rows.deleted.map { Bitmap($0) } ?? Bitmap(repeating: false, count: rows.count)))
      )
    }
    let batch = RecordBatch(schema, columns, count: rows.count)
    guard let admits = options.admits else { return batch }
    let times = batch.columns[try batch.schema.require(MetaField.commitTime.name)].decoded()
    return batch.filter(Self.admitted(times, admits))
  }

  private static func admitted(
    _ times: Column, _ admits: @Sendable (InstantTime) -> Bool
  ) -> Bitmap {
    let distinct = KeyTable()
    let entries = distinct.insert(times)
    var answers: [Bool?] = Array(repeating: nil, count: distinct.count)
    var bits = BitmapBuilder(capacity: times.count)
    for row in 0..<times.count {
      guard entries[row] >= 0 else {
        bits.append(false)
        continue
      }
      let entry = Int(entries[row])
      let answer = answers[entry] ?? InstantTime(times.string(row)).map(admits) ?? false
      answers[entry] = answer
      bits.append(answer)
    }
    return bits.take()
  }
}

/// Some merged rows before they become a batch.
struct MergedRows {
  var columns: [Column]
  var count: Int
  /// Which rows stand for deleted keys; nil: none.
  var deleted: [Bool]?
}

/// The rows that only the log side has.
struct LeftoverRows {
  private let table: LogTable
  private let rows: [Int32]
  private let isDelete: [Bool]
  private var at = 0

  init(_ table: LogTable, _ isMet: [Bool]) {
    self.table = table
    var isLeft = [Bool](repeating: false, count: table.rows.count)
    var isDelete = isLeft
    for entry in isMet.indices where !isMet[entry] && table.rowOf[entry] >= 0 {
      isLeft[Int(table.rowOf[entry])] = true
      isDelete[Int(table.rowOf[entry])] = table.isDelete[entry]
    }
    rows = isLeft.indices.filter { isLeft[$0] }.map { Int32($0) }
    self.isDelete = isDelete
  }

  mutating func next() -> MergedRows? {
    if at >= rows.count { return nil }
    let picks = Array(rows[at..<Swift.min(at + RecordBatch.targetRows, rows.count)])
    at += picks.count
    let isRun = Int(picks[picks.count - 1]) - Int(picks[0]) == picks.count - 1
    let range = Int(picks[0])..<Int(picks[0]) + picks.count
    return MergedRows(
      columns: table.rows.columns.map { isRun ? $0.slice(range) : $0.take(picks) },
      count: picks.count, deleted: table.showsDeletes ? picks.map { isDelete[Int($0)] } : nil)
  }
}
