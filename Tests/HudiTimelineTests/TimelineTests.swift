// Timelines as values: what a listing becomes, and the views of it.
import HudiModel
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@testable import HudiTimeline

/// `2026` and so on: a time from its last digits.
func time(_ tail: Int) throws -> InstantTime {
  try InstantTime(parsing: String(20_260_101_000_000_000 + tail))
}

@Suite struct TimelineTests {
  private func timeline(
    _ names: [String], _ layout: TimelineLayout = .two, modified: Int64 = 0,
    _ limits: Limits = .standard
  ) throws(LakeError) -> Timeline {
    try TimelineStore.assemble(
      names.map { FileEntry(name: $0, size: 0, kind: .file, modified: modified) }, layout,
      civil: { $0 }, limits)
  }

  private let r = "20260101000000"

  @Test("Files become instants", .spec("TIME-3", "TIME-17"))
  func instants() throws {
    let found = try timeline([
      "\(r)001.commit.requested", "\(r)001.inflight", "\(r)001_\(r)009.commit",
      "\(r)002.compaction.requested", "\(r)002.compaction.inflight", "\(r)002_\(r)008.commit",
      "\(r)003.clustering.requested", "\(r)004.deltacommit.inflight", "\(r)001_\(r)010.savepoint",
      "\(r)005_\(r)006.rollback", "x.tmp", "history",
    ])
    #expect(
      found.instants.map(\.description) == [
        "\(r)001 commit completed", "\(r)001 savepoint completed", "\(r)002 commit completed",
        "\(r)003 clustering requested", "\(r)004 deltacommit inflight",
        "\(r)005 rollback completed",
      ])
    #expect(try found.instant(try time(2))?.origin == .compaction)
    #expect(try found.completedWrites.map(\.requested) == [try time(1), try time(2)])
    #expect(try found.completedWritesByCompletion.map(\.requested) == [try time(2), try time(1)])
    #expect(found.pendingWrites.count == 2 && found.pendingCompactions.isEmpty)
    #expect(try found.newestTime == time(10) && found.savepoints == [try time(1)])
    #expect(try found.completionTime(of: try time(2)) == time(8))
    #expect(try found.completionTime(of: try time(4)) == nil)
    #expect(try found.instant(try time(1))?.action == .commit)
    #expect(try found.instant(try time(1), action: .savepoint)?.action == .savepoint)
    #expect(try found.latestWrite?.requested == time(2))
  }

  @Test("The start, as-of, ranges, and what came since", .spec("TIME-11", "TIME-12", "TIME-13"))
  func views() throws {
    let names = [
      "\(r)001_\(r)005.commit", "\(r)001_\(r)006.savepoint", "\(r)002_\(r)004.commit",
      "\(r)003_\(r)007.replacecommit", "\(r)008.commit.requested",
    ]
    let found = try timeline(names)
    #expect(try found.start == time(2))
    #expect(try timeline(Array(names[..<2])).start == (try time(1)))
    #expect(try timeline([]).start == nil)
    #expect(
      try found.asOf(try time(2)).completedWrites.map(\.requested) == [try time(1), try time(2)])
    #expect(try found.asOf(try time(9)).pending.isEmpty)
    let range = InstantRange(after: try time(4), through: try time(5))
    #expect(try found.writes(completedIn: range).map(\.requested) == [try time(1)])
    #expect(
      try found.writes(since: try timeline(["\(r)002_\(r)004.commit"])).map(\.requested)
        == [try time(1), try time(3)])
    #expect(found.completedReplacements.count == 1)
    let filter = found.filter()
    #expect(
      try filter.admits(try time(1)) && filter.admits(try time(0)) && !filter.admits(try time(8)))
    #expect(try !filter.admits(try time(9)))
    let one = try timeline(["\(r)001.commit", "\(r)002.commit"], .one)
    #expect(
      try one.writes(completedIn: InstantRange(after: try time(1))).map(\.requested) == [
        try time(2)
      ])
  }

  @Test(
    "Listings that contradict themselves (H8)",
    .spec("TIME-6", "TIME-10", "TIME-23", "LIMIT-14"))
  func hostile() throws {
    func code(_ names: [String], _ limits: Limits = .standard) -> LakeCode? {
      do throws(LakeError) {
        _ = try timeline(names, .two, limits)
        return nil
      } catch { return error.code }
    }
    #expect(code(["\(r)001_\(r)002.commit", "\(r)001_\(r)003.commit"]) == .timelineMalformed)
    #expect(code(["\(r)001_\(r)002.commit", "\(r)001.commit"]) == .timelineMalformed)
    #expect(code(["2026.commit"]) == .timelineMalformed)
    #expect(code(["\(r)001_\(r)002.compaction"]) == .timelineMalformed)
    #expect(code(["\(r)001_\(r)002.vacuum"]) == .timelineActionUnknown)
    #expect(code(["\(r)001_\(r)002.COMMIT"]) == .timelineActionUnknown)
    #expect(code(["\(r)001_\(r)002.commit"]) == nil)
    #expect(code(["99991231235959999_99991231235959999.commit"]) == nil)
    var limits = Limits.standard
    limits.timelineEntriesMax = 2
    #expect(code(["a", "b", "c"], limits) == .limitExceeded)
    let unknown = try timeline(["\(r)001.vacuum.requested", "\(r)001.vacuum.inflight"])
    #expect(unknown.unknownActions == ["vacuum"])
    let error = #expect(throws: LakeError.self) { try unknown.requireWritable() }
    #expect(error?.code == .timelineActionUnknown)
    try timeline([]).requireWritable()
  }

  private func timeline(
    _ names: [String], _ layout: TimelineLayout, _ limits: Limits
  ) throws(LakeError) -> Timeline {
    try timeline(names, layout, modified: 0, limits)
  }

  @Test("Legacy completed files take their modification time", .spec("TIME-24"))
  func legacy() throws {
    // 2026-01-01T00:00:05Z.
    let found = try timeline(["\(r)001.commit", "\(r)001.inflight"], modified: 1_767_225_605_000)
    let instant = try #require(found.instants.first)
    #expect(try instant.isLegacy && instant.completed == time(5000))
    #expect(instant.fileName(.two) == "\(r)001.commit")
  }
}
