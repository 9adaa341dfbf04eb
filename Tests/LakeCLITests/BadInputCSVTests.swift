import LakeTestKit
import Testing

@testable import LakeCLI

/// CSV that must not get into a table of `id int not null, qty int, note string`.
@Suite("Bad input: CSV")
struct BadInputCSVTests {
  private static let head = "id,qty,note\n"

  static let cases: [BadFile] = [
    BadFile(
      "a short row", "a.csv", head + "3,7,c\n4,8\n", "LK1010", 6,
      ["line 3", "2 fields where 3", "a.csv", "byte 18"]),
    BadFile(
      "a long row", "a.csv", head + "3,7,c,d\n", "LK1010", 6,
      ["line 2", "4 fields where 3", "a.csv"]),
    BadFile(
      "a quote that is never closed", "a.csv", head + "3,7,c\n4,8,\"d\n5,9,e\n", "LK1010", 6,
      ["line 3", "never closed", "byte 22"]),
    BadFile(
      "a quote inside a field", "a.csv", head + "3,7,c\"d\n", "LK1010", 6, ["line 2", "quote"]),
    BadFile(
      "text behind a quoted field", "a.csv", head + "3,7,\"c\"d\n", "LK1010", 6,
      ["line 2", "closing quote"]),
    BadFile(
      "a field above 16 MiB", "a.csv", head + "3,7," + many("x", (16 << 20) + 1) + "\n", "LK1012",
      6, ["line 2", "16777216", "a.csv"]),
    BadFile(
      "a row above 64 MiB", "a.csv", head + "3,7,\"" + many("xxxxxxxxxxxxxxx\n", 5 << 20), "LK1012",
      6, ["line 2", "67108864", "quote"]),
    BadFile(
      "20,001 columns", "a.csv",
      (0...20_000).map { "c\($0)" }.joined(separator: ",") + "\n", "LK5401", 8,
      ["line 1", "20000 columns", "a.csv"]),
    BadFile(
      "a NUL", "a.csv", head + "3,7,a\0b\n", "LK1010", 6, ["line 2", "NUL", "byte 17"]),
    BadFile(
      "bytes that are not UTF-8", "a.csv", ascii(head + "3,7,c\n4,8,") + [0xFF, 0xFE, 0x0A],
      "LK1015", 6, ["line 3", "UTF-8", "byte 22", "iconv"]),
    BadFile(
      "a UTF-8 sequence cut short", "a.csv", ascii(head + "3,7,") + [0xE2, 0x82, 0x0A],
      "LK1015", 6, ["line 2", "byte 16"]),
    BadFile(
      "a surrogate in UTF-8", "a.csv", ascii(head + "3,7,") + [0xED, 0xA0, 0x80, 0x0A],
      "LK1015", 6, ["line 2", "byte 16"]),
    BadFile(
      "UTF-16", "a.csv", [0xFF, 0xFE] + ascii(head).flatMap { [$0, 0] }, "LK1015", 6,
      ["UTF-16", "iconv"]),
    BadFile("no bytes", "a.csv", "", "LK1010", 6, ["empty", "a.csv", "--no-header"]),
    BadFile(
      "a column twice", "a.csv", "id,qty,qty,note\n3,7,7,c\n", "LK1010", 6,
      ["line 1", "\"qty\"", "twice"]),
    BadFile(
      "a column without a name", "a.csv", "id,,note\n3,7,c\n", "LK1010", 6, ["line 1", "column 2"]),
    BadFile(
      "a column too many", "a.csv", "id,qty,note,shade\n3,7,c,1\n", "LK1013", 6,
      ["\"shade\"", "--evolve add", "--drop shade", "a.csv"]),
    BadFile(
      "a column too few", "a.csv", "id,qty\n3,7\n", "LK1014", 6,
      ["\"note\"", "--fill null", "a.csv"]),
    BadFile(
      "no key column", "a.csv", "qty,note\n7,c\n", "LK1014", 6, ["\"id\"", "a.csv"]),
    BadFile(
      "text where a number belongs", "a.csv", head + "3,7,c\n4,many,d\n", "LK1011", 6,
      ["line 3", "\"qty\"", "\"many\"", "int", "a.csv", "byte 20"]),
    BadFile(
      "a fraction where an integer belongs", "a.csv", head + "3,1.5,c\n", "LK1011", 6,
      ["line 2", "\"qty\"", "1.5"]),
    BadFile(
      "a number above 32 bits", "a.csv", head + "3,2147483648,c\n", "LK1011", 6,
      ["line 2", "\"qty\"", "2147483648"]),
    BadFile(
      "a number of 5,000 digits", "a.csv", head + "3," + many("9", 5000) + ",c\n", "LK1011", 6,
      ["line 2", "\"qty\""]),
    BadFile(
      "no key in a row", "a.csv", head + "3,7,c\n,8,d\n", "LK3001", 6,
      ["line 3", "\"id\"", "a.csv"]),
    BadFile(
      "tabs where commas belong", "a.csv", "id\tqty\tnote\n3\t7\tc\n", "LK1013", 6, ["a.csv"]),
  ]

  @Test("refused, nothing committed", arguments: cases)
  func refused(_ bad: BadFile) {
    let victim = Victim()
    victim.refuses(bad.name, bad.bytes, bad.code, bad.status, says: bad.words)
  }

  @Test("good rows before a bad one are not committed either")
  func late() {
    let victim = Victim()
    var text = Self.head
    for number in 3..<60_000 { text += "\(number),1,some words to fill the chunk of this row\n" }
    victim.refuses(
      "late.csv", ascii(text + "60000,bad,c\n"), "LK1011", 6, says: ["line 59999", "\"bad\""])
  }

  @Test("a bad second file takes the first one along")
  func secondFile() {
    let victim = Victim()
    let fine = victim.scratch.file("fine.csv", Self.head + "3,7,c\n")
    let bad = victim.scratch.file("second.csv", Self.head + "4,x,c\n")
    victim.refuses(
      ["commit", victim.table, fine, bad], "LK1011", 6, says: ["second.csv", "line 2"])
  }

  @Test("odd, but good")
  func accepted() {
    for (title, text, rows) in [
      (
        "a byte order mark", "\u{FEFF}id,qty,note\n3,7,c\n",
        ["{\"id\":3,\"qty\":7,\"note\":\"c\"}"]
      ),
      (
        "lone CR", "id,qty,note\r3,7,c\r4,8,d\r",
        ["{\"id\":3,\"qty\":7,\"note\":\"c\"}", "{\"id\":4,\"qty\":8,\"note\":\"d\"}"]
      ),
      (
        "mixed line ends", "id,qty,note\r\n3,7,c\n4,8,\"d\r\ne\"",
        ["{\"id\":3,\"qty\":7,\"note\":\"c\"}", "{\"id\":4,\"qty\":8,\"note\":\"d\\r\\ne\"}"]
      ),
    ] {
      let victim = Victim()
      let run = lake(["commit", victim.table, victim.scratch.file("odd.csv", text)])
      #expect(run.status == 0, "\(title): \(run.err)")
      let read = lake(["read", victim.table, "--where", "id > 2"])
      #expect(read.lines.sorted() == rows, "\(title)")
      victim.isInOrder()
    }
  }

  @Test("a header and no rows commit nothing")
  func headerOnly() {
    let victim = Victim()
    let file = victim.scratch.file("header.csv", Self.head)
    let run = lake(["commit", victim.table, file, "--json"])
    #expect(run.status == 0 && run.out.contains("\"outcome\":\"nothing\""), "\(run.err)")
    victim.isUnchanged()
  }
}
