// Lookups through the indexes: right answers, and no more read than needed.
import HudiMetadata
import HudiModel
import LakeBase
import LakeColumns
import LakeStorage
import LakeTestKit
import Testing

@Suite("Index lookups", .enabled(if: Fixtures.arePresent, "no fixtures here"))
struct IndexLookupTests {
  /// Every key of the goldens is found where they say, keys that do not exist are nowhere.
  @Test("the record index", .spec("MDT-5", "MDT-6", "MDT-12"))
  func recordIndex() throws {
    var cases = 0
    try MetadataFixture.forEach { fixture in
      guard let golden = fixture.golden?["recordIndex"]?.array else { return }
      let index = try RecordIndex(try fixture.open())
      #expect(index.isPartitioned == fixture.name.contains("partitioned"), "\(fixture.name)")
      var wanted: [String: Set<String>] = [:]
      for entry in golden {
        let place = "\(entry["partition"]?.string ?? "?") \(entry["fileId"]?.string ?? "?")"
        wanted[entry["key"]?.string ?? "?", default: []].insert(place)
      }
      let keys = wanted.keys.sorted() + ["no such key", "", "AC0"]
      for (key, places) in zip(keys, try index.locate(keys)) {
        let found = Set(places.map { "\($0.partition) \($0.fileID)" })
        #expect(found == wanted[key] ?? [], "\(fixture.name) \(key)")
        cases += 1
      }
      guard index.isPartitioned, let some = golden.first else { return }
      let partition = try MetadataKeys.path(some["partition"]?.string ?? "")
      let one = try index.locate([some["key"]?.string ?? "?"], in: [partition])[0]
      #expect(one.map(\.partition) == [partition])
    }
    #expect(cases > 250)
    Fixtures.report("record index", cases: cases)
  }

  @Test("secondary indexes", .spec("MDT-4", "MDT-5", "MDT-13"))
  func secondary() throws {
    var cases = 0
    try MetadataFixture.forEach { fixture in
      guard let golden = fixture.golden?["secondaryIndex"]?.array else { return }
      let table = try fixture.open()
      let indexes = try SecondaryIndex.all(table)
      #expect(!indexes.isEmpty, "\(fixture.name)")
      var byValue: [String?: Set<String>] = [:]
      for entry in golden {
        guard let parts = MetadataKeys.split(secondary: entry["key"]?.string ?? "") else {
          Issue.record("\(entry)")
          continue
        }
        byValue[parts.value, default: []].insert(parts.recordKey)
      }
      for (value, keys) in byValue {
        var found: Set<String> = []
        for index in indexes { found.formUnion(try index.recordKeys(value)) }
        #expect(found == keys, "\(fixture.name) \(value ?? "null")")
        cases += 1
      }
      for index in indexes { #expect(try index.recordKeys("no such value").isEmpty) }
    }
    #expect(cases > 10)
    Fixtures.report("secondary values", cases: cases)
  }

  /// Bounds that the goldens give for the files of a table hold for every live value in them.
  @Test("column statistics by file and by partition", .spec("MDT-14", "MDT-15"))
  func bounds() throws {
    var cases = 0
    try MetadataFixture.forEach { fixture in
      guard let golden = fixture.golden?["columnStats"]?.array else { return }
      let table = try fixture.open()
      guard table.has("column_stats") else { return }
      let index = try ColumnStatsIndex(table)
      let listing = try TableListing(table)
      let files = listing.partitions.flatMap { path, entries in
        entries.map { (partition: path, name: $0.name) }
      }
      let field = Field("_hoodie_record_key", .string)
      let found = try index.bounds(files: files, columns: [field, Field("no such", .int64)])
      for entry in golden where entry["column"]?.string == field.name {
        let file = entry["file"]?.string ?? "?"
        guard files.contains(where: { $0.name == file }) else { continue }
        let bounds = found[ExactText(file)]?[ExactText(field.name)]
        let low = entry["min"]?["StringWrapper"]?.string
        guard let low else {
          #expect(bounds?.min == nil)
          continue
        }
        if low.utf8.contains(where: { $0 >= 0xEE }) { continue }
        #expect(bounds?.min == .string(low), "\(fixture.name) \(file)")
        #expect(bounds?.rowCount == entry["valueCount"]?.int)
        #expect(bounds?.nullCount == entry["nullCount"]?.int)
        cases += 1
      }
      #expect(found.values.allSatisfy { $0[ExactText("no such")] == nil })
      let parts = try index.bounds(
        partitions: listing.partitions.map(\.path), columns: [field])
      for entry in fixture.golden?["partitionStats"]?.array ?? []
      where entry["column"]?.string == field.name {
        let path = try MetadataKeys.path(entry["file"]?.string ?? "")
        guard let low = entry["min"]?["StringWrapper"]?.string else { continue }
        #expect(parts[path]?[ExactText(field.name)]?.min == .string(low), "\(fixture.name)")
        cases += 1
      }
    }
    #expect(cases > 30)
    Fixtures.report("bounds", cases: cases)
  }

  @Test("a lookup reads one file group and only blocks of it", .spec("MDT-10"))
  func cost() throws {
    var seen = false
    try MetadataFixture.forEach(named: "cow-v9_record_index") { fixture in
      guard let key = fixture.golden?["recordIndex"]?[0]?["key"]?.string else { return }
      seen = true
      let counted = ObservedStorage(fixture.storage)
      let table = try MetadataTable(counted, fixture.config, fixture.timeline, fixture.world)
      let index = try RecordIndex(table)
      let before = counted.counts
      #expect(try index.locate([key])[0].count == 1)
      let after = counted.counts
      let group = MetadataKeys.fileGroup(key, of: 3)
      let slices = try table.partition("record_index").slices
      #expect(slices.count == 3)
      let files = (slices[group].base == nil ? 0 : 1) + slices[group].logs.count
      #expect(after.calls(.open) - before.calls(.open) == files)
      #expect(after.calls(.list) == before.calls(.list))
      let bytes = after.bytesRead(.metadataTable) - before.bytesRead(.metadataTable)
      #expect(bytes > 0 && bytes <= 2 * slices[group].size, "\(bytes)")
      // Headers of log blocks are read once for the frame and once with the content.
      // What is open stays open; the same key costs its blocks at most.
      #expect(try index.locate([key, "no such key"])[0].count == 1)
      print("fixtures: a lookup read \(bytes) bytes of \(slices.reduce(0) { $0 + $1.size })")
    }
    #expect(seen)
  }

  /// Damage is an error or the same answer, never another one.
  @Test("damaged log files of an index", .spec("MDT-16", "MDT-2"))
  func damage() throws {
    var cases = 0
    try MetadataFixture.forEach(named: "cow-v9_record_index") { fixture in
      let before = try fixture.open().partition("files").records()
      let slice = try fixture.open().partition("files").slices[0]
      guard let log = slice.logs.last else { return }
      let path = try StoragePath(".hoodie/metadata/files/" + log.name.text)
      let good = try fixture.storage.readAll(path, limit: 1 << 20).bytes
      for place in stride(from: 0, to: good.count, by: 11) {
        var bad = good
        bad[place] ^= 0x10
        _ = try fixture.storage.publish(Buffer(bad), at: path, .replacing)
        cases += 1
        guard let found = try? fixture.open().partition("files").records() else { continue }
        if found != before { Issue.record("byte \(place) of \(good.count)") }
      }
      for count in stride(from: 1, to: good.count, by: 97) {
        _ = try fixture.storage.publish(Buffer(Array(good[..<count])), at: path, .replacing)
        let error = #expect(throws: LakeError.self, "\(count)") {
          _ = try fixture.open().partition("files").records()
        }
        #expect(error?.kind == .corrupted, "\(count): \(error.map { "\($0)" } ?? "")")
      }
      _ = try fixture.storage.publish(Buffer(good), at: path, .replacing)
    }
    #expect(cases > 100)
  }

  @Test("small log files are read once", .spec("MDT-19"))
  func bytesOfLogs() throws {
    var files = 0
    try MetadataFixture.forEach { fixture in
      let observed = ObservedStorage(fixture.storage)
      let table = try MetadataTable(observed, fixture.config, fixture.timeline, fixture.world)
      for name in table.partitions {
        // One table names an index that was never written.
        guard let partition = try? table.partition(name),
          partition.slices.allSatisfy({ $0.base == nil })
        else { continue }
        let bytes = partition.slices.flatMap(\.logs).reduce(0) { $0 + ($1.size ?? 0) }
        observed.reset()
        _ = try partition.records()
        let counts = observed.counts
        #expect(counts.bytesRead(.metadataTable) <= bytes, "\(fixture.name) \(name)")
        #expect(
          counts.calls(.read, .metadataTable) <= partition.slices.flatMap(\.logs).count,
          "\(fixture.name) \(name)")
        files += partition.slices.reduce(0) { $0 + $1.logs.count }
      }
    }
    #expect(files > 500)
    Fixtures.report("log files of indexes read once", cases: files)
  }
}
