// Spec: 05-commit-metadata. What a write did to one file.
import LakeBase

/// Milliseconds a writer spent on one file.
public struct RuntimeStats: Sendable, Hashable {
  public var totalScanTime: Int64?
  public var totalCreateTime: Int64?
  public var totalUpsertTime: Int64?

  public init(scan: Int64? = 0, create: Int64? = 0, upsert: Int64? = 0) {
    totalScanTime = scan
    totalCreateTime = create
    totalUpsertTime = upsert
  }
}

/// One file of a write. Every field may be null on disk; names, order and customary values are
/// Hudi's. [META-1]
public struct WriteStat: Sendable, Hashable {
  public var fileID: String?
  /// Relative to the table's root.
  public var path: String?
  /// Requested time of the replaced base file, or the text `null` for a new group.
  public var prevCommit: String?
  public var numWrites: Int64?
  public var numDeletes: Int64?
  public var numUpdateWrites: Int64?
  public var totalWriteBytes: Int64?
  public var totalWriteErrors: Int64?
  public var partitionPath: String?
  public var totalLogRecords: Int64?
  public var totalLogFiles: Int64?
  public var totalUpdatedRecordsCompacted: Int64?
  public var numInserts: Int64?
  public var totalLogBlocks: Int64?
  public var totalCorruptLogBlock: Int64?
  public var totalRollbackBlocks: Int64?
  public var fileSizeInBytes: Int64?
  public var logVersion: Int32?
  public var logOffset: Int64?
  public var baseFile: String?
  public var logFiles: [String]?
  /// Change logs: path relative to the table's root, to bytes.
  public var cdcStats: OrderedMap<Int64>?
  public var prevBaseFile: String?
  public var minEventTime: Int64?
  public var maxEventTime: Int64?
  public var runtimeStats: RuntimeStats?
  public var totalLogFilesCompacted: Int64?
  public var totalLogReadTimeMs: Int64?
  public var totalLogSizeCompacted: Int64?
  public var tempPath: String?
  public var numUpdates: Int64?
  /// Members of a JSON object that the record does not define, as text of their values.
  public var unknownMembers: OrderedMap<String> = [:]

  /// Every field null.
  public init() {}

  /// What stands in `prevCommit` for a new file group.
  public static let noPreviousCommit = "null"

  /// The stat of a base file, customary zeros filled in.
  /// - Parameters:
  ///   - previous: the base file that this one replaces; nil for a new group.
  ///   - size: bytes of the finished file.
  public init(
    base name: BaseFileName, in partition: PartitionPath, size: Int, rows: Int, inserts: Int,
    updates: Int, deletes: Int, previous: BaseFileName? = nil, runtime: RuntimeStats = .init()
  ) {
    fileID = name.fileID.text
    path = partition.appending(name.text)
    prevCommit = previous?.instant.text ?? Self.noPreviousCommit
    numWrites = Int64(rows)
    numDeletes = Int64(deletes)
    numUpdateWrites = Int64(updates)
    totalWriteBytes = Int64(size)
    totalWriteErrors = 0
    partitionPath = partition.text
    numInserts = Int64(inserts)
    fileSizeInBytes = Int64(size)
    prevBaseFile = previous?.text
    runtimeStats = runtime
    zeroCounters()
  }

  /// The planned stat of an inflight file: what will be inserted into a partition (without a
  /// group), or updated in a group.
  public init(
    planned partition: PartitionPath, inserts: Int = 0, updates: Int = 0,
    group: BaseFileName? = nil
  ) {
    fileID = group?.fileID.text ?? ""
    prevCommit = group?.instant.text ?? Self.noPreviousCommit
    numWrites = 0
    numDeletes = 0
    numUpdateWrites = Int64(updates)
    totalWriteBytes = 0
    totalWriteErrors = 0
    numInserts = Int64(inserts)
    fileSizeInBytes = 0
    zeroCounters()
  }

  private mutating func zeroCounters() {
    totalLogRecords = 0
    totalUpdatedRecordsCompacted = 0
    totalLogBlocks = 0
    totalCorruptLogBlock = 0
    totalRollbackBlocks = 0
    totalLogFilesCompacted = 0
    totalLogReadTimeMs = 0
    totalLogSizeCompacted = 0
    numUpdates = 0
  }

  /// The file's name without directories; nil for planned stats.
  public var fileName: String? {
    guard let path, !path.isEmpty else { return nil }
    return path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}
