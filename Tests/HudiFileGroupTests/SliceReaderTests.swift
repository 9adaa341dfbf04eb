// Merging of slices: the vectors of the format notes, and what a reader may ask for.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Slices, merged") struct SliceReaderTests {
  static func row(_ id: String, _ ts: Int64?, _ v: String?, _ n: Int64? = nil) -> [String: Scalar] {
    [
      "id": .string(id), "ts": ts.map { .int($0) } ?? .null, "v": v.map { .string($0) } ?? .null,
      "n": n.map { .int($0) } ?? .null,
    ]
  }

  private static func values(_ json: JSONValue?) -> [String: Scalar] {
    var row: [String: Scalar] = [:]
    for (name, value) in json?.object ?? [] { row[name] = Scalar(value) }
    return row
  }

  static func text(_ rows: [[String: Scalar]], _ columns: [String]) -> [String] {
    rows.map { row in columns.map { "\($0)=\(row[$0] ?? .null)" }.joined(separator: " ") }
  }

  @Test(
    "every case of the merge vectors gives the rows written there",
    .enabled(if: Fixtures.arePresent, "the format notes are absent"),
    .spec("MERGE-8", "MERGE-9", "MERGE-11", "MERGE-12", "MERGE-13", "MERGE-14", "MERGE-16"))
  func vectors() throws {
    let file = try JSONReader.parse(
      Buffer(try Fixtures.bytes(Fixtures.format + "/vectors/merge-cases.json")))
    let cases = try #require(file["cases"]?.array)
    for json in cases {
      let name = json["name"]?.string ?? ""
      var made = MergeCase()
      made.base = (json["base"]?.array ?? []).map(Self.values)
      made.hasBase = !made.base.isEmpty
      made.policy = Self.policy(json)
      var columns = made.columns
      for entry in json["logs"]?.array ?? [] {
        if let row = entry["upsert"] {
          made.logs.append(.row(Self.values(row), instant: MergeCase.instant))
          for (column, _) in row.object ?? [] where !columns.contains(column) {
            columns.append(column)
          }
        } else {
          made.logs.append(
            .delete(
              entry["delete"]?.string ?? "", ordering: Scalar(entry["ordering"]).number,
              instant: MergeCase.instant))
        }
      }
      made.columns = columns
      let expected = Self.text((json["expected"]?.array ?? []).map(Self.values), columns)
      for rows in [1, 100] {
        made.blockRows = rows
        #expect(Self.text(try made.read().1, columns) == expected, "\(name)")
        // A narrow read merges the same.
        #expect(
          Self.text(try made.read(["v"]).1, ["v"])
            == Self.text((json["expected"]?.array ?? []).map(Self.values), ["v"]), "\(name)")
      }
    }
    #expect(cases.count == 35)
    Fixtures.report("merge vectors", cases: cases.count)
  }

  private static func policy(_ json: JSONValue) -> MergePolicy {
    var policy = MergePolicy()
    if json["mode"]?.string == "EVENT_TIME_ORDERING" {
      policy.orderingFields = (json["orderingFields"]?.array ?? []).compactMap(\.string)
    }
    switch json["partialUpdateMode"]?.string {
    case "IGNORE_DEFAULTS"?: policy.partialUpdate = .ignoreDefaults
    case "FILL_UNAVAILABLE"?:
      policy.partialUpdate = .fillUnavailable(mark: json["unavailableMarker"]?.string ?? "")
    default: break
    }
    if let mark = json["deleteField"]?.array, mark.count == 2 {
      policy.deleteMark = .init(column: mark[0].string ?? "", text: mark[1].string ?? "")
    }
    return policy
  }

  @Test("rows keep the base's order, log-only rows follow in the logs' order", .spec("MERGE-17"))
  func order() throws {
    var made = MergeCase()
    made.base = ["d", "b", "c", "a"].map { Self.row($0, 1, "base") }
    made.logs = [
      .row(Self.row("z", 1, "new"), instant: "20260101000000002"),
      .row(Self.row("b", 1, "new"), instant: "20260101000000002"),
      .row(Self.row("y", 1, "new"), instant: "20260101000000002"),
      .delete("d", ordering: nil, instant: "20260101000000003"),
      .row(Self.row("z", 1, "newer"), instant: "20260101000000004"),
    ]
    for rows in [1, 2, 3, 100] {
      made.blockRows = rows
      made.baseBatchRows = rows
      #expect(
        try made.read().1.map { "\($0["id"]?.text ?? "") \($0["v"]?.text ?? "")" }
          == ["b new", "c base", "a base", "y new", "z newer"])
    }
  }

  @Test("where deletes are final, their ordering values count for nothing", .spec("MERGE-15"))
  func finalDeletes() throws {
    var made = MergeCase()
    made.policy = .eventTime(["ts"])
    made.base = [Self.row("a", 10, "A"), Self.row("b", 10, "B")]
    made.logs = [
      .delete("a", ordering: 5, instant: MergeCase.instant),
      .delete("b", ordering: 20, instant: MergeCase.instant),
      .row(Self.row("b", 11, "B2"), instant: MergeCase.instant),
    ]
    #expect(try made.read(["v"]).1.compactMap { $0["v"]?.text } == ["A"])
    made.policy.deletesAreFinal = true
    #expect(try made.read(["v"]).1.compactMap { $0["v"]?.text } == ["B2"])
  }

  @Test("where the policy says so, meta columns are those of the later write", .spec("MERGE-15"))
  func latestWrites() throws {
    var made = MergeCase()
    made.policy = MergePolicy(orderingFields: ["ts"], partialUpdate: .ignoreDefaults)
    made.base = [Self.row("a", 10, "A"), Self.row("b", 10, "B")]
    made.logs = [
      .row(Self.row("a", 5, "late"), instant: "20260101000000002"),
      .row(Self.row("b", 20, "B2"), instant: "20260101000000002"),
      .row(Self.row("b", 15, "late"), instant: "20260101000000003"),
    ]
    func times() throws -> [String] {
      try made.read().1.map {
        "\($0["v"]?.text ?? "") \($0[MetaField.commitTime.name]?.text?.suffix(1) ?? "")"
      }
    }
    #expect(try times() == ["A 1", "B2 2"])
    made.policy.showsLatestWrite = true
    #expect(try times() == ["A 2", "B2 3"])
  }

  @Test("of several base rows with one key the first is merged", .spec("MERGE-18"))
  func duplicates() throws {
    var made = MergeCase()
    made.base = [Self.row("a", 1, "one"), Self.row("a", 1, "two"), Self.row("b", 1, "b")]
    made.logs = [.row(Self.row("a", 2, "new"), instant: MergeCase.instant)]
    #expect(try made.read(["v"]).1.compactMap { $0["v"]?.text } == ["new", "two", "b"])
    made.logs = [.delete("a", ordering: nil, instant: MergeCase.instant)]
    #expect(try made.read(["v"]).1.compactMap { $0["v"]?.text } == ["two", "b"])
  }

  @Test("row groups decoded ahead give the same rows", .spec("MERGE-17", "MERGE-18"))
  func rowGroups() throws {
    var made = MergeCase()
    // Every key twice, far apart: only its first row is merged.
    made.base = (0..<400).map { Self.row("k\($0 % 200)", 1, "base \($0)") }
    made.logs = (0..<250).map { number in
      let instant = "20260101000000002"
      return number % 7 == 3
        ? .delete("k\(number)", ordering: nil, instant: instant)
        : .row(Self.row("k\(number)", 1, "log \(number)"), instant: instant)
    }
    made.blockRows = 40
    let plain = Self.text(try made.read(["id", "v"]).1, ["id", "v"])
    made.rowGroupRows = 32
    let groups = try #require(try made.baseReader()).file.metadata.rowGroups.count
    #expect(groups > 8)
    for width in [1, 2, 5] {
      made.workers = Workers(width: width)
      #expect(Self.text(try made.read(["id", "v"]).1, ["id", "v"]) == plain, "\(width) threads")
    }
    #expect(plain.count { $0.contains("log") } == 250 - 36)
    #expect(plain.count { $0.contains("base") } == 200)
  }

  @Test("a log record without a key is refused", .spec("MERGE-19"))
  func missingKey() throws {
    var made = MergeCase()
    made.logs = [.row(["ts": .int(1)], instant: MergeCase.instant)]
    let error = #expect(throws: LakeError.self) { _ = try made.read() }
    #expect(error?.code == .logRecordKeyMissing)
  }

  @Test("columns that a partial block lacks come from older rows", .spec("MERGE-23"))
  func partialBlocks() throws {
    var made = MergeCase()
    made.base = [Self.row("a", 10, "A", 1), Self.row("b", 10, "B", 2), Self.row("c", 10, "C", 3)]
    func partial(_ id: String, _ ts: Int64, v: String? = nil, n: Int64? = nil) -> MergeCase.Entry {
      var row: [String: Scalar] = ["id": .string(id), "ts": .int(ts)]
      if let v { row["v"] = .string(v) }
      if let n { row["n"] = .int(n) }
      return .partial(row, instant: MergeCase.instant)
    }
    made.logs = [
      partial("a", 11, n: 7), partial("a", 12, v: "A2"), partial("b", 9, n: 8),
      .row(Self.row("c", 11, "C2", 4), instant: MergeCase.instant), partial("c", 12, n: 5),
      partial("q", 1, n: 6),
    ]
    made.policy = .eventTime(["ts"])
    #expect(
      Self.text(try made.read(["v", "n"]).1, ["v", "n"])
        == Self.text(
          [
            Self.row("a", 0, "A2", 7), Self.row("b", 0, "B", 2), Self.row("c", 0, "C2", 5),
            Self.row("q", 0, nil, 6),
          ], ["v", "n"]))
    // After a delete in the logs the absent columns come from the base row.
    made.logs = [.delete("a", ordering: nil, instant: MergeCase.instant), partial("a", 11, n: 7)]
    #expect(try made.read(["v"]).1.compactMap { $0["v"]?.text } == ["A", "B", "C"])
    made.policy = .commitTime
    made.logs = [partial("b", 1, v: "B1"), partial("b", 0, n: 9)]
    #expect(
      Self.text(Array(try made.read(["v", "n"]).1[1...1]), ["v", "n"])
        == Self.text([Self.row("b", 0, "B1", 9)], ["v", "n"]))
  }

  @Test("defaults that are not null are gaps where the policy names them", .spec("MERGE-12"))
  func fillers() throws {
    var made = MergeCase()
    made.policy = MergePolicy(partialUpdate: .ignoreDefaults)
    made.policy.fillers = ["n": .int(7)]
    made.base = [Self.row("a", 1, "A", 1), Self.row("b", 1, "B", 2)]
    made.logs = [
      .row(Self.row("a", 2, nil, 7), instant: MergeCase.instant),
      .row(Self.row("b", 2, "B2", nil), instant: MergeCase.instant),
    ]
    #expect(
      Self.text(try made.read(["v", "n"]).1, ["v", "n"])
        == Self.text([Self.row("a", 0, "A", 1), Self.row("b", 0, "B2", nil)], ["v", "n"]))
  }

  @Test("only rows of the commits asked for", .spec("MERGE-20"))
  func commits() throws {
    var made = MergeCase()
    made.base = [Self.row("a", 1, "A"), Self.row("b", 1, "B"), Self.row("c", 1, "C")]
    made.logs = [
      .row(Self.row("b", 1, "B2"), instant: "20260101000000002"),
      .row(Self.row("c", 1, "C2"), instant: "20260101000000003"),
      .row(Self.row("d", 1, "D"), instant: "20260101000000002"),
    ]
    made.options.admits = { $0.text == "20260101000000002" }
    #expect(
      try made.read(["_hoodie_commit_time", "v"]).1.compactMap { $0["v"]?.text } == ["B2", "D"])
  }

  @Test("deleted keys are rows of their own where they are asked for", .spec("MERGE-21"))
  func deletes() throws {
    var made = MergeCase()
    made.policy = .eventTime(["ts"])
    made.base = [Self.row("a", 5, "A"), Self.row("b", 5, "B"), Self.row("c", 5, "C")]
    made.logs = [
      .delete("a", ordering: nil, instant: "20260101000000002"),
      .delete("b", ordering: 4, instant: "20260101000000002"),
      .delete("z", ordering: 9, instant: "20260101000000003"),
      .row(Self.row("c", 6, "C2"), instant: "20260101000000003"),
    ]
    made.options.deletedColumn = "gone"
    let (schema, rows) = try made.read()
    #expect(schema.fields.last?.name == "gone")
    let names = ["_hoodie_record_key", "_hoodie_commit_time", "ts", "v", "gone"]
    #expect(
      Self.text(rows, names) == [
        "_hoodie_record_key=\(Scalar.string("a")) _hoodie_commit_time="
          + "\(Scalar.string("20260101000000002")) ts=null v=null gone=\(Scalar.bool(true))",
        "_hoodie_record_key=\(Scalar.string("b")) _hoodie_commit_time="
          + "\(Scalar.string(MergeCase.instant)) ts=\(Scalar.int(5)) v=\(Scalar.string("B")) "
          + "gone=\(Scalar.bool(false))",
        "_hoodie_record_key=\(Scalar.string("c")) _hoodie_commit_time="
          + "\(Scalar.string("20260101000000003")) ts=\(Scalar.int(6)) v=\(Scalar.string("C2")) "
          + "gone=\(Scalar.bool(false))",
        "_hoodie_record_key=\(Scalar.string("z")) _hoodie_commit_time="
          + "\(Scalar.string("20260101000000003")) ts=\(Scalar.int(9)) v=null "
          + "gone=\(Scalar.bool(true))",
      ])
  }

  @Test("only what is needed is asked of the log files", .spec("MERGE-22"))
  func columns() throws {
    let table = Schema(
      MetaField.fields + [Field("id", .string), Field("ts", .int64), Field("v", .string)])
    func names(_ wanted: [String], _ policy: MergePolicy) throws -> [String] {
      try SliceColumns(try table.select(wanted), table: table, keys: .stored, policy: policy)
        .logNames
    }
    #expect(try names(["v"], .commitTime) == ["v", "_hoodie_record_key", "_hoodie_operation"])
    #expect(
      try names([], .eventTime(["ts"])) == ["_hoodie_record_key", "ts", "_hoodie_operation"])
    let missing = #expect(throws: LakeError.self) { _ = try names([], .eventTime(["x"])) }
    #expect(missing?.code == .columnNotFound)
  }
}
