// Spec: 10-merging, 11-keys-and-indexes. Which file group each incoming row goes to; nothing is
// written yet.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

/// What an upsert or delete will do to each file, decided against one snapshot.
struct UpsertPlan: Sendable {
  /// Changes to one existing file.
  struct Rewrite: Sendable {
    let scope: Int
    let slice: FileSlice
    let reader: BaseFileReader
    var changes: FileGroupChanges
  }

  /// Rows of one new file.
  struct NewFile: Sendable {
    let scope: Int
    let partition: PartitionPath
    let rows: [Int32]
  }

  var rewrites: [Rewrite] = []
  var newFiles: [NewFile] = []
  var partitionsWithoutFiles: Set<PartitionPath> = []
  var notFound = 0
  /// Incoming rows that lost against a newer row in another partition.
  var staleMoves = 0
  /// Known only when the plan was asked to compare ordering values.
  var predicted: FileGroupMerge.Counts?
  var fileGroups = 0

  var isEmpty: Bool { rewrites.isEmpty && newFiles.isEmpty }
}

/// Makes upsert plans.
struct UpsertPlanner: Sendable {
  let snapshot: Snapshot
  let scopes: [IncomingScope]
  let index: IndexKind
  let files: BaseFileOptions
  let policy: MergePolicy
  /// Whether ordering values are compared already now: for a dry run.
  let predicts: Bool

  func plan() throws(LakeError) -> UpsertPlan {
    let slices =
      try index.isGlobal
      ? snapshot.slices() : snapshot.slices(in: scopes.flatMap(\.partitions))
    try Snapshot.requireNoLogs(slices)
    let byPartition = Dictionary(grouping: slices, by: \.partition)
    var plan = UpsertPlan()
    plan.fileGroups = slices.count
    let lookups = lookups(slices, byPartition)
    let hits = try snapshot.context.world.workers.map(lookups) { lookup throws(LakeError) in
      try self.find(lookup)
    }
    let small = try SmallFiles(files, snapshot)
    for (place, scope) in scopes.enumerated() {
      let mine = hits.compactMap { $0 }.filter { $0.scope == place }
      try assign(scope, place, mine, byPartition, small, &plan)
    }
    plan.rewrites.sort { $0.slice.group < $1.slice.group }
    return plan
  }

  private struct Lookup: Sendable {
    let scope: Int
    let slice: FileSlice
  }

  private struct Found: Sendable {
    let scope: Int
    let slice: FileSlice
    let reader: BaseFileReader
    let rows: [Int32]
    let entries: [Int32]
    /// For each hit, whether the incoming row wins; nil where it was not compared.
    let wins: [Bool]?
  }

  private func lookups(
    _ slices: [FileSlice], _ byPartition: [PartitionPath: [FileSlice]]
  ) -> [Lookup] {
    var lookups: [Lookup] = []
    for (place, scope) in scopes.enumerated() {
      let candidates =
        index.isGlobal ? slices : scope.partitions.flatMap { byPartition[$0] ?? [] }
      lookups += candidates.map { Lookup(scope: place, slice: $0) }
    }
    return lookups
  }

  private func find(_ lookup: Lookup) throws(LakeError) -> Found? {
    let scope = scopes[lookup.scope]
    let keyLookup = KeyLookup(
      snapshot: snapshot, usesFilters: index == .bloom || index == .globalBloom)
    guard let hits = try keyLookup.find(scope.wanted, in: lookup.slice) else { return nil }
    var wins: [Bool]?
    if let order = scope.incoming.order, predicts || index.isGlobal, !hits.rows.isEmpty {
      wins = order.incomingWins(
        hits.entries.map { scope.winners[Int($0)] }, over: try baseOrder(hits),
        Array(0..<Int32(hits.rows.count)))
    }
    return Found(
      scope: lookup.scope, slice: lookup.slice, reader: hits.reader, rows: hits.rows,
      entries: hits.entries, wins: wins)
  }

  /// Ordering values of the rows that were hit, in their order.
  private func baseOrder(_ hits: KeyLookup.Hits) throws(LakeError) -> RowOrder {
    let fields = try snapshot.requireSchema().columns.select(policy.orderingFields)
    var batches = try hits.reader.batches(fields)
    var parts: [RecordBatch] = []
    var first: Int32 = 0
    var next = 0
    while let batch = try batches.next() {
      let end = first + Int32(batch.count)
      var picked: [Int32] = []
      while next < hits.rows.count && hits.rows[next] < end {
        picked.append(hits.rows[next] - first)
        next += 1
      }
      parts.append(batch.take(picked))
      first = end
    }
    return try RowOrder(RecordBatch.concat(parts, as: fields).columns)
  }

  private func assign(
    _ scope: IncomingScope, _ place: Int, _ hits: [Found],
    _ byPartition: [PartitionPath: [FileSlice]], _ small: SmallFiles, _ plan: inout UpsertPlan
  ) throws(LakeError) {
    var isFound = [Bool](repeating: false, count: scope.winners.count)
    var inserts = [[Int32]](repeating: [], count: scope.partitions.count)
    var counts = plan.predicted ?? FileGroupMerge.Counts()
    for hit in hits {
      var changes = FileGroupChanges()
      for (at, entry) in hit.entries.enumerated() {
        let incoming = scope.winners[Int(entry)]
        let wins = hit.wins?[at] ?? true
        let home = scope.partitions[Int(scope.partitionOf[Int(incoming)])]
        let isMove =
          index.isGlobal && home != hit.slice.partition && !scope.incoming.isDelete(incoming)
        count(wins, scope.incoming.isDelete(incoming), &counts)
        if isMove {
          if !wins {
            plan.staleMoves += isFound[Int(entry)] ? 0 : 1
            isFound[Int(entry)] = true
            continue
          }
          if !isFound[Int(entry)] {
            inserts[Int(scope.partitionOf[Int(incoming)])].append(incoming)
          }
        }
        isFound[Int(entry)] = true
        changes.matches.append(
          RowMatch(baseRow: Int(hit.rows[at]), incoming: incoming, isMove: isMove))
      }
      if !changes.isEmpty {
        plan.rewrites.append(
          .init(scope: place, slice: hit.slice, reader: hit.reader, changes: changes))
      }
    }
    for (entry, row) in scope.winners.enumerated() where row >= 0 && !isFound[entry] {
      if scope.incoming.isDelete(row) {
        plan.notFound += 1
      } else {
        inserts[Int(scope.partitionOf[Int(row)])].append(row)
        counts.inserted += 1
      }
    }
    plan.predicted = counts
    for (index, rows) in inserts.enumerated() where !rows.isEmpty {
      try insert(rows.sorted(), scope.partitions[index], place, byPartition, small, &plan)
    }
  }

  private func count(_ wins: Bool, _ isDelete: Bool, _ counts: inout FileGroupMerge.Counts) {
    if !wins {
      counts.stale += 1
    } else if isDelete {
      counts.deleted += 1
    } else {
      counts.updated += 1
    }
  }

  private func insert(
    _ rows: [Int32], _ partition: PartitionPath, _ place: Int,
    _ byPartition: [PartitionPath: [FileSlice]], _ small: SmallFiles, _ plan: inout UpsertPlan
  ) throws(LakeError) {
    let slices = byPartition[partition] ?? []
    if slices.isEmpty { plan.partitionsWithoutFiles.insert(partition) }
    let packing = small.plan(rows.count, slices)
    var next = 0
    for addition in packing.additions {
      let part = Array(rows[next..<next + addition.rows])
      next += addition.rows
      if let known = plan.rewrites.firstIndex(where: {
        $0.slice.group == addition.slice.group && $0.scope == place
      }) {
        plan.rewrites[known].changes.inserts = part
      } else if let reader = try snapshot.open(addition.slice) {
        plan.rewrites.append(
          .init(
            scope: place, slice: addition.slice, reader: reader,
            changes: FileGroupChanges(inserts: part)))
      }
    }
    for count in packing.newFiles {
      plan.newFiles.append(
        .init(scope: place, partition: partition, rows: Array(rows[next..<next + count])))
      next += count
    }
  }
}
