// Spec: 12-queries. The rows of a snapshot, decoded ahead on several threads and delivered in
// order.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet

/// Rows of a snapshot: by partition, file group and position in the file, whatever the threads do.
public struct SnapshotScan: BatchSource {
  public let schema: Schema
  private let stream: OrderedStream<ScanUnit, RecordBatch>

  /// Throws `columnNotFound` for a column that the table does not have.
  public init(_ snapshot: Snapshot, _ options: ScanOptions) throws(LakeError) {
    snapshot.context.world.journal.phase("plan")
    self.init(try ScanPlan(snapshot, options))
  }

  /// Reads what `plan` left.
  public init(_ plan: ScanPlan) {
    schema = plan.schema
    let world = plan.snapshot.context.world
    world.journal.phase("scan")
    let predicate = plan.options.predicate
    let cancellation = world.cancellation
    let wanted = plan.schema
    stream = OrderedStream(plan.units, workers: world.workers, isSmall: plan.isSmall) {
      (unit: ScanUnit, emit: (RecordBatch) throws(LakeError) -> Void) throws(LakeError) in
      guard var batches = try plan.batches(unit) else { return }
      while let batch = try batches.next() {
        try cancellation.check()
        var kept = batch
        if let predicate { kept = batch.filter(try predicate.evaluate(batch)) }
        if kept.count == 0 { continue }
        try emit(
          kept.columns.count == wanted.count
            ? kept
            : RecordBatch(wanted, Array(kept.columns[..<wanted.count]), count: kept.count))
      }
    }
  }

  public mutating func next() throws(LakeError) -> RecordBatch? { try stream.next() }
}

extension ScanPlan {
  /// Rows that are decoded without a thread of their own: no more than a few batches.
  private static let smallRows = 1 << 16

  /// Whether all that is left is a little of one open base file.
  fileprivate var isSmall: Bool {
    guard units.count <= 1 else { return false }
    guard let unit = units.first else { return true }
    guard unit.slice.logs.isEmpty, let open = unit.open, let file = open.reader?.file,
      let groups = unit.rowGroups ?? open.plan?.rowGroups
    else { return false }
    var rows = 0
    for group in groups {
      let more = file.metadata.rowGroups[group].rowCount
      guard more >= 0, more <= Self.smallRows - rows else { return false }
      rows += more
    }
    return true
  }

  /// The rows of a unit in the columns of `read`, not yet tested; nil where there are none.
  fileprivate func batches(_ unit: ScanUnit) throws(LakeError) -> (any BatchSource)? {
    let opened: OpenSlice
    if let open = unit.open { opened = open } else { opened = try open(unit.slice) }
    if let merging, !unit.slice.logs.isEmpty {
      let width = snapshot.context.world.workers.width
      return try merging.reader(
        unit.slice, base: opened.reader, opened.plan, opened.source,
        workers: Workers(width: (width + units.count - 1) / Swift.max(1, units.count)))
    }
    guard let reader = opened.reader, let plan = opened.plan else { return nil }
    let groups = unit.rowGroups ?? plan.rowGroups
    if groups.isEmpty { return nil }
    return try reader.batches(
      read, rowGroups: groups, selection: plan.selection, columns: opened.source)
  }
}
