// Log files and slices of the format notes: real ones and constructed ones, against what they hold.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage
import LakeTestKit
import Testing

@Suite("Log vectors", .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct LogVectorTests {
  private static let typeNames: [LogBlockType: String] = [
    .command: "COMMAND", .delete: "DELETE", .avroData: "AVRO_DATA", .hfileData: "HFILE_DATA",
    .parquetData: "PARQUET_DATA", .cdcData: "CDC_DATA",
  ]

  @Test(
    "frames, headers, rows and deletes of all files are those written down",
    .spec("LOG-1", "LOG-3", "LOG-4", "LOG-10", "LOG-11", "LOG-12", "LOG-15", "LOG-17"))
  func files() throws {
    var blocks = 0
    let cases = try LogVectors.cases("log-blocks", "files")
    for element in cases {
      let about = element["description"]?.string ?? ""
      let file = try LogVectors.reader(try LogVectors.bytes(element))
      let found = try file.allBlocks()
      guard let wanted = element["blocks"]?.array else {
        try compareTorn(element, found, about)
        continue
      }
      try #require(found.count == wanted.count, "\(about)")
      for (block, golden) in zip(found, wanted) {
        try compare(block, golden, file, about)
        blocks += 1
      }
    }
    #expect(cases.count == 15 && blocks == 14)
    Fixtures.report("log vectors", cases: cases.count)
  }

  private func compareTorn(_ element: JSONValue, _ found: [LogBlock], _ about: String) throws {
    let expected = try #require(element["expected"])
    #expect(found.count { $0.type != .corrupt } == expected["goodBlocks"]?.int, "\(about)")
    let gaps = found.filter { $0.type == .corrupt }
    let wanted = expected["corruptBlocks"]?.array ?? []
    #expect(gaps.map { $0.offset + 6 } == wanted.map { $0["startsAfterMagicAt"]?.int }, "\(about)")
    #expect(gaps.map { $0.offset + $0.length } == wanted.map { $0["endOffset"]?.int }, "\(about)")
  }

  private func compare(
    _ block: LogBlock, _ golden: JSONValue, _ file: LogFileReader, _ about: String
  ) throws {
    #expect(block.offset == golden["offset"]?.int, "\(about)")
    #expect(block.length - 14 == golden["blockLength"]?.int, "\(about)")
    #expect(Self.typeNames[block.type] == golden["type"]?.string, "\(about)")
    #expect(block.content.lowerBound == golden["contentOffset"]?.int, "\(about)")
    #expect(block.content.count == golden["contentLength"]?.int, "\(about)")
    let header = golden["headerInFileOrder"]?.array ?? []
    #expect(block.header.count + (block.positions == nil ? 0 : 1) == header.count, "\(about)")
    for entry in header {
      let key = try #require(LogHeaderKey(rawValue: Int32(entry[0]?.int ?? -1)))
      if key != .recordPositions { #expect(block.header[key] == entry[2]?.string, "\(about)") }
    }
    if let rows = golden["content"]?["records"]?.array {
      try compareRows(block, rows, file, about)
    } else if let deletes = golden["content"]?["deletes"]?.array {
      let found = try LogVectors.deletes(file, block, [])
      let keys = found.flatMap { batch in (0..<batch.keys.count).map { batch.keys.string($0) } }
      #expect(keys == deletes.map { $0["recordKey"]?.string ?? "" }, "\(about)")
    }
  }

  private func compareRows(
    _ block: LogBlock, _ rows: [JSONValue], _ file: LogFileReader, _ about: String
  ) throws {
    let batches = try LogVectors.rows(file, block)
    #expect(batches.reduce(0) { $0 + $1.count } == rows.count, "\(about)")
    let batch = try #require(batches.first)
    for (row, golden) in rows.enumerated() {
      for (name, value) in (golden["record"] ?? golden).object ?? [] {
        let column = try #require(batch[name], "\(about) \(name)")
        #expect(Self.same(column.scalar(row), value, column.type), "\(about) \(name): \(value)")
      }
    }
  }

  /// A value and its JSON spelling in the vectors.
  private static func same(_ value: Scalar, _ golden: JSONValue, _ type: ColumnType) -> Bool {
    switch (value, golden) {
    case (.null, .null): true
    case (.string(let a), .string(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.double(let a), .number): a == golden.double
    case (.int(let a), .number): a == golden.int64
    case (.int(let a), .string(let text)):
      type == .date
        ? a == 19737 && text == "2024-01-15"
        : a == 1_705_336_200_000_000 && text == "2024-01-15T16:30:00+00:00"
    case (.decimal(let a), .string(let text)):
      (a == 125_000 && text == "1250.00") || (a == 0 && text == "0.00")
    case (.structure(let parts), .object(let members)):
      parts == [
        .string(members[0].value.string ?? ""), .int(members[1].value.int64 ?? -1),
      ]
    default: false
    }
  }

  /// The 5,000 even numbers below 10,000, by the layout's description: of this case the vectors
  /// give no more than length and hash.
  private static let everySecond: String = {
    var bits = [UInt8](repeating: 0, count: 8192)
    for index in 0..<5000 { bits[index / 4] |= 1 << UInt8(index % 4 * 2) }
    let head = LogVectors.unhex(
      "0100000000000000" + "00000000" + "3a30000001000000" + "00008713" + "10000000")
    return Base64.encode(head + bits)
  }()

  @Test("record positions in every kind of container", .spec("LOG-13"))
  func positions() throws {
    let cases = try LogVectors.cases("record-positions", "roaring")
    for element in cases {
      let text = Buffer(utf8: element["base64"]?.string ?? Self.everySecond)
      var wanted = element["positions"]?.array?.compactMap(\.int64) ?? []
      if let pattern = element["positions"], let count = pattern["count"]?.int {
        let step = pattern["step"]?.int64 ?? 0
        wanted = (0..<Int64(count)).map { (pattern["start"]?.int64 ?? 0) + $0 * step }
      }
      #expect(try RecordPositions.decode(text, atMost: wanted.count) == wanted)
      #expect(throws: LakeError.self) {
        try RecordPositions.decode(text, atMost: wanted.count - 1)
      }
    }
    #expect(cases.count == 6)
    Fixtures.report("record positions", cases: cases.count)
  }

  /// Which blocks of each slice count: (file, offset), in merge order.
  private static let admitted: [String: [[Int]]] = [
    "positions wrong keys": [[0, 0], [0, 1045]],
    "positions for another base instant": [[0, 0]],
    "partial: update n only, newer ts": [[0, 0]],
    "partial: older ts": [[0, 0]],
    "partial commit mode": [[0, 0]],
    "two partials different cols": [[0, 0], [1, 0]],
    "full then partial": [[0, 0], [1, 0]],
    "partial insert only": [[0, 0]],
    "delete then partial": [[0, 0], [1, 0]],
    // The compacted block stands where the newest that it replaces stood: before the third.
    "log compacted commit mode: B1 B2 B3 M(B1,B2)": [[2, 867], [2, 0]],
    "torn first then good": [[0, 200]],
    "good then torn": [[0, 0]],
    "good then torn (5 bytes)": [[0, 0]],
    "good, garbage, good": [[0, 871]],
    "wrong trailer": [[0, 867]],
    "rollback block": [],
    "commit mode R1<R2, C1>C2": [[0, 0], [1, 0]],
    "uncommitted log": [],
    "empty log file": [],
    "delete null ordering": [[0, 0]],
  ]

  @Test(
    "the blocks of each slice that count, in merge order",
    .spec("LOG-5", "LOG-18", "LOG-19", "LOG-21", "LOG-22"))
  func slices() throws {
    let cases = try LogVectors.cases("log-slices", "cases")
    for element in cases {
      let name = try #require(element["name"]?.string)
      var slice = LogSlice()
      for file in element["logFiles"]?.array ?? [] where file["completed"]?.isNull == false {
        try slice.add(file["fileName"]?.string ?? "", try LogVectors.bytes(file))
      }
      let scan = try slice.scan(LogSlice.everything)
      #expect(scan.items.map { [$0.file, $0.block.offset] } == Self.admitted[name], "\(name)")
      let reader = scan.entries(LogReadOptions(ordering: [.int64]))
      var entries = 0
      while let next = try reader.next() {
        switch next {
        case .rows(let rows): entries += rows.batch.count
        case .deletes(let deletes): entries += deletes.keys.count
        }
      }
      #expect(entries >= scan.items.count, "\(name)")
    }
    #expect(cases.count == 20)
    Fixtures.report("log slices", cases: cases.count)
  }

  @Test(
    "the rows of each slice, merged", .spec("MERGE-8", "MERGE-9", "MERGE-17", "MERGE-23"),
    .spec("MERGE-30", "LOG-14"))
  func rows() throws {
    let cases = try LogVectors.cases("log-slices", "cases")
    var positioned = 0
    for element in cases {
      let name = try #require(element["name"]?.string)
      var slice = LogSlice()
      for file in element["logFiles"]?.array ?? [] where file["completed"]?.isNull == false {
        try slice.add(file["fileName"]?.string ?? "", try LogVectors.bytes(file))
      }
      var made = MergeCase()
      made.base = (element["base"]?.array ?? []).map(Self.row)
      made.policy.orderingFields =
        (element["orderingFields"]?.array ?? []).compactMap(\.string)
      let scan = try slice.scan(LogSlice.everything)
      var reading = LogReadOptions(ordering: made.policy.orderingFields.map { _ in .int64 })
      let base = element["baseInstant"]?.string.flatMap { InstantTime($0) }
      if let base, !scan.isEmpty, scan.hasPositions(in: base) {
        made.isByPosition = true
        reading.positionsBase = base
        positioned += 1
      }
      let reader = scan.entries(reading)
      var entries: [LogEntries] = []
      while let next = try reader.next() { entries.append(next) }
      let expected = (element["expected"]?.array ?? []).map(Self.row)
      let found = try made.read(made.columns, given: entries).1
      #expect(
        SliceReaderTests.text(found, made.columns).sorted()
          == SliceReaderTests.text(expected, made.columns), "\(name)")
    }
    #expect(cases.count == 20)
    #expect(positioned == 1)
    Fixtures.report("log slices as rows", cases: cases.count)
  }

  private static func row(_ json: JSONValue) -> [String: Scalar] {
    var row: [String: Scalar] = [:]
    for (name, value) in json.object ?? [] { row[name] = Scalar(value) }
    return row
  }
}
