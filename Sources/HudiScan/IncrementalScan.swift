// Spec: 12-queries. The rows that the commits of a range wrote, as they are at its end.
import HudiModel
import HudiTimeline
import LakeBase
import LakeColumns

/// What to do where a range is no longer kept.
public enum ExpiredRange: String, Sendable, Hashable, CaseIterable {
  /// Throw `rangeExpired`.
  case fail
  /// Read the whole newest snapshot instead.
  case snapshot
}

/// Rows by partition, file group and position, like a snapshot's.
public struct IncrementalScan: BatchSource {
  public let schema: Schema
  /// Where the next pull begins.
  public let position: IncrementalPosition
  /// The range was expired, and these are all rows of the newest snapshot.
  public let isWholeSnapshot: Bool
  /// nil for a whole snapshot.
  public let plan: IncrementalPlan?
  private var scan: SnapshotScan?
  private let filter: InstantFilter?
  private let commitTimes = KeyTable()
  /// For each of `commitTimes`.
  private var isIn: [Bool] = []

  /// - Parameter options: partitions, columns and predicate as for a snapshot.
  public init(
    _ snapshot: Snapshot, _ range: IncrementalRange, _ options: ScanOptions = ScanOptions(),
    onExpired: ExpiredRange = .fail
  ) throws(LakeError) {
    let plan: IncrementalPlan
    do throws(LakeError) {
      plan = try IncrementalPlan(snapshot, range)
    } catch {
      guard error.code == .rangeExpired, onExpired == .snapshot else { throw error }
      let scan = try SnapshotScan(snapshot, options)
      schema = scan.schema
      self.scan = scan
      self.plan = nil
      isWholeSnapshot = true
      filter = nil
      position = IncrementalPosition(snapshot)
      return
    }
    self.plan = plan
    isWholeSnapshot = false
    position = plan.position
    filter = plan.filter
    var table = Schema([])
    if snapshot.schema != nil { table = try FileColumns(snapshot).columns }
    let all = Schema(MetaField.fields + table.fields)
    let wanted: Schema
    if let names = options.columns {
      wanted = try all.select(names)
    } else {
      wanted = options.includesMetaColumns ? all : table
    }
    schema = wanted
    if plan.slices.isEmpty { return }
    var inner = options
    inner.slices = plan.slices
    if range.start != .earliest || range.through != nil {
      inner.instants = Set(plan.instants.map(\.requested))
    }
    // The commit time decides and goes out again behind the columns that were asked for.
    inner.columns = wanted.fields.map(\.name) + [MetaField.commitTime.name]
    if wanted.index(of: MetaField.commitTime.name) != nil {
      inner.columns = wanted.fields.map(\.name)
    }
    if let bounds = Self.bounds(plan) {
      inner.predicate = options.predicate.map { $0.and(bounds) } ?? bounds
    }
    scan = try SnapshotScan(snapshot, inner)
  }

  /// What statistics can tell: the commit times of the range lie between these.
  private static func bounds(_ plan: IncrementalPlan) -> RowPredicate? {
    guard plan.filter.start == nil, let first = plan.instants.map(\.requested).min(),
      let last = plan.instants.map(\.requested).max()
    else { return nil }
    let column = RowPredicate.ColumnName([MetaField.commitTime.name])
    return RowPredicate(
      .and([
        .compare(column, .greaterOrEqual, .string(first.text)),
        .compare(column, .lessOrEqual, .string(last.text)),
      ]))
  }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    while let batch = try scan?.next() {
      guard let filter else { return batch }
      guard let place = batch.schema.index(of: MetaField.commitTime.name) else { return batch }
      let rows = verdicts(batch.columns[place].decoded(), filter)
      let kept = batch.filter(rows)
      if kept.count == 0 { continue }
      if kept.columns.count == schema.count { return kept }
      return RecordBatch(schema, Array(kept.columns[..<schema.count]), count: kept.count)
    }
    return nil
  }

  /// Each commit time is judged once.
  private mutating func verdicts(_ times: Column, _ filter: InstantFilter) -> Bitmap {
    let entries = commitTimes.insert(times)
    var builder = BitmapBuilder(capacity: times.count)
    for (row, entry) in entries.enumerated() {
      if entry >= 0 && Int(entry) == isIn.count {
        isIn.append(InstantTime(times.string(row)).map { filter.admits($0) } ?? false)
      }
      builder.append(entry >= 0 && isIn[Int(entry)])
    }
    return builder.take()
  }
}
