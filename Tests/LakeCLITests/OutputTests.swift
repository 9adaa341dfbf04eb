import Lake
import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("Output")
struct OutputTests {
  static let listing: Listing = {
    var listing = Listing("file", [.left("name"), .right("bytes")])
    listing.rows = [
      [.text("a|b, \"c\"\t\\"), .bytes(12_999_999)], [.text("日本語のとても長い名前"), .bytes(7)],
    ]
    return listing
  }()

  @Test("a table fits its width, marks cuts and aligns numbers", .spec("CLI-13"))
  func table() {
    let wide = Self.listing.lines(.table, width: 80)
    #expect(
      wide == [
        "name" + String(repeating: " ", count: 23) + "bytes",
        "a|b, \"c\"\\t\\             12.4 MiB", "日本語のとても長い名前       7 B",
      ])
    for width in [20, 24, 30] {
      let lines = Self.listing.lines(.table, width: width)
      #expect(lines.allSatisfy { HumanText.width($0) <= width }, "\(width)")
      #expect(lines[2].contains("…"), "\(width)")
    }
  }

  @Test("tab-separated, comma-separated and Markdown", .spec("CLI-14"))
  func plain() {
    #expect(
      Self.listing.lines(.tsv, width: nil) == [
        "name\tbytes", "a|b, \"c\"\\t\\\\\t12999999", "日本語のとても長い名前\t7",
      ])
    #expect(Self.listing.lines(.csv, width: nil)[1] == "\"a|b, \"\"c\"\"\t\\\",12999999")
    #expect(
      Array(Self.listing.lines(.md, width: nil)[..<3]) == [
        "| name | bytes |", "|---|---:|", "| a\\|b, \"c\"\\t\\ | 12.4 MiB |",
      ])
  }

  @Test("no control character reaches a terminal", .spec("CLI-18"))
  func controls() {
    #expect(HumanText.safe("a\u{1b}[31mb\n\u{9b}") == "a\\u{1b}[31mb\\n\\u{9b}")
    #expect(HumanText.safe("rtl\u{202e}x") == "rtl\\u{202e}x")
    #expect(HumanText.safe("grün 日本") == "grün 日本")
    let error = LakeError(.inputMalformed, "bad \u{1b}]0;x\u{7}", path: "f\u{8}")
    #expect(
      !ErrorText.terminal(error, colour: false).unicodeScalars.contains {
        $0.value < 10 || $0 == "\u{1b}"
      })
  }

  @Test("numbers as people read them")
  func numbers() {
    #expect(HumanText.count(1_234_567) == "1 234 567")
    #expect(HumanText.count(-1000) == "-1 000")
    #expect(HumanText.count(0) == "0")
    #expect(HumanText.bytes(1023) == "1023 B")
    #expect(HumanText.bytes(1536) == "1.5 KiB")
    #expect(HumanText.bytes(1_048_575) == "1.0 MiB")
    #expect(HumanText.duration(3904) == "3.9 s")
    #expect(HumanText.duration(125_000) == "2 m 05 s")
    #expect(HumanText.fitted("abcdef", 4) == "abc…")
  }

  @Test("the shape of errors", .spec("CLI-21"))
  func errors() {
    let error = LakeError(
      .rangeExpired, "the range starts too early", hint: "lake log t",
      facts: [("table", "./t"), ("wanted", "x")])
    #expect(
      ErrorText.terminal(error, colour: false)
        == "error[LK2103]: the range starts too early\n  table   ./t\n  wanted  x\n"
        + "  next    lake log t"
    )
    let damaged = LakeError(.parquetChecksum, "page 3", path: "a.parquet", offset: 12).during(
      "reading t")
    #expect(
      ErrorText.terminal(damaged, colour: false)
        == "error[LK5003]: page 3\n  file    a.parquet   (byte 12)\n  while   reading t")
  }

  @Test("an error as JSON", .spec("CLI-22"))
  func jsonError() {
    let run = lake("nope --json")
    #expect(run.status == 2)
    #expect(run.out.isEmpty)
    #expect(
      run.err
        == "{\"type\":\"error\",\"v\":1,\"code\":\"LK1002\",\"kind\":\"usage\",\"retryable\":false,"
        + "\"exit\":2,\"message\":\"there is no command \\\"nope\\\"\",\"next\":[\"lake help\"]}\n")
  }

  @Test("JSON text")
  func json() {
    let value = JSONValue.object([
      ("a\"\n", .array([.null, .bool(true), .int(-3), .double(0.1), .double(.nan)])),
      ("b", .text("\u{1}é\\")),
    ])
    #expect(
      value.line == "{\"a\\\"\\n\":[null,true,-3,0.1,\"NaN\"],\"b\":\"\\u0001é\\\\\"}")
  }

  @Test("a caret points at what is wrong in a condition", .spec("PRED-14"))
  func caret() throws {
    for (text, before) in [("qty > 5 andd x", "qty > 5 "), ("名 = 1 orr", "名 = 1 ")] {
      let error = #expect(throws: LakeError.self) { try RowPredicate(text) }
      let lines = ErrorText.terminal(try #require(error), colour: false).split(separator: "\n")
      let place = try #require(lines.firstIndex { $0.hasSuffix("  " + text) })
      let value = try #require(lines[place].firstRange(of: text))
      let column = HumanText.width(String(lines[place][..<value.lowerBound]) + before)
      #expect(lines[place + 1] == String(repeating: " ", count: column) + "^")
      #expect(!lines.contains { $0.contains("byte") })
    }
  }
}
