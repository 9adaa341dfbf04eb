// Spec: 12-queries. One door for every kind of question.
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeColumns
import LakeStorage

extension LakeTable {
  /// The rows that answer a question, read on threads of its own and taken on the calling one.
  /// [QUERY-72]
  ///
  /// - Throws: what the kind of question may throw; `rangeExpired` and `snapshotExpired` come
  ///   before anything is read.
  public func query(
    _ query: TableQuery, _ options: QueryOptions = QueryOptions()
  ) throws(LakeError) -> TableRows {
    try SettledQuery(query, options, self).open()
  }

  /// The same as an asynchronous sequence. The moments are settled by this call, which reads the
  /// timeline and blocks as long as that takes; every iterator gives the same rows. [QUERY-70]
  public func rows(
    _ query: TableQuery, _ options: QueryOptions = QueryOptions()
  ) throws(LakeError) -> BatchSequence {
    let settled = try SettledQuery(query, options, self)
    return BatchSequence(try settled.schema()) { (emit) throws(LakeError) in
      var rows = try settled.open()
      while let batch = try rows.next() { try emit(batch) }
    }
  }
}

/// A question whose moments are settled: it has the same answer whenever it is opened.
private struct SettledQuery: Sendable {
  let query: TableQuery
  let options: QueryOptions
  let watch: QueryWatch
  let table: LakeTable
  let snapshot: Snapshot
  /// Of pulls.
  let range: IncrementalRange

  init(_ query: TableQuery, _ options: QueryOptions, _ table: LakeTable) throws(LakeError) {
    self.query = query
    self.options = options
    watch = QueryWatch(options, table)
    let table = table.watched(by: watch, options)
    self.table = table
    var range = IncrementalRange()
    switch query {
    case .snapshot(let asOf), .readOptimized(let asOf), .get(_, let asOf):
      snapshot = try table.snapshot(at: asOf)
    case .incremental(let from, let to, _, _), .changes(let from, let to):
      let timeline = try table.context.store.load()
      range = try table.incrementalRange(from: from, to: to, timeline)
      snapshot = try Snapshot(table.context, timeline, asOf: nil)
    }
    self.range = range
  }

  /// The columns of the answer. What would be refused is refused here.
  func schema() throws(LakeError) -> Schema {
    switch query {
    case .snapshot, .readOptimized, .get: try options.scan.schema(of: snapshot)
    case .incremental, .changes: try open().schema
    }
  }

  func open() throws(LakeError) -> TableRows {
    try watch.cancellation.check()
    switch query {
    case .snapshot:
      let scan = try SnapshotScan(snapshot, options.scan)
      return TableRows(scan, snapshot, watch.of(try bytes(options.scan)))
    case .readOptimized:
      let found = try table.baseScan(options.scan, snapshot)
      var rows = TableRows(found.scan, snapshot, watch.of(try bytes(found.options)))
      rows.staleness = found.staleness
      return rows
    case .get(let keys, _):
      return TableRows(try PointLookup(snapshot).rows(keys, options.scan), snapshot, watch)
    case .incremental(_, _, let onExpired, let withDeletes):
      let scan = try IncrementalScan(
        snapshot, range, options.scan, onExpired: onExpired, withDeletes: withDeletes)
      let known = scan.plan.map { Self.bytes($0.slices) }
      var rows = TableRows(scan, snapshot, watch.of(known ?? 0))
      rows.position = scan.position
      rows.isWholeSnapshot = scan.isWholeSnapshot
      return rows
    case .changes:
      var wanted = ChangeOptions(partitions: options.scan.partitions)
      wanted.memoryBytes = options.scan.memoryBytes
      let scan = try ChangeScan(snapshot, range, wanted)
      var rows = TableRows(scan, snapshot, watch)
      rows.position = scan.position
      return rows
    }
  }

  /// Bytes of the files that a scan can read; 0 where nobody asks.
  private func bytes(_ scan: ScanOptions) throws(LakeError) -> Int {
    if options.progress == nil { return 0 }
    return Self.bytes(try snapshot.slices(scan))
  }

  private static func bytes(_ slices: [FileSlice]) -> Int { slices.reduce(0) { $0 + $1.size } }
}

extension LakeTable {
  /// This table with its storage counted and its work stopped as the options want.
  fileprivate func watched(by watch: QueryWatch, _ options: QueryOptions) -> LakeTable {
    if watch.storage == nil && options.cancellation == nil { return self }
    var world = self.world
    world.cancellation = watch.cancellation
    return LakeTable(TableContext(watch.storage ?? storage, config, world))
  }
}
