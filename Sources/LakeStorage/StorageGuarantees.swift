// Spec: 15-storage. What a store does, and the class that follows (R1).

/// What a store was found to do.
public struct StorageGuarantees: OptionSet, Sendable, Hashable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// A second exclusive creation fails.
  public static let exclusiveCreate = StorageGuarantees(rawValue: 1 << 0)
  /// `link` refuses a taken name.
  public static let link = StorageGuarantees(rawValue: 1 << 1)
  /// A rename shows old or new, never a mixture.
  public static let atomicRename = StorageGuarantees(rawValue: 1 << 2)
  /// A rename can refuse a taken name.
  public static let renameWithoutReplace = StorageGuarantees(rawValue: 1 << 3)
  /// `fsync` returning 0 means stored.
  public static let durableSync = StorageGuarantees(rawValue: 1 << 4)
  /// `close` returning 0 means stored.
  public static let closeIsDurable = StorageGuarantees(rawValue: 1 << 5)
  /// A finished file is in the next listing.
  public static let listsAfterWrite = StorageGuarantees(rawValue: 1 << 6)
  /// Files may be mapped into memory (R39).
  public static let mapping = StorageGuarantees(rawValue: 1 << 7)
  /// Reported, never required.
  public static let append = StorageGuarantees(rawValue: 1 << 8)
  /// Two files become durable in the order in which they were finished.
  public static let ordersFiles = StorageGuarantees(rawValue: 1 << 9)
  /// Kernel locks exclude between processes of one host.
  public static let locks = StorageGuarantees(rawValue: 1 << 10)
  /// Kernel locks exclude between hosts.
  public static let locksReachHosts = StorageGuarantees(rawValue: 1 << 11)
  /// Nothing survives a reboot (tmpfs).
  public static let isVolatile = StorageGuarantees(rawValue: 1 << 12)
  /// Acknowledged writes may be lost or reordered (class V).
  public static let writesBack = StorageGuarantees(rawValue: 1 << 13)
}

/// The storage classes of R1: local, shared POSIX, object mount, write-back.
public enum StorageClass: String, Sendable, CaseIterable {
  case local = "L"
  case shared = "S"
  case object = "O"
  case writeBack = "V"
}

extension StorageGuarantees {
  /// The class that follows: the worst that any missing guarantee allows.
  public var storageClass: StorageClass {
    if contains(.writesBack) || !contains(.exclusiveCreate) || !contains(.locks) {
      return .writeBack
    }
    if contains(.link) && contains(.durableSync) {
      return contains(.locksReachHosts) ? .shared : .local
    }
    return contains(.closeIsDurable) ? .object : .writeBack
  }
}
