// The simulated disks against what was measured on real ones (storage semantics, A1, power cut).
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@Suite struct SimDiskTests {
  private static let data = [UInt8]((0..<9000).map { UInt8(truncatingIfNeeded: $0 &* 31) })

  private func world() -> World { TestWorld.make() }

  /// A disk with directory `d`, durable.
  private func fresh(_ profile: SimProfile) throws -> (SimDisk, SimStorage) {
    let disk = SimDisk(profile)
    let storage = SimStorage(disk, world: world())
    try storage.makeDirectory(try StoragePath("d"))
    disk.settle()
    return (disk, storage)
  }

  private func write(_ storage: SimStorage, _ name: String) throws {
    let sink = try storage.create(try StoragePath("d/" + name))
    try sink.write(Self.data)
    _ = try sink.finish()
  }

  private func syncFile(_ storage: SimStorage) throws {
    // The barrier syncs files and directories; a file alone is synced by preparing a publication.
    try storage.writeWhole(Buffer(Self.data), at: try StoragePath("d/t"))
  }

  @Test("write, rename: nothing is durable", arguments: [SimProfile.strict, .ext4])
  func unsynced(_ profile: SimProfile) throws {
    let (disk, storage) = try fresh(profile)
    try write(storage, "t")
    try storage.renameName(try StoragePath("d/t"), to: try StoragePath("d/f"), replacing: true)
    disk.crash(.loseAll)
    #expect(disk.files.isEmpty)
  }

  @Test(
    "write, rename, fsync of the directory: the final name is there and empty",
    arguments: [SimProfile.strict, .ext4])
  func emptyFile(_ profile: SimProfile) throws {
    let (disk, storage) = try fresh(profile)
    try write(storage, "t")
    try storage.renameName(try StoragePath("d/t"), to: try StoragePath("d/f"), replacing: true)
    try storage.settleNames(in: try StoragePath("d"))
    disk.crash(.loseAll)
    #expect(disk.files == ["d/f": []])
  }

  @Test("write, fsync, rename: ext4 has the temporary name with the data; strict promises no name")
  func syncedThenRenamed() throws {
    for (profile, expected) in [(SimProfile.ext4, ["d/t": Self.data]), (.strict, [:])] {
      let (disk, storage) = try fresh(profile)
      try syncFile(storage)
      try storage.renameName(try StoragePath("d/t"), to: try StoragePath("d/f"), replacing: true)
      disk.crash(.loseAll)
      #expect(disk.files == expected, "\(profile)")
    }
  }

  @Test(
    "write, fsync, rename or link, fsync of the directory: the final name with the data",
    arguments: [SimProfile.strict, .ext4])
  func whole(_ profile: SimProfile) throws {
    for links in [true, false] {
      let (disk, storage) = try fresh(profile)
      try syncFile(storage)
      let (old, new) = (try StoragePath("d/t"), try StoragePath("d/f"))
      if links {
        try storage.linkName(old, as: new)
      } else {
        try storage.renameName(old, to: new, replacing: true)
      }
      try storage.settleNames(in: try StoragePath("d"))
      disk.crash(.loseAll)
      #expect(disk.files["d/f"] == Self.data)
    }
  }

  @Test(
    "data files without fsync, then a commit file with every fsync: empty data files",
    arguments: [SimProfile.strict, .ext4])
  func forgottenBarrier(_ profile: SimProfile) throws {
    let (disk, storage) = try fresh(profile)
    for number in 0..<5 { try write(storage, "data\(number)") }
    let outcome = try storage.publish(
      Buffer(utf8: "commit"), at: try StoragePath("d/commit"), .ifAbsent)
    #expect(outcome == .done)
    disk.crash(.loseAll)
    #expect(disk.files["d/commit"] == Array("commit".utf8))
    for number in 0..<5 { #expect(disk.files["d/data\(number)"] == []) }
  }

  @Test("the same with the barrier: all there", arguments: [SimProfile.strict, .ext4, .nfs])
  func barrier(_ profile: SimProfile) throws {
    let (disk, storage) = try fresh(profile)
    try storage.makeDirectory(try StoragePath("d/p/q"))
    for number in 0..<5 { try write(storage, "p/q/data\(number)") }
    try storage.settleAll()
    _ = try storage.publish(Buffer(utf8: "commit"), at: try StoragePath("d/commit"), .ifAbsent)
    disk.crash(.loseAll)
    for number in 0..<5 { #expect(disk.files["d/p/q/data\(number)"] == Self.data) }
    #expect(disk.files["d/commit"] != nil)
  }

  @Test(
    "unlink without and with fsync of the directory: the file is back, or gone",
    arguments: [SimProfile.strict, .ext4])
  func unlink(_ profile: SimProfile) throws {
    for syncs in [false, true] {
      let (disk, storage) = try fresh(profile)
      try write(storage, "f")
      disk.settle()
      try storage.delete(try StoragePath("d/f"))
      if syncs { try storage.settle(try StoragePath("d")) }
      disk.crash(.loseAll)
      #expect(disk.files.isEmpty == syncs)
    }
  }

  @Test("a random power cut leaves torn data, zeroes, empty files and lost names over many seeds")
  func randomCuts() throws {
    var kinds: Set<String> = []
    for seed in UInt64(0)..<200 {
      let (disk, storage) = try fresh(.strict)
      try write(storage, "f")
      disk.crash(.random(seed))
      switch disk.files["d/f"] {
      case nil: kinds.insert("lost")
      case []?: kinds.insert("empty")
      case Self.data?: kinds.insert("whole")
      case let bytes? where bytes.allSatisfy { $0 == 0 }: kinds.insert("zeroes")
      case let bytes? where bytes.count < Self.data.count: kinds.insert("short")
      default: kinds.insert("torn")
      }
    }
    #expect(kinds == ["lost", "empty", "whole", "zeroes", "short", "torn"])
  }

  @Test("a killed writer leaves a partial file; an object mount publishes it")
  func killed() throws {
    for profile in [SimProfile.ext4, .object] {
      let (disk, storage) = try fresh(profile)
      let sink = try storage.create(try StoragePath("d/f"))
      try sink.write([1, 2, 3])
      storage.kill()
      sink.abandon()
      #expect(disk.files["d/f"] == [1, 2, 3])
      disk.crash(.loseAll)
      #expect(disk.files["d/f"] == (profile == .object ? [1, 2, 3] : nil))
    }
  }

  @Test("object: a closed file survives, link is not offered")
  func object() throws {
    let (disk, storage) = try fresh(.object)
    try write(storage, "f")
    disk.crash(.loseAll)
    #expect(disk.files["d/f"] == Self.data)
    #expect(!storage.guarantees.contains(.link))
    #expect(storage.guarantees.storageClass == .object)
  }

  @Test("an fsync that failed stays failed", .spec("CONC-12"))
  func failedSync() throws {
    let disk = SimDisk(.strict)
    let plan = FaultPlan(.errorBefore(.ioFailed)) { $0.kind == .sync }
    let storage = SimStorage(disk, world: world(), plan: plan)
    try storage.makeDirectory(try StoragePath("d"))
    let sink = try storage.create(try StoragePath("d/f"))
    try sink.write([1])
    _ = try sink.finish()
    #expect(throws: LakeError.self) { try storage.settleAll() }
    #expect(throws: LakeError.self) { try storage.settleAll() }
    try storage.delete(try StoragePath("d/f"))
    try storage.settleAll()
  }

  @Test("a dead process frees gate and heartbeat; a living one does not")
  func death() throws {
    let (disk, storage) = try fresh(.ext4)
    let beat = try storage.heartbeat("20250101000000000")
    let other = SimStorage(disk, world: world())
    #expect(try !other.writerIsDead("20250101000000000"))
    try storage.withGate(wait: 0) { () throws(LakeError) -> Void in
      var isBusy = false
      do throws(LakeError) { try other.withGate(wait: 5) { () throws(LakeError) in } } catch {
        isBusy = error.code == .lockBusy
      }
      #expect(isBusy)
    }
    storage.kill()
    #expect(try other.writerIsDead("20250101000000000"))
    try other.withGate(wait: 0) { () throws(LakeError) in }
    beat.stop()
    #expect(try other.writerIsDead("20250101000000000"))
  }
}
