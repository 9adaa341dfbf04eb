// From mount tables to classes, refusals and reports (R1-R4, part C).
import LakeBase
import LakeTestKit
import Testing

@testable import LakeStorage

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct JudgementTests {
  /// A mount table's line with the magic number statfs gives for it.
  struct Mounted: Sendable, CustomTestStringConvertible {
    let magic: UInt64?
    let type: String
    let source: String
    let options: String
    let expected: StorageClass
    let code: LakeCode?
    var testDescription: String { "\(type) \(source) \(options)" }

    init(
      _ magic: UInt64?, _ type: String, _ source: String, _ options: String,
      _ expected: StorageClass, _ code: LakeCode?
    ) {
      self.magic = magic
      self.type = type
      self.source = source
      self.options = options
      self.expected = expected
      self.code = code
    }

    var facts: StorageFacts {
      StorageFacts(
        magic: magic,
        mount: MountEntry(
          line: "36 35 98:0 / /data\\040lake rw,noatime master:1 - \(type) \(source) \(options)"))
    }
  }

  static let mounts: [Mounted] = [
    Mounted(0xEF53, "ext4", "/dev/sda1", "rw,errors=continue", .local, nil),
    Mounted(0x5846_5342, "xfs", "/dev/sda1", "rw", .local, nil),
    Mounted(0x9123_683E, "btrfs", "/dev/sda1", "rw,subvol=/", .local, nil),
    Mounted(0x2FC1_2FC1, "zfs", "tank/lake", "rw", .local, nil),
    Mounted(0xF2F5_2010, "f2fs", "/dev/sda1", "rw", .local, nil),
    Mounted(0x794C_7630, "overlay", "overlay", "rw,lowerdir=/l", .local, nil),
    Mounted(0x794C_7630, "overlay", "overlay", "rw,volatile", .writeBack, .volatileStorage),
    Mounted(0x0102_1994, "tmpfs", "tmpfs", "rw", .local, nil),
    Mounted(0x6969, "nfs4", "server:/x", "rw,vers=4.2,hard", .shared, .primitiveMissing),
    Mounted(0x6969, "nfs4", "server:/x", "rw,local_lock=none", .shared, .primitiveMissing),
    Mounted(0x6969, "nfs", "server:/x", "rw,soft", .writeBack, .nfsOption),
    Mounted(0x6969, "nfs", "server:/x", "rw,nolock", .writeBack, .nfsOption),
    Mounted(0x6969, "nfs4", "server:/x", "rw,local_lock=all", .writeBack, .nfsOption),
    Mounted(0x6573_5546, "fuse.s3fs", "s3fs", "rw", .object, .primitiveMissing),
    Mounted(0x6573_5546, "fuse.gcsfuse", "bucket", "rw", .object, .primitiveMissing),
    Mounted(0x6573_5546, "fuse", "mountpoint-s3", "rw", .object, .primitiveMissing),
    Mounted(0x6573_5546, "fuse.rclone", "s3:bucket", "rw", .object, .primitiveMissing),
    Mounted(0x6573_5546, "fuse.juicefs", "JuiceFS:x", "rw", .shared, .primitiveMissing),
    Mounted(0x6573_5546, "fuse.sshfs", "host:/x", "rw", .writeBack, .volatileStorage),
    Mounted(0x6573_5546, "fuse", "something", "rw", .writeBack, .volatileStorage),
    Mounted(0x6573_5546, "virtiofs", "share", "rw", .shared, .primitiveMissing),
    Mounted(0x0102_1997, "9p", "share", "rw", .shared, .primitiveMissing),
    Mounted(0x00C3_6400, "ceph", "mon:/", "rw", .shared, .primitiveMissing),
    Mounted(0xFF53_4D42, "cifs", "//server/x", "rw", .writeBack, .volatileStorage),
    Mounted(nil, "whatever", "x", "rw", .writeBack, .volatileStorage),
  ]

  @Test("class and refusal by file system", .spec("STORE-21", "STORE-20"), arguments: mounts)
  func classes(_ mounted: Mounted) throws {
    let judged = StorageJudgement(of: mounted.facts)
    #expect(judged.storageClass == mounted.expected)
    let folder = TemporaryFolder("judge")
    let storage = try LocalStorage(root: folder.path, world: World(), facts: mounted.facts)
    let report = storage.describeStorage()
    #expect(report.storageClass == mounted.expected)
    #expect(report.refusal?.code == mounted.code)
    #expect(report.mountPoint == "/data lake")
    #expect(report.fileSystem == mounted.type)
    #expect(!report.evidence.isEmpty)
    if mounted.code == nil {
      try storage.requireWritable()
    } else {
      #expect { try storage.requireWritable() } throws: {
        guard let error = $0 as? LakeError else { return false }
        return error.code == mounted.code && error.message.hasPrefix("storage: ")
      }
      #expect(report.refusal?.kind == .unsupported)
    }
    let mayBeAllowed = mounted.code == nil || mounted.code == .volatileStorage
    let isAllowed = (try? storage.requireWritable(allowVolatile: true)) != nil
    #expect(isAllowed == mayBeAllowed)
  }

  @Test("a write-back mount is refused in the words of the contract", .spec("STORE-20"))
  func words() throws {
    let folder = TemporaryFolder("words")
    let mounted = Mounted(0x6573_5546, "fuse.other", "x", "rw", .writeBack, nil)
    let storage = try LocalStorage(root: folder.path, world: World(), facts: mounted.facts)
    let text = storage.describeStorage().refusal?.message ?? ""
    #expect(text.hasPrefix("storage: /data lake is a write-back mount ("))
    #expect(
      text.contains(
        "): fsync and close return before the data is stored, and a commit can appear before its "
          + "files. Writing is refused."))
    #expect(
      text.hasSuffix(
        ", or set storage.allow-volatile=true for a table you can afford to lose."))
    let soft = Mounted(0x6969, "nfs", "s:/", "rw,soft", .writeBack, nil)
    let nfs = try LocalStorage(root: folder.path, world: World(), facts: soft.facts)
    #expect(
      nfs.describeStorage().refusal?.message
        == "storage: NFS option soft makes locks or writes unreliable.")
  }

  @Test("lines of the mount table", .spec("STORE-23"))
  func lines() throws {
    let line =
      "36 35 98:0 /mnt1 /mnt\\0402\\134x rw,noatime master:1 shared:2 - ext3 /dev/root "
      + "rw,errors=continue"
    let entry = try #require(MountEntry(line: line))
    #expect(entry.identifier == 36)
    #expect(entry.device == "98:0")
    #expect(entry.mountPoint == "/mnt 2\\x")
    #expect(entry.fileSystem == "ext3")
    #expect(entry.source == "/dev/root")
    #expect(entry.allOptions == ["rw", "noatime", "rw", "errors=continue"])
    for bad in [
      "", "36", "x 35 98:0 / / rw - ext4 a b", "36 35 98:0 / / rw ext4 a", "1 2 3 4 5 6 -",
    ] {
      #expect(MountEntry(line: bad) == nil, "\(bad)")
    }
  }

  @Test("this machine's own directory is found in the mount table", .spec("STORE-23"))
  func here() throws {
    let folder = TemporaryFolder("here")
    let storage = try LocalStorage(root: folder.path, world: World())
    let report = storage.describeStorage()
    #expect(report.fileSystem != "unknown")
    #expect(folder.path.hasPrefix(report.mountPoint == "/" ? "/" : report.mountPoint))
    #expect(!storage.identity.boot.isEmpty)
    #expect(storage.identity.device != 0)
    #expect(storage.identity == (try LocalStorage(root: folder.path, world: World()).identity))
  }
}

/// A probe's ground that behaves as told.
private final class FakeGround: ProbeGround {
  enum Flaw: CaseIterable {
    case none, doubleCreate, noLink, linkOverwrites, noRename, noSync, noLock, noRewrite, mangles
    case refusesName, foldsCase, rclone
  }

  let flaw: Flaw
  private(set) var files: Set<[UInt8]> = []
  init(_ flaw: Flaw) { self.flaw = flaw }

  private func take(_ name: String, _ overwrites: Bool = false) throws(SystemFailure) {
    let stored = flaw == .foldsCase ? name.lowercased() : name
    if !files.insert(Array(stored.utf8)).inserted && !overwrites { throw SystemFailure(EEXIST) }
  }
  func create(_ name: String) throws(SystemFailure) {
    if flaw == .refusesName && name.contains(":") { throw SystemFailure(EINVAL) }
    if flaw == .mangles && name == "e\u{301}" { return try take("\u{E9}") }
    try take(name, flaw == .doubleCreate)
  }
  func link(_ name: String, _ other: String) throws(SystemFailure) {
    if flaw == .noLink || flaw == .rclone { throw SystemFailure(ENOTSUP) }
    try take(other, flaw == .linkOverwrites)
  }
  func renameWithoutReplacing(_ name: String, _ other: String) throws(SystemFailure) {
    if flaw == .noRename || flaw == .rclone { throw SystemFailure(EINVAL) }
    try take(other)
    files.remove(Array(name.utf8))
  }
  func rewrite(_ name: String) throws(SystemFailure) {
    if flaw == .noRewrite { throw SystemFailure(EPERM) }
  }
  func sync(_ name: String) throws(SystemFailure) {
    if flaw == .noSync { throw SystemFailure(EIO) }
  }
  func syncFolder() throws(SystemFailure) {}
  func lockExcludes(_ name: String) throws(SystemFailure) -> Bool { flaw != .noLock }
  func names() throws(SystemFailure) -> [String] {
    files.map { String(decoding: $0, as: UTF8.self) }
  }
  func modified(_ name: String) throws(SystemFailure) -> Int64 { 1_234_567 }
}

@Suite struct ProbeTests {
  @Test("a store that does all has no findings; at most twelve files are made", .spec("STORE-22"))
  func sound() {
    let ground = FakeGround(.none)
    #expect(StorageProbe.run(on: ground, fileSystem: "ext4") == ProbeFindings())
    #expect(ground.files.count <= 12)
  }

  @Test("what is missing is found", .spec("STORE-22"))
  func flaws() {
    func run(_ flaw: FakeGround.Flaw, _ type: String = "ext4") -> ProbeFindings {
      StorageProbe.run(on: FakeGround(flaw), fileSystem: type)
    }
    #expect(run(.doubleCreate).missingPrimitive == "exclusive creation")
    #expect(run(.noLink).lost == .link)
    #expect(run(.noLink).missingPrimitive == nil)
    #expect(run(.linkOverwrites).lost == .link)
    #expect(run(.noRename).lost == .renameWithoutReplace)
    #expect(run(.rclone).missingPrimitive == "link and no-replace rename")
    #expect(run(.noSync).missingPrimitive == "fsync")
    #expect(run(.noLock).missingPrimitive == "flock that excludes")
    #expect(run(.mangles).changedName?.wanted == "e\u{301}")
    #expect(run(.refusesName).changedName?.wanted == "c:d")
    #expect(run(.foldsCase).evidence.contains { $0.contains("case only") })
    #expect(run(.rclone, "fuse.rclone").writesBack, "rewriting works: it caches")
    #expect(!run(.noRewrite, "fuse.rclone").writesBack)
  }

  @Test("findings lower the class, refuse, and come back from the kept text", .spec("STORE-22"))
  func consequences() throws {
    let folder = TemporaryFolder("probe")
    let storage = try LocalStorage(root: folder.path, world: World())
    let cases: [(FakeGround.Flaw, LakeCode?)] = [
      (.none, nil), (.doubleCreate, .primitiveMissing), (.noLink, nil), (.noRename, nil),
      (.noLock, .primitiveMissing), (.noSync, .primitiveMissing), (.mangles, .nameNotPreserved),
      (.rclone, .primitiveMissing),
    ]
    for (flaw, code) in cases {
      let findings = StorageProbe.run(on: FakeGround(flaw), fileSystem: "ext4")
      let report = storage.report(probe: findings)
      #expect(report.refusal?.code == code, "\(flaw)")
      #expect(report.guarantees.isSubset(of: storage.guarantees))
      #expect(ProbeFindings(text: findings.text) == findings)
    }
    var text = StorageProbe.run(on: FakeGround(.noLock), fileSystem: "ext4").text
    text.removeLast(4)
    #expect(ProbeFindings(text: text) == nil, "half a result is none")
    #expect(ProbeFindings(text: "lake.probe=1\nlost=x\nend\n") == nil)
  }

  @Test(
    "a probe on this machine: nothing is left but its result, which is used again",
    .spec("STORE-22"))
  func here() throws {
    let folder = TemporaryFolder("probe")
    let storage = try LocalStorage(root: folder.path, world: World())
    let before = storage.describeStorage()
    let report = try storage.probeStorage()
    #expect(report.storageClass == before.storageClass)
    #expect(report.refusal?.code == before.refusal?.code)
    #expect(try storage.entry(try StoragePath(".hoodie/.aux")) == nil)
    let kept = try storage.list(try StoragePath(TableNames.probes))
    #expect(kept.count == 1)
    // The kept result decides from now on.
    var findings = ProbeFindings()
    findings.missingPrimitive = "a primitive"
    let path = try StoragePath(TableNames.probes).appending(try #require(kept.first).name)
    _ = try storage.publish(Buffer(utf8: findings.text), at: path, .replacing)
    #expect(try storage.probeStorage().refusal?.code == .primitiveMissing)
    _ = try storage.publish(Buffer(utf8: "damaged"), at: path, .replacing)
    #expect(try storage.probeStorage().refusal?.code == before.refusal?.code)
  }
}
