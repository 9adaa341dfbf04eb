// Spec: 12d-changes. What became of which row.
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase

extension LakeTable {
  /// Every insert, update and delete of the commits after `from`, with the rows before and after.
  /// Columns: see `ChangeScan`.
  ///
  /// - Parameters:
  ///   - from: excluded; see `incrementalRange(from:to:)`.
  ///   - to: included; nil: everything that is completed.
  /// - Throws: `rangeExpired` before any row is read. [CHANGE-8]
  public func changes(
    from: String, to: String? = nil, _ options: ChangeOptions = ChangeOptions()
  ) throws(LakeError) -> ChangeScan {
    let timeline = try context.store.load()
    let range = try incrementalRange(from: from, to: to, timeline)
    let snapshot = try Snapshot(context, timeline, asOf: nil)
    return try ChangeScan(snapshot, range, options)
  }
}
