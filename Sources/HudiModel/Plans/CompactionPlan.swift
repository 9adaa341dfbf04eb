// Spec: 05-commit-metadata. Which slices a compaction merges.
import LakeBase

/// How a plan was made, or is to be carried out.
public struct PlanStrategy: Sendable, Hashable {
  public var className: String?
  public var parameters: OrderedMap<String>?
  public var version: Int32?

  public init(_ className: String?, _ parameters: OrderedMap<String>? = [:], version: Int32? = 1) {
    self.className = className
    self.parameters = parameters
    self.version = version
  }

  init(tree: JSONValue, _ classMember: String) throws(LakeError) {
    let reader = try TreeReader(tree, "a strategy")
    className = try reader.string(classMember)
    parameters = try reader.map("strategyParams") { $0.string }
    version = try reader.int("version")
  }

  func tree(_ classMember: String) -> JSONValue {
    .object([
      (classMember, .text(className)), ("strategyParams", .map(parameters) { .string($0) }),
      ("version", .int(version)),
    ])
  }
}

/// The requested file of a compaction or log compaction.
public struct CompactionPlan: Sendable, Hashable {
  /// One file group.
  public struct Operation: Sendable, Hashable {
    public var baseInstantTime: String?
    /// Names of log files (plans of version 1: full paths).
    public var deltaFilePaths: [String]?
    /// Name of the base file; nil for a slice of logs only.
    public var dataFilePath: String?
    public var fileID: String?
    public var partitionPath: String?
    public var metrics: OrderedMap<Double>?
    public var bootstrapFilePath: String?

    public init(_ slice: FileSlice, metrics: OrderedMap<Double> = [:]) {
      baseInstantTime = slice.baseInstant.text
      deltaFilePaths = slice.logs.map(\.name.text)
      dataFilePath = slice.base?.name.text
      fileID = slice.fileID.text
      partitionPath = slice.partition.text
      self.metrics = metrics
    }

    init(tree: JSONValue) throws(LakeError) {
      let reader = try TreeReader(tree, "a compaction operation")
      baseInstantTime = try reader.string("baseInstantTime")
      deltaFilePaths = try reader.strings("deltaFilePaths")
      dataFilePath = try reader.string("dataFilePath")
      fileID = try reader.string("fileId")
      partitionPath = try reader.string("partitionPath")
      metrics = try reader.map("metrics") { $0.double }
      bootstrapFilePath = try reader.string("bootstrapFilePath")
    }

    var tree: JSONValue {
      .object([
        ("baseInstantTime", .text(baseInstantTime)), ("deltaFilePaths", .texts(deltaFilePaths)),
        ("dataFilePath", .text(dataFilePath)), ("fileId", .text(fileID)),
        ("partitionPath", .text(partitionPath)),
        ("metrics", .map(metrics) { .number(String($0)) }),
        ("bootstrapFilePath", .text(bootstrapFilePath)),
      ])
    }

    /// The file group, names checked.
    public func group() throws(LakeError) -> FileGroupID {
      FileGroupID(try PartitionPath(partitionPath ?? ""), try FileID(fileID ?? ""))
    }
  }

  public var operations: [Operation]?
  public var extraMetadata: OrderedMap<String>?
  public var version: Int32?
  public var strategy: PlanStrategy?
  public var preserveHoodieMetadata: Bool?
  public var missingSchedulePartitions: [String]?

  public init(_ operations: [Operation]) {
    self.operations = operations
    extraMetadata = [:]
    version = 2
    preserveHoodieMetadata = false
    missingSchedulePartitions = []
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(try AvroTree.read(bytes, limits: limits), "a compaction plan")
    operations = try reader.records("operations") { tree throws(LakeError) in
      try Operation(tree: tree)
    }
    extraMetadata = try reader.map("extraMetadata") { $0.string }
    version = try reader.int("version")
    if let members = try reader.object("strategy") {
      strategy = try PlanStrategy(tree: .object(members), "compactorClassName")
    }
    preserveHoodieMetadata = try reader.bool("preserveHoodieMetadata")
    missingSchedulePartitions = try reader.strings("missingSchedulePartitions")
  }

  public func encode(random: any RandomSource = SystemRandom()) throws(LakeError) -> Buffer {
    let tree = JSONValue.object([
      ("operations", operations.map { .array($0.map(\.tree)) } ?? .null),
      ("extraMetadata", .map(extraMetadata) { .string($0) }), ("version", .int(version)),
      ("strategy", strategy?.tree("compactorClassName") ?? .null),
      ("preserveHoodieMetadata", .flag(preserveHoodieMetadata)),
      ("missingSchedulePartitions", .texts(missingSchedulePartitions)),
    ])
    return try AvroTree.write(tree, AvroResources.compactionPlan, random)
  }
}
