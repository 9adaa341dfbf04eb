// Every storage operation of every write goes wrong once, in every way; then the table must be as
// it was before or as it is after, and the same command must succeed (reliability plan T2).
import Lake
import LakeTestKit
import Testing

@Suite("Crash sweep", .spec("TXN-2", "TXN-9", "TXN-10")) struct CrashSweepTests {
  static let base: [SmallChange] = [
    .create,
    .upsert([
      SmallRow("a", "oslo", 1), SmallRow("b", "oslo", 2), SmallRow("c", "rome", 3),
      SmallRow("d", "rome", 4),
    ]),
  ]

  static let workloads: [(name: String, prepare: [SmallChange], command: SmallChange)] = [
    ("create", [], .create),
    ("first upsert", [.create], .upsert([SmallRow("a", "oslo", 1), SmallRow("b", "rome", 2)])),
    (
      "upsert", base,
      .upsert([
        SmallRow("a", "oslo", 10, 2), SmallRow("d", "rome", 40, 0), SmallRow("e", "bern", 5),
      ])
    ),
    ("insert", base, .insert([SmallRow("f", "oslo", 6), SmallRow("g", "rome", 7)])),
    ("bulk insert", base, .bulkInsert([SmallRow("f", "oslo", 6), SmallRow("g", "bern", 7)])),
    ("delete", base, .delete([SmallRow("a", "oslo", 0), SmallRow("c", "rome", 0)])),
  ]

  struct WrongState: Error, CustomStringConvertible {
    let description: String
  }

  static let start: Int64 = 1_735_689_600_000

  /// The checks after one disturbed run.
  static func judge(
    _ storage: SimStorage, _ outcome: CommandOutcome, _ change: SmallChange,
    before: [SmallRow]?, after: [SmallRow], version: TableVersion
  ) throws {
    let table = SmallTable(
      storage, version: version, seed: 41, clock: SteppingClock(start + 1_000_000))
    let found = try table.rows()
    let wasApplied = found == after && found != before
    switch outcome {
    case .succeeded:
      if found != after {
        throw WrongState(description: "success was reported, found \(found ?? [])")
      }
    case .failed(let error) where error.kind == .outcomeUnknown: break
    case .failed:
      if found != before {
        throw WrongState(description: "failure was reported, found \(found ?? [])")
      }
    case .crashed: break
    }
    guard found == before || found == after else {
      throw WrongState(description: "neither before nor after: \(found ?? [])")
    }
    try again(table, change, wasApplied: wasApplied, after: after)
  }

  /// The same command once more, then the checker.
  static func again(
    _ table: SmallTable, _ change: SmallChange, wasApplied: Bool, after: [SmallRow]
  ) throws {
    var expected = after
    switch change {
    case .create where try table.rows() != nil: break
    case .insert where wasApplied, .bulkInsert where wasApplied:
      expected = SmallTable.model(after, change)
      try table.run(change)
    default: try table.run(change)
    }
    let rows = try table.rows()
    guard rows == expected else {
      throw WrongState(description: "after the repetition: \(rows ?? [])")
    }
    // A write rolls back what dead writers left, so nothing of them may remain.
    if case .create = change { try table.run(base[1]) }
    let findings = try table.check()
    guard findings.isEmpty else { throw WrongState(description: "\(findings)") }
  }

  @Test("every write survives a fault at every operation", arguments: [TableVersion.nine, .six])
  func sweep(version: TableVersion) {
    let explorer = CrashExplorer(profiles: [.strict, .ext4], seed: 11)
    var runs = 0
    for workload in Self.workloads {
      var before: [SmallRow]?
      for change in workload.prepare { before = SmallTable.model(before ?? [], change) }
      let expected = before
      let after = SmallTable.model(before ?? [], workload.command)
      runs += explorer.explore(
        prepare: { storage in
          let table = SmallTable(storage, version: version, clock: SteppingClock(Self.start))
          for change in workload.prepare { try table.run(change) }
        },
        command: { storage throws(LakeError) in
          let table = SmallTable(
            storage, version: version, seed: 17, clock: SteppingClock(Self.start + 100_000))
          try table.run(workload.command)
        },
        check: { storage, outcome, _ in
          try Self.judge(
            storage, outcome, workload.command, before: expected, after: after, version: version)
        })
    }
    print("crash sweep, version \(version): \(runs) runs")
    #expect(runs > 1000)
  }
}
