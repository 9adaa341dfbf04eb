// Several writers and a reader of one table, interleaved at every storage operation (reliability
// plan T5).
import Lake
import LakeTestKit
import Synchronization
import Testing

@Suite("Schedules", .spec("TXN-6")) struct ScheduleTests {
  /// Two writers add to a counter of one key, each until it has succeeded `rounds` times.
  @Test("no update is lost, no key twice, readers see whole commits", arguments: 0..<8)
  func counters(batch: Int) throws {
    var schedules = 0
    for index in 0..<12 {
      try Self.run(seed: UInt64(batch * 1000 + index))
      schedules += 1
    }
    print("schedules: \(schedules)")
    #expect(schedules == 12)
  }

  static func run(seed: UInt64) throws {
    let disk = SimDisk(.ext4)
    let clock = SteppingClock()
    let first = SmallTable(SimStorage(disk, world: TestWorld.make()), clock: clock)
    try first.run(.create)
    try first.run(.upsert([SmallRow("n", "oslo", 0, 0), SmallRow("m", "rome", 0, 0)]))
    let scheduler = SimScheduler(seed: seed)
    let shared = SteppingClock(CrashSweepTests.start + 10_000_000, scheduler: scheduler)
    let done = Mutex(0)
    let failures = Mutex<[String]>([])
    @Sendable func writer(_ number: UInt64) throws(LakeError) {
      let world = TestWorld.make(seed: seed &* 31 &+ number, clock: shared)
      let storage = SimStorage(disk, world: world, scheduler: scheduler)
      let table = SmallTable(storage, seed: seed &* 7 &+ number, clock: shared)
      for _ in 0..<2 {
        for _ in 0..<40 {
          let rows = try table.rows() ?? []
          guard let row = rows.first(where: { $0.id == "n" }) else { continue }
          do throws(LakeError) {
            try table.run(
              .upsert([
                SmallRow("n", "oslo", row.value + 1, row.order + 1),
                SmallRow("new-\(row.value)", "rome", Int64(number), 1),
              ]))
            done.withLock { $0 += 1 }
            break
          } catch {
            if error.kind != .conflict && error.kind != .busy { throw error }
          }
        }
      }
    }
    @Sendable func reader() throws(LakeError) {
      let world = TestWorld.make(seed: seed, clock: shared)
      let storage = SimStorage(disk, world: world, scheduler: scheduler)
      let table = SmallTable(storage, clock: shared)
      var last: Int64 = 0
      for _ in 0..<6 {
        let rows = try table.rows() ?? []
        let value = rows.first { $0.id == "n" }?.value ?? -1
        let added = rows.filter { $0.id.hasPrefix("new-") }.count
        // A commit adds one to the counter and one row: a reader sees both or none (I1), and never
        // goes backwards (I11).
        if Int64(added) != value || value < last {
          failures.withLock {
            $0.append("seed \(seed): counter \(value) after \(last), rows \(added)")
          }
        }
        last = value
      }
    }
    let errors = scheduler.run([
      ("writer 1", { () throws(LakeError) in try writer(1) }),
      ("writer 2", { () throws(LakeError) in try writer(2) }),
      ("reader", { () throws(LakeError) in try reader() }),
    ])
    for error in errors.compactMap({ $0 }) { Issue.record("seed \(seed): \(error)") }
    for failure in failures.withLock({ $0 }) { Issue.record("\(failure)") }
    let after = SmallTable(
      SimStorage(disk, world: TestWorld.make(seed: 5)),
      clock: SteppingClock(CrashSweepTests.start + 90_000_000))
    let rows = try after.rows() ?? []
    let counter = rows.first { $0.id == "n" }?.value
    #expect(counter == Int64(done.withLock { $0 }), "seed \(seed)")
    #expect(Set(rows.map(\.id)).count == rows.count, "seed \(seed)")
    #expect(try after.check().filter { $0.invariant != .noOrphans }.isEmpty, "seed \(seed)")
  }
}
