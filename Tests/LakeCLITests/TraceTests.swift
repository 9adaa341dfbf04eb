import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("Trace") struct TraceTests {
  @Test("spans, storage calls and bytes of a commit", .spec("CLI-27"))
  func commit() throws {
    let scratch = Scratch()
    let table = scratch.path + "/t"
    let rows = scratch.file("rows.csv", "id,qty\n1,5\n2,6\n")
    let file = scratch.path + "/trace.ndjson"
    #expect(lake(["init", table, "--key", "id"]).status == 0)
    let run = lake(["commit", table, rows, "--trace", file])
    #expect(run.status == 0, "\(run.err)")
    let lines = try String(decoding: Fixtures.bytes(file), as: UTF8.self)
      .split(separator: "\n").map { try JSONReader.parse(Buffer(utf8: String($0))) }
    let spans = lines.filter { $0["type"]?.string == "span" }.compactMap { $0["name"]?.string }
    #expect(spans.contains("read input"))
    #expect(spans.contains("commit"))
    #expect(
      lines.contains {
        $0["type"]?.string == "bytes" && $0["files"]?.string == "base"
          && ($0["written"]?.int64 ?? 0) > 100
      })
    #expect(
      lines.contains {
        $0["type"]?.string == "calls" && $0["operation"]?.string == "publish"
          && $0["files"]?.string == "timeline"
      })
    #expect(lines.last?["type"]?.string == "summary")
  }

  @Test("a folder for temporary files must be one")
  func temporary() {
    let run = lake(["version", "--tmp", "/no/such/folder"])
    #expect(run.status == 2)
    #expect(run.err.contains("LK1004"))
  }
}
