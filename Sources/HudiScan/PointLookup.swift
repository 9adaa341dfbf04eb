// Spec: 09-metadata-table. Rows by record key: the record index names the file groups to read.
import HudiModel
import LakeBase
import LakeColumns

/// Finds the rows of some record keys in a snapshot.
public struct PointLookup: Sendable {
  private let snapshot: Snapshot
  private let usesIndexes: Bool

  /// - Parameter usesIndexes: false: every file group is asked, so that a key that was inserted
  ///   twice has both its rows.
  ///
  /// Throws `tableFeatureUnsupported` for tables that keep no record keys.
  public init(_ snapshot: Snapshot, usesIndexes: Bool = true) throws(LakeError) {
    guard snapshot.context.config.populatesMetaFields else {
      throw LakeError(
        .tableFeatureUnsupported, "the table keeps no record keys to look up",
        hint: "filter by the key's columns")
    }
    self.snapshot = snapshot
    self.usesIndexes = usesIndexes
  }

  /// What the scan of `keys` would do, for explaining it. [MDT-17]
  ///
  /// - Parameter options: columns, and a condition that the rows must meet besides.
  public func plan(
    _ keys: [String], _ options: ScanOptions = ScanOptions(), _ depth: ScanPlan.Depth = .running
  ) throws(LakeError) -> ScanPlan {
    var options = options
    options.usesIndexes = usesIndexes
    let wanted = RowPredicate(
      .isIn(.init([MetaField.recordKey.name]), keys.map { .string($0) }))
    options.predicate = options.predicate.map { wanted.and($0) } ?? wanted
    return try ScanPlan(snapshot, options, depth)
  }

  /// The rows that have one of the keys, in the order of a scan. [MDT-17]
  public func rows(
    _ keys: [String], _ options: ScanOptions = ScanOptions()
  ) throws(LakeError) -> SnapshotScan {
    SnapshotScan(try plan(keys, options))
  }
}
