// Spec: 10-merging, 13-concurrency. Insert and bulk insert: rows stream into files, no key is
// looked up.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeColumns
import LakeStorage

/// One insert (small files are filled first) or bulk insert (new files only). Memory does not grow
/// with the input: rows wait until there are enough for all writers to work, and files roll at the
/// target size.
struct InsertOperation {
  let context: TableContext
  let operation: WriteOperation
  let options: WriteOptions
  let keyOptions: KeyOptions

  func run(_ input: any BatchSource) throws(LakeError) -> CommitReport {
    context.world.journal.phase("load")
    let snapshot = try Snapshot(context)
    try snapshot.requireWritableColumns()
    let schema = try IncomingSchema(
      input: input.schema, existing: snapshot.schema, context.config, options)
    var reader = IncomingReader(
      input, schema, try KeyGenerator(context.config, keyOptions), options,
      table: schema.table.columns, isGlobal: false)
    if options.isDryRun { return try dryRun(&reader) }
    guard let first = try Self.nextRows(&reader) else { return CommitReport(.nothing, operation) }
    let transaction = try Transaction.begin(context, .commit, wait: options.waitMilliseconds)
    do throws(LakeError) {
      let base = try Snapshot(context, transaction.base, asOf: nil)
      guard base.schema?.text == snapshot.schema?.text else {
        throw LakeError(
          .writeConflict, "the schema of the table changed meanwhile", hint: "write again")
      }
      return try write(first, &reader, schema, base, transaction)
    } catch {
      transaction.abort()
      throw error
    }
  }

  /// The next batch that has rows to insert; rows marked as deletes have nothing to delete here.
  private static func nextRows(
    _ reader: inout IncomingReader
  ) throws(LakeError) -> [PartitionRows]? {
    while let parts = try reader.next() {
      if !parts.isEmpty { return parts.map(\.withoutDeletes) }
    }
    return nil
  }

  private func dryRun(_ reader: inout IncomingReader) throws(LakeError) -> CommitReport {
    var report = CommitReport(.planned, operation)
    while let parts = try Self.nextRows(&reader) {
      report.inserted += parts.reduce(0) { $0 + $1.rows.count }
    }
    report.rowsIn = reader.rowsIn
    return report
  }

  private func write(
    _ first: [PartitionRows], _ reader: inout IncomingReader, _ schema: IncomingSchema,
    _ snapshot: Snapshot, _ transaction: Transaction
  ) throws(LakeError) -> CommitReport {
    context.world.journal.phase("read and write")
    try transaction.start(CommitMetadata(operation))
    let small = operation == .insert ? try SmallFiles(options.files, snapshot) : nil
    let pool = InserterPool(
      context: context, snapshot: snapshot, schema: schema.table, options: options, small: small,
      transaction: transaction)
    var next: [PartitionRows]? = first
    do throws(LakeError) {
      while let parts = next {
        try context.world.cancellation.check()
        try pool.add(parts)
        next = try Self.nextRows(&reader)
      }
      let files = try pool.finish()
      context.world.journal.phase("commit")
      let metadata = CommitParts.metadata(
        operation, files, schema: schema.table, extra: options.extraMetadata)
      let rules = ConflictRules(groups: Set(files.map(\.group)), newKeys: nil)
      return report(files, try transaction.commit(metadata, rules), reader.rowsIn)
    } catch {
      pool.abandon()
      throw error
    }
  }

  private func report(
    _ files: [WrittenFile], _ instant: Instant, _ rowsIn: Int
  ) -> CommitReport {
    var report = CommitReport(.committed, operation)
    report.instant = instant
    report.rowsIn = rowsIn
    for file in files {
      report.inserted += file.counts.inserted
      report.bytesWritten += Int(file.stat.fileSizeInBytes ?? 0)
    }
    report.filesAdded = files.count
    report.fileGroupsTouched = files.count
    report.fileGroups = files.count
    return report
  }
}

extension PartitionRows {
  /// Bytes in memory.
  var byteCount: Int { rows.byteCount + (keys?.byteCount ?? 0) }

  /// The rows that are not deletes.
  var withoutDeletes: PartitionRows {
    guard let deletes else { return self }
    let kept = (0..<Int32(rows.count)).filter { !deletes[Int($0)] }
    return PartitionRows(
      partition: partition, rows: rows.take(kept), keys: keys?.take(kept), deletes: nil)
  }
}
