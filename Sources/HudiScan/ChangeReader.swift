// Spec: 12d-changes. From a unit to its change rows: change logs, or two states compared.
import HudiFileGroup
import HudiModel
import HudiTimeline
import LakeBase
import LakeColumns
import LakeStorage

/// Everything that reading a unit needs besides the unit: made once, used by all threads.
struct ChangeReader: Sendable {
  private let snapshot: Snapshot
  private let plan: ChangePlan
  private let files: FileColumns
  /// What is read of a state: key, commit time, data columns.
  private let read: Schema
  private let schemas: LogSchemas
  private let memoryBytes: Int
  private let budget: Int
  /// Counts what decoding holds.
  private let memory: MemoryBudget
  private let logs: ChangeLogs

  init(_ plan: ChangePlan, memoryBytes: Int) throws(LakeError) {
    snapshot = plan.snapshot
    self.plan = plan
    self.memoryBytes = memoryBytes
    files = try FileColumns(snapshot)
    read = Schema(ChangeRows.leading.map(\.field) + files.columns.fields)
    schemas = LogSchemas(limits: snapshot.context.world.limits)
    let width = Swift.max(1, snapshot.context.world.workers.width)
    budget = Swift.max(1, memoryBytes / 2 / width)
    memory = MemoryBudget(limit: memoryBytes / 2)
    logs = ChangeLogs(snapshot, files, schemas)
  }

  func read(
    _ unit: ChangeUnit, _ emit: (ChangeBatch) throws(LakeError) -> Void
  ) throws(LakeError) {
    let views = plan.views(unit)
    switch unit.kind {
    case .recorded(let files):
      try logs.read(unit, files, emit) { (looked: ChangeLogs.Looked) throws(LakeError) in
        let before = looked.before ?? side(unit.before, views.before)
        try self.emit(
          ChangeRows(
            self.files.columns, before: before, after: side(unit.after, views.after),
            .keys(looked.keys), keepsEqual: true, budget: budget), emit)
      }
    case .compared:
      try self.emit(
        ChangeRows(
          files.columns, before: side(unit.before, views.before),
          after: side(unit.after, views.after), .written(by: unit.instant.requested),
          budget: budget), emit)
    case .logged:
      guard let after = unit.after else { return }
      let keys = try self.keys(unit, after, views.after)
      if keys.count == 0 { return }
      try self.emit(
        ChangeRows(
          files.columns, before: side(unit.before, views.before),
          after: side(after, views.after), .keys(keys), budget: budget), emit)
    }
  }

  private func emit(
    _ rows: ChangeRows, _ emit: (ChangeBatch) throws(LakeError) -> Void
  ) throws(LakeError) {
    var rows = rows
    while let batch = try rows.next() { try emit(batch) }
  }

  /// Opens a slice as its view shows it.
  private func side(_ slice: FileSlice?, _ view: Snapshot) -> ChangeRows.Side? {
    guard let slice else { return nil }
    return { () throws(LakeError) in try rows(slice, view) }
  }

  private func rows(_ slice: FileSlice, _ view: Snapshot) throws(LakeError) -> any BatchSource {
    let reader = try view.open(slice, memory: memory)
    var columns = SourceColumns.byName
    if let reader {
      columns = try files.source(
        slice.partition, instant: slice.base?.name.instant ?? slice.baseInstant,
        file: reader.schema)
    }
    if let reader, slice.logs.isEmpty { return try reader.batches(read, columns: columns) }
    let merging = try SliceMerging(view, files, read, memoryBytes: memoryBytes, memory: memory)
    return try merging.reader(slice, base: reader, nil, columns)
  }

  /// The keys that the logs of this commit name.
  private func keys(
    _ unit: ChangeUnit, _ slice: FileSlice, _ view: Snapshot
  ) throws(LakeError) -> KeySet {
    var world = snapshot.context.world
    world.workers = Workers(width: 1)
    let admission = LogAdmission(
      view.inputs.filter, snapshot.context.config.version,
      wanted: InstantFilter(completed: [unit.instant.requested], start: nil))
    let scan = try LogScan(
      snapshot.context.storage, in: StoragePath(slice.partition.text), slice.logs, admission,
      committed: try view.committedRanges(slice), world: world)
    var options = LogReadOptions(columns: [MetaField.recordKey.name])
    options.schemas = schemas
    options.cancellation = world.cancellation
    let entries = scan.entries(options)
    let table = KeyTable()
    while let some = try entries.next() {
      switch some {
      case .rows(let rows):
        _ = table.insert(
          rows.batch.columns[try rows.batch.schema.require(MetaField.recordKey.name)])
      case .deletes(let deletes): _ = table.insert(deletes.keys)
      }
    }
    return table.freeze()
  }
}
