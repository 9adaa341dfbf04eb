// Spec: 11-keys-and-indexes. Buckets that can be split and merged: a ring of nodes per partition.
import LakeBase

/// The nodes of one partition, as `<instant>.hashing_meta` holds them. [KEY-14]
public struct ConsistentHashing: Sendable, Hashable {
  /// One bucket: the hashes above the previous node's value up to its own.
  public struct Node: Sendable, Hashable {
    public var value: Int32
    /// The file id without its last part.
    public var fileIDPrefix: String
    /// `NORMAL`; during a resizing also `REPLACE` and `DELETE`.
    public var tag: String

    public init(value: Int32, fileIDPrefix: String, tag: String = "NORMAL") {
      self.value = value
      self.fileIDPrefix = fileIDPrefix
      self.tag = tag
    }

    public func fileID() throws(LakeError) -> FileID { try FileID(fileIDPrefix + "-0") }
  }

  public var version: Int32
  public var partitionPath: String
  public var instant: String
  /// The count at creation; stays when the ring is resized.
  public var numBuckets: Int32
  public var sequence: Int32
  /// Ascending by value.
  public private(set) var nodes: [Node]

  /// Where the files lie, below the table's root.
  public static let directory = ".hoodie/.bucket_index/consistent_hashing_metadata"
  public static let fileSuffix = ".hashing_meta"
  public static let firstInstant = "00000000000000"

  /// The ring of a new partition: equal arcs, ids made from their bounds and the path.
  public init(partition: PartitionPath, buckets: Int32) {
    precondition(buckets > 0, "there is at least one bucket")
    version = 0
    partitionPath = partition.text
    instant = Self.firstInstant
    numBuckets = buckets
    sequence = 0
    let top = Int64(Int32.max)
    let step = (top + Int64(buckets) - 1) / Int64(buckets)
    var nodes: [Node] = []
    var start: Int64 = 0
    while start < top {
      let end = min(start + step, top)
      nodes.append(
        Node(value: Int32(end), fileIDPrefix: Self.name(start, end, partition.text)))
      start = end
    }
    self.nodes = nodes
  }

  private static func name(_ start: Int64, _ end: Int64, _ partition: String) -> String {
    let bytes = GrowingBuffer()
    bytes.append(bigEndian: UInt64(bitPattern: start))
    bytes.append(bigEndian: UInt64(bitPattern: end))
    bytes.append(utf8: partition)
    return MD5.uuid(bytes.take().bytes)
  }

  /// Throws `jsonMalformed` or `commitMetadataMalformed`; a ring without nodes is refused.
  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(
      try JSONReader.parse(bytes, limits: limits), "consistent hashing metadata")
    version = try reader.int("version") ?? 0
    partitionPath = try reader.string("partitionPath") ?? ""
    instant = try reader.required("instant", try reader.string("instant"))
    numBuckets = try reader.int("numBuckets") ?? 0
    sequence = try reader.int("seqNo") ?? 0
    let read = try reader.records("nodes") { tree throws(LakeError) in
      let node = try TreeReader(tree, "a node")
      return Node(
        value: try node.required("value", try node.int("value")),
        fileIDPrefix: try node.required("fileIdPrefix", try node.string("fileIdPrefix")),
        tag: try node.string("tag") ?? "NORMAL")
    }
    nodes = (read ?? []).sorted { $0.value < $1.value }
    if nodes.isEmpty {
      throw LakeError(.commitMetadataMalformed, "consistent hashing metadata has no nodes")
    }
  }

  public func encode() -> Buffer {
    let list = nodes.map { node -> JSONValue in
      .object([
        ("value", .int(node.value)), ("fileIdPrefix", .string(node.fileIDPrefix)),
        ("tag", .string(node.tag)),
      ])
    }
    var writer = JSONWriter(.pretty)
    writer.value(
      .object([
        ("version", .int(version)), ("partitionPath", .string(partitionPath)),
        ("instant", .string(instant)), ("numBuckets", .int(numBuckets)), ("seqNo", .int(sequence)),
        ("nodes", .array(list)),
      ]))
    return writer.buffer
  }

  /// The hash of hash keys, without its sign; null is spelled `null`.
  public static func hash(_ hashKeys: [String?]) -> Int32 {
    let text = hashKeys.map { $0 ?? "null" }.joined()
    return Int32(truncatingIfNeeded: XXHash32.hash(Array(text.utf8)) & 0x7FFF_FFFF)
  }

  /// The node of a hash: the first at or above it, else the first of all.
  public func node(of hash: Int32) -> Node {
    var low = 0
    var high = nodes.count
    while low < high {
      let middle = (low + high) / 2
      if nodes[middle].value < hash { low = middle + 1 } else { high = middle }
    }
    return nodes[low == nodes.count ? 0 : low]
  }
}
