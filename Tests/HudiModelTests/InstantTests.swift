// Times, instants and the names of their files.
import HudiModel
import LakeBase
import LakeTestKit
import Testing

@Suite struct InstantTests {
  @Test("Times are digits, compared as text", .spec("TIME-1"))
  func order() throws {
    let ascending = [
      "0", "000", "00000000000000", "00000000000000000", "20240418173550", "20240418173550000",
      "20240418173550988", "20240418173550988001", "20260307162434124",
    ]
    let times = try ascending.map { try InstantTime(parsing: $0) }
    #expect(times.reversed().sorted().map(\.text) == ascending)
    #expect(Set(times).count == ascending.count)
    for bad in ["", "2024-01-01", "x", "12 ", "²", String(repeating: "1", count: 25)] {
      #expect(InstantTime(bad) == nil)
      let error = #expect(throws: LakeError.self) { try InstantTime(parsing: bad) }
      #expect(error?.code == .timeMalformed)
    }
  }

  @Test("Times as moments", .spec("TIME-2"))
  func moments() throws {
    // Unix seconds from the calendar: 2024-02-29T12:34:56Z is 1709210096.
    for (text, moment) in [
      ("20240229123456789", 1_709_210_096_789), ("20240229123456", 1_709_210_096_999),
      ("20240229123456789001", 1_709_210_096_789), ("19700101000000000", 0),
      ("19691231235959999", -1), ("99991231235959999", 253_402_300_799_999),
    ] as [(String, Int64)] {
      #expect(try InstantTime(parsing: text).civilMilliseconds == moment)
    }
    #expect(InstantTime(civilMilliseconds: 1_709_210_096_789)?.text == "20240229123456789")
    #expect(InstantTime(civilMilliseconds: -1)?.text == "19691231235959999")
    #expect(InstantTime(civilMilliseconds: 253_402_300_800_000) == nil)
    #expect(InstantTime(civilMilliseconds: -62_135_596_800_001) == nil)
    for text in ["20230229123456789", "20241301000000000", "20240101240000000", "000", "20240101"] {
      #expect(try InstantTime(parsing: text).civilMilliseconds == nil, "\(text)")
    }
    // Every day of 800 years there and back.
    for day in stride(from: Int64(-200_000), to: 92_000, by: 1) {
      let civil = CivilTime(daysSinceEpoch: day)
      #expect(civil.isValid && civil.daysSinceEpoch == day)
    }
  }

  /// The table of the format notes: action, state, layout 1, layout 2.
  static let names: [(Action, Instant.State, String, String)] = [
    (.commit, .requested, "R.commit.requested", "R.commit.requested"),
    (.commit, .inflight, "R.inflight", "R.inflight"),
    (.commit, .completed, "R.commit", "R_C.commit"),
    (.deltacommit, .requested, "R.deltacommit.requested", "R.deltacommit.requested"),
    (.deltacommit, .inflight, "R.deltacommit.inflight", "R.deltacommit.inflight"),
    (.deltacommit, .completed, "R.deltacommit", "R_C.deltacommit"),
    (.compaction, .requested, "R.compaction.requested", "R.compaction.requested"),
    (.compaction, .inflight, "R.compaction.inflight", "R.compaction.inflight"),
    (.compaction, .completed, "R.commit", "R_C.commit"),
    (.logcompaction, .requested, "R.logcompaction.requested", "R.logcompaction.requested"),
    (.logcompaction, .completed, "R.deltacommit", "R_C.deltacommit"),
    (.replacecommit, .requested, "R.replacecommit.requested", "R.replacecommit.requested"),
    (.replacecommit, .inflight, "R.replacecommit.inflight", "R.replacecommit.inflight"),
    (.replacecommit, .completed, "R.replacecommit", "R_C.replacecommit"),
    (.clustering, .requested, "R.replacecommit.requested", "R.clustering.requested"),
    (.clustering, .inflight, "R.replacecommit.inflight", "R.clustering.inflight"),
    (.clustering, .completed, "R.replacecommit", "R_C.replacecommit"),
    (.clean, .inflight, "R.clean.inflight", "R.clean.inflight"),
    (.clean, .completed, "R.clean", "R_C.clean"),
    (.rollback, .completed, "R.rollback", "R_C.rollback"),
    (.restore, .requested, "R.restore.requested", "R.restore.requested"),
    (.savepoint, .inflight, "R.savepoint.inflight", "R.savepoint.inflight"),
    (.savepoint, .completed, "R.savepoint", "R_C.savepoint"),
    (.indexing, .completed, "R.indexing", "R_C.indexing"),
  ]

  @Test("Names of instant files", .spec("TIME-3", "TIME-8"))
  func fileNames() throws {
    let requested = try InstantTime(parsing: "20260307162434124")
    let completed = try InstantTime(parsing: "20260307162438653")
    func spelled(_ pattern: String) -> String {
      pattern.replacing("R_C", with: "\(requested)_\(completed)")
        .replacing("R.", with: "\(requested).")
    }
    for (action, state, one, two) in Self.names {
      let pending = Instant(requested, action, .requested)
      let instant = pending.with(state, completed: state == .completed ? completed : nil)
      #expect(instant.fileName(.two) == spelled(two), "\(action) \(state)")
      #expect(instant.with(state).fileName(.one) == spelled(one), "\(action) \(state)")
      guard case .instant(let read) = InstantFileName(spelled(two), .two) else {
        Issue.record("\(two)")
        continue
      }
      #expect(read.state == state && read.requested == requested)
      #expect(read.action == (state == .completed ? action.completed : action))
      #expect(read.completed == (state == .completed ? completed : nil) && !read.isLegacy)
    }
    let done = Instant(requested, .compaction, .requested).with(.completed, completed: completed)
    #expect(done.action == .commit && done.origin == .compaction)
    #expect(done.fileName(.two, in: .requested) == "\(requested).compaction.requested")
  }

  @Test("Names that are none (H8)", .spec("TIME-6", "TIME-7", "TIME-23"))
  func hostileNames() throws {
    let r = "20260307162434124"
    for name in [
      "hoodie.properties", "\(r)_1.commit.tmp", "\(r).commit.crc", "\(r).commit.3f2a-11.tmp", "",
      "\(r)", "\(r).commit.requested.tmp", ".\(r).commit", "\(r).", "\(r)..commit", "\(r).com mit",
      "\(r)_\(r).commit.requested", "\(r).commit.done", "\(r)_.commit", "_\(r).commit",
      "\(r)_\(r)_\(r).commit", "x\(r).commit", "\(r).commit~",
    ] {
      #expect(InstantFileName(name, .two) == .foreign, "\(name)")
    }
    #expect(InstantFileName("\(r)_\(r).commit", .one) == .foreign)
    for name in [
      "2026.commit", "\(r)12345678.commit", "\(r)_1.commit", "\(r)_\(r).compaction",
      "\(r)_\(r).clustering", "1.inflight",
    ] {
      guard case .malformed = InstantFileName(name, .two) else {
        Issue.record("\(name)")
        continue
      }
    }
    let time = try InstantTime(parsing: r)
    #expect(
      InstantFileName("\(r).optimize.requested", .two)
        == .unknownAction(time, "optimize", .requested))
    #expect(InstantFileName("\(r)_\(r).COMMIT", .two) == .unknownAction(time, "COMMIT", .completed))
    guard case .instant(let legacy) = InstantFileName("\(r).commit", .two) else {
      Issue.record("a legacy name")
      return
    }
    #expect(legacy.isLegacy && legacy.completed == nil)
    #expect(legacy.fileName(.two) == "\(r).commit")
  }

  @Test("Actions", .spec("TIME-4", "TIME-5"))
  func actions() throws {
    let planned: Set<Action> = [.compaction, .logcompaction, .clustering, .indexing]
    for action in Action.allCases { #expect(action.isPlanned == planned.contains(action)) }
    #expect(Action.allCases.filter(\.isWrite).count == 6)
    let r = try InstantTime(parsing: "20260101000000000")
    let c = try InstantTime(parsing: "20260101000000005")
    #expect(Instant(r, .commit, .completed, completed: c).completionOrder == c)
    #expect(Instant(r, .commit, .completed).completionOrder == r)
  }

  @Test("Ranges and filters", .spec("TIME-9"))
  func filters() throws {
    func time(_ text: String) throws -> InstantTime { try InstantTime(parsing: text) }
    let range = InstantRange(after: try time("2"), through: try time("4"))
    #expect(try ["1", "2", "3", "4", "5"].filter { range.contains(try time($0)) } == ["3", "4"])
    #expect(InstantRange.everything.contains(try time("0")))
    let filter = InstantFilter(
      completed: [try time("5"), try time("7")], hidden: [try time("3"), try time("6")],
      start: try time("5"))
    let admitted = try (1...9).filter { filter.admits(try time("\($0)")) }
    #expect(admitted == [1, 2, 4, 5, 7])
    let narrow = filter.within(InstantRange(after: try time("4")))
    #expect(try (1...9).filter { narrow.admits(try time("\($0)")) } == [5, 7])
    let nothing = InstantFilter(completed: [], start: nil)
    #expect(!nothing.admits(try time("1")))
  }
}
