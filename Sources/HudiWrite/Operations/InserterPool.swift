// Spec: 13-concurrency, 17-limits. Open files of an insert, one a partition, within a memory
// budget.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

/// Distributes rows to the writers of their partitions; several partitions are written at once.
final class InserterPool {
  private let context: TableContext
  private let snapshot: Snapshot
  private let schema: TableSchema
  private let options: WriteOptions
  /// How small files are filled; nil where only new files are written.
  private let small: SmallFiles?
  private let transaction: Transaction
  private var inserters: [PartitionPath: PartitionInserter] = [:]
  private var order: [PartitionPath] = []
  private var waiting: [PartitionPath: [PartitionRows]] = [:]
  private var waitingBytes = 0

  /// Partitions with open files at most; beyond, the files of the partitions used longest ago are
  /// closed.
  static let openMax = 256

  init(
    context: TableContext, snapshot: Snapshot, schema: TableSchema, options: WriteOptions,
    small: SmallFiles?, transaction: Transaction
  ) {
    self.context = context
    self.snapshot = snapshot
    self.schema = schema
    self.options = options
    self.small = small
    self.transaction = transaction
  }

  func add(_ parts: [PartitionRows]) throws(LakeError) {
    for part in parts where part.rows.count > 0 {
      waiting[part.partition, default: []].append(part)
      waitingBytes += part.byteCount
    }
    if waitingBytes > options.memoryBytes / 5 { try flush() }
  }

  private struct Job: Sendable {
    let inserter: PartitionInserter
    let parts: [PartitionRows]
  }

  private func flush() throws(LakeError) {
    var jobs: [Job] = []
    // One listing for all partitions that are new to the pool, not one each.
    let new = waiting.keys.filter { inserters[$0] == nil }
    let slices = small == nil || new.isEmpty ? [] : try snapshot.slices(in: Array(new))
    try Snapshot.requireNoLogs(slices)
    let byPartition = Dictionary(grouping: slices, by: \.partition)
    for partition in waiting.keys.sorted() {
      let inserter = try inserter(partition, byPartition[partition] ?? [])
      jobs.append(Job(inserter: inserter, parts: waiting[partition] ?? []))
    }
    waiting = [:]
    waitingBytes = 0
    // The largest first, so that no thread is left alone with it at the end.
    jobs.sort {
      $0.parts.reduce(0) { $0 + $1.rows.count } > $1.parts.reduce(0) { $0 + $1.rows.count }
    }
    _ = try context.world.workers.map(jobs) { job throws(LakeError) in
      for part in job.parts { try job.inserter.write(part) }
    }
    try release()
  }

  private func inserter(
    _ partition: PartitionPath, _ slices: [FileSlice]
  ) throws(LakeError) -> PartitionInserter {
    if let known = inserters[partition] { return known }
    try CommitParts.preparePartitions([partition], context, transaction.instant.requested)
    var candidates: [InserterTarget] = []
    for addition in small?.fill(.max, slices).additions ?? [] {
      guard let base = addition.slice.base, let reader = try snapshot.open(addition.slice) else {
        continue
      }
      candidates.append(InserterTarget(name: base.name, reader: reader))
    }
    let made = PartitionInserter(
      context: context, partition: partition, number: order.count, schema: schema,
      options: options.files, instant: transaction.instant.requested,
      markers: transaction.markers, candidates: candidates)
    inserters[partition] = made
    order.append(partition)
    return made
  }

  /// Gives memory back: closes row groups of the fullest writers, and the oldest files beyond the
  /// limit.
  private func release() throws(LakeError) {
    try transaction.beat()
    var held = order.map { (partition: $0, bytes: inserters[$0]?.heldBytes ?? 0) }
      .sorted { $0.bytes > $1.bytes }
    var total = held.reduce(0) { $0 + $1.bytes }
    while total > options.memoryBytes / 3, let fullest = held.first, fullest.bytes > 0 {
      held.removeFirst()
      total -= fullest.bytes
      try inserters[fullest.partition]?.flushRowGroup()
    }
    let open = order.filter { inserters[$0]?.isOpen ?? false }
    for partition in open.dropLast(Self.openMax) { try inserters[partition]?.close() }
  }

  /// Writes what waits, closes all files and returns them, partition by partition.
  func finish() throws(LakeError) -> [WrittenFile] {
    try flush()
    let all = order.sorted().compactMap { inserters[$0] }
    return try context.world.workers.map(all) { inserter throws(LakeError) in
      try inserter.close()
      return inserter.files
    }.flatMap { $0 }
  }

  func abandon() { for inserter in inserters.values { inserter.abandon() } }
}
