// Spec: 05-commit-metadata. Which instants a restore takes back, and what that did.
import LakeBase

/// The requested file of a restore.
public struct RestorePlan: Sendable, Hashable {
  /// The newest first.
  public var instantsToRollback: [InstantInfo]
  public var version: Int32?
  public var savepointToRestoreTimestamp: String?

  public init(to savepoint: InstantTime, _ instants: [InstantInfo]) {
    instantsToRollback = instants
    version = 2
    savepointToRestoreTimestamp = savepoint.text
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(try AvroTree.read(bytes, limits: limits), "a restore plan")
    instantsToRollback =
      try reader.records("instantsToRollback") { tree throws(LakeError) in
        try InstantInfo(tree: tree)
      } ?? []
    version = try reader.int("version")
    savepointToRestoreTimestamp = try reader.string("savepointToRestoreTimestamp")
  }

  public func encode(random: any RandomSource = SystemRandom()) throws(LakeError) -> Buffer {
    let tree = JSONValue.object([
      ("instantsToRollback", .array(instantsToRollback.map(\.tree))), ("version", .int(version)),
      ("savepointToRestoreTimestamp", .text(savepointToRestoreTimestamp)),
    ])
    return try AvroTree.write(tree, AvroResources.restorePlan, random)
  }
}

/// The completed file of a restore.
public struct RestoreMetadata: Sendable, Hashable {
  public var startRestoreTime: String
  public var timeTakenInMillis: Int64
  public var instantsToRollback: [String]
  /// What each rollback did, by the requested time of its target.
  public var rollbacks: OrderedMap<[RollbackMetadata]>
  public var version: Int32?
  public var restoreInstantInfo: [InstantInfo]

  public init(
    _ restore: InstantTime, milliseconds: Int64, _ rollbacks: OrderedMap<[RollbackMetadata]>,
    _ instants: [InstantInfo]
  ) {
    startRestoreTime = restore.text
    timeTakenInMillis = milliseconds
    instantsToRollback = instants.map(\.commitTime)
    self.rollbacks = rollbacks
    version = 1
    restoreInstantInfo = instants
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(try AvroTree.read(bytes, limits: limits), "restore metadata")
    startRestoreTime = try reader.required(
      "startRestoreTime", try reader.string("startRestoreTime"))
    timeTakenInMillis = try reader.long("timeTakenInMillis") ?? 0
    instantsToRollback = try reader.strings("instantsToRollback") ?? []
    rollbacks =
      try reader.map("hoodieRestoreMetadata") { list throws(LakeError) in
        guard let items = list.array else { return nil }
        var all: [RollbackMetadata] = []
        for item in items where !item.isNull { all.append(try RollbackMetadata(tree: item)) }
        return all
      } ?? [:]
    version = try reader.int("version")
    restoreInstantInfo =
      try reader.records("restoreInstantInfo") { tree throws(LakeError) in
        try InstantInfo(tree: tree)
      } ?? []
  }

  public func encode(random: any RandomSource = SystemRandom()) throws(LakeError) -> Buffer {
    let tree = JSONValue.object([
      ("startRestoreTime", .string(startRestoreTime)),
      ("timeTakenInMillis", .integer(timeTakenInMillis)),
      ("instantsToRollback", .texts(instantsToRollback)),
      ("hoodieRestoreMetadata", .map(rollbacks) { .array($0.map(\.tree)) }),
      ("version", .int(version)), ("restoreInstantInfo", .array(restoreInstantInfo.map(\.tree))),
    ])
    return try AvroTree.write(tree, AvroResources.restoreMetadata, random)
  }
}
