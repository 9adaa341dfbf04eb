// Every foreign table that can be read: scans with conditions on its own values, pruned and not.
import Lake
import LakeTestKit
import Testing

@Suite("Foreign tables, pruned", .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct PruningTests {
  struct Tally {
    var tables = 0
    var conditions = 0
    var refused = 0
    var pruned: [ScanExplanation.Reason: Int] = [:]
  }

  @Test(
    "a pruned scan yields the rows of the full one on every foreign table",
    .spec("PRUNE-1", "PRUNE-3", "PRUNE-7", "PRUNE-8", "PRUNE-11", "PRUNE-12", "PRUNE-14"),
    .spec("MERGE-29", "PRUNE-22"))
  func tables() throws {
    var tally = Tally()
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable else { return }
      do { try compare(table, archive, &tally) } catch {
        Issue.record("\(table.fixture): \(error)")
      }
    }
    #expect(tally.tables > 90)
    for reason: ScanExplanation.Reason in [
      .partitionValues, .footerStatistics, .keyFilter, .columnStatistics,
    ] { #expect(tally.pruned[reason, default: 0] > 10, "\(reason)") }
    #expect(tally.pruned[.partitionStatistics, default: 0] > 3)
    #expect(tally.pruned[.recordIndex, default: 0] > 3)
    Fixtures.report("pruning: tables", cases: tally.tables)
    Fixtures.report("pruning: tables refused", cases: tally.refused)
    Fixtures.report("pruning: conditions", cases: tally.conditions)
    for (reason, count) in tally.pruned {
      Fixtures.report("pruning: \(reason.text)", cases: count)
    }
  }

  private func compare(
    _ table: FixtureTable, _ archive: ZipArchive, _ tally: inout Tally
  ) throws {
    let storage = try table.storage(archive, withMetadata: true)
    let options = ScanOptions(includesMetaColumns: true)
    let snapshot: Snapshot
    let all: [RecordBatch]
    do throws(LakeError) {
      snapshot = try LakeTable.open(storage).snapshot()
      all = try Self.batches(try SnapshotScan(snapshot, options))
    } catch {
      #expect(
        error.kind == .unsupported || error.kind == .invalidInput, "\(table.fixture): \(error)")
      tally.refused += 1
      return
    }
    tally.tables += 1
    guard let first = all.first else { return }
    let gen = Gen(seed: UInt64(table.fixture.utf8.reduce(7) { $0 &* 31 &+ Int($1) }.magnitude))
    let keys = all.flatMap { batch in
      (0..<batch.count).compactMap { batch["_hoodie_record_key"]?.scalar($0) }
    }
    let hasKeysOnce = Set(keys).count == keys.count
    for _ in 0..<8 {
      guard let condition = Self.condition(first, gen) else { continue }
      var narrowed = options
      narrowed.usesIndexes = hasKeysOnce
      narrowed.predicate = try RowPredicate(condition, zoneOffset: 0)
      let plan = try ScanPlan(snapshot, narrowed, .explaining)
      let found = try Self.texts(Self.batches(SnapshotScan(plan)))
      var expected: [String] = []
      for batch in all {
        let kept = batch.filter(try RowPredicate(condition, zoneOffset: 0).evaluate(batch))
        expected += Self.texts([kept])
      }
      #expect(found == expected, "\(table.fixture): \(condition)")
      var doubting = narrowed
      doubting.believesStatistics = false
      let whole = try ScanPlan(snapshot, doubting, .explaining)
      #expect(
        whole.explanation.rows.allSatisfy {
          $0.isKept || $0.reason == .partitionValues || $0.reason == .empty
        },
        "\(table.fixture): \(condition)")
      tally.conditions += 1
      for row in plan.explanation.rows where !row.isKept {
        tally.pruned[row.reason, default: 0] += 1
      }
    }
  }

  private static func batches(_ scan: SnapshotScan) throws(LakeError) -> [RecordBatch] {
    var scan = scan
    var batches: [RecordBatch] = []
    while let batch = try scan.next() { batches.append(batch) }
    return batches
  }

  private static func texts(_ batches: [RecordBatch]) -> [String] {
    batches.flatMap { batch in
      (0..<batch.count).map { row in
        batch.columns.map { "\($0.scalar(row))" }.joined(separator: "|")
      }
    }
  }

  /// One or two comparisons with values that the table has.
  private static func condition(_ batch: RecordBatch, _ gen: Gen) -> String? {
    var parts: [String] = []
    for _ in 0..<gen.number(1..<3) {
      let place = gen.number(0..<batch.schema.count)
      let field = batch.schema.fields[place]
      let name = "\"\(field.name)\""
      if gen.chance(6) {
        parts.append("\(name) is \(gen.pick(["", "not "]))null")
        continue
      }
      let value = batch.columns[place].scalar(gen.number(0..<batch.count))
      guard let text = literal(value, field.type) else { continue }
      parts.append("\(name) \(gen.pick(["=", "=", "<", "<=", ">", ">="])) \(text)")
    }
    return parts.isEmpty ? nil : parts.joined(separator: gen.pick([" and ", " and ", " or "]))
  }

  private static func literal(_ value: Scalar, _ type: ColumnType) -> String? {
    switch (value, type) {
    case (.bool(let flag), _): return flag ? "true" : "false"
    case (.int(let days), .date): return "'\(Civil.date(days))'"
    case (.int(let micros), .timestamp(.micro, utc: true)): return "\(micros)"
    case (.int(let number), .int8), (.int(let number), .int16), (.int(let number), .int32),
      (.int(let number), .int64):
      return "\(number)"
    case (.double(let number), _): return number.isFinite ? "\(number)" : nil
    case (.float(let number), _): return number.isFinite ? "\(number)" : nil
    case (.decimal(let number), .decimal(_, let scale)): return Civil.decimal(number, scale)
    case (.string(let text), _): return "'" + text.replacing("'", with: "''") + "'"
    default: return nil
    }
  }
}
