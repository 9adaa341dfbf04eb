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
  private let stream: OrderedStream<Unit, RecordBatch>

  /// A piece of work: some row groups of one file.
  private struct Unit: Sendable {
    let slice: FileSlice
    let reader: BaseFileReader?
    let rowGroups: [Int]?
  }

  /// More files than this are opened when their turn comes, not before.
  private static let openAhead = 64

  /// Throws `columnNotFound` for a column that the table does not have.
  public init(_ snapshot: Snapshot, _ options: ScanOptions) throws(LakeError) {
    try snapshot.requireRows()
    let table = try snapshot.requireSchema().columns
    let all = Schema(MetaField.fields + table.fields)
    let wanted: Schema
    if let names = options.columns {
      wanted = try all.select(names)
    } else {
      wanted = options.includesMetaColumns ? all : table
    }
    let filterNames = try options.predicate?.columns(in: all) ?? []
    let extra = try all.select(filterNames.filter { wanted.index(of: $0) == nil })
    let read = Schema(wanted.fields + extra.fields)
    schema = wanted
    snapshot.context.world.journal.phase("plan")
    let units = try Self.units(snapshot, options)
    snapshot.context.world.journal.phase("scan")
    let predicate = options.predicate
    let cancellation = snapshot.context.world.cancellation
    stream = OrderedStream(units, workers: snapshot.context.world.workers) {
      (unit: Unit, emit: (RecordBatch) throws(LakeError) -> Void) throws(LakeError) in
      var opened = unit.reader
      if opened == nil { opened = try snapshot.open(unit.slice) }
      guard let reader = opened else { return }
      var batches = try reader.batches(read, rowGroups: unit.rowGroups)
      while let batch = try batches.next() {
        try cancellation.check()
        var kept = batch
        if let predicate { kept = batch.filter(try predicate.evaluate(batch)) }
        if kept.count == 0 { continue }
        try emit(
          extra.count == 0
            ? kept
            : RecordBatch(wanted, Array(kept.columns[..<wanted.count]), count: kept.count))
      }
    }
  }

  private static func units(
    _ snapshot: Snapshot, _ options: ScanOptions
  ) throws(LakeError) -> [Unit] {
    let slices: [FileSlice]
    if let paths = options.partitions {
      slices = try snapshot.slices(in: paths)
    } else {
      slices = try snapshot.slices()
    }
    try Snapshot.requireNoLogs(slices)
    if slices.count > openAhead {
      return slices.map { Unit(slice: $0, reader: nil, rowGroups: nil) }
    }
    let readers = try snapshot.context.world.workers.map(slices) { slice throws(LakeError) in
      OpenSlice(slice: slice, reader: try snapshot.open(slice))
    }
    var units: [Unit] = []
    for open in readers {
      guard let reader = open.reader else { continue }
      for group in reader.file.metadata.rowGroups.indices {
        units.append(Unit(slice: open.slice, reader: reader, rowGroups: [group]))
      }
    }
    return units
  }

  private struct OpenSlice: Sendable {
    let slice: FileSlice
    let reader: BaseFileReader?
  }

  public mutating func next() throws(LakeError) -> RecordBatch? { try stream.next() }
}
