// Spec: 09-metadata-table. Rows by record key: the record index names the file groups to read.
import HudiMetadata
import HudiModel
import LakeBase
import LakeColumns

/// Finds the rows of some record keys in a snapshot.
public struct PointLookup: Sendable {
  private let snapshot: Snapshot
  /// What the record index said: file groups per key, or why nobody could be asked.
  public let isIndexed: Bool
  private let index: RecordIndex?

  /// Opens the record index where the table has one that can be trusted for this snapshot; without
  /// it every file group is asked. The reason goes to the journal. [MDT-17]
  public init(_ snapshot: Snapshot) throws(LakeError) {
    guard snapshot.context.config.populatesMetaFields else {
      throw LakeError(
        .tableFeatureUnsupported, "the table keeps no record keys to look up",
        hint: "filter by the key's columns")
    }
    self.snapshot = snapshot
    index = Self.index(snapshot)
    isIndexed = index != nil
  }

  private static func index(_ snapshot: Snapshot) -> RecordIndex? {
    let context = snapshot.context
    guard snapshot.asOf == nil, MetadataTable.isNamed(in: context.config) else { return nil }
    do throws(LakeError) {
      let table = try MetadataTable(
        context.storage, context.config, snapshot.timeline, context.world)
      return table.has(RecordIndex.name) ? try RecordIndex(table) : nil
    } catch {
      context.world.journal.decision("the record index is not used: \(error)")
      return nil
    }
  }

  /// The file groups that hold the keys; nil where all have to be asked.
  public func groups(_ keys: [String]) -> Set<FileGroupID>? {
    guard let index else { return nil }
    do throws(LakeError) {
      var groups: Set<FileGroupID> = []
      for places in try index.locate(keys) {
        for place in places { groups.insert(FileGroupID(place.partition, place.fileID)) }
      }
      // A place that the snapshot does not have would hide a row.
      let partitions = Set(groups.map(\.partition)).sorted()
      let there = Set(try snapshot.slices(in: partitions).map(\.group))
      if let lost = groups.first(where: { !there.contains($0) }) {
        snapshot.context.world.journal.decision(
          "the record index is not used: it names \(lost), which is not there")
        return nil
      }
      return groups
    } catch {
      snapshot.context.world.journal.decision("the record index is not used: \(error)")
      return nil
    }
  }

  /// The rows that have one of the keys, in the order of a scan. [MDT-17]
  ///
  /// - Parameter options: columns, and a condition that the rows must meet besides.
  public func rows(
    _ keys: [String], _ options: ScanOptions = ScanOptions()
  ) throws(LakeError) -> SnapshotScan {
    var options = options
    let wanted = RowPredicate(
      .isIn(.init([MetaField.recordKey.name]), keys.map { .string($0) }))
    options.predicate = options.predicate.map { wanted.and($0) } ?? wanted
    if let groups = groups(keys) {
      options.groups = groups
      let partitions = Set(groups.map(\.partition))
      options.partitions = (options.partitions.map { partitions.intersection($0) } ?? partitions)
        .sorted()
    }
    return try SnapshotScan(snapshot, options)
  }
}
