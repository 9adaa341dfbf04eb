// What a table consists of: show, partitions, slices, files, count, stats, schema.
import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("Commands about a table's parts")
struct LayoutCommandTests {
  /// The project's small table: 25 rides in three cities, then 9 changes, then two deletions.
  static let trips = SampleLakeTests.root + "/trips"

  /// The objects of a run with `--json`.
  static func objects(_ words: [String]) throws -> [JSONValue] {
    let run = lake(words + ["--json"])
    #expect(run.status == 0, "\(words): \(run.err)")
    return try run.lines.map { line throws(LakeError) in try JSONReader.parse(line) }
  }

  /// A member of all objects but the summary.
  static func ints(_ objects: [JSONValue], _ name: String) -> [Int?] {
    objects.dropLast().map { $0[name]?.int }
  }

  static func texts(_ objects: [JSONValue], _ name: String) -> [String?] {
    objects.dropLast().map { $0[name]?.string }
  }

  @Test("a commit with its files and its metadata", .spec("CLI-30"))
  func show() throws {
    let found = try Self.objects(["show", Self.trips, "20260301100200000"])
    #expect(found.first?["type"]?.string == "instant")
    #expect(found.first?["operation"]?.string == "upsert")
    #expect(found.first?["inserted"]?.int == 1 && found.first?["updated"]?.int == 8)
    #expect(found.first?["message"]?.string == "fares settled")
    let content = found.first {
      $0["type"]?.string == "content" && $0["state"]?.string == "completed"
    }
    #expect(content?["content"]?["operationType"]?.string == "UPSERT")
    let files = found.filter { $0["type"]?.string == "file" }
    #expect(files.count == 1 && files[0]["role"]?.string == "base")
    #expect(files[0]["updated"]?.int == 8)
    #expect(found.last?["files"]?.int == 1)
    let page = lake(["show", Self.trips, "202603011003", "--format", "table"])
    #expect(page.out.contains("two rides withdrawn\n"), "\(page.out)")
    #expect(lake(["show", Self.trips, "^", "--json"]).out.contains("20260301100200000"))
    #expect(lake(["show", Self.trips, "2026"]).err.contains("LK2002"))
    #expect(lake(["show", Self.trips, "19990101000000000"]).status == 7)
    #expect(lake(["show", Self.trips]).status == 2)
  }

  @Test("partitions", .spec("CLI-31"))
  func partitions() throws {
    let found = try Self.objects(["partitions", Self.trips])
    #expect(
      Self.texts(found, "partition") == [
        "city=chennai", "city=san_francisco", "city=sao_paulo",
      ])
    #expect(Self.ints(found, "rows") == [8, 7, 8])
    #expect(found.dropLast().allSatisfy { $0["groups"]?.int == 1 && $0["logFiles"]?.int == 0 })
    #expect(found.last?["partitions"]?.int == 3)
    let early = try Self.objects(["partitions", Self.trips, "--as-of", "20260301100100000"])
    #expect(Self.ints(early, "rows") == [8, 8, 8])
  }

  @Test("slices and files", .spec("CLI-32"))
  func slices() throws {
    let found = try Self.objects(["slices", Self.trips])
    #expect(found.count == 4 && found[0]["type"]?.string == "slice")
    let group = found[0]["group"]?.string ?? ""
    #expect(found[0]["base"]?.string?.hasPrefix(group) == true && !group.isEmpty)
    #expect(found[0]["logs"]?.int == 0 && found[0]["logFiles"]?.array?.isEmpty == true)
    let one = try Self.objects(["slices", Self.trips, "--file-group", String(group.prefix(5))])
    #expect(one.count == 2)
    let city = try Self.objects(["slices", Self.trips, "--partition", "city=sao_paulo"])
    #expect(city.count == 2 && city[0]["rows"]?.int == 8)
    let files = try Self.objects(["files", Self.trips])
    #expect(files.dropLast().allSatisfy { $0["kind"]?.string == "base" })
    #expect(files.last?["bytes"] == found.last?["bytes"])
  }

  @Test("counts and where they come from", .spec("CLI-33"))
  func count() throws {
    let plain = lake(["count", Self.trips])
    #expect(plain.out == "23\n" && plain.err.contains("by the footers of 3 file groups"))
    #expect(lake(["count", Self.trips, "-q"]).err.isEmpty)
    let early = try Self.objects(["count", Self.trips + "@20260301100100000"])
    #expect(early[0]["rows"]?.int == 24 && early[0]["source"]?.string == "footers")
    let some = try Self.objects(["count", Self.trips, "--where", "city = 'chennai'"])
    #expect(some[0]["rows"]?.int == 8 && some[0]["source"]?.string == "scan")
    #expect(lake(["count", Self.trips, "--where", "nope = 1"]).status == 2)
  }

  @Test("figures", .spec("CLI-34"))
  func stats() throws {
    let found = try Self.objects(["stats", Self.trips])
    let summary = try #require(found.last)
    #expect(summary["baseFiles"]?.int == 3 && summary["rows"]?.int == 23)
    #expect(summary["rowsPerFile"]?.int == 7 && summary["smallFiles"]?.int == 3)
    #expect(summary["logFiles"]?.int == 0 && summary["commits"]?.int == 3)
    // 24 new rows; then 9 of 9 changed; then 2 deleted from files of 7 and 8 that remain.
    let costs = try Self.objects(["stats", Self.trips, "--write-amp"])
    #expect(Self.ints(costs, "changed") == [2, 9, 24])
    #expect(Self.ints(costs, "written") == [15, 9, 24])
    #expect(costs[0]["amplification"]?.double == 7.5)
    // (15 + 9 + 24) / (2 + 9 + 24)
    #expect(summary["writeAmplification"]?.double == 1.37)
    let sizes = try Self.objects(["stats", Self.trips, "--sizes"])
    #expect(sizes.count == 4 && sizes[0]["baseFiles"]?.int == 1)
    #expect(lake(["stats", Self.trips, "--sizes", "--write-amp"]).status == 2)
  }

  @Test("columns", .spec("CLI-35"))
  func schema() throws {
    let found = try Self.objects(["schema", Self.trips])
    #expect(Self.texts(found, "column").contains("fare"))
    #expect(!found.contains { $0["column"]?.string?.hasPrefix("_hoodie") == true })
    let avro = lake(["schema", Self.trips, "--avro"])
    let parsed = try JSONReader.parse(avro.out)
    #expect(parsed["type"]?.string == "record")
    #expect(parsed["fields"]?.array?.count == found.count - 1)
    #expect(found.last?["avro"]?.string.map { $0 + "\n" } == avro.out)
  }

  @Test("an empty table and none at all")
  func nothing() {
    let scratch = Scratch()
    let table = scratch.path + "/empty"
    #expect(lake(["init", table, "--key", "id", "--columns", "id int, qty int"]).status == 0)
    for verb in ["partitions", "slices", "files", "stats", "schema", "log", "count"] {
      let run = lake([verb, table, "--json"])
      #expect(run.status == 0, "\(verb): \(run.err)")
      #expect(run.lines.last?.contains("\"type\":\"summary\"") == true, "\(verb)")
      let missing = lake([verb, scratch.path + "/none"])
      #expect(missing.status == 7 && missing.err.contains("LK1007"), "\(verb)")
    }
    #expect(lake(["show", table, "20260301"]).err.contains("LK2001"))
    #expect(lake(["show", scratch.path + "/none", "20260301"]).status == 7)
  }
}
