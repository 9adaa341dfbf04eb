import LakeTestKit
import Testing

@testable import LakeCLI

/// Keys as nobody expects them.
@Suite("Bad input: keys")
struct BadInputKeysTests {
  private static func json(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if scalar.value < 0x20 {
          out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }

  static let keys = [
    "a/b", "a:b", "a,b", "a%b", "a%2Fb", "a=b", "a\"b", "a'b", "a\nb", "a\tb", "a\\b", "a\rb",
    "\u{1b}[31m", "\u{1}", "😀", "👩‍👩‍👧", "\u{202e}abc", "שלום", "é", "e\u{301}", "ß", "SS", " ",
    "a ", " a", "A", "a", "null", "NULL", "0", "00", "1.0", "..", "__HIVE_DEFAULT_PARTITION__",
    "__null__", "__empty__", many("x", 65_536), "\u{10FFFF}", "\u{FEFF}b", "{\"id\":1}",
  ]

  @Test("every one comes back as it was, and no two are one")
  func roundTrip() {
    let victim = Victim(["--columns", "id string not null, v int"], rows: nil)
    let rows = Self.keys.enumerated().map { "{\"id\":\(Self.json($1)),\"v\":\($0)}" }
    let file = victim.scratch.file("keys.ndjson", rows.joined(separator: "\n"))
    let first = lake(["commit", victim.table, file, "--json"])
    #expect(first.out.contains("\"inserted\":\(Self.keys.count),"), "\(first.err)")
    let read = lake(["read", victim.table])
    #expect(Set(read.lines) == Set(rows))
    #expect(read.lines.count == rows.count)
    // The same keys again: all of them are found.
    let again = lake(["commit", victim.table, file, "--json"])
    #expect(again.out.contains("\"inserted\":0,\"updated\":\(Self.keys.count),"), "\(again.out)")
    let meta = lake(["read", victim.table, "--meta", "--select", "_hoodie_record_key,id"])
    for key in Self.keys {
      let row = "{\"_hoodie_record_key\":\(Self.json(key)),\"id\":\(Self.json(key))}"
      #expect(meta.lines.contains(row), "\(row.prefix(80))")
    }
    victim.isInOrder()
    let csv = victim.scratch.path + "/keys.csv"
    #expect(lake(["read", victim.table, "--out", csv]).status == 0)
    let gone = lake(["commit", victim.table, csv, "-o", "delete", "--json"])
    #expect(gone.out.contains("\"deleted\":\(Self.keys.count)"), "\(gone.out) \(gone.err)")
    #expect(lake(["read", victim.table]).lines.isEmpty)
    victim.isInOrder()
  }

  @Test("null, empty and their placeholders are four things")
  func placeholders() {
    let victim = Victim(
      ["--columns", "a string, b string, v int"], key: "a,b", rows: nil)
    let file = victim.scratch.file(
      "keys.ndjson",
      "{\"a\":\"x\",\"b\":null,\"v\":1}\n{\"a\":\"x\",\"b\":\"\",\"v\":2}\n")
    let run = lake(["commit", victim.table, file, "--json"])
    #expect(run.out.contains("\"inserted\":2,"), "\(run.out) \(run.err)")
    let keys = lake(["read", victim.table, "--meta", "--select", "_hoodie_record_key,v"]).lines
    #expect(
      Set(keys) == [
        "{\"_hoodie_record_key\":\"a:x,b:__null__\",\"v\":1}",
        "{\"_hoodie_record_key\":\"a:x,b:__empty__\",\"v\":2}",
      ])
    victim.renew()
    for word in ["__null__", "__empty__"] {
      victim.refuses(
        "word.ndjson", ascii("{\"a\":\"x\",\"b\":\"\(word)\",\"v\":3}\n"), "LK3002", 6,
        says: ["row 1", word, "word.ndjson"])
    }
  }

  @Test("composite keys that could mean other values")
  func ambiguous() {
    let victim = Victim(["--columns", "a string, b string, v int"], key: "a,b", rows: nil)
    for (a, b, word) in [
      ("1,b:2", "3", "a:1,b:2,b:3"), ("1", "2,b:3", "a:1,b:2,b:3"), ("1,b:", "3", "a:1,b:,b:3"),
    ] {
      victim.renew()
      victim.refuses(
        "two.ndjson",
        ascii("{\"a\":\"fine\",\"b\":\"too\",\"v\":0}\n{\"a\":\"\(a)\",\"b\":\"\(b)\",\"v\":1}\n"),
        "LK3002", 6, says: ["row 2", word, "a, b", "two.ndjson"])
    }
  }

  @Test("no key, a key that is empty, and one that is too long")
  func none() {
    let columns = ["--columns", "id string not null, v int"]
    let victim = Victim(columns, rows: "id,v\na,1\n")
    victim.refuses(
      "n.ndjson", ascii("{\"id\":\"b\",\"v\":1}\n{\"id\":null,\"v\":1}\n"), "LK3001", 6,
      says: ["line 2", "\"id\"", "n.ndjson"])
    victim.refuses(
      "e.ndjson", ascii("{\"id\":\"b\",\"v\":1}\n{\"id\":\"\",\"v\":1}\n"), "LK3001", 6,
      says: ["row 2", "id", "e.ndjson"])
    victim.refuses(
      "l.ndjson", ascii("{\"id\":\"\(many("k", (1 << 20) + 1))\",\"v\":1}\n"), "LK3003", 6,
      says: ["row 1", "1048576", "l.ndjson"])
    // Without a schema the columns are inferred, and the row is counted.
    let open = Victim([], rows: nil)
    open.renew()
    open.refuses(
      "n.ndjson", ascii("{\"id\":\"b\",\"v\":1}\n{\"id\":null,\"v\":1}\n"), "LK3001", 6,
      says: ["row 2", "\"id\"", "n.ndjson"])
  }

  @Test("no value in the ordering column")
  func ordering() {
    for columns in [[], ["--columns", "id int not null, ts int"]] {
      let victim = Victim(columns + ["--order", "ts"], rows: "id,ts\n1,5\n")
      victim.refuses(
        "o.csv", ascii("id,ts\n2,6\n3,\n"), "LK3004", 6, says: ["\"ts\"", "o.csv"])
      victim.refuses(
        "o.ndjson", ascii("{\"id\":2,\"ts\":6}\n{\"id\":3,\"ts\":null}\n"), "LK3004", 6,
        says: ["2", "\"ts\""])
    }
  }
}
