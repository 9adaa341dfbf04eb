// Timelines that are large, and those in local time.
import HudiModel
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@testable import HudiTimeline

@Suite struct ManyInstantsTests {
  private static func store(_ names: [String]) throws -> (TimelineStore, ObservedStorage) {
    let storage = MemoryStorage("many")
    let config = try NewTable("many").config()
    try storage.makeDirectory(StoragePath(config.timelineDirectory))
    for name in names {
      let path = try StoragePath(config.timelineDirectory).appending(name)
      _ = try storage.publish(Buffer(utf8: "{}"), at: path, .ifAbsent)
    }
    let observed = ObservedStorage(storage)
    return (TimelineStore(observed, config, TestWorld.make()), observed)
  }

  /// A test with quadratic work would not come to its end.
  @Test(
    "100,000 instants cost one listing, and no file is read (H8, H21)",
    .spec("LIMIT-40", "TIME-17"), .timeLimit(.minutes(5)))
  func many() throws {
    let entries = try (0..<100_000).map { number in
      FileEntry(
        name: "\(try time(2 * number))_\(try time(2 * number + 1)).commit", size: 2, kind: .file)
    }
    let found = try TimelineStore.assemble(entries, .two, civil: { $0 }, .standard)
    #expect(found.completedWrites.count == 100_000)
    for number in stride(from: 0, to: 100_000, by: 7) {
      #expect(found.instant(try time(2 * number))?.completed == (try time(2 * number + 1)))
    }
    #expect(found.instant(try time(3)) == nil)
    let (store, storage) = try Self.store(entries.prefix(10_000).map(\.name))
    #expect(try store.load().instants.count == 10_000)
    #expect(storage.counts.calls(.list) == 1)
    #expect(storage.counts.calls(.open) == 0 && storage.counts.bytesRead() == 0)
  }

  @Test(
    "many pending instants, and as many unknown actions", .spec("LIMIT-40"),
    .timeLimit(.minutes(5)))
  func pending() throws {
    let entries = try (0..<100_000).map { number in
      FileEntry(
        name: "\(try time(number))." + (number % 2 == 0 ? "a\(number)" : "commit") + ".requested",
        size: 0, kind: .file)
    }
    let found = try TimelineStore.assemble(entries, .two, civil: { $0 }, .standard)
    #expect(found.pendingWrites.count == 50_000)
    #expect(found.unknownActions.count == 50_000)
    #expect(throws: LakeError.self) { try found.requireWritable() }
  }

  @Test("entries above the limit are refused before they are looked at", .spec("LIMIT-14"))
  func limit() throws {
    let entry = FileEntry(name: "x", size: 0, kind: .file)
    let most = [FileEntry](repeating: entry, count: 1_000_000)
    #expect(try TimelineStore.assemble(most, .two, civil: { $0 }, .standard).isEmpty)
    let error = #expect(throws: LakeError.self) {
      try TimelineStore.assemble(most + [entry], .two, civil: { $0 }, .standard)
    }
    #expect(error?.code == .limitExceeded)
  }

  @Test("an instant's file above the limit is not read", .spec("LIMIT-21"))
  func instantBytes() throws {
    let (whole, observed) = try Self.store(["\(try time(1))_\(try time(2)).commit"])
    var world = TestWorld.make()
    world.limits.instantBytesMax = 1
    let store = TimelineStore(observed, whole.config, world)
    let instant = try #require(try store.load().instants.first)
    let error = #expect(throws: LakeError.self) { try store.content(of: instant) }
    #expect(error?.code == .limitExceeded)
    #expect(observed.counts.bytesRead() == 0)
    #expect(try whole.content(of: instant).count == 2)
  }

  // The clocks of Oslo go from 03:00 back to 02:00 on 2026-10-25 at 01:00 UTC.
  private static let turn: Int64 = 1_792_890_000_000

  private static func oslo(_ now: Int64, alone: Bool) throws -> InstantClock {
    var table = NewTable("t")
    if alone { table.further = [TableProperty(TableConfig.Key.lakeWriters, "lake-only")] }
    let config = try table.config().setting([(TableConfig.Key.timezone, "LOCAL")])
    return InstantClock(config, FixedClock(now)) { $0 < turn ? 7_200_000 : 3_600_000 }
  }

  @Test("an hour that comes twice (H20)", .spec("TIME-14"))
  func autumn() throws {
    let before = try Self.oslo(Self.turn - 1_000, alone: true).next(after: Timeline(.two, []))
    #expect(before.text == "20261025025959000")
    let timeline = Timeline(.two, [Instant(before, .commit, .completed, completed: before)])
    // A minute later it is 02:01: an hour behind is no hour to go back to.
    let later = Self.turn + 60_000
    for alone in [true, false] {
      let error = #expect(throws: LakeError.self) {
        try Self.oslo(later, alone: alone).next(after: timeline)
      }
      #expect(error?.code == .clockBehind)
    }
    let past = try Self.oslo(Self.turn + 3_600_000, alone: false).next(after: timeline)
    #expect(past.text == "20261025030000000" && past > before)
  }

  @Test("completed in the hour that came again, as another engine may (H20)", .spec("TIME-13"))
  func completedEarlier() throws {
    let names = [
      "20261025024500000_20261025025000000.commit", "20261025025959000_20261025020001000.commit",
    ]
    let found = try TimelineStore.assemble(
      names.map { FileEntry(name: $0, size: 1, kind: .file) }, .two, civil: { $0 }, .standard)
    #expect(found.completedWrites.map(\.requested.text) == names.map { String($0.prefix(17)) })
    #expect(
      found.completedWritesByCompletion.map(\.requested.text)
        == names.reversed().map { String($0.prefix(17)) })
    #expect(found.newestTime?.text == "20261025025959000")
  }
}
