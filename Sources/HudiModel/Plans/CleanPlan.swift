// Spec: 05-commit-metadata. What a clean will delete, and what it deleted.
import LakeBase

/// The requested file of a clean.
public struct CleanPlan: Sendable, Hashable {
  /// The oldest instant whose files stay.
  public struct ActionInstant: Sendable, Hashable {
    public var timestamp: String
    public var action: String
    public var state: String

    public init(timestamp: String, action: String, state: String) {
      self.timestamp = timestamp
      self.action = action
      self.state = state
    }
  }

  /// One file to delete.
  public struct FileInfo: Sendable, Hashable {
    /// Absolute, with a scheme.
    public var filePath: String?
    public var isBootstrapBaseFile: Bool?

    public init(_ path: String?, isBootstrapBaseFile: Bool? = false) {
      filePath = path
      self.isBootstrapBaseFile = isBootstrapBaseFile
    }
  }

  public var earliestInstantToRetain: ActionInstant?
  public var lastCompletedCommitTimestamp: String
  public var policy: String
  /// Of old writers; new plans leave it empty.
  public var filesToBeDeletedPerPartition: OrderedMap<[String]>?
  public var version: Int32?
  public var filePathsToBeDeletedPerPartition: OrderedMap<[FileInfo]>?
  public var partitionsToBeDeleted: [String]?
  public var extraMetadata: OrderedMap<String>?

  public init(
    policy: String, retaining earliest: ActionInstant?, lastCompleted: String,
    _ files: OrderedMap<[FileInfo]>, partitions: [String] = []
  ) {
    earliestInstantToRetain = earliest
    lastCompletedCommitTimestamp = lastCompleted
    self.policy = policy
    filesToBeDeletedPerPartition = [:]
    version = 2
    filePathsToBeDeletedPerPartition = files
    partitionsToBeDeleted = partitions
    extraMetadata = [:]
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(try AvroTree.read(bytes, limits: limits), "a clean plan")
    if let members = try reader.object("earliestInstantToRetain") {
      let instant = try TreeReader(.object(members), "the earliest instant")
      earliestInstantToRetain = ActionInstant(
        timestamp: try instant.required("timestamp", try instant.string("timestamp")),
        action: try instant.string("action") ?? "", state: try instant.string("state") ?? "")
    }
    lastCompletedCommitTimestamp = try reader.string("lastCompletedCommitTimestamp") ?? ""
    policy = try reader.required("policy", try reader.string("policy"))
    filesToBeDeletedPerPartition = try reader.map("filesToBeDeletedPerPartition") {
      TreeReader.strings($0)
    }
    version = try reader.int("version")
    filePathsToBeDeletedPerPartition = try reader.map("filePathsToBeDeletedPerPartition") {
      list throws(LakeError) in
      guard let items = list.array else { return nil }
      var files: [FileInfo] = []
      for item in items {
        let file = try TreeReader(item, "a file to clean")
        files.append(
          FileInfo(
            try file.string("filePath"), isBootstrapBaseFile: try file.bool("isBootstrapBaseFile")))
      }
      return files
    }
    partitionsToBeDeleted = try reader.strings("partitionsToBeDeleted")
    extraMetadata = try reader.map("extraMetadata") { $0.string }
  }

  public func encode(random: any RandomSource = SystemRandom()) throws(LakeError) -> Buffer {
    let earliest = earliestInstantToRetain.map { instant in
      JSONValue.object([
        ("timestamp", .string(instant.timestamp)), ("action", .string(instant.action)),
        ("state", .string(instant.state)),
      ])
    }
    let tree = JSONValue.object([
      ("earliestInstantToRetain", earliest ?? .null),
      ("lastCompletedCommitTimestamp", .string(lastCompletedCommitTimestamp)),
      ("policy", .string(policy)),
      ("filesToBeDeletedPerPartition", .map(filesToBeDeletedPerPartition) { .texts($0) }),
      ("version", .int(version)),
      (
        "filePathsToBeDeletedPerPartition",
        .map(filePathsToBeDeletedPerPartition) { files in
          .array(
            files.map {
              .object([
                ("filePath", .text($0.filePath)),
                ("isBootstrapBaseFile", .flag($0.isBootstrapBaseFile)),
              ])
            })
        }
      ),
      ("partitionsToBeDeleted", .texts(partitionsToBeDeleted)),
      ("extraMetadata", .map(extraMetadata) { .string($0) }),
    ])
    return try AvroTree.write(tree, AvroResources.cleanerPlan, random)
  }
}

/// The completed file of a clean.
public struct CleanMetadata: Sendable, Hashable {
  /// What happened in one partition; all files by name.
  public struct Partition: Sendable, Hashable {
    public var partitionPath: String
    public var policy: String
    public var deletePathPatterns: [String]
    public var successDeleteFiles: [String]
    public var failedDeleteFiles: [String]
    public var isPartitionDeleted: Bool?

    public init(
      _ partition: PartitionPath, policy: String, deleted: [String], failed: [String] = [],
      isPartitionDeleted: Bool? = false
    ) {
      partitionPath = partition.text
      self.policy = policy
      deletePathPatterns = deleted
      successDeleteFiles = deleted
      failedDeleteFiles = failed
      self.isPartitionDeleted = isPartitionDeleted
    }

    init(tree: JSONValue) throws(LakeError) {
      let reader = try TreeReader(tree, "a cleaned partition")
      partitionPath = try reader.required("partitionPath", try reader.string("partitionPath"))
      policy = try reader.string("policy") ?? ""
      deletePathPatterns = try reader.strings("deletePathPatterns") ?? []
      successDeleteFiles = try reader.strings("successDeleteFiles") ?? []
      failedDeleteFiles = try reader.strings("failedDeleteFiles") ?? []
      isPartitionDeleted = try reader.bool("isPartitionDeleted")
    }

    var tree: JSONValue {
      .object([
        ("partitionPath", .string(partitionPath)), ("policy", .string(policy)),
        ("deletePathPatterns", .texts(deletePathPatterns)),
        ("successDeleteFiles", .texts(successDeleteFiles)),
        ("failedDeleteFiles", .texts(failedDeleteFiles)),
        ("isPartitionDeleted", .flag(isPartitionDeleted)),
      ])
    }
  }

  public var startCleanTime: String
  public var timeTakenInMillis: Int64
  public var totalFilesDeleted: Int32
  /// Empty when there is none.
  public var earliestCommitToRetain: String
  public var lastCompletedCommitTimestamp: String
  public var partitions: OrderedMap<Partition>
  public var version: Int32?
  public var bootstrapPartitions: OrderedMap<Partition>?
  public var extraMetadata: OrderedMap<String>?

  public init(
    _ clean: InstantTime, milliseconds: Int64, earliest: String, lastCompleted: String,
    _ partitions: [Partition]
  ) {
    startCleanTime = clean.text
    timeTakenInMillis = milliseconds
    totalFilesDeleted = Int32(
      clamping: partitions.reduce(0) { $0 + $1.successDeleteFiles.count })
    earliestCommitToRetain = earliest
    lastCompletedCommitTimestamp = lastCompleted
    self.partitions = [:]
    for partition in partitions { self.partitions[partition.partitionPath] = partition }
    version = 2
    bootstrapPartitions = [:]
    extraMetadata = [:]
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(try AvroTree.read(bytes, limits: limits), "clean metadata")
    startCleanTime = try reader.required("startCleanTime", try reader.string("startCleanTime"))
    timeTakenInMillis = try reader.long("timeTakenInMillis") ?? 0
    totalFilesDeleted = try reader.int("totalFilesDeleted") ?? 0
    earliestCommitToRetain = try reader.string("earliestCommitToRetain") ?? ""
    lastCompletedCommitTimestamp = try reader.string("lastCompletedCommitTimestamp") ?? ""
    partitions =
      try reader.map("partitionMetadata") { tree throws(LakeError) in try Partition(tree: tree) }
      ?? [:]
    version = try reader.int("version")
    bootstrapPartitions = try reader.map("bootstrapPartitionMetadata") {
      tree throws(LakeError) in try Partition(tree: tree)
    }
    extraMetadata = try reader.map("extraMetadata") { $0.string }
  }

  public func encode(random: any RandomSource = SystemRandom()) throws(LakeError) -> Buffer {
    let tree = JSONValue.object([
      ("startCleanTime", .string(startCleanTime)),
      ("timeTakenInMillis", .integer(timeTakenInMillis)),
      ("totalFilesDeleted", .int(totalFilesDeleted)),
      ("earliestCommitToRetain", .string(earliestCommitToRetain)),
      ("lastCompletedCommitTimestamp", .string(lastCompletedCommitTimestamp)),
      ("partitionMetadata", .map(partitions) { $0.tree }), ("version", .int(version)),
      ("bootstrapPartitionMetadata", .map(bootstrapPartitions) { $0.tree }),
      ("extraMetadata", .map(extraMetadata) { .string($0) }),
    ])
    return try AvroTree.write(tree, AvroResources.cleanMetadata, random)
  }
}
