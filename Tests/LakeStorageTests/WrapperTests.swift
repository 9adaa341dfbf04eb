// Storages that watch or disturb another one, and the scheduler that lets one task run at a time.
import LakeBase
import LakeStorage
import LakeTestKit
import Synchronization
import Testing

@Suite struct WrapperTests {
  private func path(_ text: String) throws -> StoragePath { try StoragePath(text) }

  private func code(_ body: () throws -> Void) -> LakeCode? {
    do { try body() } catch { return (error as? LakeError)?.code }
    return nil
  }

  @Test("calls and bytes are counted by what a path is", .spec("STORE-50"))
  func observed() throws {
    let storage = ObservedStorage(MemoryStorage())
    try storage.makeDirectory(try path("p"))
    let sink = try storage.create(try path("p/f.parquet"))
    try sink.write([1, 2, 3])
    try sink.write([4])
    _ = try sink.finish()
    let source = try storage.open(try path("p/f.parquet"))
    _ = try source.read(1..<3)
    _ = try storage.list(try path("p"))
    try storage.makeDirectory(try path(".hoodie"))
    _ = try storage.publish(Buffer(utf8: "12345"), at: try path(".hoodie/1.commit"), .ifAbsent)
    let counts = storage.counts
    #expect(counts.calls(.create, .base) == 1)
    #expect(counts.calls(.write, .base) == 2)
    #expect(counts.bytesWritten(.base) == 4)
    #expect(counts.bytesRead(.base) == 2)
    #expect(counts.bytesRead() == 2)
    #expect(counts.bytesWritten(.timeline) == 5)
    #expect(counts.calls(.list) == 1)
    #expect(counts.calls(.delete) == 0)
    storage.reset()
    #expect(storage.counts == StorageCounts())
  }

  @Test(
    "what a path is, by its name", .spec("STORE-50"),
    arguments: [
      (".hoodie/hoodie.properties", PathKind.properties), (".hoodie/timeline/1.commit", .timeline),
      (".hoodie/1.commit", .timeline), (".hoodie/metadata/files/x", .metadataTable),
      (".hoodie/.temp/1/x.marker", .marker), (".hoodie/.heartbeat/1", .heartbeat),
      (".hoodie/.locks/lake/gate", .lake), ("p/.hoodie_partition_metadata", .partitionMetadata),
      ("p/x.parquet", .base), ("p/.x_1.log.1_0-1-0", .log), ("p/readme", .other),
    ])
  func kinds(_ text: String, _ kind: PathKind) throws {
    #expect(PathKind(try path(text)) == kind)
  }

  @Test("each mode does what it says")
  func faults() throws {
    func run(_ mode: FaultMode) throws -> (FaultyStorage, MemoryStorage, LakeCode?) {
      let memory = MemoryStorage()
      let faulty = FaultyStorage(memory, plan: FaultPlan(mode) { $0.kind == .makeDirectory })
      let name = try path("d")
      return (faulty, memory, code { try faulty.makeDirectory(name) })
    }
    let (before, memory1, code1) = try run(.errorBefore(.diskFull))
    #expect(code1 == .diskFull)
    #expect(try memory1.entry(try path("d")) == nil)
    #expect(!before.isDead)
    let (_, memory2, code2) = try run(.errorAfter(.ioFailed))
    #expect(code2 == .ioFailed)
    #expect(try memory2.entry(try path("d")) != nil)
    let (late, memory3, code3) = try run(.lateApply)
    #expect(code3 == .ioFailed)
    #expect(try memory3.entry(try path("d")) == nil)
    _ = try late.list(.root)
    #expect(try memory3.entry(try path("d")) != nil)
    let (crashed, memory4, _) = try run(.crashAfter)
    #expect(try memory4.entry(try path("d")) != nil)
    #expect(crashed.isDead)
    #expect(throws: LakeError.self) { try crashed.list(.root) }
    let (_, memory5, _) = try run(.crashBefore)
    #expect(try memory5.entry(try path("d")) == nil)
  }

  @Test("a torn write leaves half, a short read is an error, a lost publication is unknown")
  func tornAndShort() throws {
    let memory = MemoryStorage()
    let torn = FaultyStorage(memory, plan: FaultPlan(.crashTorn) { $0.kind == .write })
    let sink = try torn.create(try path("x"))
    #expect(throws: LakeError.self) { try sink.write([1, 2, 3, 4]) }
    let short = FaultyStorage(memory, plan: FaultPlan(.shortRead) { $0.kind == .read })
    _ = try memory.publish(Buffer(utf8: "abc"), at: try path("y"), .ifAbsent)
    let source = try short.open(try path("y"))
    #expect(code { _ = try source.read(0..<3) } == .fileTruncated)
    #expect(try source.read(0..<3).count == 3, "once only")
    for (mode, isThere) in [
      (FaultMode.errorAfter(.ioFailed), true), (.errorBefore(.ioFailed), false),
    ] {
      let lost = FaultyStorage(memory, plan: FaultPlan(mode) { $0.kind == .publish })
      let name = try path("z\(isThere)")
      #expect(try lost.publish(Buffer(utf8: "z"), at: name, .ifAbsent) == .unknown)
      #expect(try (memory.entry(name) != nil) == isThere)
    }
    let full = FaultyStorage(
      memory, plan: FaultPlan(.errorBefore(.diskFull), at: 1, isSticky: true))
    for _ in 0..<3 { #expect(code { _ = try full.create(try path("q")) } == .diskFull) }
  }

  /// Two tasks write their letter at each turn.
  private func turns(_ seed: UInt64) throws -> String {
    let scheduler = SimScheduler(seed: seed)
    let disk = SimDisk(.ext4)
    let text = Mutex("")
    let inside = Atomic<Int>(0)
    let failures = scheduler.run(
      ["a", "b", "c"].map { name in
        (
          name,
          { @Sendable () throws(LakeError) in
            let storage = SimStorage(disk, world: TestWorld.make(), scheduler: scheduler)
            for _ in 0..<10 {
              if inside.wrappingAdd(1, ordering: .relaxed).oldValue != 0 {
                text.withLock { $0 += "!" }
              }
              text.withLock { $0 += name }
              inside.wrappingSubtract(1, ordering: .relaxed)
              _ = try storage.list(.root)
            }
          }
        )
      })
    #expect(failures.allSatisfy { $0 == nil })
    return text.withLock { $0 }
  }

  @Test("a seed replays, another seed differs, and nobody runs beside another")
  func replay() throws {
    let first = try turns(1)
    #expect(first == (try turns(1)))
    #expect(first != (try turns(2)))
    #expect(!first.contains("!"))
    #expect(first.count == 30)
  }

  @Test("the gate holds under every schedule; counters lose nothing", .spec("CONC-1"))
  func gateSchedules() throws {
    for seed in firstSeed..<firstSeed + 60 {
      let clock = SteppingClock()
      let scheduler = SimScheduler(seed: seed)
      let disk = SimDisk(.strict)
      let name = try path("n")
      _ = try SimStorage(disk, world: TestWorld.make()).publish(Buffer([0]), at: name, .replacing)
      let failures = scheduler.run(
        (0..<3).map { number in
          (
            "writer \(number)",
            { @Sendable () throws(LakeError) in
              let storage = SimStorage(
                disk, world: TestWorld.make(seed: UInt64(number), clock: clock),
                scheduler: scheduler)
              for _ in 0..<3 {
                try storage.withGate(wait: 1_000_000) { () throws(LakeError) in
                  let old = try storage.readAll(name, limit: 9)[0]
                  _ = try storage.publish(Buffer([old + 1]), at: name, .replacing)
                }
              }
            }
          )
        })
      #expect(failures.allSatisfy { $0 == nil }, "seed \(seed): \(failures)")
      #expect(disk.files["n"] == [9], "seed \(seed)")
    }
  }

  @Test("a deadlock is found, and every task hears of it")
  func deadlock() throws {
    let scheduler = SimScheduler(seed: 1)
    let failures = scheduler.run([
      ("one", { @Sendable () throws(LakeError) in try scheduler.wait { false } }),
      ("two", { @Sendable () throws(LakeError) in try scheduler.wait { false } }),
      ("three", { @Sendable () throws(LakeError) in scheduler.yield() }),
    ])
    #expect(failures[0]?.message.hasPrefix("deadlock") == true)
    #expect(failures[1]?.message.hasPrefix("deadlock") == true)
    #expect(failures[2] == nil)
  }

  @Test("a world for tests repeats")
  func world() {
    #expect(TestWorld.make().random.uuid() == TestWorld.make().random.uuid())
    let clock = SteppingClock(1000)
    #expect(clock.now() == 1001)
    clock.sleep(milliseconds: 50)
    #expect(clock.now() == 1052)
    clock.move(by: -100)
    #expect(clock.now() < 1000)
  }
}
