// Exactly once, or a word that says it is not known: every operation of a publication gone wrong.
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@Suite struct PublishingTests {
  private static let name = "t/20250101.commit"
  private static let mine = Buffer(utf8: String(repeating: "mine ", count: 2000))
  private static let other = Buffer(utf8: "other")

  private func sim(_ profile: SimProfile = .strict, _ plan: FaultPlan = .none()) throws
    -> SimStorage
  {
    let disk = SimDisk(profile)
    try SimStorage(disk, world: TestWorld.make()).makeDirectory(try StoragePath("t"))
    disk.settle()
    return SimStorage(disk, world: TestWorld.make(seed: 2), plan: plan)
  }

  @Test("a taken name is never touched", .spec("CONC-2"))
  func taken() throws {
    let storage = try sim()
    let path = try StoragePath(Self.name)
    #expect(try storage.publish(Self.other, at: path, .ifAbsent) == .done)
    #expect(try storage.publish(Self.mine, at: path, .ifAbsent) == .exists)
    #expect(try storage.readAll(path, limit: 100) == Self.other)
    #expect(try storage.publish(Self.other, at: path, .ifAbsent) == .done)
    #expect(storage.disk.files.count == 1, "no prepared file is left")
  }

  @Test("an empty file proves nothing: the second publisher hears that it exists", .spec("CONC-3"))
  func empty() throws {
    let storage = try sim()
    let path = try StoragePath(Self.name)
    #expect(try storage.publish(Buffer(), at: path, .ifAbsent) == .done)
    #expect(try storage.publish(Buffer(), at: path, .ifAbsent) == .exists)
  }

  @Test("a lost answer is looked up and found to be ours", .spec("CONC-3"))
  func lostAnswer() throws {
    for bytes in [Self.mine, Buffer()] {
      let plan = FaultPlan(.errorAfter(.ioFailed)) { $0.kind == .link }
      let storage = try sim(.strict, plan)
      #expect(try storage.publish(bytes, at: try StoragePath(Self.name), .ifAbsent) == .done)
      #expect(plan.fired == 1)
    }
  }

  @Test("when the store never answers, the outcome is unknown", .spec("CONC-3"))
  func unknown() throws {
    let plan = FaultPlan(.errorBefore(.ioFailed), isSticky: true) { $0.kind == .link }
    let storage = try sim(.strict, plan)
    #expect(
      try storage.publish(Self.mine, at: try StoragePath(Self.name), .ifAbsent) == .unknown)
  }

  @Test("a refusal before the first attempt is an error, and nothing is there", .spec("CONC-3"))
  func refused() throws {
    for code in [LakeCode.diskFull, .permissionDenied, .readOnlyFileSystem] {
      for kind in [StorageStep.Kind.create, .write, .sync, .link] {
        let plan = FaultPlan(.errorBefore(code), isSticky: true) { $0.kind == kind }
        let storage = try sim(.strict, plan)
        let path = try StoragePath(Self.name)
        #expect { try storage.publish(Self.mine, at: path, .ifAbsent) } throws: {
          ($0 as? LakeError)?.code == code
        }
        #expect(storage.disk.files.isEmpty)
      }
    }
  }

  /// What a reader may find afterwards, by what the publisher was told.
  private func judge(
    _ found: Buffer?, before: Buffer?, _ told: PublishOutcome?, _ outcome: CommandOutcome
  ) -> String? {
    let isNew = found == Self.mine
    let isOld = found == before
    if !isNew && !isOld { return "the name holds \(found?.count ?? -1) bytes of neither" }
    switch outcome {
    case .succeeded where told == .done: return isNew ? nil : "success was reported and lost"
    case .succeeded where told == .exists: return isOld ? nil : "it was said to exist"
    case .failed: return isOld ? nil : "failure was reported and the name is there"
    default: return nil
    }
  }

  @Test(
    "every operation gone wrong in every way: whole or absent, and what was said is true",
    .spec("CONC-2", "CONC-4", "CONC-5"), arguments: [PublishMode.ifAbsent, .replacing])
  func sweep(_ mode: PublishMode) throws {
    let explorer = CrashExplorer(profiles: [.strict, .ext4, .nfs], seed: firstSeed)
    let path = try StoragePath(Self.name)
    let before: Buffer? = if case .replacing = mode { Self.other } else { nil }
    nonisolated(unsafe) var told: PublishOutcome?
    let runs = explorer.explore { storage in
      try storage.makeDirectory(path.parent)
      if let before { _ = try storage.publish(before, at: path, .ifAbsent) }
    } command: { storage throws(LakeError) in
      told = nil
      told = try storage.publish(Self.mine, at: path, mode)
    } check: { storage, outcome, about in
      let found = try storage.entry(path) == nil ? nil : storage.readAll(path, limit: 1 << 20)
      if let wrong = judge(found, before: before, told, outcome) {
        Issue.record("\(about): \(wrong) (told \(String(describing: told)), \(outcome))")
      }
      // The same again must end well: nothing a crash left is in the way.
      let again = try storage.publish(Self.mine, at: path, mode)
      if again != .done { Issue.record("\(about): a second try says \(again)") }
    }
    #expect(runs > 200)
  }
}
