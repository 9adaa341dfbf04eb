// Spec: 15-storage. What is known of a store, for people and for the decision to write (R4, C).
import LakeBase

/// Class and guarantees of a store, with the reasons. `lake describe` shows it.
public struct StorageReport: Sendable {
  public let storageClass: StorageClass
  public let guarantees: StorageGuarantees
  /// Where it is mounted; the root's name for stores without mounts.
  public let mountPoint: String
  /// `ext4`, `memory`, ….
  public let fileSystem: String
  public let source: String
  public let options: [String]
  /// Why this class, one line per finding.
  public let evidence: [String]
  /// What to change about the mount.
  public let advice: [String]
  /// Why writing is refused, or nil where it is allowed.
  public let refusal: LakeError?

  public init(
    storageClass: StorageClass, guarantees: StorageGuarantees, mountPoint: String,
    fileSystem: String, source: String = "", options: [String] = [], evidence: [String] = [],
    advice: [String] = [], refusal: LakeError? = nil
  ) {
    self.storageClass = storageClass
    self.guarantees = guarantees
    self.mountPoint = mountPoint
    self.fileSystem = fileSystem
    self.source = source
    self.options = options
    self.evidence = evidence
    self.advice = advice
    self.refusal = refusal
  }

  /// Names of the guarantees, in a fixed order.
  public var guaranteeNames: [String] {
    let all: [(StorageGuarantees, String)] = [
      (.exclusiveCreate, "exclusive-create"), (.link, "link"), (.atomicRename, "atomic-rename"),
      (.renameWithoutReplace, "rename-without-replace"), (.durableSync, "durable-sync"),
      (.closeIsDurable, "close-is-durable"), (.listsAfterWrite, "lists-after-write"),
      (.mapping, "mapping"), (.append, "append"), (.ordersFiles, "orders-files"),
      (.locks, "locks"), (.locksReachHosts, "locks-reach-hosts"), (.isVolatile, "volatile"),
      (.writesBack, "writes-back"),
    ]
    return all.filter { guarantees.contains($0.0) }.map(\.1)
  }
}

extension Storage {
  /// Throws the refusal of part C unless this store may be written to. [STORE-20]
  /// - Parameter allowVolatile: the table's mark `storage.allow-volatile`: class is not asked then
  /// (R3).
  public func requireWritable(allowVolatile: Bool = false) throws(LakeError) {
    if let refusal = describeStorage().refusal {
      if allowVolatile && refusal.code == .volatileStorage { return }
      throw refusal
    }
  }
}

/// The refusals of part C that a look at the store can give.
enum Refusal {
  static func writeBack(_ mount: String, _ evidence: String, _ remedy: String) -> LakeError {
    LakeError(
      .volatileStorage,
      "storage: \(mount) is a write-back mount (\(evidence)): fsync and close return before the "
        + "data is stored, and a commit can appear before its files. Writing is refused. "
        + "\(remedy), or set storage.allow-volatile=true for a table you can afford to lose.",
      path: mount)
  }

  static func secondMount(_ host: String, _ mount: String) -> LakeError {
    LakeError(
      .secondMount,
      "storage: this table is being written through another mount (\(host), \(mount)). "
        + "Object-store mounts cannot exclude each other. Use one mount, or configure an arbiter.",
      path: mount)
  }

  static func missing(_ mount: String, _ primitive: String) -> LakeError {
    LakeError(
      .primitiveMissing,
      "storage: \(mount) lacks \(primitive); lake cannot commit exactly once here.", path: mount)
  }

  static func option(_ mount: String, _ option: String) -> LakeError {
    LakeError(
      .nfsOption, "storage: NFS option \(option) makes locks or writes unreliable.", path: mount,
      hint: "remount \(mount) without \(option)")
  }

  static func arbiter(_ table: String, _ process: String) -> LakeError {
    LakeError(
      .arbiterMismatch, "storage: table uses arbiter \(table), this process \(process).",
      path: TableNames.arbiter)
  }

  static func nameChanged(_ wanted: String, _ mount: String, _ got: String) -> LakeError {
    LakeError(
      .nameNotPreserved,
      "storage: partition value \(wanted) cannot be stored on \(mount) "
        + "(comes back as \(got)).",
      path: mount)
  }

  static func classNotSupported(_ mount: String, _ found: StorageClass) -> LakeError {
    LakeError(
      .primitiveMissing,
      "storage: \(mount) is of class \(found.rawValue); lake commits on local file systems "
        + "(class L) only, for now.",
      path: mount, hint: "keep tables that are written on a local file system; reading works here")
  }
}
