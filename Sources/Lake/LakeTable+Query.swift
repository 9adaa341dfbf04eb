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
  let plan: Plan

  /// What is decided once, however often the rows are read.
  enum Plan: Sendable {
    case none
    /// nil: the range is no longer kept and the whole snapshot is read.
    case pull(IncrementalPlan?)
    case changes(ChangePlan)
  }

  init(_ query: TableQuery, _ options: QueryOptions, _ table: LakeTable) throws(LakeError) {
    self.query = query
    self.options = options
    watch = QueryWatch(options, table)
    let table = table.watched(by: watch, options)
    self.table = table
    switch query {
    case .snapshot(let asOf), .readOptimized(let asOf), .get(_, let asOf):
      snapshot = try table.snapshot(at: asOf)
      plan = .none
    case .incremental(let from, let to, let onExpired, let withDeletes):
      let (snapshot, range) = try Self.range(table, from, to)
      self.snapshot = snapshot
      _ = try IncrementalScan.schema(of: snapshot, options.scan)
      plan = .pull(
        try .kept(snapshot, range, onExpired: onExpired, withDeletes: withDeletes))
    case .changes(let from, let to):
      let (snapshot, range) = try Self.range(table, from, to)
      self.snapshot = snapshot
      plan = .changes(try ChangePlan(snapshot, range, partitions: options.scan.partitions))
    }
  }

  private static func range(
    _ table: LakeTable, _ from: String, _ to: String?
  ) throws(LakeError) -> (Snapshot, IncrementalRange) {
    let timeline = try table.context.store.load()
    let range = try table.incrementalRange(from: from, to: to, timeline)
    return (try Snapshot(table.context, timeline, asOf: nil), range)
  }

  /// The columns of the answer.
  func schema() throws(LakeError) -> Schema {
    switch query {
    case .snapshot, .readOptimized, .get: try options.scan.schema(of: snapshot)
    case .incremental(_, _, _, let withDeletes):
      try IncrementalScan.schema(of: snapshot, options.scan, withDeletes: withDeletes)
    case .changes: try ChangeScan.schema(of: snapshot)
    }
  }

  func open() throws(LakeError) -> TableRows {
    try watch.cancellation.check()
    switch plan {
    case .none: return try openSnapshot()
    case .pull(let plan):
      var withDeletes = false
      if case .incremental(_, _, _, let asked) = query { withDeletes = asked }
      let scan = try IncrementalScan(snapshot, plan, options.scan, withDeletes: withDeletes)
      let known = plan.map { Self.bytes($0.slices) }
      var rows = TableRows(scan, snapshot, watch.of(known ?? 0))
      rows.position = scan.position
      rows.isWholeSnapshot = scan.isWholeSnapshot
      return rows
    case .changes(let plan):
      var wanted = ChangeOptions()
      wanted.memoryBytes = options.scan.memoryBytes
      let scan = try ChangeScan(plan, wanted)
      var rows = TableRows(scan, snapshot, watch)
      rows.position = scan.position
      return rows
    }
  }

  private func openSnapshot() throws(LakeError) -> TableRows {
    switch query {
    case .readOptimized:
      let found = try table.baseScan(options.scan, snapshot)
      var rows = TableRows(found.scan, snapshot, watch.of(try bytes(found.options)))
      rows.staleness = found.staleness
      return rows
    case .get(let keys, _):
      return TableRows(try PointLookup(snapshot).rows(keys, options.scan), snapshot, watch)
    default:
      let scan = try SnapshotScan(snapshot, options.scan)
      return TableRows(scan, snapshot, watch.of(try bytes(options.scan)))
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
    var watched = TableContext(watch.storage ?? storage, config, world)
    watched.usesMetadataTable = context.usesMetadataTable
    return LakeTable(watched)
  }
}
