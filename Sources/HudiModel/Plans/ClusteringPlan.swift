// Spec: 05-commit-metadata. The requested file of replacements: empty of content, or a clustering
// plan.
import LakeBase

/// The requested file of a replacecommit or a clustering. [META-9]
public struct RequestedReplaceMetadata: Sendable, Hashable {
  public var operationType: String?
  public var clusteringPlan: ClusteringPlan?
  public var extraMetadata: OrderedMap<String>?
  public var version: Int32?

  /// Of an overwrite: all null.
  public init() {}

  /// Of a clustering.
  public init(_ plan: ClusteringPlan) {
    operationType = WriteOperation.cluster.rawValue
    clusteringPlan = plan
    extraMetadata = [:]
    version = 1
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(
      try AvroTree.read(bytes, limits: limits), "requested replace metadata")
    operationType = try reader.string("operationType")
    if let members = try reader.object("clusteringPlan") {
      clusteringPlan = try ClusteringPlan(tree: .object(members))
    }
    extraMetadata = try reader.map("extraMetadata") { $0.string }
    version = try reader.int("version")
  }

  public func encode(random: any RandomSource = SystemRandom()) throws(LakeError) -> Buffer {
    let tree = JSONValue.object([
      ("operationType", .text(operationType)), ("clusteringPlan", clusteringPlan?.tree ?? .null),
      ("extraMetadata", .map(extraMetadata) { .string($0) }), ("version", .int(version)),
    ])
    return try AvroTree.write(tree, AvroResources.requestedReplaceMetadata, random)
  }
}

/// Which slices are rewritten together into which number of new file groups.
public struct ClusteringPlan: Sendable, Hashable {
  /// One file slice. Paths may be full URIs of a place the table has left: only the name counts.
  public struct Slice: Sendable, Hashable {
    public var dataFilePath: String?
    public var deltaFilePaths: [String]?
    public var fileID: String?
    public var partitionPath: String?
    public var bootstrapFilePath: String?
    public var version: Int32?

    public init(dataFilePath: String?, deltaFilePaths: [String], _ group: FileGroupID) {
      self.dataFilePath = dataFilePath
      self.deltaFilePaths = deltaFilePaths
      fileID = group.fileID.text
      partitionPath = group.partition.text
      bootstrapFilePath = ""
      version = 1
    }

    init(tree: JSONValue) throws(LakeError) {
      let reader = try TreeReader(tree, "a slice to cluster")
      dataFilePath = try reader.string("dataFilePath")
      deltaFilePaths = try reader.strings("deltaFilePaths")
      fileID = try reader.string("fileId")
      partitionPath = try reader.string("partitionPath")
      bootstrapFilePath = try reader.string("bootstrapFilePath")
      version = try reader.int("version")
    }

    var tree: JSONValue {
      .object([
        ("dataFilePath", .text(dataFilePath)), ("deltaFilePaths", .texts(deltaFilePaths)),
        ("fileId", .text(fileID)), ("partitionPath", .text(partitionPath)),
        ("bootstrapFilePath", .text(bootstrapFilePath)), ("version", .int(version)),
      ])
    }

    /// The file group, names checked.
    public func group() throws(LakeError) -> FileGroupID {
      FileGroupID(try PartitionPath(partitionPath ?? ""), try FileID(fileID ?? ""))
    }
  }

  /// Slices that are rewritten together.
  public struct Group: Sendable, Hashable {
    public var slices: [Slice]?
    public var metrics: OrderedMap<Double>?
    public var numOutputFileGroups: Int32?
    public var extraMetadata: OrderedMap<String>?
    public var version: Int32?

    public init(_ slices: [Slice], outputs: Int32, metrics: OrderedMap<Double> = [:]) {
      self.slices = slices
      self.metrics = metrics
      numOutputFileGroups = outputs
      extraMetadata = [:]
      version = 1
    }

    init(tree: JSONValue) throws(LakeError) {
      let reader = try TreeReader(tree, "a clustering group")
      slices = try reader.records("slices") { tree throws(LakeError) in try Slice(tree: tree) }
      metrics = try reader.map("metrics") { $0.double }
      numOutputFileGroups = try reader.int("numOutputFileGroups")
      extraMetadata = try reader.map("extraMetadata") { $0.string }
      version = try reader.int("version")
    }

    var tree: JSONValue {
      .object([
        ("slices", slices.map { .array($0.map(\.tree)) } ?? .null),
        ("metrics", .map(metrics) { .number(String($0)) }),
        ("numOutputFileGroups", .int(numOutputFileGroups)),
        ("extraMetadata", .map(extraMetadata) { .string($0) }), ("version", .int(version)),
      ])
    }
  }

  public var inputGroups: [Group]?
  public var strategy: PlanStrategy?
  public var extraMetadata: OrderedMap<String>?
  public var version: Int32?
  public var preserveHoodieMetadata: Bool?
  public var missingSchedulePartitions: [String]?

  public init(_ groups: [Group], _ strategy: PlanStrategy) {
    inputGroups = groups
    self.strategy = strategy
    extraMetadata = [:]
    version = 1
    preserveHoodieMetadata = true
    missingSchedulePartitions = []
  }

  init(tree: JSONValue) throws(LakeError) {
    let reader = try TreeReader(tree, "a clustering plan")
    inputGroups = try reader.records("inputGroups") { tree throws(LakeError) in
      try Group(tree: tree)
    }
    if let members = try reader.object("strategy") {
      strategy = try PlanStrategy(tree: .object(members), "strategyClassName")
    }
    extraMetadata = try reader.map("extraMetadata") { $0.string }
    version = try reader.int("version")
    preserveHoodieMetadata = try reader.bool("preserveHoodieMetadata")
    missingSchedulePartitions = try reader.strings("missingSchedulePartitions")
  }

  var tree: JSONValue {
    .object([
      ("inputGroups", inputGroups.map { .array($0.map(\.tree)) } ?? .null),
      ("strategy", strategy?.tree("strategyClassName") ?? .null),
      ("extraMetadata", .map(extraMetadata) { .string($0) }), ("version", .int(version)),
      ("preserveHoodieMetadata", .flag(preserveHoodieMetadata)),
      ("missingSchedulePartitions", .texts(missingSchedulePartitions)),
    ])
  }
}
