// Spec: 12d-changes. The changes that the commits of a range made, with images before and after.
import HudiFileGroup
import HudiModel
import HudiTimeline
import LakeBase
import LakeColumns
import LakeStorage

/// Which changes, and at what cost.
public struct ChangeOptions: Sendable {
  /// Only these partitions; nil: all.
  public var partitions: [PartitionPath]?
  /// Bytes that states and log files may hold in memory while they are compared. [CHANGE-9]
  public var memoryBytes = ScanOptions.memoryBytesDefault

  public init(partitions: [PartitionPath]? = nil) { self.partitions = partitions }
}

/// Change rows in the order of the commits; within a commit by file group. Columns: `op` (`i`, `u`,
/// `d`), `key`, `partition`, `instant` (requested), `completed`, and the structs `before` and
/// `after` of the table's columns without meta columns. [CHANGE-1]
public struct ChangeScan: BatchSource {
  public let schema: Schema
  /// Where the next pull begins.
  public let position: IncrementalPosition
  public let plan: ChangePlan
  private let stream: OrderedStream<ChangeUnit, RecordBatch>

  public init(
    _ snapshot: Snapshot, _ range: IncrementalRange, _ options: ChangeOptions = ChangeOptions()
  ) throws(LakeError) {
    try self.init(
      try ChangePlan(snapshot, range, partitions: options.partitions), options)
  }

  /// The changes of a pull that is planned; of the options only the memory counts.
  public init(_ plan: ChangePlan, _ options: ChangeOptions) throws(LakeError) {
    self.plan = plan
    position = plan.position
    let snapshot = plan.snapshot
    let world = snapshot.context.world
    let wanted = try Self.schema(of: snapshot)
    schema = wanted
    guard snapshot.schema != nil, !plan.units.isEmpty else {
      stream = OrderedStream([], workers: world.workers) { (_, _) throws(LakeError) in }
      return
    }
    let reader = try ChangeReader(plan, memoryBytes: options.memoryBytes)
    let cancellation = world.cancellation
    stream = OrderedStream(plan.units, workers: world.workers) {
      (unit: ChangeUnit, emit: (RecordBatch) throws(LakeError) -> Void) throws(LakeError) in
      try reader.read(unit) { (changes: ChangeBatch) throws(LakeError) in
        try cancellation.check()
        try emit(Self.batch(unit, changes, wanted))
      }
    }
  }

  public mutating func next() throws(LakeError) -> RecordBatch? { try stream.next() }

  /// The columns of the change rows of a snapshot's table.
  public static func schema(of snapshot: Snapshot) throws(LakeError) -> Schema {
    schema(snapshot.schema == nil ? Schema([]) : try FileColumns(snapshot).columns)
  }

  /// The columns of change rows of a table with the columns `data`.
  public static func schema(_ data: Schema) -> Schema {
    Schema([
      Field("op", .string, nullable: false), Field("key", .string),
      Field("partition", .string, nullable: false), Field("instant", .string, nullable: false),
      Field("completed", .string), Field("before", .structure(data.fields)),
      Field("after", .structure(data.fields)),
    ])
  }

  private static func batch(
    _ unit: ChangeUnit, _ changes: ChangeBatch, _ schema: Schema
  ) -> RecordBatch {
    let count = changes.count
    let completed = unit.instant.completed.map { Column.constant($0.text, count: count) }
    return RecordBatch(
      schema,
      [
        changes.operations, changes.keys, .constant(unit.group.partition.text, count: count),
        .constant(unit.instant.requested.text, count: count),
        completed ?? .nulls(.string, count: count), changes.before, changes.after,
      ], count: count)
  }
}
