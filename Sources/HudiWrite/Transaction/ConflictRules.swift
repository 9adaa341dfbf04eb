// Spec: 13-concurrency. What makes a finished write give way to another one.
import HudiFileGroup
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeColumns
import LakeStorage

/// What a write touched, checked against what others completed meanwhile (I9, I10).
public struct ConflictRules: Sendable {
  /// File groups written or replaced.
  public let groups: Set<FileGroupID>
  /// Keys that are new in the table, by partition; nil where keys need not be unique.
  public let newKeys: NewKeys?

  /// New keys and the partitions in which nobody else may have inserted them.
  public struct NewKeys: Sendable {
    /// By partition, the keys that were inserted.
    public let keys: [PartitionPath: [Column]]
    /// Whether a key must be new in all partitions.
    public let isGlobal: Bool

    public init(_ keys: [PartitionPath: [Column]], isGlobal: Bool) {
      self.keys = keys
      self.isGlobal = isGlobal
    }
  }

  public init(groups: Set<FileGroupID>, newKeys: NewKeys?) {
    self.groups = groups
    self.newKeys = newKeys
  }

  /// Throws `writeConflict` when an instant that completed since `base` changed one of our file
  /// groups, or inserted one of our new keys. Inside the gate. [TXN-6]
  public func check(
    _ context: TableContext, base: Timeline, fresh: Timeline, own: Instant
  ) throws(LakeError) {
    let seen = Set(base.instants.filter(\.isCompleted).map(\.requested))
    let others = fresh.instants.filter {
      $0.isCompleted && $0.action.isWrite && !seen.contains($0.requested)
        && $0.requested != own.requested
    }
    for other in others {
      let metadata = try context.commits.metadata(of: other)
      if let group = groups.intersection(try metadata.touchedGroups()).min() {
        throw Self.conflict(own, other, "it changed file group \(group)")
      }
      try checkKeys(context, metadata, own, other)
    }
    for pending in fresh.instants where pending.isPending && pending.action == .clustering {
      throw Self.conflict(own, pending, "it is planned and may replace our file groups")
    }
  }

  private static func conflict(_ own: Instant, _ other: Instant, _ why: String) -> LakeError {
    LakeError(
      .writeConflict, "another write came first: \(why)",
      hint: "write again; nothing of this attempt is visible",
      facts: [("ours", own.requested.text), ("theirs", "\(other.requested) \(other.action)")])
  }

  /// Two inserts of one key go to different file groups; only the keys tell.
  private func checkKeys(
    _ context: TableContext, _ metadata: CommitMetadata, _ own: Instant, _ other: Instant
  ) throws(LakeError) {
    guard let newKeys, !newKeys.keys.isEmpty else { return }
    for stat in metadata.stats where (stat.numInserts ?? 0) + (stat.numWrites ?? 0) > 0 {
      guard let text = stat.path, let name = BaseFileName(stat.fileName ?? "") else { continue }
      let partition = try PartitionPath(stat.partitionPath ?? "")
      let mine =
        newKeys.isGlobal
        ? newKeys.keys.values.flatMap { $0 } : newKeys.keys[partition] ?? []
      if mine.isEmpty || name.instant != other.requested { continue }
      let table = KeyTable(capacity: mine.reduce(0) { $0 + $1.count })
      for keys in mine { _ = table.insert(keys) }
      if let key = try firstCommonKey(context, text, stat, table.freeze(), other) {
        throw Self.conflict(own, other, "it inserted the key \(key.debugDescription) too")
      }
    }
  }

  private func firstCommonKey(
    _ context: TableContext, _ path: String, _ stat: WriteStat, _ table: KeySet, _ other: Instant
  ) throws(LakeError) -> String? {
    let reader = try BaseFileReader(
      context.storage, StoragePath(path), size: stat.fileSizeInBytes.flatMap { Int(exactly: $0) })
    var batches = try reader.batches(
      Schema([MetaField.commitTime.field, MetaField.recordKey.field]))
    while let batch = try batches.next() {
      let entries = table.find(batch.columns[1])
      for (row, entry) in entries.enumerated()
      where entry >= 0 && batch.columns[0].string(row) == other.requested.text {
        return batch.columns[1].string(row)
      }
    }
    return nil
  }
}
