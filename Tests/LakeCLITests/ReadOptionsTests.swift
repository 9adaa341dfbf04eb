// Options of `lake read` that read less, or otherwise.
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("Options of lake read")
struct ReadOptionsTests {
  /// Bytes of base files that a run read, by its trace.
  private static func bytesRead(_ words: [String], _ scratch: Scratch) throws -> Int {
    let trace = scratch.path + "/trace.ndjson"
    let run = lake(words + ["--trace", trace])
    #expect(run.status == 0, "\(run.err)")
    var bytes = 0
    for line in (Scratch.text(trace) ?? "").split(separator: "\n") {
      let entry = try JSONReader.parse(String(line))
      if entry["type"]?.string == "bytes", entry["files"]?.string == "base" {
        bytes += entry["read"]?.int ?? 0
      }
    }
    return bytes
  }

  @Test("a limit stops the reading", .spec("CLI-47"))
  func limit() throws {
    let scratch = Scratch()
    let table = scratch.path + "/t"
    var text = "id,part,note\n"
    for row in 0..<24_000 {
      // Text that does not compress, so that rows weigh more than footers.
      let noise = String(UInt64(row) &* 0x9E37_79B9_7F4A_7C15, radix: 36)
      text += "\(row),\(row % 12),\(noise)-\(noise.reversed().map(String.init).joined())\n"
    }
    let input = scratch.file("rows.csv", text)
    #expect(
      lake(["init", table, "--key", "id", "--partition", "part", "--bloom", "off"]).status == 0)
    let committed = lake(["commit", table, input, "-o", "bulk_insert"])
    #expect(committed.status == 0, "\(committed.err)")
    let all = try Self.bytesRead(["read", table], scratch)
    let some = try Self.bytesRead(["read", table, "--limit", "5", "--threads", "1"], scratch)
    #expect(lake(["read", table, "--limit", "5"]).lines.count == 5)
    #expect(lake(["read", table, "--limit", "0"]).lines.isEmpty)
    #expect(some < all * 3 / 4, "\(some) of \(all)")
  }

  @Test("nothing skipped", .spec("CLI-56", "PRUNE-20", "PRUNE-22"))
  func noSkipping() throws {
    let trips = LayoutCommandTests.trips
    for condition in ["fare > 1e9", "fare > 20", "city = 'chennai' and fare > 20"] {
      let plain = lake(["read", trips, "--where", condition])
      let all = lake(["read", trips, "--where", condition, "--no-skipping"])
      #expect(all.status == 0 && all.out == plain.out, "\(condition)")
      let counted = lake(["count", trips, "--where", condition, "--no-skipping"])
      #expect(counted.out == lake(["count", trips, "--where", condition]).out)
    }
    let skipping = try LayoutCommandTests.objects(["explain", trips, "--where", "fare > 1e9"])
    #expect(skipping.last?["filesKept"]?.int == 0)
    let whole = try LayoutCommandTests.objects([
      "explain", trips, "--where", "fare > 1e9 and city = 'chennai'", "--no-skipping", "--all",
    ])
    let summary = try #require(whole.last)
    #expect(summary["partitionsKept"]?.int == 1 && summary["partitionsPruned"]?.int == 2)
    #expect((summary["filesKept"]?.int ?? 0) > 0 && summary["filesPruned"]?.int == 0)
    #expect(summary["rowGroupsPruned"]?.int == 0)
    let files = whole.filter { $0["level"]?.string == "file" }
    #expect(files.allSatisfy { $0["reason"]?.string == "skipping is switched off" })
    let scratch = Scratch()
    let file = scratch.file("a.csv", "a\n1\n")
    #expect(lake(["read", file, "--no-skipping"]).status == 2)
    for command in ["read", "get", "count", "explain"] {
      #expect(lake([command, "--help"]).out.contains("--no-skipping"), "\(command)")
    }
  }

  @Test("merging otherwise", .spec("CLI-48"))
  func mergeAs() {
    let trips = LayoutCommandTests.trips
    let plain = lake(["read", trips])
    #expect(lake(["read", trips, "--merge-as", "commit"]).out == plain.out)
    #expect(lake(["read", trips, "--merge-as", "event"]).out == plain.out)
    #expect(lake(["read", trips, "--merge-as", "magic"]).err.contains("LK1004"))
    let scratch = Scratch()
    let file = scratch.file("a.csv", "a\n1\n")
    #expect(lake(["read", file, "--merge-as", "event"]).status == 2)
  }
}
