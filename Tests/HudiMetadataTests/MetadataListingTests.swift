// The listing of the metadata table against the directories.
import HudiFileGroup
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@Suite("Listing by the metadata table", .enabled(if: Fixtures.arePresent, "no fixtures here"))
struct MetadataListingTests {
  private static func inputs(_ fixture: MetadataFixture) throws -> ViewInputs {
    var completions: [InstantTime: InstantTime] = [:]
    if fixture.timeline.layout == .two {
      for instant in fixture.timeline.completedWrites {
        completions[instant.requested] = instant.completed
      }
    }
    let store = TimelineStore(fixture.storage, fixture.config, fixture.world)
    var replaced: [FileGroupID: InstantTime] = [:]
    for instant in fixture.timeline.completedReplacements {
      for group in try store.commitMetadata(of: instant).replacedGroups() {
        replaced[group] = max(replaced[group] ?? instant.requested, instant.requested)
      }
    }
    return ViewInputs(
      layout: fixture.timeline.layout, filter: fixture.timeline.filter(), completions: completions,
      replaced: replaced)
  }

  /// `partition/name size` of the files that the timeline admits. Log files of version 6 grow, and
  /// a rollback notes them with size 1: there the size is a lower bound.
  private static func visible(_ listing: TableListing, _ inputs: ViewInputs) -> Set<String> {
    var names: Set<String> = []
    for (path, entries) in listing.partitions {
      for entry in entries {
        switch DataFileName(entry.name) {
        case .base(let base) where inputs.filter.admits(base.instant):
          names.insert("\(path)/\(entry.name) \(entry.size)")
        case .log(let log) where inputs.filter.admits(log.instant):
          names.insert("\(path)/\(entry.name)" + (inputs.layout == .one ? "" : " \(entry.size)"))
        default: continue
        }
      }
    }
    return names
  }

  private static func plain(_ slice: FileSlice) -> [String] {
    [slice.group.description, slice.baseInstant.text, slice.base?.name.text ?? "-"]
      + [slice.base?.size.map { "\($0)" } ?? "-"] + slice.logs.map(\.name.text)
  }

  @Test("the same files and slices as the directories", .spec("MDT-1", "MDT-11"))
  func sameAsDirectories() throws {
    var tables = 0
    var files = 0
    try MetadataFixture.forEach { fixture in
      tables += 1
      let table = try fixture.open()
      let listed = try TableListing(table)
      let walked = try TableListing(fixture.storage, fixture.world.workers)
      let inputs = try Self.inputs(fixture)
      let ours = Self.visible(listed, inputs)
      let theirs = Self.visible(walked, inputs)
      files += theirs.count
      let left = FileSystemView(listed, inputs).latestSlices
      let right = FileSystemView(walked, inputs).latestSlices
      #expect(
        ours == theirs,
        """
        \(fixture.name): only listed \(ours.subtracting(theirs).sorted().prefix(3)), \
        only there \(theirs.subtracting(ours).sorted().prefix(3))
        """)
      #expect(left.map(Self.plain) == right.map(Self.plain), "\(fixture.name)")
      for (a, b) in zip(left, right) where fixture.timeline.layout == .one {
        for (c, d) in zip(a.logs, b.logs) { #expect((c.size ?? 0) <= (d.size ?? 0)) }
      }
      // Asked by name, it says the same.
      let some = Array(listed.partitions.map(\.path).suffix(2))
      let part = try TableListing(table, only: some)
      #expect(part.partitions.map(\.path) == some, "\(fixture.name)")
    }
    Fixtures.report("listings of \(tables) tables", cases: files)
    #expect(tables >= 116)
  }

  @Test("an index that nobody names is not read", .spec("MDT-1"))
  func trust() throws {
    var seen = false
    try MetadataFixture.forEach(named: "cow-v9_record_index") { fixture in
      seen = true
      let table = try fixture.open()
      #expect(table.has("record_index") && !table.has("bloom_filters"))
      let missing = #expect(throws: LakeError.self) { try table.partition("bloom_filters") }
      #expect(missing?.code == .metadataTableMissing)
      let building = try fixture.config.setting([
        (TableConfig.Key.metadataPartitionsInflight, "record_index")
      ])
      let less = try MetadataTable(fixture.storage, building, fixture.timeline, fixture.world)
      #expect(!less.has("record_index"))
      let none = try fixture.config.setting([(TableConfig.Key.metadataPartitions, nil)])
      #expect(!MetadataTable.isNamed(in: none))
      let error = #expect(throws: LakeError.self) {
        try MetadataTable(fixture.storage, none, fixture.timeline, fixture.world)
      }
      #expect(error?.code == .metadataTableMissing)
      let gone = #expect(throws: LakeError.self) {
        try MetadataTable(MemoryStorage(), fixture.config, fixture.timeline, fixture.world)
      }
      #expect(gone?.code == .metadataTableMissing)
    }
    #expect(seen)
  }
}
