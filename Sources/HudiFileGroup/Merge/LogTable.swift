// Spec: 10-merging. What the log files of a slice say about every key they touch.
import HudiModel
import LakeBase
import LakeColumns

/// The folded log side of a slice: one version per key, shared by threads, never changed.
public struct LogTable: Sendable {
  let columns: SliceColumns
  let policy: MergePolicy
  let keys: KeySet
  /// Per key: its row in `rows`, or −1 where the key is deleted and deletes are not shown.
  let rowOf: [Int32]
  /// Per key.
  let isDelete: [Bool]
  /// Per key: a delete that wins over every base row.
  let isFinal: [Bool]
  /// Per key; empty in commit-time mode.
  let order: MergeOrder
  /// The versions that won, in the order in which the log files hold them.
  let rows: RecordBatch
  /// Per wanted column: rows whose value stands; the others take the base row's. nil: all stand.
  let stands: [Bitmap?]
  let showsDeletes: Bool
  /// The keys that were taken; nil: all.
  let wanted: KeySet?

  public var keyCount: Int { keys.count }

  init(_ builder: LogTableBuilder, _ keys: KeySet, _ adapter: LogAdapter) throws(LakeError) {
    self.keys = keys
    showsDeletes = adapter.showsDeletes
    wanted = adapter.wanted
    columns = builder.columns
    policy = builder.policy
    let head = builder.head
    let marks = builder.marks
    isDelete = head.map { marks[Int($0)].contains(.delete) }
    isFinal = head.map { marks[Int($0)].contains([.delete, .unordered]) }
    order = builder.columns.order.isEmpty ? builder.order : builder.order.take(head)
    var places = [Int32](repeating: -1, count: head.count)
    var kept: [Int32] = []
    for record in marks.indices {
      let entry = Int(builder.entryOf[record])
      guard head[entry] == Int32(record), showsDeletes || !isDelete[entry] else { continue }
      places[entry] = Int32(kept.count)
      kept.append(Int32(record))
    }
    rowOf = places
    if builder.isComposing {
      (rows, stands) = try LogComposition(builder).compose(kept)
    } else {
      rows = try Self.gather(builder, kept)
      stands = []
    }
  }

  /// The kept records, which ascend, column by column out of their batches.
  private static func gather(
    _ builder: LogTableBuilder, _ kept: [Int32]
  ) throws(LakeError) -> RecordBatch {
    var picks: [(rows: RecordBatch, picks: [Int32])] = []
    var at = 0
    for part in builder.parts {
      let start = at
      while at < kept.count && Int(kept[at]) < part.first + part.count { at += 1 }
      guard let rows = part.rows, at > start else { continue }
      picks.append((rows, kept[start..<at].map { $0 - Int32(part.first) }))
    }
    builder.parts = []
    var columns: [Column] = []
    for (place, field) in builder.columns.wanted.fields.enumerated() {
      let taken = picks.map { pick in
        pick.picks.count == pick.rows.count
          ? pick.rows.columns[place] : pick.rows.columns[place].take(pick.picks)
      }
      columns.append(try Column.concat(taken, as: field.type))
    }
    return RecordBatch(builder.columns.wanted, columns, count: kept.count)
  }

  /// Whether value-filled gaps of the policy concern a row of a column. Used for base rows too.
  static func gaps(
    _ column: Column, _ partial: MergePolicy.PartialUpdate?, _ filler: Scalar
  ) -> Bitmap? {
    switch partial {
    case nil: return nil
    case .fillUnavailable(let mark):
      let plain = column.decoded()
      guard plain.type == .string || plain.type == .binary else { return nil }
      return plain.rows(equalTo: Array(mark.utf8))
    case .ignoreDefaults:
      if filler == .null {
        return column.nullCount == 0
          ? nil : Bitmap((0..<column.count).map { column.isNull($0) })
      }
      return Bitmap((0..<column.count).map { column.scalar($0) == filler })
    }
  }
}
