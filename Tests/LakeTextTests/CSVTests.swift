// CSV in: RFC 4180 by hand, hostile cases, inference, chunking; the flights of 2013.
import LakeBase
import LakeCodecs
import LakeColumns
import LakeTestKit
import LakeText
import Testing

func text(_ string: String, chunk: Int = 1 << 20) -> SourceText {
  SourceText(BufferSource(Buffer(utf8: string)), chunkBytes: chunk)
}

func rows(_ source: some BatchSource) throws -> [[Scalar]] {
  var source = source
  var rows: [[Scalar]] = []
  while let batch = try source.next() {
    for row in 0..<batch.count { rows.append(batch.columns.map { $0.scalar(row) }) }
  }
  return rows
}

@Suite("CSV in")
struct CSVTests {
  static func read(
    _ csv: String, _ columns: String, _ options: CSVOptions = CSVOptions()
  ) throws -> [[Scalar]] {
    try rows(try CSVReader(text(csv), schema: try Schema.parse(columns: columns), options: options))
  }

  @Test(
    "Records of RFC 4180", .spec("CSV-1", "CSV-3", "ROW-9"),
    arguments: [
      ("a,b\n1,2\n", [["1", "2"]]), ("a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]),
      ("a,b\r1,2\r", [["1", "2"]]),
      ("a,b\n\"x,\"\"y\"\"\",\"l1\nl2\"\n", [["x,\"y\"", "l1\nl2"]]),
      ("\u{FEFF}a,b\n1,2", [["1", "2"]]),
      ("a,b\n,\"\"\n", [[nil, ""]]), ("a,b\n\n1,\n\r\n", [["1", nil]]), ("a,b\n", []),
      ("a,b\n\"\r\",2", [["\r", "2"]]),
      ("\"a\",\"b\"\n1,2", [["1", "2"]]), ("a,b\n1,", [["1", nil]]),
      ("a,b\nä,\"ö\"\n", [["ä", "ö"]]),
    ] as [(String, [[String?]])])
  func records(_ csv: String, _ expected: [[String?]]) throws {
    let wanted = expected.map { $0.map { $0.map { Scalar.string($0) } ?? .null } }
    #expect(try Self.read(csv, "a string, b string") == wanted)
  }

  @Test(
    "Bad CSV is refused with its line", .spec("CSV-2", "CSV-4", "ROW-6", "ROW-7", "ROW-9"),
    arguments: [
      ("a,b\n1,2\n1\n", .inputMalformed, "3"), ("a,b\n1,2,3\n", .inputMalformed, "2"),
      ("a,b\n1,x\"y\n", .inputMalformed, "2"),
      ("a,b\n1,\"x\"y\n", .inputMalformed, "2"), ("a,b\n1,2\n1,\"open\n\n", .inputMalformed, "3"),
      ("a,b\n1,\u{0}\n", .inputMalformed, "2"),
      ("a,b\nx,2\n", .inputValueInvalid, "2"), ("a,b\n\"l\n\",2\n", .inputValueInvalid, "2"),
      ("a,b\n1,2\n99999999999999999999,2", .inputValueInvalid, "3"),
      ("a,c\n1,2\n", .inputColumnUnknown, "1"), ("a,a\n1,2\n", .inputMalformed, "1"),
      ("", .inputMalformed, nil),
      ("a,\n1,2", .inputMalformed, "1"), ("a\n1", .inputColumnMissing, nil),
      ("a,b\n1.0,2", .inputValueInvalid, "2"),
    ] as [(String, LakeCode, String?)])
  func bad(_ csv: String, _ code: LakeCode, _ line: String?) throws {
    let failure = #expect(throws: LakeError.self) { try Self.read(csv, "a bigint, b string") }
    #expect(failure?.code == code, "\(failure?.message ?? "")")
    #expect(failure?.kind == .invalidInput)
    #expect(failure?.facts.first { $0.name == "line" }?.value == line)
  }

  @Test("Text that is not UTF-8 is refused with its offset", .spec("ROW-9"))
  func encoding() throws {
    let source = SourceText(BufferSource(Buffer([0x61, 0x0A, 0x62, 0x0A, 0xC3, 0x28])))
    let failure = #expect(throws: LakeError.self) {
      try rows(try CSVReader(source, schema: try Schema.parse(columns: "a string")))
    }
    #expect(failure?.code == .inputEncoding)
    #expect(failure?.offset == 4)
  }

  @Test("Fields and rows are bounded", .spec("LIMIT-15", "LIMIT-16", "CSV-2"))
  func limits() throws {
    var options = CSVOptions()
    options.limits.textFieldBytesMax = 100
    options.limits.textRowBytesMax = 2000
    options.chunkBytes = 64
    let long = String(repeating: "x", count: 101)
    let field = #expect(throws: LakeError.self) {
      try Self.read("a\n\(long)\n", "a string", options)
    }
    #expect(field?.code == .inputTooLarge)
    let open = "a\n\"" + String(repeating: "x\n", count: 5000)
    let row = #expect(throws: LakeError.self) { try Self.read(open, "a string", options) }
    #expect(row?.code == .inputTooLarge)
    options.limits.columnsMax = 3
    let wide = #expect(throws: LakeError.self) { try Self.read("a,b,c,d\n", "a string", options) }
    #expect(wide?.code == .limitExceeded)
  }

  @Test("Any cut into chunks and any number of workers give the same rows", .spec("ROW-8"))
  func chunking() throws {
    var csv = "a,b,c\r\n"
    for row in 0..<400 { csv += "\(row),\"x\(row)\"\"\n,\",\(row % 7 == 0 ? "" : "ä\(row)")\r\n" }
    let schema = try Schema.parse(columns: "a int, b string, c string")
    let whole = try rows(try CSVReader(text(csv), schema: schema))
    #expect(whole.count == 400)
    #expect(whole[8] == [.int(8), .string("x8\"\n,"), .string("ä8")])
    for (chunk, width) in [(1, 1), (7, 1), (64, 2), (1000, 3)] {
      var options = CSVOptions()
      options.chunkBytes = chunk
      options.workers = Workers(width: width)
      let cut = try rows(try CSVReader(text(csv, chunk: chunk), schema: schema, options: options))
      #expect(cut == whole, "chunks of \(chunk)")
    }
  }

  @Test(
    "Inference lets all values decide", .spec("CSV-5"),
    arguments: [
      ("true\nfalse", "boolean"), ("1\n-20\n\n3", "bigint"), ("1\n2.5", "double"),
      ("1e3", "double"), ("007\n1", "string"),
      ("1234567890123456789", "string"), ("123456789012345678", "bigint"), ("2026-03-01", "date"),
      ("2026-02-30", "string"),
      ("2026-03-01T10:00:00Z", "timestamp"),
      ("2026-03-01 10:00:00.123456789+08:00", "timestamp(9)"),
      ("2026-03-01T10:00:00", "local_timestamp"),
      ("2026-03-01T10:00:00\n2026-03-01T10:00:00Z", "string"), ("1\nx", "string"),
      ("\"\"\n5", "bigint"), ("NaN\n1.5", "double"), ("1.25\n3.50", "double"), ("+49", "string"),
      ("0.5\n-0.25", "double"), ("1e999", "string"),
      ("1-2", "string"), ("1\ntrue", "string"), ("", "string"),
    ])
  func inference(_ values: String, _ type: String) throws {
    let found = try CSVInference.infer(text("a\n" + values + "\n"))
    #expect(found.schema.fields[0].type.description == type, "\(found.notes)")
  }

  @Test("Decimals on request; the note names what decided", .spec("CSV-5"))
  func decimals() throws {
    var options = CSVOptions()
    options.decimals = true
    options.nullWords = ["NA"]
    let found = try CSVInference.infer(text("a,b\n1.25,x\n-333.50,7\nNA,NA\n"), options: options)
    #expect(found.schema.fields[0].type == .decimal(precision: 5, scale: 2))
    #expect(found.notes[1].reason == "line 2 has \"x\"")
    #expect(found.rows == 3)
  }

  @Test("Missing and dropped columns as the options say", .spec("CSV-4"))
  func columns() throws {
    var options = CSVOptions()
    options.missing = .fillNull
    options.dropped = ["z"]
    #expect(try Self.read("z,a\n1,2\n", "a int, b string", options) == [[.int(2), .null]])
    let strict = #expect(throws: LakeError.self) {
      try Self.read("a\n2\n", "a int, b int not null", options)
    }
    #expect(strict?.code == .inputColumnMissing)
    options.header = false
    options.nullWords = ["7"]
    #expect(try Self.read("7,x\n", "a int, b string", options) == [[.null, .string("x")]])
  }

  @Test("Formats by name and by content", .spec("ROW-11"))
  func formats() {
    #expect(InputFormat.byName("x/a.csv.gz") == (.csv, .gzip))
    #expect(InputFormat.byName("a.NDJSON") == (.ndjson, Codec.none))
    #expect(InputFormat.byName("gz") == (nil, Codec.none))
    #expect(InputFormat.byContent(Buffer(utf8: " \n{\"a\"")) == .ndjson)
    #expect(InputFormat.byContent(Buffer(utf8: "PAR1")) == .parquet)
    #expect(InputFormat.byContent(Buffer(utf8: "Obj\u{1}")) == .avro)
    #expect(InputFormat.byContent(Buffer(utf8: "a\tb\n")) == .tsv)
    #expect(InputFormat.byContent(Buffer(utf8: "a,b\n")) == .csv)
  }

  @Test(
    "The flights of 2013", .spec("CSV-7", "CSV-5"),
    .enabled(if: Fixtures.arePresent, "the foreign fixtures are not here"))
  func flights() throws {
    let path = Fixtures.root + "/../data/flights.csv.gz"
    let source = BufferSource(Buffer(try Fixtures.bytes(path)))
    var options = CSVOptions()
    options.nullWords = ["NA"]
    let found = try CSVInference.infer(try DecodedText(SourceText(source), .gzip), options: options)
    #expect(found.rows == 336_776)
    #expect(found.schema.count == 19)
    let text = Set(["carrier", "tailnum", "origin", "dest"])
    for field in found.schema.fields where field.name != "time_hour" {
      #expect(field.type == (text.contains(field.name) ? .string : .int64), "\(field.name)")
    }
    #expect(found.schema["time_hour"]?.type == .timestamp(.micro, utc: true))
    Fixtures.report("flights", cases: found.rows)
  }
}
