// Archives in both layouts: found, missing, torn, damaged.
import HudiModel
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@testable import HudiTimeline

@Suite("Archive") struct ArchiveTests {
  private func store(_ version: TableVersion) throws -> (MemoryStorage, TimelineStore) {
    let world = TestWorld.make()
    let storage = MemoryStorage(world: world)
    var table = NewTable("t")
    table.version = version
    table.recordKeyFields = ["id"]
    table.further = [TableProperty(TableConfig.Key.lakeWriters, "lake-only")]
    try TableHome.create(try table.config(), on: storage, world)
    return (storage, TimelineStore(storage, try TableHome.load(storage, world), world))
  }

  private func put(_ storage: MemoryStorage, _ path: String, _ text: String) throws {
    _ = try storage.publish(Buffer(utf8: text), at: try StoragePath(path), .replacing)
  }

  @Test(
    "no archive is an empty one", .spec("TIME-27", "TIME-29"), arguments: [TableVersion.six, .nine])
  func none(_ version: TableVersion) throws {
    let (_, store) = try store(version)
    #expect(try store.archived().entries.isEmpty)
    #expect(try store.archived().oldest == nil)
  }

  @Test("which manifest is current", .spec("TIME-29"))
  func manifests() throws {
    let (storage, store) = try store(.nine)
    let folder = store.config.archiveDirectory
    let one = "20260101000000000_20260102000000000_0.parquet"
    let two = "20260103000000000_20260104000000000_0.parquet"
    try put(storage, folder + "/manifest_1", #"{"files":[{"fileName":"\#(one)","fileLen":5}]}"#)
    try put(storage, folder + "/manifest_2", #"{"files":[{"fileName":"\#(two)","fileLen":5}]}"#)
    try put(storage, folder + "/manifest_9.tmp", "{}")
    func names() throws -> [String] {
      try HistoryManifest(storage, try StoragePath(folder), .standard).files.map(\.name)
    }
    #expect(try names() == [two])
    try put(storage, folder + "/_version_", "1")
    #expect(try names() == [one])
    for wrong in ["", "x", "7", "-1", String(repeating: "1", count: 100)] {
      try put(storage, folder + "/_version_", wrong)
      #expect(try names() == [two], "\(wrong)")
    }
    for wrong in [
      "", "[]", "{}", #"{"files":[{}]}"#, #"{"files":[{"fileName":"../x.parquet"}]}"#,
      #"{"files":[{"fileName":"1_2.parquet"}]}"#,
    ] {
      try put(storage, folder + "/manifest_2", wrong)
      let error = #expect(throws: LakeError.self, "\(wrong)") { _ = try names() }
      #expect(error?.kind == .corrupted, "\(wrong)")
    }
  }

  /// A block of archived instants as format version 1 has it, made by hand.
  private func block(_ records: [[UInt8]], schema: String) -> [UInt8] {
    func big(_ number: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
    var content = big(3, 4) + big(records.count, 4)
    for record in records { content += big(record.count, 4) + record }
    var body = big(1, 4) + big(3, 4)
    body += big(1, 4) + big(2, 4) + big(schema.utf8.count, 4) + Array(schema.utf8)
    body += big(content.count, 8) + content + big(0, 4)
    let length = body.count + 8
    return Array("#HUDI#".utf8) + big(length, 8) + body + big(length + 6, 8)
  }

  private static let schema = """
    {"type":"record","name":"E","fields":[{"name":"commitTime","type":["null","string"]},\
    {"name":"actionType","type":["null","string"]},{"name":"actionState","type":["null","string"]}]}
    """

  private func record(_ time: String, _ action: String, _ state: String) -> [UInt8] {
    [time, action, state].flatMap { text -> [UInt8] in
      [2, UInt8(text.utf8.count * 2)] + Array(text.utf8)
    }
  }

  @Test("blocks by hand, and every cut and flip of them", .spec("TIME-27"))
  func frames() throws {
    let (storage, store) = try store(.six)
    let path = store.config.archiveDirectory + "/.commits_.archive.1_1-0-1"
    let whole =
      block(
        [
          record("20260101000000000", "commit", "REQUESTED"),
          record("20260101000000000", "commit", "COMPLETED"),
        ], schema: Self.schema)
      + block([record("20260102000000000", "clean", "COMPLETED")], schema: Self.schema)
    _ = try storage.publish(Buffer(whole), at: try StoragePath(path), .replacing)
    let found = try store.archived()
    #expect(found.entries.map(\.instant.state) == [.requested, .completed, .completed])
    #expect(found.completedWrites.map(\.requested.text) == ["20260101000000000"])
    let half = block([], schema: Self.schema).count
    for cut in 1..<whole.count {
      _ = try storage.publish(Buffer(Array(whole[..<cut])), at: try StoragePath(path), .replacing)
      if (try? store.archived()) != nil {
        // Only between two blocks is a shorter file a whole one.
        #expect(cut > half && Array(whole[cut...].prefix(6)) == Array("#HUDI#".utf8), "\(cut)")
      }
    }
    for place in 0..<whole.count {
      var flipped = whole
      flipped[place] ^= 0x11
      _ = try storage.publish(Buffer(flipped), at: try StoragePath(path), .replacing)
      do throws(LakeError) { _ = try store.archived() } catch {
        #expect(error.path == path, "\(place): \(error)")
      }
    }
  }

  @Test("an instant in two archive files is one", .spec("TIME-30"))
  func twice() throws {
    let (storage, store) = try store(.six)
    let folder = store.config.archiveDirectory
    for number in [1, 2] {
      let bytes = block(
        [record("20260101000000000", "commit", "COMPLETED")], schema: Self.schema)
      _ = try storage.publish(
        Buffer(bytes), at: try StoragePath("\(folder)/.commits_.archive.\(number)_1-0-1"),
        .replacing)
    }
    #expect(try store.archived().entries.count == 1)
  }
}
