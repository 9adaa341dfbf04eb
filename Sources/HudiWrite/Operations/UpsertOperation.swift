// Spec: 10-merging, 13-concurrency. Upsert and delete on copy-on-write tables.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

/// One upsert, or one delete by key.
struct UpsertOperation {
  let context: TableContext
  let operation: WriteOperation
  let index: IndexKind
  let policy: MergePolicy
  let options: WriteOptions
  let keyOptions: KeyOptions

  func run(_ input: any BatchSource) throws(LakeError) -> CommitReport {
    let journal = context.world.journal
    journal.phase("load")
    let snapshot = try Snapshot(context)
    try snapshot.requireWritableColumns()
    var schema: IncomingSchema?
    if operation == .upsert {
      schema = try IncomingSchema(
        input: input.schema, existing: snapshot.schema, context.config, options)
    }
    if operation == .delete && snapshot.schema == nil {
      var report = CommitReport(.nothing, operation)
      report.rowsIn = 0
      return report
    }
    var report = CommitReport(options.isDryRun ? .planned : .committed, operation)
    let table: TableSchema
    if let schema { table = schema.table } else { table = try snapshot.requireSchema() }
    journal.phase("read input")
    let scopes = try read(input, schema, table.columns, &report)
    journal.phase("match keys")
    var plan = try planner(snapshot, scopes).plan()
    if options.isDryRun { return predicted(plan, report) }
    if plan.isEmpty {
      report.outcome = .nothing
      report.notFound = plan.notFound
      return report
    }
    let transaction = try Transaction.begin(context, .commit, wait: options.waitMilliseconds)
    do throws(LakeError) {
      if transaction.base.completedWrites != snapshot.timeline.completedWrites {
        let moved = try Snapshot(context, transaction.base, asOf: nil)
        guard moved.schema?.text == snapshot.schema?.text else {
          throw LakeError(
            .writeConflict, "the schema of the table changed meanwhile", hint: "write again")
        }
        plan = try planner(moved, scopes).plan()
      }
      try write(plan, scopes, table, transaction, &report)
      return report
    } catch {
      transaction.abort()
      throw error
    }
  }

  private func planner(_ snapshot: Snapshot, _ scopes: [IncomingScope]) -> UpsertPlanner {
    UpsertPlanner(
      snapshot: snapshot, scopes: scopes, index: index, files: options.files, policy: policy,
      predicts: options.isDryRun)
  }

  /// Reads the whole input into memory, deduplicated; more than the budget is refused.
  private func read(
    _ input: any BatchSource, _ schema: IncomingSchema?, _ table: Schema,
    _ report: inout CommitReport
  ) throws(LakeError) -> [IncomingScope] {
    var reader = IncomingReader(
      input, schema, try KeyGenerator(context.config, keyOptions), options, table: table,
      isGlobal: index.isGlobal)
    var parts: [PartitionPath: [PartitionRows]] = [:]
    var order: [PartitionPath] = []
    var bytes = 0
    while let batch = try reader.next() {
      try context.world.cancellation.check()
      for part in batch {
        try requireOrdering(part, reader.rowsIn)
        if parts[part.partition] == nil { order.append(part.partition) }
        parts[part.partition, default: []].append(part)
        bytes += part.byteCount
      }
      if bytes > options.memoryBytes {
        throw LakeError(
          .memoryExhausted,
          "the rows of this \(operation.rawValue.lowercased()) need more than "
            + "\(options.memoryBytes >> 20) MiB",
          hint: "give --memory more, or commit the input in parts")
      }
    }
    report.rowsIn = reader.rowsIn
    var scopes: [IncomingScope] = []
    if index.isGlobal {
      let all = order.flatMap { parts[$0] ?? [] }
      if !all.isEmpty { scopes.append(try IncomingScope(all, ordering: ordering(schema))) }
    } else {
      for partition in order {
        scopes.append(
          try IncomingScope(parts[partition] ?? [], ordering: ordering(schema)))
        parts[partition] = nil
      }
    }
    report.duplicates = scopes.reduce(0) { $0 + $1.duplicates }
    return scopes
  }

  private func ordering(_ schema: IncomingSchema?) -> [String] {
    schema == nil ? [] : policy.orderingFields
  }

  /// A null ordering value would make other engines fail. [MERGE-5]
  private func requireOrdering(_ part: PartitionRows, _ rowsIn: Int) throws(LakeError) {
    for name in policy.orderingFields {
      guard let column = part.rows[name], column.nullCount > 0 else { continue }
      let row = (0..<column.count).first { column.isNull($0) } ?? 0
      let key = part.keys?.string(row) ?? ""
      throw LakeError(
        .orderingNull,
        "the ordering column \"\(name)\" is null for the key \(key.debugDescription)",
        hint: "rows without an order cannot be merged; leave them out or give them one",
        facts: [("key", key), ("rows read", "\(rowsIn)")])
    }
  }

  private func predicted(_ plan: UpsertPlan, _ report: CommitReport) -> CommitReport {
    var report = report
    let counts = plan.predicted ?? FileGroupMerge.Counts()
    report.inserted = counts.inserted
    report.updated = counts.updated
    report.deleted = counts.deleted
    report.stale = counts.stale
    report.notFound = plan.notFound
    report.fileGroupsTouched = plan.rewrites.count + plan.newFiles.count
    report.fileGroups = plan.fileGroups
    report.filesAdded = report.fileGroupsTouched
    return report
  }

  private func write(
    _ plan: UpsertPlan, _ scopes: [IncomingScope], _ schema: TableSchema,
    _ transaction: Transaction, _ report: inout CommitReport
  ) throws(LakeError) {
    try transaction.start(planned(plan))
    try CommitParts.preparePartitions(
      plan.partitionsWithoutFiles, context, transaction.instant.requested)
    let writer = FileTaskRunner(
      context: context, schema: schema, policy: policy, options: options.files,
      instant: transaction.instant.requested, markers: transaction.markers)
    context.world.journal.phase("write files")
    let files = try writer.run(plan, scopes)
    context.world.journal.phase("commit")
    let metadata = CommitParts.metadata(
      operation, files, schema: schema, extra: options.extraMetadata)
    let rules = ConflictRules(
      groups: Set(files.map(\.group)), newKeys: newKeys(plan, scopes))
    report.instant = try transaction.commit(metadata, rules)
    tally(files, plan, &report)
  }

  private func planned(_ plan: UpsertPlan) -> CommitMetadata {
    var metadata = CommitMetadata(operation)
    for rewrite in plan.rewrites {
      var stat = WriteStat(
        planned: rewrite.slice.partition, inserts: rewrite.changes.inserts.count,
        updates: rewrite.changes.matches.count, group: rewrite.slice.base?.name)
      stat.partitionPath = rewrite.slice.partition.text
      metadata.add(stat)
    }
    for file in plan.newFiles {
      var stat = WriteStat(planned: file.partition, inserts: file.rows.count)
      stat.partitionPath = file.partition.text
      metadata.add(stat)
    }
    return metadata
  }

  private func newKeys(_ plan: UpsertPlan, _ scopes: [IncomingScope]) -> ConflictRules.NewKeys? {
    if operation == .delete { return nil }
    var parts: [PartitionPath: [(scope: Int, rows: [Int32])]] = [:]
    for file in plan.newFiles { parts[file.partition, default: []].append((file.scope, file.rows)) }
    for rewrite in plan.rewrites where !rewrite.changes.inserts.isEmpty {
      parts[rewrite.slice.partition, default: []].append((rewrite.scope, rewrite.changes.inserts))
    }
    let keys = parts.mapValues { parts in
      parts.map { scopes[$0.scope].incoming.keys.take($0.rows) }
    }
    return ConflictRules.NewKeys(keys, isGlobal: index.isGlobal)
  }

  private func tally(
    _ files: [WrittenFile], _ plan: UpsertPlan, _ report: inout CommitReport
  ) {
    for file in files {
      report.inserted += file.counts.inserted
      report.updated += file.counts.updated
      report.deleted += file.counts.deleted
      report.stale += file.counts.stale
      report.bytesWritten += Int(file.stat.fileSizeInBytes ?? 0)
      // A moved row is taken out of one file and inserted into another: one update.
      report.updated += file.counts.moved
      report.inserted -= file.counts.moved
    }
    report.stale += plan.staleMoves
    report.notFound = plan.notFound
    report.filesAdded = files.count
    report.fileGroupsTouched = files.count
    report.fileGroups = plan.fileGroups + plan.newFiles.count
  }
}
