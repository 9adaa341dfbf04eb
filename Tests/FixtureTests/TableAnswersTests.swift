// Tables of other engines, read whole and as of every commit, against their answers.
import Lake
import LakeTestKit
import Testing

/// How a table differs from its golden answers on purpose.
struct Deviation {
  enum Kind {
    /// Every question is refused with this code.
    case refused(LakeCode)
    /// The same where slices have log files; without them the answer is right, also where the
    /// golden engine has none.
    case refusedWithLogs(LakeCode)
    /// The golden engine shows these columns as text; their text is the same.
    case shownAsText(Set<String>)
    /// These columns are not compared, all others are.
    case without(Set<String>)
  }

  let kind: Kind
  let reason: String

  static let all: [String: Deviation] = [
    "cow-v9_lance_nonpartitioned": Deviation(
      kind: .refused(.tableFeatureUnsupported), reason: "base files in the format Lance"),
    "cow-v9_bootstrap": Deviation(
      kind: .refused(.tableFeatureUnsupported), reason: "rows lie outside, in a bootstrap source"),
    "mor-v9_custom_merger_refused": Deviation(
      kind: .refusedWithLogs(.mergerUnknown), reason: "rows are merged by code of the user"),
    "mor-v9_custom_payload_refused": Deviation(
      kind: .refusedWithLogs(.mergerUnknown), reason: "rows are merged by code of the user"),
    "cow-v9_vector_blob": Deviation(
      kind: .without(["emb", "embd", "embi", "pic"]),
      reason: "VECTOR is shown as its bytes, BLOB as its parts with the kind as bytes"),
    "cow-v9_timebasedkeygen_unixtimestamp": Deviation(
      kind: .shownAsText(["ts_epoch"]), reason: "Spark shows the column of TIMESTAMP as text"),
    "cow-v6_ts_unix": Deviation(
      kind: .shownAsText(["picked_s"]), reason: "Spark shows the column of TIMESTAMP as text"),
    "cow-v9_ts_millis": Deviation(
      kind: .shownAsText(["picked_ms"]), reason: "Spark shows the column of TIMESTAMP as text"),
    "cow-v9_ts_scalar_days": Deviation(
      kind: .shownAsText(["day_no"]), reason: "Spark shows the column of TIMESTAMP as text"),
    "cow-v9_partition_null_empty": Deviation(
      kind: .without(["hub"]), reason: "Spark shows the path's value: null for an empty text"),
    "cow-v9_partition_special_raw": Deviation(
      kind: .without(["hub"]), reason: "Spark shows the path's value: c for hub=c"),
    "cow-v9_slash_date": Deviation(
      kind: .without(["dtxt"]), reason: "Spark shows the path's value: yyyy/MM/dd"),
  ]

  /// Tables cleaned by versions, with the number of rows that the golden engine still finds as of
  /// cleaned moments: it leaves the rest out in silence, here such a moment has expired.
  static let incompleteAnswers: [String: Int] = ["cow-v8_clean_versions": 5]

  /// Keys that the engine that wrote a table still shows where 1.2.0, whose rules hold here, does
  /// not: 0.15 lets a late log row replace a delete in the logs of greater ordering value.
  static let shownByWriter: [String: Set<String>] = ["mor-v6_hfile_logs_h0150": ["dev-39595"]]

  /// Moments that the golden engine fails on though nothing is missing.
  static let engineFailures: Set<String> = [
    "cow-v9_bucket_rescale",
    // A null ordering value against a bigint, and a null in a delete block: Spark fails.
    "mor-v9_null_ordering_long", "mor-v9_null_ordering_delete_log",
    // Rows of HFile blocks: Spark fails with a class cast.
    "mor-v9_hfile_logs", "mor-v6_hfile_logs_h0150",
  ]
}

@Suite("Foreign tables", .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct TableAnswersTests {
  /// What was asked, and how it went.
  struct Tally {
    var tables = 0
    var answers = 0
    var rows = 0
    var refusedByName = 0
    var expired = 0
    /// Answers of the engine that wrote the table, where the golden one has none.
    var byWriter = 0
    var met: Set<String> = []
  }

  @Test(
    "every table equals its golden answers, whole and as of every commit",
    .spec("MERGE-10", "MERGE-15", "MERGE-17", "QUERY-5", "QUERY-7", "QUERY-8", "QUERY-9", "VIEW-5"),
    .spec("SCHEMA-11", "SCHEMA-13", "SCHEMA-20"))
  func tables() throws {
    var tally = Tally()
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable else { return }
      do { try compare(table, archive, &tally) } catch {
        Issue.record("\(table.fixture): \(error)")
      }
    }
    #expect(tally.tables == 229 && tally.answers > 1_100 && tally.byWriter > 0)
    #expect(tally.met == Set(Deviation.all.keys))
    Fixtures.report("foreign tables", cases: tally.tables)
    Fixtures.report("foreign tables: answers equal", cases: tally.answers)
    Fixtures.report("foreign tables: rows equal", cases: tally.rows)
    Fixtures.report("foreign tables: answers of their writers", cases: tally.byWriter)
    Fixtures.report("foreign tables: refused by name", cases: tally.refusedByName)
    Fixtures.report("foreign tables: refused as expired", cases: tally.expired)
  }

  private func compare(_ table: FixtureTable, _ archive: ZipArchive, _ tally: inout Tally) throws {
    let path = "\(Fixtures.root)/\(table.folder)/\(table.fixture).golden.json"
    let file = try JSONReader.parse(Buffer(try Fixtures.bytes(path)), duplicateNames: .kept)
    let golden = try #require(table.folder == "hudi" ? file[table.name] : file)
    let storage = try Self.unpacked(table, archive)
    let deviation = Deviation.all[table.fixture]
    if deviation != nil { tally.met.insert(table.fixture) }
    tally.tables += 1
    var questions: [(asOf: String?, answer: JSONValue)] = []
    let writer = golden["writer"]
    if let whole = golden["snapshot"] {
      questions.append((nil, Self.answer(whole, writer?["snapshot"], table.fixture, &tally)))
    }
    for (moment, answer) in golden["asOf"]?.object ?? [] {
      questions.append(
        (moment, Self.answer(answer, writer?["asOf"]?[moment], table.fixture, &tally)))
    }
    for (asOf, answer) in questions {
      let about = "\(table.fixture) \(asOf ?? "now")"
      if case .refused(let code)? = deviation?.kind {
        let error = #expect(throws: LakeError.self) { _ = try Self.rows(storage, asOf) }
        #expect(error?.code == code, "\(about): \(String(describing: error))")
        tally.refusedByName += 1
      } else if case .refusedWithLogs(let code)? = deviation?.kind,
        try Self.isRefused(storage, asOf) || answer.array == nil
      {
        try expectRefusal(storage, asOf, about, code, &tally)
      } else if answer["sums"] != nil {
        tally.rows += try compareTotals(storage, asOf, answer, about)
        tally.answers += 1
      } else if answer.array == nil {
        try expectRefusal(storage, asOf, about, table.fixture, &tally)
      } else if asOf != nil,
        Deviation.incompleteAnswers[table.fixture] == answer.array?.count
          || Deviation.incompleteAnswers[table.fixture] != nil && answer.array?.isEmpty == true
      {
        try expectRefusal(storage, asOf, about, table.fixture, &tally)
      } else {
        tally.rows += try compare(storage, asOf, answer.array ?? [], deviation, about)
        tally.answers += 1
      }
    }
  }

  /// Where the golden engine failed, what the engine answers that wrote the table.
  private static func answer(
    _ golden: JSONValue, _ writer: JSONValue?, _ fixture: String, _ tally: inout Tally
  ) -> JSONValue {
    guard golden["error"] != nil, let rows = writer?.array else { return golden }
    tally.byWriter += 1
    let left = Deviation.shownByWriter[fixture] ?? []
    return .array(
      rows.filter { !left.contains($0[MetaField.recordKey.name]?.string ?? "") })
  }

  /// Where there are log files, the refusal; else rows.
  private func expectRefusal(
    _ storage: MemoryStorage, _ asOf: String?, _ about: String, _ code: LakeCode,
    _ tally: inout Tally
  ) throws {
    guard try Self.hasLogs(storage, asOf) else {
      #expect(try Self.rows(storage, asOf).count > 0, "\(about)")
      return
    }
    let error = #expect(throws: LakeError.self, "\(about)") { _ = try Self.rows(storage, asOf) }
    #expect(error?.code == code, "\(about): \(String(describing: error))")
    tally.refusedByName += 1
  }

  private static func isRefused(_ storage: MemoryStorage, _ asOf: String?) throws -> Bool {
    do { _ = try rows(storage, asOf) } catch { return true }
    return false
  }

  private static func hasLogs(_ storage: MemoryStorage, _ asOf: String?) throws -> Bool {
    let table = try LakeTable.open(storage)
    let moment = try asOf.map { try InstantTime(parsing: $0) }
    return try Snapshot(table.context, asOf: moment).slices().contains { !$0.logs.isEmpty }
  }

  /// Large tables: the number of rows and the sums of some columns.
  private func compareTotals(
    _ storage: MemoryStorage, _ asOf: String?, _ golden: JSONValue, _ about: String
  ) throws -> Int {
    let batches = try Self.rows(storage, asOf)
    let found = batches.reduce(0) { $0 + $1.count }
    #expect(found == golden["count"]?.int, "\(about)")
    for (name, sum) in golden["sums"]?.object ?? [] {
      var total: Int128 = 0
      for batch in batches {
        guard let column = batch[name] else { continue }
        for row in 0..<batch.count {
          switch column.scalar(row) {
          case .int(let number): total += Int128(number)
          case .decimal(let number): total += number
          default: break
          }
        }
      }
      let digits = (sum.string ?? "").filter { $0 != "." }
      #expect(String(total) == digits, "\(about) \(name)")
    }
    return found
  }

  /// The golden engine has no answer.
  private func expectRefusal(
    _ storage: MemoryStorage, _ asOf: String?, _ about: String, _ fixture: String,
    _ tally: inout Tally
  ) throws {
    if Deviation.engineFailures.contains(fixture) {
      #expect(try Self.rows(storage, asOf).count > 0, "\(about)")
      return
    }
    let error = #expect(throws: LakeError.self, "\(about)") { _ = try Self.rows(storage, asOf) }
    #expect(error?.code == .snapshotExpired, "\(about): \(String(describing: error))")
    tally.expired += 1
  }

  private func compare(
    _ storage: MemoryStorage, _ asOf: String?, _ golden: [JSONValue], _ deviation: Deviation?,
    _ about: String
  ) throws -> Int {
    let batches = try Self.rows(storage, asOf)
    let found = batches.reduce(0) { $0 + $1.count }
    guard let first = golden.first, let schema = batches.first?.schema else {
      #expect(found == golden.count, "\(about)")
      return found
    }
    var names = Set(first.object?.map(\.name) ?? [])
    // What we show and the golden engine does not, are meta columns that hold nothing.
    let extra = Set(schema.fields.map(\.name)).subtracting(names)
    #expect(extra.isSubset(of: MetaField.allCases.map(\.name)), "\(about): \(extra)")
    var asText: Set<String> = []
    switch deviation?.kind {
    case .without(let left): names.subtract(left)
    case .shownAsText(let shown): asText = shown
    default: break
    }
    let missing = names.subtracting(schema.fields.map(\.name))
    #expect(missing.isEmpty, "\(about): \(missing)")
    let spelling = RowSpelling(names: names, asText: asText)
    var counts: [String: Int] = [:]
    for row in golden { counts[spelling.text(row, schema), default: 0] += 1 }
    for row in spelling.texts(batches) { counts[row, default: 0] -= 1 }
    let differing = counts.filter { $0.value != 0 }.sorted { $0.key < $1.key }
    for (row, count) in differing.prefix(2) {
      Issue.record("\(about): \(count > 0 ? "missing" : "not in the golden"): \(row)")
    }
    return found
  }

  @Test(
    "a table whose columns this project does not continue is refused for writing", .spec("QUERY-7"))
  func writing() throws {
    var cases = 0
    try Fixtures.forEachTable { table, archive in
      let isMeant = ["schema_on_read", "drop_partition_columns"].contains {
        table.fixture.hasSuffix($0)
      }
      guard isMeant, table.fixture.hasPrefix("cow-"), !table.isMetadataTable
      else { return }
      let opened = try LakeTable.open(try Self.unpacked(table, archive))
      let before = try opened.context.store.load().instants
      var options = WriteOptions()
      options.writers = "lake-only"
      let schema = try #require(try opened.snapshot().schema).columns
      let rows = RecordBatch(
        schema, schema.fields.map { .nulls($0.type, count: 1) }, count: 1)
      let error = #expect(throws: LakeError.self) { _ = try opened.upsert(rows, options) }
      #expect(error?.code == .tableFeatureUnsupported, "\(table.fixture)")
      #expect(try opened.context.store.load().instants == before)
      cases += 1
    }
    #expect(cases == 4)
    Fixtures.report("foreign tables: writes refused", cases: cases)
  }

  private static func rows(_ storage: MemoryStorage, _ asOf: String?) throws -> [RecordBatch] {
    let table = try LakeTable.open(storage)
    var options = ScanOptions()
    options.includesMetaColumns = true
    let moment = try asOf.map { try InstantTime(parsing: $0) }
    let snapshot = try Snapshot(table.context, asOf: moment)
    if snapshot.schema == nil { return [] }
    var scan = try SnapshotScan(snapshot, options)
    var batches: [RecordBatch] = []
    while let batch = try scan.next() { batches.append(batch) }
    return batches
  }

  private static func unpacked(
    _ table: FixtureTable, _ archive: ZipArchive
  ) throws -> MemoryStorage {
    let storage = MemoryStorage(table.fixture)
    // An empty folder is no file of the archive.
    try storage.makeDirectory(StoragePath(".hoodie/timeline"))
    for name in table.names {
      let path = try StoragePath(name)
      try storage.makeDirectory(path.parent)
      let content = try #require(try archive.buffer(of: table.root + name))
      _ = try storage.publish(content, at: path, .replacing)
    }
    return storage
  }
}
