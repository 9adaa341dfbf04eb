// JSON in, and the round trip of every type through both formats.
import LakeBase
import LakeColumns
import LakeTestKit
import LakeText
import Testing

@Suite("JSON in, rows out")
struct JSONTests {
  static func read(_ json: String, _ columns: String, chunk: Int = 1 << 20) throws -> [[Scalar]] {
    var options = NDJSONOptions()
    options.chunkBytes = chunk
    return try rows(
      try NDJSONReader(
        text(json, chunk: chunk), schema: try Schema.parse(columns: columns), options: options))
  }

  @Test(
    "Records", .spec("JROW-1", "JROW-2", "JROW-3", "JROW-4"),
    arguments: [
      ("{\"a\":1,\"b\":\"x\"}\n{\"b\":null}\n", [[.int(1), .string("x")], [.null, .null]]),
      ("[]", []), (" [ {\"a\":1} , {\"a\":2}\n] ", [[.int(1), .null], [.int(2), .null]]),
      (
        "{}\r\n\n{\"b\":\"\\u00e4\\n\\ud83d\\ude00\"}",
        [[.null, .null], [.null, .string("ä\n😀")]]
      ), ("{\"b\":12.50}", [[.null, .string("12.50")]]), ("{\"a\":\"7\"}", [[.int(7), .null]]),
      ("{\"\\u0061\":5}", [[.int(5), .null]]), ("\u{FEFF}{\"a\":-0}", [[.int(0), .null]]), ("", []),
    ] as [(String, [[Scalar]])])
  func records(_ json: String, _ expected: [[Scalar]]) throws {
    #expect(try Self.read(json, "a bigint, b string") == expected)
    #expect(try Self.read(json, "a bigint, b string", chunk: 3) == expected)
  }

  @Test(
    "Bad JSON is refused with its line", .spec("JROW-1", "JROW-2", "JROW-3", "ROW-7"),
    arguments: [
      ("{\"a\":1}\n{\"a\":1}{\"a\":2}", .inputMalformed, "2"),
      ("{\"a\":1,\n\"b\":\"\"}", .inputMalformed, "1"), ("{\"a\":1,\"a\":2}", .inputMalformed, "1"),
      ("{\"c\":1}", .inputColumnUnknown, "1"), ("{\"a\":01}", .inputMalformed, "1"),
      ("{\"a\":1.}", .inputMalformed, "1"), ("{\"a\":+1}", .inputMalformed, "1"),
      ("{\"a\":NaN}", .inputMalformed, "1"), ("{\"b\":\"\\ud800\"}", .inputMalformed, "1"),
      ("{\"b\":\"\\x\"}", .inputMalformed, "1"), ("{\"b\":\"\t\"}", .inputMalformed, "1"),
      ("{\"b\":\"open", .inputMalformed, "1"),
      ("{\"a\":9223372036854775808}", .inputValueInvalid, "1"),
      ("{}\n{\"b\":true}", .inputValueInvalid, "2"), ("[{}{}]", .inputMalformed, "1"),
      ("[{}", .inputMalformed, "1"), ("[{}] x", .inputMalformed, "1"), ("5", .inputMalformed, "1"),
      ("{\"a\":1e999999999}", .inputValueInvalid, "1"), ("{\"a\":{\"b\":[}}", .inputMalformed, "1"),
    ] as [(String, LakeCode, String)])
  func bad(_ json: String, _ code: LakeCode, _ line: String) throws {
    let failure = #expect(throws: LakeError.self) { try Self.read(json, "a bigint, b string") }
    #expect(failure?.code == code, "\(failure?.message ?? "")")
    #expect(failure?.kind == .invalidInput)
    #expect(failure?.facts.first { $0.name == "line" }?.value == line)
  }

  @Test("Depth and length are limited without recursion", .spec("JROW-3"))
  func limits() throws {
    let deep = "{\"a\":" + String(repeating: "[", count: 1_000_000) + "}"
    #expect(
      #expect(throws: LakeError.self) { try Self.read(deep, "a bigint") }?.code == .limitExceeded)
    let long = "{\"a\":" + String(repeating: "1", count: 2000) + "}"
    #expect(
      #expect(throws: LakeError.self) { try Self.read(long, "a bigint") }?.code == .limitExceeded)
  }

  @Test("Maps from objects and from pairs", .spec("JROW-5"))
  func maps() throws {
    let expected: [[Scalar]] = [[.map([(.string("x"), .int(1))])]]
    #expect(try Self.read("{\"m\":{\"x\":1}}", "m map<string,int>") == expected)
    #expect(try Self.read("{\"m\":[[\"x\",1]]}", "m map<string,int>") == expected)
    #expect(throws: LakeError.self) { try Self.read("{\"m\":[[\"x\"]]}", "m map<string,int>") }
  }

  @Test("Inference", .spec("JROW-6"))
  func inference() throws {
    let json =
      "{\"i\":1,\"d\":1,\"s\":\"2026-01-01\",\"o\":{\"x\":[1]},\"m\":1}\n"
      + "{\"d\":2.5,\"m\":\"t\",\"o\":{\"y\":null},\"e\":[]}"
    let found = try NDJSONInference.infer(text(json))
    #expect(
      found.schema.fields.map { "\($0.name) \($0.type)" } == [
        "i bigint", "d double", "s string", "o struct<x list<bigint>,y string>", "m string",
        "e list<string>",
      ])
    #expect(found.rows == 2)
    for wrong in [
      "{\"a\":1}\n{\"a\":true}", "{\"a\":[1]}\n{\"a\":{}}", "{\"a\":9223372036854775808}",
    ] {
      #expect(
        #expect(throws: LakeError.self) { try NDJSONInference.infer(text(wrong)) }?.code
          == .inputValueInvalid)
    }
  }

  static let everything = """
    b boolean, i8 tinyint, i64 bigint, u64 ubigint, h half, f float, d double, dec decimal(38,10), \
    day date, t3 time(3), t9 time(9), ts timestamp, tl local_timestamp(3), tn timestamp(9), \
    s string, bin binary, fx fixed(2), \
    l list<int>, m map<string,double>, st struct<x int,y list<string>>
    """

  static func batch() throws -> RecordBatch {
    let schema = try Schema.parse(columns: everything)
    let values: [[Scalar]] = [
      [.bool(true), .null, .bool(false)], [.int(-128), .int(0), .null],
      [.int(.min), .int(.max), .null], [.uint(.max), .uint(0), .null],
      [.float(0.5), .float(-65504), .null],
      [.float(0.1), .float(.infinity), .float(1.17549435e-38)],
      [.double(0.1), .double(5e-324), .double(-1.7976931348623157e308)],
      [.decimal(-12_345_678_901), .decimal(0), .null], [.int(-719_529), .int(2_932_897), .int(0)],
      [.int(86_399_999), .int(0), .null], [.int(86_399_999_999_999), .int(1), .null],
      [.int(-1), .int(253_402_300_800_000_000), .null],
      [.int(-62_167_219_200_001), .int(1), .null], [.int(.min), .int(.max), .null],
      [.string("a,\"b\"\r\n\u{1}\\ 😀"), .string(""), .null],
      [.binary([0, 255]), .binary([]), .null], [.binary([1, 2]), .binary([254, 0]), .null],
      [.list([.int(1), .null]), .list([]), .null],
      [.map([(.string("k\""), .double(1.5)), (.string(""), .null)]), .map([]), .null],
      [.structure([.int(1), .list([.string("x,"), .null])]), .structure([.null, .null]), .null],
    ]
    var columns: [Column] = []
    for (field, list) in zip(schema.fields, values) {
      columns.append(try Column(field.type, scalars: list))
    }
    return RecordBatch(schema, columns)
  }

  @Test(
    "What is written reads back", .spec("ROW-5", "ROW-4", "ROW-6"),
    arguments: [RowFormat.csv, .tsv, .ndjson])
  func roundTrip(_ format: RowFormat) throws {
    let batch = try Self.batch()
    var writer = format.writer(batch.schema)
    let parts = [writer.begin(), try writer.write(batch), writer.finish()]
    let written = parts.map(\.lossyText).joined()
    let back: [[Scalar]]
    switch format {
    case .csv: back = try rows(try CSVReader(text(written), schema: batch.schema))
    case .tsv: back = try rows(try CSVReader(text(written), schema: batch.schema, options: .tsv))
    default: back = try rows(try NDJSONReader(text(written), schema: batch.schema))
    }
    #expect(
      back == (0..<batch.count).map { row in batch.columns.map { $0.scalar(row) } }, "\(written)")
  }

  @Test("Values are written as the contract says", .spec("ROW-1", "ROW-2", "ROW-3", "ROW-4"))
  func contract() throws {
    let batch = try Self.batch()
    var writer = NDJSONWriter(batch.schema)
    let lines = try writer.write(batch).lossyText.split(separator: "\n")
    #expect(
      lines[0] == """
        {"b":true,"i8":-128,"i64":-9223372036854775808,"u64":18446744073709551615,"h":0.5,"f":0.1,\
        "d":0.1,"dec":"-1.2345678901","day":"-0001-12-31","t3":"23:59:59.999",\
        "t9":"23:59:59.999999999",\
        "ts":"1969-12-31T23:59:59.999999Z","tl":"-0001-12-31T23:59:59.999",\
        "tn":"1677-09-21T00:12:43.145224192Z",\
        "s":"a,\\"b\\"\\r\\n\\u0001\\\\ 😀","bin":"00ff","fx":"0102","l":[1,null],\
        "m":[["k\\"",1.5],["",null]],\
        "st":{"x":1,"y":["x,",null]}}
        """)
    #expect(
      lines[1].contains("\"f\":\"Infinity\"") && lines[1].contains("\"dec\":\"0.0000000000\""))
  }

  @Test("Formulas are guarded on request", .spec("CSV-6"))
  func formulas() throws {
    let schema = try Schema.parse(columns: "a string, b int")
    let batch = RecordBatch(
      schema,
      [
        try Column(.string, scalars: [.string("=1+1"), .string("x")]),
        try Column(.int32, scalars: [.int(-1), .int(2)]),
      ])
    var guarded = CSVWriter(schema, guardsFormulas: true)
    #expect(try guarded.write(batch).lossyText == "\"'=1+1\",-1\nx,2\n")
  }

  @Test("A terminal table fits and escapes", .spec("ROW-10"))
  func table() throws {
    let schema = try Schema.parse(columns: "name string, n int")
    let batch = RecordBatch(
      schema,
      [
        try Column(
          .string,
          scalars: [.string("a\u{1B}[31m\u{202E}"), .string(String(repeating: "x", count: 50))]),
        try Column(.int32, scalars: [.int(5), .int(-12)]),
      ])
    var writer = TableWriter(schema, width: 24)
    let lines = (writer.begin().lossyText + (try writer.write(batch).lossyText)).split(
      separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 24 })
    #expect(lines[1].hasPrefix("a\\u{1b}[31m\\u{202e}") && lines[1].hasSuffix("  5"))
    #expect(lines[2].contains("…") && lines[2].hasSuffix("-12"))
  }

  @Test(
    "Doubles are read to the nearest value", .spec("ROW-6", "ROW-1"),
    arguments: [
      "0.1", "10.357019999999999", "0.723377795338995", "9007199254740993",
      "1.7976931348623157e308", "5e-324", "123456789012345678",
      "0.33326902879952147", "8.05546", "1e22", "1e23", "4.35", "2.2250738585072011e-308",
      "0.000001", "18446744073709551615",
    ])
  func doubles(_ digits: String) throws {
    let expected = Double(digits) ?? .nan
    #expect(try Self.read("{\"x\":\(digits)}", "x double") == [[.double(expected)]])
    let batch = RecordBatch(
      try Schema.parse(columns: "x double"), [try Column(.float64, scalars: [.double(expected)])])
    var writer = CSVWriter(batch.schema)
    #expect(Double(try writer.write(batch).lossyText.dropLast()) == expected)
  }
}
