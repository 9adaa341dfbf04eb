import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@testable import LakeCLI

/// A folder with a table of three orders and a second commit that changes one and adds one.
private struct Orders {
  let scratch = Scratch()
  var table: String { scratch.path + "/orders" }

  func run(_ words: String...) -> Run { lake(words) }

  /// Everything a run must share to be repeated.
  static func fixed(_ minute: Int) -> [String] {
    ["--clock", "2026-03-01T10:0\(minute):00Z", "--seed", "\(minute + 1)"]
  }

  @discardableResult
  func make(_ extra: [String] = []) -> [Run] {
    let first = scratch.file("first.csv", "id,qty,note\n1,5,a\n2,6,\"b, c\"\n3,7,NA\n")
    let second = scratch.file("second.csv", "id,qty,note\n2,60,new\n4,8,d\n")
    return [
      lake(["init", table, "--key", "id"] + extra + Self.fixed(0)),
      lake(["commit", table, first, "--null", "NA", "-m", "first", "--json"] + Self.fixed(1)),
      lake(["commit", table, second, "-m", "second", "--json"] + Self.fixed(2)),
    ]
  }

  func instants() -> [String] {
    lake(["log", table, "--format", "tsv"]).lines.dropFirst().compactMap {
      $0.split(separator: "\t").first.map(String.init)
    }
  }
}

@Suite("Commands on tables")
struct CommandTests {
  @Test("a table from nothing to its history")
  func story() {
    let orders = Orders()
    let runs = orders.make()
    for run in runs { #expect(run.status == 0, "\(run.err)") }
    #expect(runs[1].out.contains("\"outcome\":\"committed\""))
    #expect(runs[1].out.contains("\"rowsIn\":3,\"inserted\":3,\"updated\":0,\"deleted\":0"))
    #expect(runs[2].out.contains("\"rowsIn\":2,\"inserted\":1,\"updated\":1,\"deleted\":0"))
    let rows = lake(["read", orders.table, "--format", "csv"])
    #expect(
      Set(rows.lines) == ["id,qty,note", "1,5,a", "2,60,new", "3,7,", "4,8,d"], "\(rows.err)")
    #expect(rows.lines.first == "id,qty,note")
    let log = lake(["log", orders.table, "--json"])
    #expect(log.lines.count == 3)
    #expect(log.lines[0].contains("\"operation\":\"upsert\"") && log.lines[0].contains("second"))
    #expect(log.lines[2].hasPrefix("{\"type\":\"summary\",\"v\":1"))
    let gone = orders.scratch.file("gone.csv", "id\n1\n")
    let deleted = lake(["commit", orders.table, gone, "-o", "delete", "--json"])
    #expect(deleted.out.contains("\"deleted\":1"), "\(deleted.err)")
    #expect(lake(["read", orders.table]).lines.count == 3)
    #expect(lake(["describe", orders.table]).out.contains("rows\t3"))
    #expect(lake(["files", orders.table]).lines.count == 2)
  }

  @Test("rows off a terminal, meta columns, choice of columns and rows", .spec("CLI-17"))
  func rows() {
    let orders = Orders()
    orders.make()
    let plain = lake(["read", orders.table, "--select", "qty,id", "--where", "id = 2"])
    #expect(plain.out == "{\"qty\":60,\"id\":2}\n")
    #expect(!lake(["read", orders.table, "--json"]).out.contains("\"type\""))
    let meta = lake(["read", orders.table, "--meta", "--limit", "1"])
    #expect(meta.out.hasPrefix("{\"_hoodie_commit_time\":\"2026030110"))
    #expect(meta.lines.count == 1)
    let table = lake(
      ["read", orders.table, "--select", "id,qty", "--where", "id = 4"], terminal: true)
    #expect(table.out == "id  qty\n 4    8\n")
  }

  @Test("versions behind @", .spec("CLI-8"))
  func versions() {
    let orders = Orders()
    orders.make()
    let before = lake(["read", orders.table + "@^", "--format", "csv"]).out
    #expect(before.contains("2,6,\"b, c\"") && !before.contains("4,8"))
    let instants = orders.instants()
    #expect(instants.count == 2)
    guard instants.count == 2 else { return }
    #expect(lake(["read", "\(orders.table)@\(instants[1])", "--format", "csv"]).out == before)
    #expect(lake(["read", orders.table, "--as-of", instants[1], "--format", "csv"]).out == before)
    #expect(lake(["read", orders.table + "@2026", "--format", "csv"]).err.contains("LK2002"))
    let time = lake(["read", orders.table + "@2026-03-01T11:01:30+01:00", "--format", "csv"])
    #expect(time.out == before)
    #expect(lake(["read", orders.table + "@^^"]).err.contains("LK2001"))
    #expect(lake(["read", orders.table + "@tag:x"]).err.contains("LK2001"))
    #expect(lake(["read", orders.table + "@pin:x"]).status == 2)
    let odd = orders.scratch.path + "/a@b"
    #expect(lake(["init", odd, "--key", "id"]).status == 0)
    #expect(lake(["describe", odd]).status == 0)
    #expect(lake(["log", odd]).status == 0)
  }

  @Test("a version from before the first commit", .spec("CLI-28"))
  func beforeTheFirst() {
    let orders = Orders()
    orders.make()
    let first = orders.instants().last ?? ""
    let early = lake(["read", orders.table + "@2026-03-01T10:00:30Z", "--format", "csv"])
    #expect(early.status == 0 && early.out == "id,qty,note\n", "\(early.err)")
    #expect(early.err.contains("was empty then: its first commit is \(first)"), "\(early.err)")
    #expect(lake(["read", orders.table + "@2026-03-01T10:00:30Z", "-q"]).err.isEmpty)
    let beyond = lake(["read", orders.table + "@^^"])
    #expect(beyond.status == 7 && beyond.err.contains("LK2001"), "\(beyond.err)")
  }

  @Test("times without a zone", .spec("CLI-9"))
  func zones() {
    let orders = Orders()
    orders.make()
    let refused = lake(["read", orders.table + "@2026-03-01T10:01:30"])
    #expect(refused.status == 2 && refused.err.contains("LK2003"))
    let given = lake(["read", orders.table + "@2026-03-01T18:01:30", "--tz", "+08:00"])
    #expect(given.lines.count == 3, "\(given.err)")
  }

  @Test("-C and quiet", .spec("CLI-7", "CLI-12"))
  func directories() {
    let orders = Orders()
    orders.make()
    #expect(lake(["-C", orders.scratch.path, "read", "orders"]).lines.count == 4)
    let loud = lake(["read", orders.scratch.path + "/first.csv"])
    #expect(loud.err.contains("columns id bigint"), "\(loud.err)")
    let quiet = lake(["read", orders.scratch.path + "/first.csv", "-q"])
    #expect(quiet.err.isEmpty && quiet.out == loud.out)
  }

  @Test("files are written whole, and not over others", .spec("CLI-19"))
  func outputs() {
    let orders = Orders()
    orders.make()
    let source = lake(["read", orders.table, "--format", "csv"]).out
    for name in ["a.csv", "a.csv.gz", "a.ndjson.zst", "a.tsv", "a.parquet", "a.avro"] {
      let file = orders.scratch.path + "/" + name
      let written = lake(["read", orders.table, "--out", file])
      #expect(written.status == 0 && written.out.isEmpty, "\(name): \(written.err)")
      let back = lake([
        "read", file, "--format", "csv", "--columns", "id int, qty int, note string",
      ])
      #expect(name == "a.parquet" || name == "a.avro" || back.out == source, "\(name): \(back.err)")
      let again = lake(["read", orders.table, "--out", file])
      #expect(again.status == 2 && again.err.contains("LK1019"), "\(name)")
      #expect(lake(["read", orders.table, "--out", file, "--yes"]).status == 0)
    }
    #expect(lake(["read", orders.table, "--out", orders.scratch.path + "/a.xyz"]).status == 2)
    let bad = lake(["read", orders.table, "--out", orders.scratch.path + "/no/a.csv"])
    #expect(bad.status != 0)
    #expect(!orders.scratch.content().keys.contains { $0.contains("partial") })
  }

  @Test("a dry run writes nothing", .spec("CLI-25"))
  func dryRun() {
    let orders = Orders()
    let planned = lake(["init", orders.table, "--key", "id", "--dry-run", "--json"])
    #expect(planned.out.contains("\"outcome\":\"planned\""))
    #expect(orders.scratch.content().isEmpty)
    orders.make()
    let before = orders.scratch.content()
    let input = orders.scratch.path + "/second.csv"
    for words in [
      ["commit", orders.table, input], ["commit", orders.table, input, "-o", "delete"],
      ["read", orders.table, "--out", orders.scratch.path + "/x.csv"],
    ] {
      let run = lake(words + ["--dry-run"])
      #expect(run.status == 0, "\(words): \(run.err)")
      #expect(orders.scratch.content() == before, "\(words)")
    }
  }

  @Test("the same run twice gives the same bytes", .spec("CLI-26"))
  func repeatable() {
    let one = Orders()
    let two = Orders()
    one.make()
    two.make()
    let left = one.scratch.content(below: "orders")
    let right = two.scratch.content(below: "orders")
    #expect(!left.isEmpty)
    #expect(left.keys.sorted() == right.keys.sorted())
    for (name, bytes) in left where right[name] != bytes {
      Issue.record("\(name) differs")
    }
  }
}
