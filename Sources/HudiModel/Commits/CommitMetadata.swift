// Spec: 05-commit-metadata. What a write did, as the completed file of its instant tells it.
import LakeBase

/// The metadata of a commit, deltacommit or replacecommit, whatever form it was stored in.
public struct CommitMetadata: Sendable, Hashable {
  /// By partition path, `""` for a table without partitions.
  public var partitionStats: OrderedMap<[WriteStat]>
  /// True for the result of a compaction.
  public var isCompacted: Bool
  /// Schema, checkpoints and anything a user added, in order.
  public var extraMetadata: OrderedMap<String>
  /// Null in every file Hudi writes.
  public var version: Int32?
  /// In upper case; a word this project does not know is kept.
  public var operationType: String?
  /// File groups replaced, by partition; nil where the record has no such field.
  public var partitionToReplaceFileIDs: OrderedMap<[String]>?
  /// Members of a JSON object that no version defines, as text of their values.
  public var unknownMembers: OrderedMap<String>

  public init(
    _ operation: WriteOperation? = nil, partitionStats: OrderedMap<[WriteStat]> = [:],
    extraMetadata: OrderedMap<String> = [:], isCompacted: Bool = false,
    replacing: OrderedMap<[String]>? = nil
  ) {
    self.partitionStats = partitionStats
    self.isCompacted = isCompacted
    self.extraMetadata = extraMetadata
    version = nil
    operationType = operation?.rawValue
    partitionToReplaceFileIDs = replacing
    unknownMembers = [:]
  }

  /// The key of the table schema in `extraMetadata`.
  public static let schemaKey = "schema"

  public var operation: WriteOperation? {
    operationType.flatMap { WriteOperation(rawValue: $0.uppercased()) }
  }

  /// The table schema in Avro's JSON, without meta columns; nil when absent or empty.
  public var schema: String? {
    get { extraMetadata[Self.schemaKey].flatMap { $0.isEmpty ? nil : $0 } }
    set { extraMetadata[Self.schemaKey] = newValue }
  }

  /// Adds the stat of a written file to its partition.
  public mutating func add(_ stat: WriteStat) {
    partitionStats[stat.partitionPath ?? "", default: []].append(stat)
  }

  /// Every stat, partition by partition.
  public var stats: [WriteStat] { partitionStats.entries.flatMap(\.value) }

  /// Checks what readers rely on: paths stay inside the table and under their partition, file ids
  /// are ids, sizes are not negative. Throws `commitMetadataMalformed` or `pathInvalid`. [META-3]
  public func validate() throws(LakeError) {
    for entry in partitionStats.entries {
      let partition = try PartitionPath(entry.key)
      for stat in entry.value { try Self.check(stat, in: partition) }
    }
    for entry in partitionToReplaceFileIDs?.entries ?? [] {
      _ = try PartitionPath(entry.key)
      for id in entry.value { _ = try FileID(id) }
    }
  }

  private static func check(_ stat: WriteStat, in partition: PartitionPath) throws(LakeError) {
    if let size = stat.fileSizeInBytes, size < 0 {
      throw LakeError(.commitMetadataMalformed, "a file has \(size) bytes")
    }
    if let id = stat.fileID, !id.isEmpty { _ = try FileID(id) }
    guard let path = stat.path, !path.isEmpty else { return }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? ""
    guard folder == partition.text else {
      throw LakeError(
        .commitMetadataMalformed,
        "the path \(path.debugDescription) does not lie in partition "
          + partition.text.debugDescription
      )
    }
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    if name.isEmpty || name == "." || name == ".." || name.utf8.contains(0) {
      throw LakeError(.pathInvalid, "the path \(path.debugDescription) names no file")
    }
  }

  /// The file groups that were written or replaced, for the detection of conflicts.
  public func touchedGroups() throws(LakeError) -> Set<FileGroupID> {
    var groups: Set<FileGroupID> = []
    for entry in partitionStats.entries {
      let partition = try PartitionPath(entry.key)
      for stat in entry.value {
        if let id = stat.fileID, !id.isEmpty {
          groups.insert(FileGroupID(partition, try FileID(id)))
        }
      }
    }
    return groups.union(try replacedGroups())
  }

  /// The file groups that were replaced.
  public func replacedGroups() throws(LakeError) -> Set<FileGroupID> {
    var groups: Set<FileGroupID> = []
    for entry in partitionToReplaceFileIDs?.entries ?? [] {
      let partition = try PartitionPath(entry.key)
      for id in entry.value { groups.insert(FileGroupID(partition, try FileID(id))) }
    }
    return groups
  }

  /// Sums over all files.
  public var totals: Totals {
    var sums = Totals()
    for stat in stats {
      sums.files += 1
      sums.rows &+= stat.numWrites ?? 0
      sums.inserts &+= stat.numInserts ?? 0
      sums.updates &+= stat.numUpdateWrites ?? 0
      sums.deletes &+= stat.numDeletes ?? 0
      sums.bytes &+= stat.totalWriteBytes ?? 0
    }
    return sums
  }

  /// What a write did, in numbers.
  public struct Totals: Sendable, Hashable {
    public var files = 0
    /// Rows in the written files, copied ones included.
    public var rows: Int64 = 0
    public var inserts: Int64 = 0
    public var updates: Int64 = 0
    public var deletes: Int64 = 0
    public var bytes: Int64 = 0
  }
}
