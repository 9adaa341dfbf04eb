// Tables whose schemas, names or files attack their reader (H9, H21, H22, H24).
import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Hostile tables") struct HostileTablesTests {
  /// A table of version 6 with two rows, as another engine would have written it: no checksums.
  private struct Victim {
    let storage = MemoryStorage("victim")

    init(fare: Int64 = 1) throws {
      let trips = try TripTable(storage) {
        $0.version = .six
        $0.isHiveStyle = false
      }
      try trips.commit(.insert, [Trip("a", "oslo", fare), Trip("b", "oslo", 2)])
      try edit(".commit") {
        $0.replacing("lake.crc32c", with: "some.other1").replacing(
          "lake.digest", with: "some.other2")
      }
    }

    var commit: StoragePath {
      get throws {
        let names = try storage.list(StoragePath(".hoodie")).map(\.name)
        return try StoragePath(".hoodie/\(try #require(names.first { $0.hasSuffix(".commit") }))")
      }
    }

    var base: StoragePath {
      get throws {
        let names = try storage.list(StoragePath("oslo")).map(\.name)
        return try StoragePath("oslo/\(try #require(names.first { $0.hasSuffix(".parquet") }))")
      }
    }

    func edit(_ suffix: String, _ change: (String) -> String) throws {
      let path = try commit
      let text = String(decoding: try storage.readAll(path, limit: 1 << 20).bytes, as: UTF8.self)
      let changed = change(text)
      #expect(changed != text)
      _ = try storage.publish(Buffer(utf8: changed), at: path, .replacing)
    }

    /// Puts another schema into the commit.
    func setSchema(_ schema: String) throws {
      let escaped = schema.replacing("\"", with: "\\\"")
      try edit(".commit") { text in
        guard let start = text.firstRange(of: "\"schema\""),
          let open = text[start.upperBound...].firstIndex(of: "\"")
        else { return text }
        var end = text.index(after: open)
        while text[end] != "\"" {
          end = text.index(end, offsetBy: text[end] == "\\" ? 2 : 1)
        }
        return String(text[...open]) + escaped + String(text[end...])
      }
    }

    func rows() throws(LakeError) -> [String] {
      let table = try LakeTable.open(storage, TestWorld.make())
      var scan = try table.scan(ScanOptions())
      var rows: [String] = []
      while let batch = try scan.next() {
        for row in 0..<batch.count {
          rows.append(batch.columns.map { "\($0.scalar(row).brief)" }.joined(separator: "|"))
        }
      }
      return rows.sorted()
    }

    func code() -> (code: LakeCode?, message: String) {
      do throws(LakeError) {
        _ = try rows()
        return (nil, "")
      } catch { return (error.code, "\(error)") }
    }
  }

  private static func record(_ fields: String, name: String = "trips_record") -> String {
    "{\"type\":\"record\",\"name\":\"\(name)\",\"fields\":[\(fields)]}"
  }

  private static func field(_ name: String, _ type: String, _ more: String = "") -> String {
    "{\"name\":\"\(name)\",\"type\":[\"null\",\(type)]\(more)}"
  }

  private static let rest = field("id", "\"string\"") + "," + field("city", "\"string\"")

  @Test("only allowed promotions, else an error naming the field (H22)", .spec("BASE-30"))
  func types() throws {
    let fine = ["\"long\"": "1", "\"double\"": "1.0", "\"string\"": "1"]
    for (type, shown) in fine {
      let victim = try Victim()
      try victim.setSchema(Self.record(Self.rest + "," + Self.field("fare", type)))
      #expect(try victim.rows().first == "a|oslo|\(shown)", "\(type)")
    }
    // A narrower type is refused even where it holds all values.
    let refused = [
      "\"boolean\"", "\"int\"", "\"bytes\"", "{\"type\":\"array\",\"items\":\"long\"}",
      "{\"type\":\"map\",\"values\":\"long\"}",
      "{\"type\":\"record\",\"name\":\"x\",\"fields\":[{\"name\":\"y\",\"type\":\"long\"}]}",
      "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}",
      "{\"type\":\"int\",\"logicalType\":\"date\"}",
    ]
    for type in refused {
      let victim = try Victim()
      try victim.setSchema(Self.record(Self.rest + "," + Self.field("fare", type)))
      let found = victim.code()
      #expect(found.code == .schemaMismatch, "\(type): \(found)")
      #expect(found.message.contains("\"fare\""), "\(type): \(found)")
      #expect(found.message.contains(try victim.base.text), "\(type): \(found)")
    }
  }

  @Test("another root, no key column, defaults that fit and do not (H22)", .spec("SCHEMA-10"))
  func shapes() throws {
    let fare = Self.field("fare", "\"long\"")
    let renamed = try Victim()
    try renamed.setSchema(Self.record(Self.rest + "," + fare, name: "someone.else.Root"))
    #expect(try renamed.rows() == ["a|oslo|1", "b|oslo|2"])
    let keyless = try Victim()
    try keyless.setSchema(Self.record(Self.field("city", "\"string\"") + "," + fare))
    #expect(try keyless.rows() == ["oslo|1", "oslo|2"])
    for (type, value) in [
      ("\"int\"", "\"abc\""), ("\"string\"", "7"), ("\"boolean\"", "{}"), ("\"long\"", "1e400"),
      ("{\"type\":\"array\",\"items\":\"int\"}", "[1,\"x\"]"),
    ] {
      let victim = try Victim()
      let odd = "{\"name\":\"new\",\"type\":[\(type),\"null\"],\"default\":\(value)}"
      try victim.setSchema(Self.record(Self.rest + "," + odd))
      let found = victim.code()
      #expect(found.code != .defect)
      // Refused, or nothing is made of it: never a value of another type.
      if found.code == nil {
        #expect(try victim.rows() == ["a|oslo|null", "b|oslo|null"], "\(value)")
      } else {
        #expect(
          found.code == .avroSchemaInvalid || found.code == .commitMetadataMalformed, "\(found)")
      }
    }
  }

  @Test("schemas that are none, or too much (H5, H22)", .spec("LIMIT-5", "LIMIT-6"))
  func schemas() throws {
    var deep = "\"long\""
    for level in 0..<80 { deep = Self.record(Self.field("f", deep), name: "r\(level)") }
    let twice = Self.field("a", "\"int\"") + "," + Self.field("a", "\"int\"")
    let recursive =
      "{\"name\":\"next\",\"type\":[\"null\",\"trips_record\"]},{\"name\":\"v\",\"type\":\"int\"}"
    for schema in ["{}", "[]", "\"string\"", "{\"type\":\"record\"}", "nonsense", deep] + [
      Self.record(twice), Self.record(recursive), Self.record(Self.field("x", "\"no.such.type\"")),
    ] {
      let victim = try Victim()
      try victim.setSchema(schema)
      let found = victim.code()
      #expect(found.code != nil && found.code != .defect, "\(schema.prefix(60)): \(found)")
    }
    let victim = try Victim()
    let wide = (0...20_000).map { Self.field("c\($0)", "\"int\"") }.joined(separator: ",")
    try victim.setSchema(Self.record(wide))
    #expect(victim.code().code == .limitExceeded)
  }

  @Test("paths in commits that leave the table (H9)", .spec("NAME-9"))
  func paths() throws {
    let hostile = [
      "../oslo", "..", "/oslo", "oslo/../../x", "oslo//x", "./oslo", ".hoodie/metadata",
      "oslo/" + String(repeating: "x", count: 300),
      (0..<600).map { "level\($0)" }.joined(separator: "/"), "oslo\\u0000",
    ]
    for path in hostile {
      let victim = try Victim()
      try victim.edit(".commit") { $0.replacing("\"oslo\"", with: "\"\(path)\"") }
      let found = victim.code()
      #expect(
        found.code == .pathInvalid || found.code == .commitMetadataMalformed, "\(path): \(found)")
    }
    // Names of directories, odd ones, that nothing decodes: these are not there.
    for path in ["oslo\\\\..\\\\..", "..\\\\oslo", "%2e%2e/oslo", "%2e%2e%2foslo", "%252e%252e"] {
      let victim = try Victim()
      try victim.edit(".commit") { $0.replacing("\"oslo\"", with: "\"\(path)\"") }
      let found = victim.code()
      #expect(found.code?.kind == .corrupted, "\(path): \(found)")
    }
    for name in ["../../etc/passwd", "/etc/passwd", "oslo/..", "oslo/\\u0000"] {
      let victim = try Victim()
      let base = try victim.base.text
      try victim.edit(".commit") { $0.replacing("\"\(base)\"", with: "\"\(name)\"") }
      let found = victim.code()
      #expect(found.code != nil && found.code != .defect, "\(name): \(found)")
    }
  }

  @Test("data files that are empty, cut, or longer (H24)", .spec("QUERY-10"))
  func files() throws {
    let victim = try Victim()
    let path = try victim.base
    let whole = try victim.storage.readAll(path, limit: 1 << 24).bytes
    for bytes in [[], Array(whole.prefix(4)), Array(whole.dropLast()), whole + [0], whole + whole] {
      _ = try victim.storage.publish(Buffer(bytes), at: path, .replacing)
      let found = victim.code()
      #expect(found.code?.kind == .corrupted, "\(bytes.count): \(found)")
      #expect(found.message.contains(path.text), "\(bytes.count): \(found)")
    }
    _ = try victim.storage.publish(Buffer(whole), at: path, .replacing)
    #expect(try victim.rows().count == 2)
    let commit = try victim.commit
    let text = try victim.storage.readAll(commit, limit: 1 << 20).bytes
    for bytes in [[], Array(text.prefix(1)), Array(text.dropLast(3)), text + Array("x".utf8)] {
      _ = try victim.storage.publish(Buffer(bytes), at: commit, .replacing)
      let found = victim.code()
      #expect(found.code?.kind == .corrupted, "\(bytes.count): \(found)")
      #expect(found.message.contains(commit.text), "\(bytes.count): \(found)")
    }
  }

  @Test("of two base files of one attempt the commit's is read", .spec("VIEW-7"))
  func contested() throws {
    let victim = try Victim()
    let path = try victim.base
    var parts = path.name.split(separator: "_").map(String.init)
    #expect(parts.count == 3)
    parts[1] = "9-99-999"
    let other = try StoragePath("oslo").appending(parts.joined(separator: "_"))
    _ = try victim.storage.publish(Buffer(utf8: "remains of an attempt"), at: other, .ifAbsent)
    #expect(try victim.rows() == ["a|oslo|1|1", "b|oslo|2|1"])
    // Of two that nobody names the greater token counts: here a file that cannot be read.
    try victim.edit(".commit") { $0.replacing(path.name, with: "x.parquet") }
    let found = victim.code()
    #expect(found.code?.kind == .corrupted, "\(found)")
  }

  @Test("many partitions cost one listing each (H21)", .spec("LIMIT-40"), .timeLimit(.minutes(5)))
  func manyPartitions() throws {
    let victim = try Victim()
    let count = 2_000
    let mark = try StoragePath("oslo/.hoodie_partition_metadata")
    let content = try victim.storage.readAll(mark, limit: 1 << 12)
    for number in 0..<count {
      let folder = try StoragePath("p\(number)")
      try victim.storage.makeDirectory(folder)
      _ = try victim.storage.publish(
        content, at: folder.appending(".hoodie_partition_metadata"), .ifAbsent)
    }
    let observed = ObservedStorage(victim.storage)
    let table = try LakeTable.open(observed, TestWorld.make())
    #expect(try table.snapshot().slices().count == 1)
    #expect(observed.counts.calls(.list) <= count + 4)
    #expect(observed.counts.calls(.open) <= 4)
  }

  @Test(
    "100,000 file groups in a partition cost one listing (H21)", .spec("LIMIT-40"),
    .timeLimit(.minutes(5)))
  func manyGroups() throws {
    let victim = try Victim()
    let count = 100_000
    // Of a write that is older than the timeline, as if it was archived.
    for number in 0..<count {
      let tail = String(number)
      let group = String(repeating: "0", count: 12 - tail.count) + tail
      let name = "abcdabcd-0000-4000-8000-\(group)-0_0-0-0_20200101000000000.parquet"
      _ = try victim.storage.publish(
        Buffer([0]), at: StoragePath("oslo/\(name)"), .ifAbsent)
    }
    let observed = ObservedStorage(victim.storage)
    let table = try LakeTable.open(observed, TestWorld.make())
    #expect(try table.snapshot().slices().count == count + 1)
    #expect(observed.counts.calls(.list) <= 6)
    #expect(observed.counts.calls(.open) <= 4)
    observed.reset()
    // A condition on the partition leaves all of them out before any is opened.
    var options = ScanOptions(columns: ["id"])
    options.predicate = try RowPredicate("city = 'rome'")
    var scan = try table.scan(options)
    #expect(try scan.next() == nil)
    #expect(observed.counts.calls(.open) <= 4)
  }
}
