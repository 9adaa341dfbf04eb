// The naive table: what the rows of a table must be, written without any of the table's own code.
import LakeColumns

/// One row as the oracle keeps it.
public struct OracleRow: Sendable, Hashable, CustomStringConvertible {
  public var partition: String
  public var key: String
  /// Larger wins where event time decides.
  public var ordering: Int64
  /// A change that removes the key.
  public var isDelete: Bool
  /// The whole row, one value per column of the test's schema; empty for a bare delete.
  public var values: [Scalar]

  public init(
    partition: String = "", key: String, ordering: Int64 = 0, isDelete: Bool = false,
    values: [Scalar] = []
  ) {
    self.partition = partition
    self.key = key
    self.ordering = ordering
    self.isDelete = isDelete
    self.values = values
  }

  public var description: String {
    "\(partition)/\(key)@\(ordering)\(isDelete ? " deleted" : "") \(values)"
  }
}

/// A dictionary per instant. Merging, rolling back and travelling in time are spelled out row by
/// row.
public struct Oracle: Sendable {
  /// Which of two versions of a key stays.
  public enum Merging: Sendable, CaseIterable {
    /// The later commit, and within one commit the later row.
    case commitTime
    /// The larger ordering value; of equal ones the later.
    case eventTime
    /// The first version ever seen.
    case first
  }

  /// Where a key must be unique.
  public enum Uniqueness: Sendable { case partition, table }

  /// What an insert does with a key that is there.
  public enum Existing: Sendable {
    /// A second row with the same key.
    case duplicate
    /// The row that is there stays.
    case keep
    /// As an upsert.
    case merge
  }

  /// Names are compared by bytes.
  private struct Key: Hashable, Comparable {
    let partition: [UInt8]
    let key: [UInt8]

    static func < (left: Key, right: Key) -> Bool {
      if left.partition != right.partition {
        return left.partition.lexicographicallyPrecedes(right.partition)
      }
      return left.key.lexicographicallyPrecedes(right.key)
    }
  }

  private typealias Rows = [Key: [OracleRow]]

  private struct Commit {
    let instant: String
    let rows: Rows
    /// Keys this commit inserted or updated.
    let written: Set<Key>
    /// Keys this commit removed.
    let removed: Set<Key>
  }

  public let merging: Merging
  public let uniqueness: Uniqueness
  private var commits: [Commit] = []
  private var savepoints: Set<String> = []

  public init(_ merging: Merging = .commitTime, uniqueness: Uniqueness = .partition) {
    self.merging = merging
    self.uniqueness = uniqueness
  }

  /// Completed instants, oldest first.
  public var instants: [String] { commits.map(\.instant) }

  private var current: Rows { commits.last?.rows ?? [:] }

  private func key(_ row: OracleRow) -> Key {
    Key(partition: Array(row.partition.utf8), key: Array(row.key.utf8))
  }

  // MARK: Writing

  private mutating func complete(_ instant: String, _ rows: Rows) {
    let before = current
    var written: Set<Key> = []
    for (key, versions) in rows where before[key] != versions { written.insert(key) }
    let removed = Set(before.keys).subtracting(rows.keys)
    commits.append(Commit(instant: instant, rows: rows, written: written, removed: removed))
  }

  /// The version that stays of an older and a newer one.
  private func winner(_ old: OracleRow, _ new: OracleRow) -> OracleRow {
    switch merging {
    case .commitTime: new
    case .eventTime: new.ordering >= old.ordering ? new : old
    case .first: old
    }
  }

  /// One row per key of a batch, in the order in which the keys first appear.
  private func distinct(_ batch: [OracleRow]) -> [OracleRow] {
    var order: [Key] = []
    var kept: [Key: OracleRow] = [:]
    for row in batch {
      let key = identity(row)
      if let old = kept[key] {
        kept[key] = winner(old, row)
      } else {
        order.append(key)
        kept[key] = row
      }
    }
    return order.compactMap { kept[$0] }
  }

  /// What makes two rows the same row.
  private func identity(_ row: OracleRow) -> Key {
    uniqueness == .table ? Key(partition: [], key: Array(row.key.utf8)) : key(row)
  }

  /// Where the row with that identity lies now.
  private func places(_ row: OracleRow, _ rows: Rows) -> [Key] {
    if uniqueness == .partition { return rows[key(row)] == nil ? [] : [key(row)] }
    let wanted = Array(row.key.utf8)
    return rows.keys.filter { $0.key == wanted }
  }

  /// Inserts new keys and merges into those that are there. A row that lost changes nothing; one
  /// that won stands in its own partition.
  public mutating func upsert(_ batch: [OracleRow], at instant: String) {
    var rows = current
    for row in distinct(batch) { merge(row, &rows) }
    complete(instant, rows)
  }

  private func merge(_ row: OracleRow, _ rows: inout Rows) {
    let places = places(row, rows)
    if places.isEmpty {
      if !row.isDelete { rows[key(row)] = [row] }
      return
    }
    for place in places {
      let versions = rows[place] ?? []
      let kept = versions.map { winner($0, row) }
      if kept == versions { continue }
      rows[place] = nil
      if !row.isDelete { rows[key(row)] = Array(repeating: row, count: versions.count) }
    }
  }

  /// Adds rows. Rows of one batch with equal keys are merged first if `merges`.
  public mutating func insert(
    _ batch: [OracleRow], at instant: String, existing: Existing = .duplicate, merges: Bool = false
  ) {
    var rows = current
    for row in merges ? distinct(batch) : batch where !row.isDelete {
      switch (existing, places(row, rows).isEmpty) {
      case (.duplicate, _): rows[key(row), default: []].append(row)
      case (_, true): rows[key(row)] = [row]
      case (.keep, false): continue
      case (.merge, false): merge(row, &rows)
      }
    }
    complete(instant, rows)
  }

  /// Removes keys whatever their ordering values are. Unknown ones are ignored.
  public mutating func delete(_ keys: [OracleRow], at instant: String) {
    var rows = current
    for row in keys { for place in places(row, rows) { rows[place] = nil } }
    complete(instant, rows)
  }

  /// Replaces the content of every partition that occurs in the batch.
  public mutating func insertOverwrite(_ batch: [OracleRow], at instant: String) {
    let touched = Set(batch.map { Array($0.partition.utf8) })
    var rows = current.filter { !touched.contains($0.key.partition) }
    for row in distinct(batch) where !row.isDelete { rows[key(row)] = [row] }
    complete(instant, rows)
  }

  /// Replaces the whole table.
  public mutating func overwriteTable(_ batch: [OracleRow], at instant: String) {
    var rows: Rows = [:]
    for row in distinct(batch) where !row.isDelete { rows[key(row)] = [row] }
    complete(instant, rows)
  }

  public mutating func deletePartitions(_ partitions: [String], at instant: String) {
    let gone = Set(partitions.map { Array($0.utf8) })
    complete(instant, current.filter { !gone.contains($0.key.partition) })
  }

  /// Compaction, clustering, cleaning, archiving: an instant that changes no row (I13).
  public mutating func service(at instant: String) { complete(instant, current) }

  /// Takes the newest commit back, as if it had never been. False when it is not the newest.
  @discardableResult
  public mutating func rollback(_ instant: String) -> Bool {
    guard commits.last?.instant == instant else { return false }
    commits.removeLast()
    return true
  }

  public mutating func savepoint(_ instant: String) { savepoints.insert(instant) }

  /// Takes back every commit after `instant`. False when it is no savepoint.
  @discardableResult
  public mutating func restore(to instant: String) -> Bool {
    guard savepoints.contains(instant),
      let index = commits.firstIndex(where: { $0.instant == instant })
    else { return false }
    commits.removeSubrange((index + 1)...)
    return true
  }

  // MARK: Reading

  private func sorted(_ rows: Rows, _ wanted: (Key) -> Bool) -> [OracleRow] {
    rows.filter { wanted($0.key) }.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  /// All rows after `instant`, or now, sorted by partition and key.
  public func snapshot(asOf instant: String? = nil) -> [OracleRow] {
    guard let instant else { return sorted(current) { _ in true } }
    let last = commits.last { $0.instant <= instant }
    return sorted(last?.rows ?? [:]) { _ in true }
  }

  /// Rows that changed after `begin` and up to `end`, in their state at the end: what an
  /// incremental query gives. Removed keys are listed apart, with partition and key alone.
  public func changes(after begin: String, upTo end: String? = nil)
    -> (written: [OracleRow], removed: [OracleRow])
  {
    let window = commits.filter { commit in
      commit.instant > begin && (end.map { commit.instant <= $0 } ?? true)
    }
    let final = window.last?.rows ?? [:]
    let before = commits.last { $0.instant <= begin }?.rows ?? [:]
    var written: Set<Key> = []
    for commit in window { written.formUnion(commit.written) }
    let removed = Set(before.keys).subtracting(final.keys).sorted().map { key in
      OracleRow(
        partition: String(decoding: key.partition, as: UTF8.self),
        key: String(decoding: key.key, as: UTF8.self), isDelete: true)
    }
    return (sorted(final) { written.contains($0) }, removed)
  }

  /// How many keys occur more than once (I10).
  public var duplicates: Int { current.values.count { $0.count > 1 } }

  /// The states a reader may see while a command runs or after it crashed: before and after.
  public func states(around command: (inout Oracle) -> Void) -> (before: Oracle, after: Oracle) {
    var after = self
    command(&after)
    return (self, after)
  }
}
