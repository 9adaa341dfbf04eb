// Spec: 15-storage. From facts to guarantees and class, without touching the store (R1).
import LakeBase

/// What the facts about a file system say: the static half of R1.
struct StorageJudgement: Sendable {
  let storageClass: StorageClass
  let guarantees: StorageGuarantees
  /// Why, one line per finding.
  let evidence: [String]
  /// Mount options to change.
  let advice: [String]
  /// The option that makes an NFS mount unreliable (S04).
  let badOption: String?

  private enum Kind { case local, memory, nfs, shared, object, maybeWriteBack, unknown }

  /// Kinds by the magic number of statfs(2).
  private static func known(_ magic: UInt64) -> (name: String, kind: Kind)? {
    switch magic {
    case 0xEF53: ("ext4", .local)
    case 0x5846_5342: ("xfs", .local)
    case 0x9123_683E: ("btrfs", .local)
    case 0x2FC1_2FC1: ("zfs", .local)
    case 0xF2F5_2010: ("f2fs", .local)
    case 0x794C_7630: ("overlay", .local)
    case 0x0102_1994: ("tmpfs", .memory)
    case 0x8584_58F6: ("ramfs", .memory)
    case 0x6969: ("nfs", .nfs)
    case 0x00C3_6400: ("ceph", .shared)
    case 0x0BD0_0BD0: ("lustre", .shared)
    case 0x4750_4653: ("gpfs", .shared)
    case 0x1983_0326: ("beegfs", .shared)
    case 0x0102_1997: ("9p", .shared)
    default: nil
    }
  }

  private static let fuseMagic: UInt64 = 0x6573_5546

  init(of facts: StorageFacts) {
    let mount = facts.mount
    let options = mount?.allOptions ?? []
    let (kind, name) = Self.kind(facts)
    var evidence = [Self.line(facts, name)]
    var advice: [String] = []
    var bad: String?
    var found: (StorageClass, StorageGuarantees)
    switch kind {
    case .local:
      found = (.local, Self.posix)
      if options.contains("volatile") {
        found = (.writeBack, [.writesBack])
        evidence.append("overlay with option volatile: sync is ignored")
        advice.append("remount without volatile")
      }
      if let option = options.first(where: { $0 == "nobarrier" || $0 == "barrier=0" }) {
        evidence.append("option \(option): a power cut may lose what was synced")
        advice.append("remount without \(option)")
      }
    case .memory:
      found = (.local, Self.posix.union(.isVolatile))
      evidence.append("kept in memory: nothing survives a reboot")
    case .nfs:
      bad = options.first(where: Self.isBadForLocks)
      found = bad == nil ? (.shared, Self.posixShared) : (.writeBack, [.writesBack])
      if let bad { evidence.append("option \(bad) makes locks or writes unreliable") }
      advice.append("mount with hard, version 4.1 or later, lookupcache=positive")
    case .shared: found = (.shared, Self.posixShared)
    case .object:
      found = (.object, Self.objects)
      evidence.append("object mount: files are stored when they are closed")
    case .maybeWriteBack:
      found = (.object, Self.objects)
      evidence.append("its cache mode cannot be seen from outside; only a probe can tell")
      advice.append("mount with --vfs-cache-mode off --dir-cache-time 1s --attr-timeout 1s")
    case .unknown:
      found = (.writeBack, [.writesBack])
      evidence.append("nothing is known about what it guarantees")
    }
    if options.contains("ro") { evidence.append("mounted read-only") }
    storageClass = found.0
    guarantees = found.1
    self.evidence = evidence
    self.advice = advice
    badOption = bad
  }

  private static let posix: StorageGuarantees = [
    .exclusiveCreate, .link, .atomicRename, .renameWithoutReplace, .durableSync,
    .listsAfterWrite, .mapping, .append, .locks,
  ]
  private static let posixShared = posix.union(.locksReachHosts).subtracting([
    .mapping, .append, .renameWithoutReplace,
  ])
  private static let objects: StorageGuarantees = [
    .exclusiveCreate, .closeIsDurable, .listsAfterWrite, .ordersFiles, .locks,
  ]

  private static func kind(_ facts: StorageFacts) -> (Kind, String) {
    let type = facts.mount?.fileSystem ?? ""
    let isFuse = facts.magic == fuseMagic || type == "fuse" || type.hasPrefix("fuse.")
    if isFuse && type != "fuseblk" && type != "virtiofs" { return fuse(facts, type) }
    if type == "virtiofs" { return (.shared, type) }
    if let magic = facts.magic, let known = known(magic) {
      return (known.kind, type.isEmpty ? known.name : type)
    }
    return (.unknown, type.isEmpty ? "an unnamed file system" : type)
  }

  private static func fuse(_ facts: StorageFacts, _ type: String) -> (Kind, String) {
    switch type {
    case "fuse.s3fs", "fuse.gcsfuse": return (.object, type)
    case "fuse.rclone": return (.maybeWriteBack, type)
    case "fuse.juicefs": return (.shared, type)
    default:
      if facts.mount?.source == "mountpoint-s3" { return (.object, "mountpoint-s3") }
      return (.unknown, type.isEmpty ? "fuse" : type)
    }
  }

  private static func isBadForLocks(_ option: String) -> Bool {
    option == "soft" || option == "softerr" || option == "nolock"
      || (option.hasPrefix("local_lock=") && option != "local_lock=none")
  }

  private static func line(_ facts: StorageFacts, _ name: String) -> String {
    var text = "file system \(name)"
    if let magic = facts.magic { text += " (statfs 0x\(String(magic, radix: 16)))" }
    if let mount = facts.mount { text += ", \(mount.source) on \(mount.mountPoint)" }
    return text
  }
}
