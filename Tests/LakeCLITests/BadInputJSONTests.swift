import LakeTestKit
import Testing

@testable import LakeCLI

/// JSON that must not get into a table of `id int not null, qty int, note string`.
@Suite("Bad input: JSON")
struct BadInputJSONTests {
  private static func row(_ id: String, _ qty: String, _ note: String) -> String {
    "{\"id\":\(id),\"qty\":\(qty),\"note\":\(note)}"
  }

  private static let good = row("3", "7", "\"c\"")

  static let cases: [BadFile] = [
    BadFile(
      "a million brackets", "a.ndjson",
      row("3", "7", many("[", 1_000_000) + many("]", 1_000_000)), "LK5401", 8,
      ["line 1", "512", "a.ndjson"]),
    BadFile(
      "a number of 10 MB", "a.ndjson", row("3", many("1", 10_000_000), "\"c\""), "LK5401", 8,
      ["line 1", "1024 bytes", "a.ndjson"]),
    BadFile(
      "1e999999999", "a.ndjson", good + "\n" + row("4", "1e999999999", "\"c\""), "LK1011", 6,
      ["line 2", "\"qty\"", "1e999999999"]),
    BadFile(
      "a name twice", "a.ndjson", "{\"id\":3,\"qty\":1,\"qty\":2,\"note\":\"a\"}\n", "LK1010", 6,
      ["line 1", "\"qty\"", "twice", "byte 17"]),
    BadFile(
      "the same name, once escaped", "a.ndjson",
      "{\"id\":3,\"qty\":1,\"\\u0071ty\":2,\"note\":\"a\"}\n", "LK1010", 6, ["line 1", "twice"]),
    BadFile(
      "half a surrogate pair", "a.ndjson", row("3", "7", "\"\\ud800\""), "LK1010", 6,
      ["line 1", "\"note\"", "surrogate"]),
    BadFile(
      "a low surrogate first", "a.ndjson", row("3", "7", "\"\\udc00\\ud800\""), "LK1010", 6,
      ["line 1", "surrogate"]),
    BadFile(
      "an escape that does not exist", "a.ndjson", row("3", "7", "\"\\x41\""), "LK1010", 6,
      ["line 1"]),
    BadFile(
      "bytes that are not UTF-8", "a.ndjson",
      ascii("{\"id\":3,\"qty\":1,\"note\":\"") + [0xFF] + ascii("\"}\n"), "LK1015", 6,
      ["line 1", "byte 24"]),
    BadFile(
      "a raw control character", "a.ndjson", row("3", "7", "\"a\u{1}b\""), "LK1010", 6, ["line 1"]),
    BadFile(
      "a NUL", "a.ndjson", row("3", "7", "\"a\0b\""), "LK1010", 6, ["line 1", "NUL"]),
    BadFile(
      "an end inside an object", "a.ndjson", good + "\n{\"id\":4,\"qty\":1", "LK1010", 6,
      ["line 2", "ends"]),
    BadFile(
      "an end inside a string", "a.ndjson", good + "\n{\"id\":4,\"note\":\"abc", "LK1010", 6,
      ["line 2"]),
    BadFile(
      "two objects on a line", "a.ndjson", good + row("4", "8", "\"d\"") + "\n", "LK1010", 6,
      ["line 1", "line end", "array"]),
    BadFile(
      "an object over two lines", "a.ndjson", "{\"id\":3,\n\"qty\":7,\"note\":\"c\"}\n", "LK1010",
      6, ["line"]),
    BadFile(
      "an array between lines", "a.ndjson", good + "\n[{\"id\":4}]\n", "LK1010", 6, ["line 2"]),
    BadFile(
      "an array that is not closed", "a.json", "[" + good, "LK1010", 6, ["never closed"]),
    BadFile(
      "a value behind the array", "a.json", "[" + good + "] 1", "LK1010", 6, ["line 1"]),
    BadFile(
      "a number in the array", "a.json", "[" + good + ",4]", "LK1010", 6, ["line 1"]),
    BadFile("a number alone", "a.ndjson", "3\n", "LK1010", 6, ["line 1", "\"3\""]),
    BadFile(
      "text where a number belongs", "a.ndjson", good + "\n" + row("4", "\"x\"", "\"c\""),
      "LK1011", 6, ["line 2", "\"qty\"", "\"x\"", "a.ndjson"]),
    BadFile(
      "an object where text belongs", "a.ndjson", good + "\n" + row("4", "{\"a\":1}", "\"c\""),
      "LK1011", 6, ["line 2", "\"qty\""]),
    BadFile(
      "a number above 32 bits", "a.ndjson", row("3", "2147483648", "\"c\""), "LK1011", 6,
      ["line 1", "\"qty\"", "2147483648"]),
    BadFile(
      "a name too many", "a.ndjson", "{\"id\":3,\"qty\":7,\"note\":\"c\",\"shade\":1}\n", "LK1013",
      6, ["\"shade\"", "--evolve add", "--drop shade", "a.ndjson"]),
    BadFile(
      "a name too few", "a.ndjson", "{\"id\":3,\"qty\":7}\n", "LK1014", 6,
      ["\"note\"", "--fill null", "a.ndjson"]),
    BadFile(
      "no key in a row", "a.ndjson", good + "\n" + row("null", "8", "\"d\""), "LK3001", 6,
      ["line 2", "\"id\""]),
    BadFile(
      "a string above 16 MiB", "a.ndjson", row("3", "7", "\"" + many("x", (16 << 20) + 1) + "\""),
      "LK1012", 6, ["line 1", "16777216"]),
    BadFile(
      "a row above 64 MiB", "a.ndjson",
      "{\"id\":3,\"qty\":7,\"note\":\"c\",\"x\":[" + many("\"xxxxxxxxxxxx\",", 5 << 20), "LK1012",
      6, ["line 1", "67108864"]),
  ]

  @Test("refused, nothing committed", arguments: cases)
  func refused(_ bad: BadFile) {
    let victim = Victim()
    victim.refuses(bad.name, bad.bytes, bad.code, bad.status, says: bad.words)
  }

  @Test("lines and an array give the same rows")
  func forms() {
    let rows = [Self.row("3", "7", "\"c\""), Self.row("4", "null", "null")]
    for (name, text) in [
      ("a.ndjson", rows.joined(separator: "\n")),
      ("a.json", "[" + rows.joined(separator: ",\n") + "]"),
      ("b.json", "\u{FEFF}[\n" + rows.joined(separator: "\n,\n") + "\n]\n"),
    ] {
      let victim = Victim()
      let run = lake(["commit", victim.table, victim.scratch.file(name, text)])
      #expect(run.status == 0, "\(name): \(run.err)")
      #expect(lake(["read", victim.table, "--where", "id > 2"]).lines.sorted() == rows, "\(name)")
      victim.isInOrder()
    }
  }

  @Test("no lines commit nothing")
  func empty() {
    let victim = Victim()
    for text in ["", "\n\n", "[]"] {
      let run = lake(["commit", victim.table, victim.scratch.file("a.json", text), "--json"])
      #expect(run.status == 0 && run.out.contains("\"outcome\":\"nothing\""), "\(text): \(run.err)")
      victim.isUnchanged()
    }
  }
}
