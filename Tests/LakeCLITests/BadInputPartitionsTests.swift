import LakeTestKit
import Testing

@testable import LakeCLI

/// Partition values that are no names of directories.
@Suite("Bad input: partition values")
struct BadInputPartitionsTests {
  private static let columns = ["--partition", "p", "--columns", "id int not null, p string"]

  /// Values as JSON text, and the directory that Hive's escaping asks for.
  static let values: [(json: String, path: String)] = [
    ("\"a/b\"", "p=a%2Fb"), ("\"..\"", "p=.."), ("\".\"", "p=."), ("\"../../x\"", "p=..%2F..%2Fx"),
    ("\"\"", "p=__HIVE_DEFAULT_PARTITION__"), ("null", "p=__HIVE_DEFAULT_PARTITION__"),
    ("\"a=b:c\"", "p=a%3Db%3Ac"), ("\"a%2Fb\"", "p=a%252Fb"), ("\"a\\u0000b\"", "p=a%00b"),
    ("\"a\\nb\"", "p=a%0Ab"), ("\"a\\u001bb\"", "p=a%1Bb"), ("\"a\\\\b\"", "p=a%5Cb"),
    ("\"a\\\"b\"", "p=a%22b"), ("\"a b\"", "p=a b"), ("\"日本\"", "p=日本"), ("\"A\"", "p=A"),
    ("\"a\"", "p=a"), ("\".hoodie\"", "p=.hoodie"), ("\"{x}\"", "p=%7Bx}"),
    ("\"#'*?[]^\"", "p=%23%27%2A%3F%5B%5D%5E"),
  ]

  @Test("encoded, read back, and found again")
  func encoded() {
    let victim = Victim(Self.columns, rows: nil)
    let rows = Self.values.enumerated().map { "{\"id\":\($0),\"p\":\($1.json)}" }
    let file = victim.scratch.file("p.ndjson", rows.joined(separator: "\n"))
    let run = lake(["commit", victim.table, file, "--json"])
    #expect(run.out.contains("\"inserted\":\(rows.count),"), "\(run.err)")
    #expect(Set(lake(["read", victim.table]).lines) == Set(rows))
    let folders = Set(
      victim.paths(".parquet").map { $0.split(separator: "/").dropLast().joined(separator: "/") })
    #expect(folders == Set(Self.values.map(\.path)))
    #expect(folders.allSatisfy { !$0.contains("/") })
    victim.isInOrder()
    let again = lake(["commit", victim.table, file, "--json"])
    #expect(again.out.contains("\"inserted\":0,\"updated\":\(rows.count),"), "\(again.out)")
    let one = lake(["read", victim.table, "--where", "p = 'a/b'"])
    #expect(one.lines == ["{\"id\":0,\"p\":\"a/b\"}"], "\(one.err)")
    victim.isInOrder()
    #expect(victim.scratch.content().keys.allSatisfy { $0.hasPrefix("t/") || !$0.contains("/") })
  }

  @Test("what no directory can be called is refused with its row")
  func refused() {
    let long = many("x", 254)
    let victim = Victim(Self.columns, rows: "id,p\n1,a\n")
    for (value, word) in [(long, "255"), (many("/", 90), "255"), (many("日", 90), "255")] {
      victim.refuses(
        "p.ndjson", ascii("{\"id\":2,\"p\":\"b\"}\n{\"id\":3,\"p\":\"\(value)\"}\n"), "LK3005", 6,
        says: ["row 2", word, "p.ndjson"])
    }
    let plain = Victim(Self.columns + ["--partition-style", "plain"], rows: "id,p\n1,a\n")
    for (value, word) in [
      ("..", "\"..\""), (".", "\".\""), ("a/../b", "\"..\""), ("/a", "empty segment"),
      ("a/", "empty segment"), ("a//b", "empty segment"), (".hoodie", "metadata"),
      (".hoodie/x", "metadata"), ("a\\u0000b", "NUL"), (long + "xx", "255"),
      (many("x/", 2100) + "x", "4096"),
    ] {
      plain.refuses(
        "p.ndjson", ascii("{\"id\":2,\"p\":\"b\"}\n{\"id\":3,\"p\":\"\(value)\"}\n"), "LK3005", 6,
        says: ["row 2", word, "p.ndjson"])
    }
  }
}
