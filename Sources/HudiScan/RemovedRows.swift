// Spec: 12-queries. The keys that the commits of a range took out of the table.
import HudiModel
import LakeBase
import LakeColumns

/// Rows of the state before a range whose key, in its partition, the state at its end lacks: with
/// the columns that tell them, everything else null. Holds the keys of one partition.
struct RemovedRows {
  let schema: Schema
  private let states: RangeStates
  private let options: ScanOptions
  /// Columns that are known of a removed row, the record key first.
  private let known: Schema
  private let marker: String
  private var partitions: ArraySlice<PartitionPath>
  private var kept: KeySet?
  private var scan: SnapshotScan?

  /// - Parameters:
  ///   - schema: of the rows to yield; its column `marker` is true in all of them.
  ///   - options: partitions, merge mode and memory.
  init(
    _ states: RangeStates, _ schema: Schema, marker: String, _ options: ScanOptions
  ) {
    self.schema = schema
    self.states = states
    var inner = ScanOptions()
    inner.mergeMode = options.mergeMode
    inner.mergesByPosition = options.mergesByPosition
    inner.memoryBytes = options.memoryBytes
    let config = states.before.snapshot.context.config
    let told = Set(
      [MetaField.partitionPath.name] + config.recordKeyFields + config.partitionFields
        + config.orderingFields)
    let fields = schema.fields.filter { told.contains($0.name) && $0.name != marker }
    known = Schema([MetaField.recordKey.field] + fields)
    self.options = inner
    self.marker = marker
    let wanted = options.partitions.map { Set($0) }
    partitions =
      Set(states.before.slices.map(\.partition))
      .filter { wanted?.contains($0) ?? true }.sorted()[...]
  }

  mutating func next() throws(LakeError) -> RecordBatch? {
    while true {
      if scan == nil {
        guard let partition = partitions.popFirst() else { return nil }
        try begin(partition)
      }
      guard let batch = try scan?.next() else {
        scan = nil
        continue
      }
      if let removed = removed(batch) { return removed }
    }
  }

  private mutating func begin(_ partition: PartitionPath) throws(LakeError) {
    let keys = KeyTable()
    if var end = try scan(states.end, partition, Schema([MetaField.recordKey.field])) {
      while let batch = try end.next() { _ = keys.insert(batch.columns[0].decoded()) }
    }
    kept = keys.freeze()
    scan = try scan(states.before, partition, known)
  }

  private func scan(
    _ moment: RangeStates.Moment, _ partition: PartitionPath, _ columns: Schema
  ) throws(LakeError) -> SnapshotScan? {
    var options = options
    options.slices = moment.slices.filter { $0.partition == partition }
    if options.slices?.isEmpty ?? true { return nil }
    options.columns = columns.fields.map(\.name)
    return try SnapshotScan(moment.snapshot, options)
  }

  private func removed(_ batch: RecordBatch) -> RecordBatch? {
    guard let kept else { return nil }
    var isGone = BitmapBuilder(capacity: batch.count)
    for entry in kept.find(batch.columns[0]) { isGone.append(entry < 0) }
    let gone = batch.filter(isGone.take())
    if gone.count == 0 { return nil }
    let columns = schema.fields.map { field -> Column in
      if field.name == marker {
        return Column(
          .bool, count: gone.count, layout: .bits(Bitmap(repeating: true, count: gone.count)))
      }
      return gone[field.name] ?? .nulls(field.type, count: gone.count)
    }
    return RecordBatch(schema, columns, count: gone.count)
  }
}
