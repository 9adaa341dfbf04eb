// Merging against a model that goes record by record, on random slices.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

/// The rules of merging as they are written down, one record at a time.
struct MergeModel {
  /// A version of a key.
  struct Version {
    var row: [String: Scalar]
    var isDelete: Bool
    /// nil: the default.
    var order: [Int64]?
    /// Columns that the row does not have.
    var absent: Set<String> = []

    var isFinal: Bool { isDelete && order == nil }
  }

  let policy: MergePolicy
  let columns: [String]

  private func version(_ entry: MergeCase.Entry) -> (key: String, Version, isEntry: Bool) {
    switch entry {
    case .row(let row, _):
      let isDelete = row[MetaField.isDeleted] == .bool(true)
      var order: [Int64]? = policy.orderingFields.map { row[$0]?.number ?? 0 }
      if isDelete, policy.orderingFields.isEmpty { order = nil }
      if isDelete, policy.orderingFields.count == 1, row[policy.orderingFields[0]] == .null {
        order = nil
      }
      return (row["id"]?.text ?? "", Version(row: row, isDelete: isDelete, order: order), false)
    case .partial(let row, _):
      let order = policy.orderingFields.map { row[$0]?.number ?? 0 }
      // The block names the key in its meta column only.
      let absent = Set(columns.filter { $0 == "id" || row[$0] == nil })
      var stored = row
      stored["id"] = nil
      return (
        row["id"]?.text ?? "", Version(row: stored, isDelete: false, order: order, absent: absent),
        false
      )
    case .delete(let key, let ordering, _):
      let order = policy.orderingFields.isEmpty ? nil : ordering.map { [$0] }
      return (key, Version(row: ["id": .string(key)], isDelete: true, order: order), true)
    }
  }

  private func isLess(_ a: [Int64]?, _ b: [Int64]?) -> Bool {
    (a ?? [0]).lexicographicallyPrecedes(b ?? [0])
  }

  private func newWins(_ new: Version, _ old: Version, isEntry: Bool) -> Bool {
    if policy.orderingFields.isEmpty { return true }
    if isEntry {
      if old.isFinal { return false }
      return new.isFinal || !isLess(new.order, old.order)
    }
    return new.isFinal || old.isFinal || !isLess(new.order, old.order)
  }

  private func composed(_ high: Version, _ low: Version) -> Version {
    if high.isDelete || low.isDelete { return high }
    var made = high
    for column in columns {
      if high.absent.contains(column) {
        made.row[column] = low.row[column]
        if !low.absent.contains(column) { made.absent.remove(column) }
      } else if policy.partialUpdate == .ignoreDefaults, (high.row[column] ?? .null) == .null,
        !low.absent.contains(column)
      {
        made.row[column] = low.row[column]
      }
    }
    return made
  }

  func rows(_ made: MergeCase) -> [String: [[String: Scalar]]] {
    var buffer: [String: Version] = [:]
    for entry in made.logs {
      let (key, new, isEntry) = version(entry)
      guard let old = buffer[key] else {
        buffer[key] = new
        continue
      }
      buffer[key] =
        newWins(new, old, isEntry: isEntry) ? composed(new, old) : composed(old, new)
    }
    var result: [String: [[String: Scalar]]] = [:]
    for row in made.base {
      let key = row["id"]?.text ?? ""
      guard let held = buffer.removeValue(forKey: key) else {
        result[key, default: []].append(row)
        continue
      }
      let order = policy.orderingFields.map { row[$0]?.number ?? 0 }
      let base = Version(row: row, isDelete: false, order: order)
      let logWins =
        policy.orderingFields.isEmpty || held.isFinal || !isLess(held.order, base.order)
      let merged = logWins ? composed(held, base) : composed(base, held)
      if !merged.isDelete { result[key, default: []].append(merged.row) }
    }
    for (key, held) in buffer where !held.isDelete { result[key, default: []].append(held.row) }
    return result
  }
}

@Suite("Merging and its model") struct MergeModelTests {
  static let names = ["id", "ts", "v", "n", MetaField.isDeleted]

  static func slice(_ random: SeededRandom, _ policy: MergePolicy) -> MergeCase {
    var made = MergeCase()
    made.columns = names
    made.policy = policy
    let keys = 1 + Int(random.next() % 30)
    func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    func row(_ key: String, nullTime: Bool) -> [String: Scalar] {
      [
        "id": .string(key), "ts": nullTime && pick(8) == 0 ? .null : .int(Int64(pick(6)) - 1),
        "v": pick(3) == 0 ? .null : .string("v\(pick(1_000))"),
        "n": pick(3) == 0 ? .null : .int(Int64(pick(3))),
        MetaField.isDeleted: pick(6) == 0 ? .bool(true) : pick(2) == 0 ? .bool(false) : .null,
      ]
    }
    for key in 0..<keys where pick(3) > 0 {
      for _ in 0..<(pick(12) == 0 ? 2 : 1) {
        made.base.append(row("k\(key)", nullTime: true))
      }
    }
    made.hasBase = pick(5) > 0
    if !made.hasBase { made.base = [] }
    let hasPartials = policy.partialUpdate == nil && pick(2) == 0
    for _ in 0..<pick(80) {
      let key = "k\(pick(keys + 5))"
      switch pick(8) {
      case 0:
        let ordering = policy.orderingFields.count == 1 && pick(2) == 0 ? Int64(pick(6)) - 1 : nil
        made.logs.append(.delete(key, ordering: ordering, instant: MergeCase.instant))
      case 1,
        2 where hasPartials:
        var some = row(key, nullTime: false)
        for column in ["v", "n"] where pick(2) == 0 { some[column] = nil }
        some[MetaField.isDeleted] = nil
        made.logs.append(.partial(some, instant: MergeCase.instant))
      default: made.logs.append(.row(row(key, nullTime: true), instant: MergeCase.instant))
      }
    }
    made.blockRows = 1 + pick(20)
    made.baseBatchRows = 1 + pick(20)
    return made
  }

  @Test(
    "any slice in any batches gives what the model gives",
    .spec("MERGE-24", "MERGE-8", "MERGE-9", "MERGE-14", "MERGE-16", "MERGE-18", "MERGE-23"),
    arguments: [
      MergePolicy.commitTime, .eventTime(["ts"]), .eventTime(["ts", "n"]),
      MergePolicy(partialUpdate: .ignoreDefaults),
      MergePolicy(orderingFields: ["ts"], partialUpdate: .ignoreDefaults),
    ])
  func random(_ policy: MergePolicy) throws {
    var parts = 0
    for seed in 0..<100 {
      let random = SeededRandom(UInt64(seed))
      let made = Self.slice(random, policy)
      let model = MergeModel(policy: policy, columns: made.columns).rows(made)
      let wanted = model.values.flatMap { SliceReaderTests.text($0, Self.names) }.sorted()
      let found = SliceReaderTests.text(try made.read().1, Self.names).sorted()
      // The same with hardly any memory, in parts.
      let parted = try made.read(budget: 3_000)
      if parted.rows.count == wanted.count { parts = max(parts, parted.parts) }
      #expect(SliceReaderTests.text(parted.rows, Self.names).sorted() == wanted, "seed \(seed)")
      if found != wanted {
        Issue.record("seed \(seed): \(zip(found, wanted).first { $0 != $1 } ?? ("", ""))")
        return
      }
    }
    #expect(parts > 1)
  }
}
