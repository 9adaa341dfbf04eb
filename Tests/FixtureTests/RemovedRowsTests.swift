// Pulls with deletes between the moments of foreign tables: applied to the golden answer of one
// moment they give that of the next.
import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite(
  "Pulls with deletes of foreign tables",
  .enabled(if: Fixtures.arePresent, "the fixtures are absent")
)
struct RemovedRowsTests {
  /// Golden answers of different moments have different columns here, so that rows that nobody
  /// touched differ.
  static let reshaped: Set<String> = [
    "cow-v6_schema_on_read", "cow-v9_schema_on_read", "cow-v9_evolve_add_promote",
    "cow-v6_clustering_h0150", "mor-v9_schema_change",
  ]

  /// Rows that changed or came back and kept the time of an older write: a late record of lower
  /// order fills gaps of the row that wins, or takes back a delete without order.
  static let oldTimes: Set<String> = [
    "mor-v6_clustering_overwrite_h0150", "mor-v6_log_compaction_h0150", "mor-v6_plain_avro_h0150",
    "mor-v6_plain_avro_h120", "mor-v6_plain_mixed_nomdt_h0150", "mor-v8_plain_mixed",
    "mor-v8_plain_mixed_h102", "mor-v8_sql_partial_blocks_h102",
    "mor-v9_merge_two_ordering_fields", "mor-v9_partial_fill_unavailable",
    "mor-v9_partial_ignore_defaults_commit", "mor-v9_partial_ignore_defaults_event",
    "mor-v9_payload_partial_update", "mor-v9_payload_postgres_debezium", "mor-v9_plain_avro",
    "mor-v9_plain_parquet_nomdt", "mor-v9_sql_partial_late",
  ]

  private struct Tally {
    var pairs = 0
    var removed = 0
    var expired = 0
    var skipped = 0
    var oldTimes = 0
  }

  @Test("from moment to moment", .spec("QUERY-40", "QUERY-41"))
  func moments() throws {
    var tally = Tally()
    try Fixtures.forEachTable { table, archive in
      if table.isMetadataTable { return }
      if Deviation.all[table.fixture] != nil { return }
      do {
        try compare(table, try #require(try table.golden()), try table.storage(archive), &tally)
      } catch {
        Issue.record("\(table.fixture): \(error)")
      }
    }
    #expect(tally.pairs > 500)
    Fixtures.report("pulls with deletes equal", cases: tally.pairs)
    Fixtures.report("pulls with deletes: removed keys", cases: tally.removed)
    Fixtures.report("pulls with deletes: expired", cases: tally.expired)
    Fixtures.report("pulls with deletes: not comparable", cases: tally.skipped)
    Fixtures.report("pulls with deletes: changed rows of older times", cases: tally.oldTimes)
  }

  /// Rows by partition and key; nil where a key is there twice.
  private func state(_ rows: [JSONValue]) -> [String: JSONValue]? {
    var state: [String: JSONValue] = [:]
    for row in rows {
      guard let key = row["_hoodie_record_key"]?.string,
        let partition = row["_hoodie_partition_path"]?.string,
        state.updateValue(row, forKey: partition + "\n" + key) == nil
      else { return nil }
    }
    return state
  }

  private func compare(
    _ table: FixtureTable, _ golden: JSONValue, _ storage: MemoryStorage, _ tally: inout Tally
  ) throws {
    if Self.reshaped.contains(table.fixture) { return }
    let lake = try LakeTable.open(storage, TestWorld.make())
    guard lake.config.populatesMetaFields else { return }
    let timeline = try lake.context.store.load()
    // Moments go by requests and pulls by completions: where the orders are the same.
    let writes = timeline.completedWrites
    guard writes.map(\.completionOrder) == writes.map(\.completionOrder).sorted() else {
      tally.skipped += 1
      return
    }
    var moments: [(time: InstantTime, rows: [String: JSONValue])] = []
    for (time, answer) in golden["asOf"]?.object ?? [] {
      guard let rows = answer.array, let state = state(rows) else { continue }
      moments.append((try InstantTime(parsing: time), state))
    }
    moments.sort { $0.time < $1.time }
    for from in moments.indices {
      for to in moments.indices where to > from {
        let about = "\(table.fixture) from \(moments[from].time) to \(moments[to].time)"
        try compare(
          lake, about, moments[from], moments[to],
          mayKeepTimes: Self.oldTimes.contains(table.fixture), &tally)
      }
    }
  }

  /// nil: expired.
  private func pull(
    _ lake: LakeTable, _ about: String, _ from: String, _ to: String
  ) -> IncrementalScan? {
    var options = ScanOptions()
    options.includesMetaColumns = true
    do { return try lake.changesSince(from, to: to, options, withDeletes: true) } catch {
      if error.code != .rangeExpired { Issue.record("\(about): \(error)") }
      return nil
    }
  }

  private func compare(
    _ lake: LakeTable, _ about: String, _ from: (time: InstantTime, rows: [String: JSONValue]),
    _ to: (time: InstantTime, rows: [String: JSONValue]), mayKeepTimes: Bool,
    _ tally: inout Tally
  ) throws {
    guard let found = pull(lake, about, from.time.text, to.time.text) else {
      tally.expired += 1
      return
    }
    var scan = found
    let schema = try #require(try lake.snapshot().schema).columns
    var names = Set(schema.fields.map(\.name) + MetaField.fields.map(\.name))
    // Rewriting renames the file of a row that is otherwise as it was.
    names.remove(MetaField.fileName.name)
    for row in to.rows.values.prefix(1) {
      names.formIntersection((row.object ?? []).map(\.name))
    }
    let spelling = RowSpelling(names: names, asText: [])
    let all = Schema(MetaField.fields + schema.fields)
    var state = from.rows.mapValues { spelling.text($0, all) }
    while let batch = try scan.next() {
      let marker = try #require(batch[MetaField.isDeleted])
      let texts = spelling.texts([batch])
      for row in 0..<batch.count {
        let key = batch.columns[3].string(row) + "\n" + batch.columns[2].string(row)
        if batch.columns[0].isNull(row) {
          #expect(marker.scalar(row) == .bool(true))
          #expect(state.removeValue(forKey: key) != nil, "\(about): \(key)")
          tally.removed += 1
        } else {
          state[key] = texts[row]
        }
      }
    }
    let expected = to.rows.mapValues { spelling.text($0, all) }
    tally.pairs += 1
    if state == expected { return }
    for (key, row) in expected.sorted(by: { $0.key < $1.key }) where state[key] != row {
      let time = to.rows[key]?["_hoodie_commit_time"]?.string ?? ""
      if mayKeepTimes && time <= from.time.text {
        tally.oldTimes += 1
        continue
      }
      Issue.record("\(about): \(state[key] ?? "nothing") instead of \(row)")
      break
    }
    for key in state.keys.sorted() where expected[key] == nil {
      Issue.record("\(about): not gone: \(key)")
      break
    }
  }
}
