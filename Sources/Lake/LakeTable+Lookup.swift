// Spec: 09-metadata-table. Rows by their keys.
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

extension LakeTable {
  /// The rows that have one of the record keys, in the order of a scan; keys that nobody has are
  /// left out. Where the table has a record index, only the file groups that it names are read:
  /// of a key that was inserted twice it names the newer. [MDT-17]
  ///
  /// - Parameters:
  ///   - keys: as `_hoodie_record_key` shows them.
  ///   - asOf: see `instant(_:)`; nil: now.
  ///   - options: columns, and a condition that the rows must meet besides.
  ///   - usesIndexes: false: every file group is asked.
  /// Throws `tableFeatureUnsupported` for tables that keep no record keys.
  public func get(
    _ keys: [String], asOf: String? = nil, _ options: ScanOptions = ScanOptions(),
    usesIndexes: Bool = true
  ) throws(LakeError) -> SnapshotScan {
    try PointLookup(try snapshot(at: asOf), usesIndexes: usesIndexes).rows(keys, options)
  }

  /// The rows in which a column has one of the values, as texts or numbers; a secondary index of
  /// the column names the file groups to read. [PRUNE-11]
  ///
  /// - Parameters:
  ///   - column: by name, nested fields as `a.b`.
  ///   - usesIndexes: false: every file group is asked, see `get(_:asOf:_:usesIndexes:)`.
  public func get(
    where column: String, isIn values: [RowPredicate.Literal], asOf: String? = nil,
    _ options: ScanOptions = ScanOptions(), usesIndexes: Bool = true
  ) throws(LakeError) -> SnapshotScan {
    var options = options
    options.usesIndexes = usesIndexes
    let parts = column.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let wanted = RowPredicate(.isIn(.init(parts), values))
    options.predicate = options.predicate.map { wanted.and($0) } ?? wanted
    return try scan(options, asOf: asOf)
  }
}
