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

/// Rows by partition, file group and position, like a snapshot's; with deletes, the removed keys
/// come before all of them.
public struct IncrementalScan: BatchSource {
  public let schema: Schema
  /// Where the next pull begins.
  public let position: IncrementalPosition
  /// The range was expired, and these are all rows of the newest snapshot.
  public let isWholeSnapshot: Bool
  /// nil for a whole snapshot.
  public let plan: IncrementalPlan?
  private var removed: RemovedRows?
  private var scan: SnapshotScan?
  /// Columns of the table that were asked for.
  private let wanted: Schema
  private let filter: InstantFilter?
  private let commitTimes = KeyTable()
  /// For each of `commitTimes`.
  private var isIn: [Bool] = []

  /// - Parameters:
  ///   - options: partitions, columns and predicate as for a snapshot. The predicate asks rows that
  ///     are there; removed keys come whatever it says.
  ///   - withDeletes: the rows as they are at the end of the range, after all that happened to
  ///     them, and the keys that are no longer there, true in a column `_hoodie_is_deleted`, which
  ///     is the last one unless the table has it. All columns may be null then. [QUERY-40]
  public init(
    _ snapshot: Snapshot, _ range: IncrementalRange, _ options: ScanOptions = ScanOptions(),
    onExpired: ExpiredRange = .fail, withDeletes: Bool = false
  ) throws(LakeError) {
    _ = try Self.wanted(snapshot, options)
    let plan = try IncrementalPlan.kept(
      snapshot, range, onExpired: onExpired, withDeletes: withDeletes)
    try self.init(snapshot, plan, options, withDeletes: withDeletes)
  }

  /// The rows of a pull that is planned.
  ///
  /// - Parameters:
  ///   - plan: made for this snapshot and `withDeletes`; nil: the whole snapshot.
  public init(
    _ snapshot: Snapshot, _ plan: IncrementalPlan?, _ options: ScanOptions,
    withDeletes: Bool = false
  ) throws(LakeError) {
    wanted = try Self.wanted(snapshot, options)
    schema = withDeletes ? Self.marked(wanted) : wanted
    self.plan = plan
    isWholeSnapshot = plan == nil
    guard let plan else {
      scan = try SnapshotScan(snapshot, options)
      filter = nil
      position = IncrementalPosition(snapshot)
      return
    }
    position = plan.position
    filter = plan.filter
    if let states = plan.states {
      removed = RemovedRows(states, schema, marker: MetaField.isDeleted, options)
    }
    let slices = plan.states?.end.slices ?? plan.slices
    if slices.isEmpty { return }
    var inner = options
    inner.slices = slices
    if !withDeletes && (plan.range.start != .earliest || plan.range.through != nil) {
      inner.instants = plan.filter
    }
    // The commit time decides and goes out again behind the columns that were asked for.
    inner.columns = wanted.fields.map(\.name) + [MetaField.commitTime.name]
    if wanted.index(of: MetaField.commitTime.name) != nil {
      inner.columns = wanted.fields.map(\.name)
    }
    if let bounds = Self.bounds(plan) {
      inner.predicate = options.predicate.map { $0.and(bounds) } ?? bounds
    }
    scan = try SnapshotScan(plan.states?.end.snapshot ?? snapshot, inner)
  }

  /// The columns of a pull's rows. Throws `columnNotFound`, `schemaMismatch`.
  public static func schema(
    of snapshot: Snapshot, _ options: ScanOptions, withDeletes: Bool = false
  ) throws(LakeError) -> Schema {
    let wanted = try wanted(snapshot, options)
    return withDeletes ? marked(wanted) : wanted
  }

  private static func wanted(
    _ snapshot: Snapshot, _ options: ScanOptions
  ) throws(LakeError) -> Schema {
    var table = Schema([])
    if snapshot.schema != nil { table = try FileColumns(snapshot).columns }
    let all = Schema(MetaField.fields + table.fields)
    if let names = options.columns { return try all.select(names) }
    return options.includesMetaColumns ? all : table
  }

  /// The columns of a pull with deletes.
  private static func marked(_ wanted: Schema) -> Schema {
    var fields = wanted.fields.map { field in
      var field = field
      field.nullable = true
      return field
    }
    if wanted.index(of: MetaField.isDeleted) == nil {
      fields.append(Field(MetaField.isDeleted, .bool))
    }
    return Schema(fields)
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
    if let batch = try removed?.next() { return batch }
    removed = nil
    while let batch = try scan?.next() {
      var kept = batch
      if let filter, let place = batch.schema.index(of: MetaField.commitTime.name) {
        kept = batch.filter(verdicts(batch.columns[place].decoded(), filter))
      }
      if kept.count == 0 { continue }
      var columns = Array(kept.columns.prefix(wanted.count))
      if schema.count > wanted.count {
        let live = Bitmap(repeating: false, count: kept.count)
        columns.append(Column(.bool, count: kept.count, layout: .bits(live)))
      }
      return RecordBatch(schema, columns, count: kept.count)
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
