// Spec: 05-commit-metadata. Which metadata partitions are being built, and were.
import LakeBase

/// The requested or the completed file of an indexing.
public struct IndexPlan: Sendable, Hashable {
  /// One metadata partition.
  public struct Partition: Sendable, Hashable {
    public var version: Int32?
    public var metadataPartitionPath: String?
    /// Requested time of the last write that the index covers.
    public var indexUptoInstant: String?
    public var extraMetadata: OrderedMap<String>?

    public init(_ path: String, upTo instant: InstantTime) {
      version = 1
      metadataPartitionPath = path
      indexUptoInstant = instant.text
      extraMetadata = [:]
    }

    init(tree: JSONValue) throws(LakeError) {
      let reader = try TreeReader(tree, "an index partition")
      version = try reader.int("version")
      metadataPartitionPath = try reader.string("metadataPartitionPath")
      indexUptoInstant = try reader.string("indexUptoInstant")
      extraMetadata = try reader.map("extraMetadata") { $0.string }
    }

    var tree: JSONValue {
      .object([
        ("version", .int(version)), ("metadataPartitionPath", .text(metadataPartitionPath)),
        ("indexUptoInstant", .text(indexUptoInstant)),
        ("extraMetadata", .map(extraMetadata) { .string($0) }),
      ])
    }
  }

  public var version: Int32?
  /// In completed files only; null in all that Hudi writes.
  public var operationType: String?
  public var partitions: [Partition]?

  public init(_ partitions: [Partition]) {
    version = 1
    self.partitions = partitions
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(try AvroTree.read(bytes, limits: limits), "an index plan")
    version = try reader.int("version")
    operationType = try reader.string("operationType")
    partitions = try reader.records("indexPartitionInfos") { tree throws(LakeError) in
      try Partition(tree: tree)
    }
  }

  /// - Parameter state: a completed file is of another record than a requested one.
  public func encode(
    _ state: Instant.State, random: any RandomSource = SystemRandom()
  ) throws(LakeError) -> Buffer {
    let tree = JSONValue.object([
      ("version", .int(version)), ("operationType", .text(operationType)),
      ("indexPartitionInfos", partitions.map { .array($0.map(\.tree)) } ?? .null),
    ])
    let schema =
      state == .completed ? AvroResources.indexCommitMetadata : AvroResources.indexPlan
    return try AvroTree.write(tree, schema, random)
  }
}
