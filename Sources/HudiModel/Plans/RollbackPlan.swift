// Spec: 05-commit-metadata. What a rollback will delete, and what it deleted.
import LakeBase

/// An instant by time and action, as plans name it.
public struct InstantInfo: Sendable, Hashable {
  public var commitTime: String
  public var action: String

  public init(commitTime: String, action: String) {
    self.commitTime = commitTime
    self.action = action
  }

  public init(_ instant: Instant) {
    self.init(commitTime: instant.requested.text, action: instant.action.rawValue)
  }

  init(tree: JSONValue) throws(LakeError) {
    let reader = try TreeReader(tree, "an instant")
    commitTime = try reader.required("commitTime", try reader.string("commitTime"))
    action = try reader.required("action", try reader.string("action"))
  }

  var tree: JSONValue {
    .object([("commitTime", .string(commitTime)), ("action", .string(action))])
  }
}

/// The requested file of a rollback. The plan is the truth: it can be executed again and again.
/// [META-7]
public struct RollbackPlan: Sendable, Hashable {
  /// Files of one partition, or of one file group.
  public struct Request: Sendable, Hashable {
    public var partitionPath: String
    /// Empty in plans made from listings.
    public var fileID: String?
    public var latestBaseInstant: String?
    /// Absolute paths, without a scheme.
    public var filesToBeDeleted: [String]
    /// Version 6: log files that get a rollback block.
    public var logBlocksToBeDeleted: OrderedMap<Int64>?

    public init(
      partition: PartitionPath, files: [String], fileID: String? = "",
      latestBaseInstant: String? = "", logBlocks: OrderedMap<Int64>? = [:]
    ) {
      partitionPath = partition.text
      self.fileID = fileID
      self.latestBaseInstant = latestBaseInstant
      filesToBeDeleted = files
      logBlocksToBeDeleted = logBlocks
    }

    init(tree: JSONValue) throws(LakeError) {
      let reader = try TreeReader(tree, "a rollback request")
      partitionPath = try reader.required("partitionPath", try reader.string("partitionPath"))
      fileID = try reader.string("fileId")
      latestBaseInstant = try reader.string("latestBaseInstant")
      filesToBeDeleted = try reader.strings("filesToBeDeleted") ?? []
      logBlocksToBeDeleted = try reader.map("logBlocksToBeDeleted") { $0.int64 }
    }

    var tree: JSONValue {
      .object([
        ("partitionPath", .string(partitionPath)), ("fileId", .text(fileID)),
        ("latestBaseInstant", .text(latestBaseInstant)),
        ("filesToBeDeleted", .texts(filesToBeDeleted)),
        ("logBlocksToBeDeleted", .map(logBlocksToBeDeleted) { .integer($0) }),
      ])
    }
  }

  public var instantToRollback: InstantInfo?
  public var requests: [Request]
  public var version: Int32?

  public init(_ target: Instant, _ requests: [Request]) {
    instantToRollback = InstantInfo(target)
    self.requests = requests
    version = 1
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(try AvroTree.read(bytes, limits: limits), "a rollback plan")
    instantToRollback = try reader.object("instantToRollback").map {
      members throws(LakeError) in try InstantInfo(tree: .object(members))
    }
    requests =
      try reader.records("RollbackRequests") { tree throws(LakeError) in try Request(tree: tree) }
      ?? []
    version = try reader.int("version")
  }

  public func encode(random: any RandomSource = SystemRandom()) throws(LakeError) -> Buffer {
    let tree = JSONValue.object([
      ("instantToRollback", instantToRollback?.tree ?? .null),
      ("RollbackRequests", .array(requests.map(\.tree))), ("version", .int(version)),
    ])
    return try AvroTree.write(tree, AvroResources.rollbackPlan, random)
  }
}

/// The completed file of a rollback. [META-8]
public struct RollbackMetadata: Sendable, Hashable {
  /// What happened in one partition.
  public struct Partition: Sendable, Hashable {
    public var partitionPath: String
    public var successDeleteFiles: [String]
    public var failedDeleteFiles: [String]
    public var rollbackLogFiles: OrderedMap<Int64>?
    public var logFilesFromFailedCommit: OrderedMap<Int64>?

    public init(_ partition: PartitionPath, deleted: [String], failed: [String] = []) {
      partitionPath = partition.text
      successDeleteFiles = deleted
      failedDeleteFiles = failed
      rollbackLogFiles = [:]
      logFilesFromFailedCommit = [:]
    }

    init(tree: JSONValue) throws(LakeError) {
      let reader = try TreeReader(tree, "a rolled-back partition")
      partitionPath = try reader.required("partitionPath", try reader.string("partitionPath"))
      successDeleteFiles = try reader.strings("successDeleteFiles") ?? []
      failedDeleteFiles = try reader.strings("failedDeleteFiles") ?? []
      rollbackLogFiles = try reader.map("rollbackLogFiles") { $0.int64 }
      logFilesFromFailedCommit = try reader.map("logFilesFromFailedCommit") { $0.int64 }
    }

    var tree: JSONValue {
      .object([
        ("partitionPath", .string(partitionPath)),
        ("successDeleteFiles", .texts(successDeleteFiles)),
        ("failedDeleteFiles", .texts(failedDeleteFiles)),
        ("rollbackLogFiles", .map(rollbackLogFiles) { .integer($0) }),
        ("logFilesFromFailedCommit", .map(logFilesFromFailedCommit) { .integer($0) }),
      ])
    }
  }

  /// Requested time of the rollback.
  public var startRollbackTime: String
  public var timeTakenInMillis: Int64
  public var totalFilesDeleted: Int32
  /// Requested times of what was rolled back.
  public var commitsRollback: [String]
  public var partitions: OrderedMap<Partition>
  public var version: Int32?
  public var instantsRollback: [InstantInfo]

  public init(
    _ rollback: InstantTime, of target: Instant, milliseconds: Int64, _ partitions: [Partition]
  ) {
    startRollbackTime = rollback.text
    timeTakenInMillis = milliseconds
    totalFilesDeleted = Int32(
      clamping: partitions.reduce(0) { $0 + $1.successDeleteFiles.count })
    commitsRollback = [target.requested.text]
    self.partitions = [:]
    for partition in partitions { self.partitions[partition.partitionPath] = partition }
    version = 1
    instantsRollback = [InstantInfo(target)]
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    try self.init(tree: try AvroTree.read(bytes, limits: limits))
  }

  init(tree: JSONValue) throws(LakeError) {
    let reader = try TreeReader(tree, "rollback metadata")
    startRollbackTime = try reader.required(
      "startRollbackTime", try reader.string("startRollbackTime"))
    timeTakenInMillis = try reader.long("timeTakenInMillis") ?? 0
    totalFilesDeleted = try reader.int("totalFilesDeleted") ?? 0
    commitsRollback = try reader.strings("commitsRollback") ?? []
    partitions =
      try reader.map("partitionMetadata") { tree throws(LakeError) in try Partition(tree: tree) }
      ?? [:]
    version = try reader.int("version")
    instantsRollback =
      try reader.records("instantsRollback") { tree throws(LakeError) in
        try InstantInfo(tree: tree)
      } ?? []
  }

  var tree: JSONValue {
    .object([
      ("startRollbackTime", .string(startRollbackTime)),
      ("timeTakenInMillis", .integer(timeTakenInMillis)),
      ("totalFilesDeleted", .int(totalFilesDeleted)), ("commitsRollback", .texts(commitsRollback)),
      ("partitionMetadata", .map(partitions) { $0.tree }), ("version", .int(version)),
      ("instantsRollback", .array(instantsRollback.map(\.tree))),
    ])
  }

  public func encode(random: any RandomSource = SystemRandom()) throws(LakeError) -> Buffer {
    try AvroTree.write(tree, AvroResources.rollbackMetadata, random)
  }
}
