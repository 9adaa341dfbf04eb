// Spec: 10-merging. The log side of a slice, folded record by record to one version of every key.
import HudiModel
import LakeBase
import LakeColumns

/// Takes the entries of a slice's log files in merge order and keeps, for every key, the version
/// that won so far. Owned by one worker.
public final class LogTableBuilder {
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
  private let adapter: LogAdapter
  private let table = KeyTable()
  var parts: [Part] = []
  var order: MergeOrder
  /// Per record.
  var marks: [LogVersions.Mark] = []
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

  public init(_ adapter: LogAdapter) throws(LakeError) {
    self.adapter = adapter
    columns = adapter.columns
    policy = adapter.policy
    order = try MergeOrder(columns.orderTypes)
    isComposing = policy.partialUpdate != nil
  }

  /// Bytes held, for budgets.
  public var byteCount: Int {
    heldBytes + table.byteCount + order.byteCount + marks.count * 9 + head.count * 8
  }

  public var keyCount: Int { head.count }

  public func add(_ entries: LogEntries) throws(LakeError) {
    if let versions = try adapter.versions(of: entries) { fold(versions) }
  }

  // MARK: Folding

  func fold(_ versions: LogVersions) {
    let first = marks.count
    precondition(first + versions.count < Int(Int32.max), "record numbers are 32 bits wide")
    if versions.present != nil { startComposing() }
    let entries = table.insert(versions.keys)
    parts.append(
      Part(
        first: first, count: versions.count, rows: versions.rows, present: versions.present))
    heldBytes += versions.rows?.byteCount ?? 0
    if !versions.order.isEmpty { order.append(versions.order, rows: versions.count) }
    marks.append(contentsOf: versions.marks)
    entryOf.append(contentsOf: entries)
    if head.count < table.count {
      head.append(contentsOf: repeatElement(-1, count: table.count - head.count))
    }
    if isComposing {
      next.append(contentsOf: repeatElement(-1, count: marks.count - next.count))
      tail.append(contentsOf: repeatElement(-1, count: head.count - tail.count))
      compose(entries, first, isFull: versions.present == nil)
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
    _ new: LogVersions.Mark, _ old: LogVersions.Mark, _ isAtLeast: Bool, _ isLess: Bool
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
    try LogTable(self, table.freeze(), adapter)
  }
}
