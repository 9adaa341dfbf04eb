// A small table on a simulated disk, and what it must hold.
import Lake
import LakeTestKit

/// One change to the small table.
enum SmallChange: Sendable {
  case create
  case upsert([SmallRow])
  case insert([SmallRow])
  case bulkInsert([SmallRow])
  case delete([SmallRow])
}

struct SmallRow: Sendable, Hashable {
  let id: String
  let city: String
  let value: Int64
  let order: Int64

  init(_ id: String, _ city: String, _ value: Int64, _ order: Int64 = 1) {
    self.id = id
    self.city = city
    self.value = value
    self.order = order
  }
}

/// Runs changes through the real write path.
struct SmallTable {
  static let schema = Schema([
    Field("id", .string, nullable: false), Field("city", .string, nullable: false),
    Field("value", .int64), Field("ord", .int64, nullable: false),
  ])

  let storage: SimStorage
  var version = TableVersion.nine
  var world: World

  init(_ storage: SimStorage, version: TableVersion = .nine, seed: UInt64 = 3, clock: any WallClock)
  {
    self.storage = storage
    self.version = version
    world = TestWorld.make(seed: seed, clock: clock)
  }

  static func batch(_ rows: [SmallRow]) throws(LakeError) -> RecordBatch {
    let builder = BatchBuilder(schema)
    for row in rows {
      try builder.append([
        .string(row.id), .string(row.city), .int(row.value), .int(row.order),
      ])
    }
    return builder.finish()
  }

  func config() throws(LakeError) -> TableConfig {
    var options = TableOptions()
    options.name = "small"
    options.version = version
    options.keyFields = ["id"]
    options.partitionFields = ["city"]
    options.orderingFields = ["ord"]
    return try options.config()
  }

  /// Carries a change out; returns the instant, if there is one.
  @discardableResult
  func run(_ change: SmallChange) throws(LakeError) -> InstantTime? {
    if case .create = change {
      _ = try LakeTable.create(storage, try config(), world)
      return nil
    }
    let table = try LakeTable.open(storage, world)
    func commit(_ operation: WriteOperation, _ rows: [SmallRow]) throws(LakeError) -> InstantTime? {
      let batch = try Self.batch(rows)
      let source = MemoryBatches(batch.schema, [batch])
      return try table.commit(operation, source).instant?.requested
    }
    switch change {
    case .create: return nil
    case .upsert(let rows): return try commit(.upsert, rows)
    case .insert(let rows): return try commit(.insert, rows)
    case .bulkInsert(let rows): return try commit(.bulkInsert, rows)
    case .delete(let rows): return try commit(.delete, rows)
    }
  }

  /// All rows, sorted by their text; nil when there is no table.
  func rows(asOf: InstantTime? = nil) throws(LakeError) -> [SmallRow]? {
    let table: LakeTable
    do throws(LakeError) { table = try LakeTable.open(storage, world) } catch {
      if error.code == .tableNotFound { return nil }
      throw error
    }
    let snapshot = try Snapshot(table.context, asOf: asOf)
    if snapshot.schema == nil { return [] }
    var scan = try SnapshotScan(snapshot, ScanOptions())
    var rows: [SmallRow] = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        rows.append(
          SmallRow(
            batch.columns[0].string(row), batch.columns[1].string(row),
            batch.columns[2].value(row, as: Int64.self),
            batch.columns[3].value(row, as: Int64.self)))
      }
    }
    return Self.sorted(rows)
  }

  func check() throws(LakeError) -> [CheckFinding] {
    let table = try LakeTable.open(storage, world)
    return try TableCheck(table.context, allowsDuplicateKeys: true).run()
  }

  static func sorted(_ rows: [SmallRow]) -> [SmallRow] {
    rows.sorted {
      ($0.city, $0.id, $0.value, $0.order) < ($1.city, $1.id, $1.value, $1.order)
    }
  }

  /// The rows after a change, computed without any of lake's code.
  static func model(_ before: [SmallRow], _ change: SmallChange) -> [SmallRow] {
    func key(_ row: SmallRow) -> String { row.city + "\u{0}" + row.id }
    switch change {
    case .create: return []
    case .insert(let rows), .bulkInsert(let rows): return sorted(before + rows)
    case .delete(let rows):
      let gone = Set(rows.map(key))
      return sorted(before.filter { !gone.contains(key($0)) })
    case .upsert(let rows):
      var latest: [String: SmallRow] = [:]
      for row in before { latest[key(row)] = row }
      for row in rows where row.order >= latest[key(row)]?.order ?? Int64.min {
        latest[key(row)] = row
      }
      return sorted(Array(latest.values))
    }
  }
}
