// Read-optimised and incremental answers of every fixture table against those of Spark.
import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Pulls of foreign tables", .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct IncrementalTests {
  /// Golden errors and answers that are not ours, each with its reason.
  static let deviations: [String: (code: LakeCode?, reason: String)] = [
    "cow-v9_no_meta_fields": (.tableFeatureUnsupported, "no meta columns"),
    "mor-v9_virtual_keys": (.tableFeatureUnsupported, "no meta columns"),
    "mor-parquet-v6_simplekeygen_hivestyle_no_metafields": (
      .tableFeatureUnsupported, "no meta columns"
    ),
    "cow-v8_simplekeygen_hivestyle_no_metafields": (.tableFeatureUnsupported, "no meta columns"),
    "mor-v9_custom_merger_refused": (.mergerUnknown, "an unknown merger"),
    "mor-v9_custom_payload_refused": (.mergerUnknown, "an unknown payload class"),
  ]

  /// Answers from before the timeline of layout 1, where Spark leaves rows of archived commits out
  /// in silence. Of these the rows of its snapshot tell what is right.
  static let forgetful: Set<String> = [
    "cow-v6_archive_commits after 000", "cow-v6_archive_h0150 after 000",
    "mor-v6_archived_h0150 after 000", "mor-v6_archived_h0150 after 20261121122944617",
    "mor-v6_archived_h0150 after 20261121122946746",
    "mor-v6_archived_h0150 after 20261121122948177",
    "mor-v6_archived_h0150 after 20261121122949458",
    "mor-v6_archived_h0150 after 20261121122950721",
    "mor-v6_archived_h0150 after 20261121122953347",
    "mor-v6_archived_h0150 after 20261121122955891",
    "mor-v6_archived_h0150 after 20261121122957698",
    "mor-v6_archived_h0150 after 20261121122958907",
  ]

  /// Columns that Spark shows otherwise in pulls than in snapshots: the path's text, still encoded.
  static let without: [String: Set<String>] = ["cow-v8_partition_special_encoded": ["hub"]]

  private struct Tally {
    var answers = 0
    var rows = 0
    var refused = 0
    var unanswered = 0
  }

  @Test(
    "every incremental answer, archived ranges too",
    .spec("QUERY-31", "QUERY-32", "QUERY-34", "QUERY-39", "TIME-13", "TIME-27", "TIME-28"))
  func pulls() throws {
    var tally = Tally()
    try each { table, golden, archive in
      let storage = try table.storage(archive)
      var questions = golden["incrementalAfter"]?.object ?? []
      // One refusal for the whole table.
      if questions.first?.name == "error" { questions = [("000", .null)] }
      // Spark forgets archived commits of layout 1 unless it scans everything.
      questions +=
        (golden["incrementalAfterArchivedFullScan"]
        ?? golden["incrementalAfterArchived"])?.object ?? []
      for (after, asked) in questions {
        var answer = asked
        if Self.forgetful.contains("\(table.fixture) after \(after)") {
          let all = golden["snapshot"]?.array ?? []
          let rows = all.filter { ($0["_hoodie_commit_time"]?.string ?? "") > after }
          #expect(rows.count > answer.array?.count ?? 0)
          answer = .array(rows)
        }
        try compare(table, storage, answer, "\(table.fixture) after \(after)", &tally) {
          let lake = try LakeTable.open(storage, TestWorld.make())
          let range = IncrementalRange(after: try InstantTime(parsing: after))
          var options = ScanOptions()
          options.includesMetaColumns = true
          return try Self.rows(try IncrementalScan(try lake.snapshot(), range, options))
        }
      }
    }
    #expect(tally.answers > 300)
    Fixtures.report("incremental answers equal", cases: tally.answers)
    Fixtures.report("incremental rows equal", cases: tally.rows)
    Fixtures.report("incremental answers refused", cases: tally.refused)
    Fixtures.report("incremental answers of ours where Spark fails", cases: tally.unanswered)
  }

  /// Tables with log files whose writes were completed in the order of their requests.
  static let forgotten: Set<String> = [
    "mor-v6_cdc_h0150", "mor-v6_log_only_h0150", "mor-v6_plain_avro_h0150", "mor-v8_plain_mixed",
    "mor-v9_compaction_pending", "mor-v9_log_only", "mor-v9_plain_avro",
  ]

  @Test(
    "from before everything to an end, where nobody names the first writes any more",
    .spec("QUERY-32"))
  func forgottenWrites() throws {
    var tally = Tally()
    try each { table, golden, archive in
      guard Self.forgotten.contains(table.fixture) else { return }
      let storage = try table.storage(archive)
      let whole = try LakeTable.open(storage, TestWorld.make())
      let writes = try whole.context.store.load().completedWrites
      let directory = whole.config.timelineDirectory
      let gone = writes.prefix(2).map(\.requested.text)
      for name in table.names(in: directory) where gone.contains(where: name.hasPrefix) {
        try storage.delete(StoragePath(directory + "/" + name))
      }
      for write in writes.dropFirst(2) {
        guard let answer = golden["asOf"]?[write.requested.text], answer.array != nil else {
          continue
        }
        let range = IncrementalRange(.earliest, through: write.completionOrder)
        try compare(table, storage, answer, "\(table.fixture) up to \(write)", &tally) {
          let lake = try LakeTable.open(storage, TestWorld.make())
          var options = ScanOptions()
          options.includesMetaColumns = true
          return try Self.rows(try IncrementalScan(try lake.snapshot(), range, options))
        }
      }
    }
    #expect(tally.answers > 16)
    Fixtures.report("pulls over forgotten writes equal", cases: tally.answers)
  }

  @Test("every read-optimised answer", .spec("QUERY-30"))
  func readOptimized() throws {
    var tally = Tally()
    try each { table, golden, archive in
      guard let answer = golden["readOptimized"] else { return }
      let storage = try table.storage(archive)
      try compare(table, storage, answer, "\(table.fixture) read-optimised", &tally) {
        let lake = try LakeTable.open(storage, TestWorld.make())
        var options = ScanOptions()
        options.includesMetaColumns = true
        if try lake.snapshot().schema == nil { return [] }
        return try Self.rows(try lake.scanReadOptimized(options).scan)
      }
    }
    #expect(tally.answers > 100)
    Fixtures.report("read-optimised answers equal", cases: tally.answers)
    Fixtures.report("read-optimised rows equal", cases: tally.rows)
  }

  private func each(
    _ body: (FixtureTable, JSONValue, ZipArchive) throws -> Void
  ) throws {
    try Fixtures.forEachTable { table, archive in
      if table.isMetadataTable { return }
      if case .refused? = Deviation.all[table.fixture]?.kind { return }
      do { try body(table, try #require(try table.golden()), archive) } catch {
        Issue.record("\(table.fixture): \(error)")
      }
    }
  }

  private static func rows(_ source: some BatchSource) throws -> [RecordBatch] {
    var source = source
    var batches: [RecordBatch] = []
    while let batch = try source.next() { batches.append(batch) }
    return batches
  }

  private func compare(
    _ table: FixtureTable, _ storage: MemoryStorage, _ golden: JSONValue, _ about: String,
    _ tally: inout Tally, _ ours: () throws -> [RecordBatch]
  ) throws {
    let batches: [RecordBatch]
    do { batches = try ours() } catch let error as LakeError {
      guard let expected = Self.deviations[table.fixture] else {
        Issue.record("\(about): \(error)")
        return
      }
      #expect(error.code == expected.code, "\(about): \(error)")
      tally.refused += 1
      return
    }
    guard let rows = golden.array else {
      tally.unanswered += 1
      return
    }
    var names = Set((rows.first?.object ?? []).map(\.name))
    var asText: Set<String> = []
    switch Deviation.all[table.fixture]?.kind {
    case .without(let left): names.subtract(left)
    case .shownAsText(let shown): asText = shown
    default: break
    }
    names.subtract(Self.without[table.fixture] ?? [])
    let spelling = RowSpelling(names: names, asText: asText)
    var counts: [String: Int] = [:]
    if let schema = batches.first?.schema {
      for row in rows { counts[spelling.text(row, schema), default: 0] += 1 }
      for row in spelling.texts(batches) { counts[row, default: 0] -= 1 }
    }
    let found = batches.reduce(0) { $0 + $1.count }
    #expect(found == rows.count, "\(about)")
    for (row, count) in counts.filter({ $0.value != 0 }).sorted(by: { $0.key < $1.key }).prefix(2) {
      Issue.record("\(about): \(count > 0 ? "missing" : "not in the golden"): \(row)")
    }
    tally.answers += 1
    tally.rows += rows.count
  }
}
