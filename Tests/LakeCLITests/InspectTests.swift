// `lake inspect`: every kind of file, whole and damaged, our own and foreign.
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("Inspecting files")
struct InspectTests {
  private static let trips = SampleLakeTests.root + "/trips"

  private static func objects(_ path: String, _ more: [String] = []) throws -> [JSONValue] {
    try LayoutCommandTests.objects(["inspect", path] + more)
  }

  /// The paths of a sample table's files, below its root.
  private static func files(_ table: String) throws -> [String] {
    var found: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      for name in try Fixtures.names("\(table)/\(folder)") {
        let path = folder + name
        if try HostFiles.kind("\(table)/\(path)") == .directory {
          folders.append(path + "/")
        } else {
          found.append(path)
        }
      }
    }
    return found.sorted()
  }

  @Test("every file of our own tables is known", .spec("CLI-40"))
  func own() throws {
    var kinds: [String: Int] = [:]
    for file in try Self.files(Self.trips) {
      let run = lake(["inspect", "\(Self.trips)/\(file)", "--verify", "--json"])
      #expect(run.status == 0, "\(file): \(run.err)")
      let kind = try JSONReader.parse(run.lines[0])["kind"]?.string ?? ""
      kinds[kind, default: 0] += 1
    }
    #expect((kinds["parquet"] ?? 0) >= 6, "\(kinds)")
    #expect((kinds["avro"] ?? 0) >= 3 && (kinds["properties"] ?? 0) >= 1, "\(kinds)")
    #expect(kinds["partition"] == 3, "\(kinds)")
  }

  @Test("what is said about a base file and about a commit", .spec("CLI-41"))
  func content() throws {
    let names = try Self.files(Self.trips)
    let base = try #require(names.first { $0.hasSuffix("20260301100200000.parquet") })
    let found = try Self.objects("\(Self.trips)/\(base)", ["--verify"])
    #expect(found[0]["rows"]?.int == found[0]["rowsRead"]?.int)
    #expect(
      found[0]["keyFilter"]?.string == "SIMPLE" || found[0]["keyFilter"]?.string == "DYNAMIC_V0")
    let chunk = found.first {
      $0["type"]?.string == "chunk" && $0["column"]?.string == "_hoodie_commit_time"
    }
    #expect(chunk?["max"]?.string == "20260301100200000" && chunk?["nulls"]?.int == 0)
    let commit = try #require(
      names.first { $0.contains("timeline/20260301100200000_") && $0.hasSuffix(".commit") })
    let metadata = try Self.objects("\(Self.trips)/\(commit)")
    #expect(
      metadata[0]["action"]?.string == "commit" && metadata[0]["state"]?.string == "completed")
    let content = metadata.first { $0["type"]?.string == "content" }?["content"]
    #expect(content?["operationType"]?.string == "UPSERT")
    let properties = try Self.objects("\(Self.trips)/.hoodie/hoodie.properties")
    #expect(
      properties.contains {
        $0["key"]?.string == "hoodie.table.name" && $0["value"]?.string == "trips"
      })
  }

  @Test("markers by name and by line", .spec("CLI-41"))
  func markers() throws {
    let scratch = Scratch()
    let one = scratch.file("a_0-1-2_20260301100100000.parquet.marker.CREATE", "")
    let found = try Self.objects(one)
    #expect(found[1]["kind"]?.string == "CREATE")
    #expect(found[1]["file"]?.string == "a_0-1-2_20260301100100000.parquet")
    let batch = scratch.file("MARKERS0", "dt=1/x.parquet.marker.MERGE\ndt=2/y.marker.APPEND\n")
    let lines = try Self.objects(batch)
    #expect(LayoutCommandTests.texts(lines, "partition") == [nil, "dt=1", "dt=2"])
    let bad = lake(["inspect", scratch.file("MARKERS1", "dt=1/x.parquet.marker.MERGE\nnonsense\n")])
    #expect(bad.status == 12 && bad.out.contains("dt=1") && bad.err.contains("LK5505"))
  }

  @Test("what nothing here reads, and what is not there", .spec("CLI-40"))
  func unknown() {
    let scratch = Scratch()
    let text = lake(["inspect", scratch.file("notes.txt", "nothing of a table")])
    #expect(text.status == 6 && text.err.contains("LK1009"))
    #expect(lake(["inspect", scratch.path + "/none"]).status == 7)
    #expect(lake(["inspect", scratch.path]).status == 2)
    #expect(lake(["inspect", scratch.file("20260301100100000.commit.requested", "")]).status == 0)
  }

  @Test("damage: what is readable is printed, and the status is that of the error", .spec("CLI-42"))
  func damage() throws {
    let scratch = Scratch()
    let names = try Self.files(Self.trips)
    let base = try #require(names.first { $0.hasSuffix(".parquet") })
    let bytes = try Fixtures.bytes("\(Self.trips)/\(base)")
    var flipped = bytes
    // Early in the first column's page: the footer stays whole.
    for place in 20..<60 { flipped[place] ^= 0x55 }
    let damaged = scratch.path + "/damaged.parquet"
    _ = scratch.file("damaged.parquet", bytes: flipped)
    let shallow = lake(["inspect", damaged])
    #expect(shallow.status == 0)
    let deep = lake(["inspect", damaged, "--verify"])
    #expect(deep.status == 12 && deep.out.contains("_hoodie_record_key"), "\(deep.err)")
    let asJSON = lake(["inspect", damaged, "--verify", "--json"])
    #expect(!asJSON.out.contains("\"summary\"") && asJSON.err.contains("\"exit\":12"))
    for cut in [0, 3, 4, 11, 200, bytes.count - 1] {
      _ = scratch.file("cut.parquet", bytes: Array(bytes.prefix(cut)))
      let run = lake(["inspect", scratch.path + "/cut.parquet"])
      #expect(run.status == 12 && run.out.contains("kind\tparquet"), "\(cut): \(run.err)")
    }
    let commit = try #require(names.first { $0.hasSuffix(".commit") })
    let metadata = try Fixtures.bytes("\(Self.trips)/\(commit)")
    for cut in [5, 40, metadata.count / 2, metadata.count - 1] {
      _ = scratch.file("cut.avro", bytes: Array(metadata.prefix(cut)))
      #expect(lake(["inspect", scratch.path + "/cut.avro"]).status == 12, "\(cut)")
    }
  }

  @Test(
    "every file of every foreign table is known and readable", .spec("CLI-40"),
    .enabled(if: Fixtures.arePresent, "no fixtures"))
  func foreign() throws {
    var kinds: [String: Int] = [:]
    var files = 0
    try Fixtures.forEachTable { table, archive in
      for name in table.names {
        guard let bytes = try archive.buffer(of: table.root + name) else { continue }
        let label = "\(table.fixture) \(name)"
        files += 1
        // A writer that was killed leaves an empty base file behind.
        if bytes.isEmpty && name.hasSuffix(".parquet") { continue }
        do throws(LakeError) {
          let found = try Inspection.of(BufferSource(bytes), name, verify: true, World())
          kinds[found.kind.rawValue, default: 0] += 1
          if let failure = found.failure { Issue.record("\(label): \(failure)") }
        } catch {
          if Self.isForeign(name) { continue }
          Issue.record("\(label): \(error)")
        }
      }
    }
    #expect(files > 10_000 && kinds.count >= 9, "\(files) \(kinds)")
    Fixtures.report("inspected files \(kinds)", cases: files)
  }

  @Test(
    "log blocks are what the golden answers say", .spec("CLI-41"),
    .enabled(if: Fixtures.arePresent, "no fixtures"))
  func logBlocks() throws {
    var cases = 0
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable, let golden = try table.golden()?["logBlocks"]?.object else {
        return
      }
      for (path, wanted) in golden {
        guard let blocks = wanted.array, let bytes = try archive.buffer(of: table.root + path)
        else { continue }
        let found = try Inspection.of(BufferSource(bytes), path, verify: false, World())
        let objects = found.listings.first?.objects.map { JSONValue.object($0) } ?? []
        let label = "\(table.fixture) \(path)"
        #expect(found.failure == nil && objects.count == blocks.count, "\(label)")
        for (object, block) in zip(objects, blocks) {
          #expect(object["blockType"]?.string == block["type"]?.string, "\(label)")
          #expect(object["instant"]?.string == block["header"]?["INSTANT_TIME"]?.string, "\(label)")
          let entries = block["records"]?.int ?? block["deletes"]?.array?.count
          #expect(object["entries"]?.int == entries, "\(label)")
          #expect(object["positions"]?.int == block["positions"]?.array?.count, "\(label)")
          cases += 1
        }
      }
    }
    #expect(cases == 896)
    Fixtures.report("log blocks inspected", cases: cases)
  }

  /// Files of other formats and programs that lie in the fixtures.
  private static func isForeign(_ name: String) -> Bool {
    name.hasSuffix(".DS_Store") || name.hasSuffix(".lance") || name.hasSuffix(".orc")
      || name.contains(".lance/")
  }
}
