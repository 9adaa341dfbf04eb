import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("What goes wrong")
struct ErrorTests {
  /// Words with `T` for a table, `D` for a scratch folder, and what must come of them.
  private static let cases: [(String, String, Int32)] = [
    ("init T --key id", "LK1006", 2),
    ("init D/new", "LK1001", 2),
    ("init D/new --key id --version 7", "LK1004", 2),
    ("init D/new --key id --columns id+nonsense", "LK1017", 2),
    ("init D/new --key id --columns id+int --schema D/x.avsc", "LK1001", 2),
    ("init D/new --key id --schema D/none.avsc", "LK1008", 7),
    ("init D/new --key nokey --columns id+int", "LK1018", 2),
    ("init D/new --key id --merge event", "LK1004", 2),
    ("init D/new --key id --bloom 2", "LK1004", 2),
    ("read D/nothing", "LK1007", 7),
    ("describe D/nothing", "LK1007", 7),
    ("log D/nothing", "LK1007", 7),
    ("files D/nothing@^", "LK1007", 7),
    ("commit D/nothing D/good.csv", "LK1007", 7),
    ("commit T D/none.csv", "LK1008", 7),
    ("commit T D/ragged.csv", "LK1010", 6),
    ("commit T D/text.csv", "LK1011", 6),
    ("commit T D/extra.csv", "LK1013", 6),
    ("commit T D/short.csv", "LK1014", 6),
    ("commit T D/nokey.csv", "LK3001", 6),
    ("commit T D/nokey.csv -o delete", "LK3001", 6),
    ("commit T D/broken.parquet", "LK5001", 6),
    ("commit T D/broken.avro", "LK5101", 6),
    ("commit T D/broken.ndjson", "LK1010", 6),
    ("commit T D/good.csv --meta novalue", "LK1004", 2),
    ("commit T D/good.csv --delete-when id+=", "LK1016", 2),
    ("read T --where id+>", "LK1016", 2),
    ("read T --select nope", "LK1018", 2),
    ("read T --limit -1", "LK1004", 2),
    ("read T@^^^^", "LK2001", 7),
    ("read T@yesterday", "LK2003", 2),
    ("read T@^ --as-of ^", "LK1001", 2),
    ("read D/good.csv --as-of ^", "LK1001", 2),
    ("read D/folder", "LK1007", 7),
  ]

  @Test("codes and statuses", .spec("CLI-23"))
  func codes() {
    let scratch = Scratch()
    let table = scratch.path + "/t"
    let good = scratch.file("good.csv", "id,qty\n1,2\n")
    _ = scratch.file("ragged.csv", "id,qty\n1,2\n3\n")
    _ = scratch.file("text.csv", "id,qty\n1,many\n")
    _ = scratch.file("extra.csv", "id,qty,new\n1,2,3\n")
    _ = scratch.file("short.csv", "id\n1\n")
    _ = scratch.file("nokey.csv", "id,qty\n,2\n")
    _ = scratch.file("broken.parquet", "PAR1 this is no Parquet file PAR1")
    _ = scratch.file("broken.avro", "Obj\u{1} this is no container")
    _ = scratch.file("broken.ndjson", "{\"id\":1,\"qty\":\n")
    #expect(lake(["init", table, "--key", "id"]).status == 0)
    #expect(lake(["commit", table, good]).status == 0)
    let before = lake(["read", table]).out
    for (line, code, status) in Self.cases {
      let words = line.split(separator: " ").map { word -> String in
        var text = String(word).replacing("+", with: " ").replacing("D/", with: scratch.path + "/")
        if text == "T" || text.hasPrefix("T@") { text = table + text.dropFirst() }
        return text
      }
      let run = lake(words)
      #expect(run.status == status, "\(line): \(run.status) \(run.err)")
      #expect(run.err.contains("error[\(code)]: "), "\(line): \(run.err)")
      #expect(run.out.isEmpty, "\(line)")
      let asJSON = lake(words + ["--json"])
      #expect(asJSON.err.contains("\"code\":\"\(code)\""), "\(line): \(asJSON.err)")
      #expect(asJSON.err.contains("\"exit\":\(status),"), "\(line)")
    }
    #expect(lake(["read", table]).out == before)
  }
}
