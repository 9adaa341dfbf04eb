// Spec: 13-concurrency. The operations on an open table.
import HudiFileGroup
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeColumns
import LakeStorage

/// Writes to one table; what it writes is decided per call.
public struct TableWriter: Sendable {
  public let context: TableContext

  /// Checks that the table may be written by us at all: its version and features, its storage, who
  /// else writes it; then takes out of its properties the metadata partitions that we do not
  /// maintain. [TXN-12]
  public init(_ context: TableContext, _ options: WriteOptions) throws(LakeError) {
    try context.config.requireWritable()
    try context.storage.requireWritable(
      allowVolatile: context.config.flag(TableConfig.Key.lakeAllowVolatile))
    guard context.config.type == .copyOnWrite else {
      throw LakeError(
        .tableFeatureUnsupported, "this version does not write merge-on-read tables")
    }
    guard context.config.populatesMetaFields else {
      throw LakeError(
        .tableFeatureUnsupported, "tables without meta columns are not written")
    }
    let timeline = try context.store.load()
    try timeline.requireWritable()
    self.context = try Self.prepared(context, options)
  }

  private static func prepared(
    _ context: TableContext, _ options: WriteOptions
  ) throws(LakeError) -> TableContext {
    var changes: [(key: String, value: String?)] = []
    if WriterPolicy(context.config) == .unsaid {
      guard let writers = options.writers else {
        try WriterPolicy(context.config).requireSaid()
        return context
      }
      changes.append((TableConfig.Key.lakeWriters, writers))
    }
    let maintained = context.config.metadataPartitions + context.config.metadataPartitionsInflight
    if !maintained.isEmpty {
      changes.append((TableConfig.Key.metadataPartitions, nil))
      changes.append((TableConfig.Key.metadataPartitionsInflight, nil))
    }
    if changes.isEmpty || options.isDryRun { return context }
    if !maintained.isEmpty {
      context.world.journal.warning(
        "the metadata table is not maintained: \(maintained.joined(separator: ", ")) taken out of "
          + "the table's properties; other engines will build it anew")
    }
    return try change(context, changes, options)
  }

  private static func change(
    _ context: TableContext, _ changes: [(key: String, value: String?)], _ options: WriteOptions
  ) throws(LakeError) -> TableContext {
    let lock = TableLock(context.storage, context.config, context.world)
    let config = try lock.with(wait: options.waitMilliseconds) { () throws(LakeError) in
      try TableHome.update(changes, on: context.storage, context.world)
    }
    return context.with(config)
  }

  /// Carries one operation out.
  public func write(
    _ operation: WriteOperation, _ input: any BatchSource, _ options: WriteOptions
  ) throws(LakeError) -> CommitReport {
    let options = options.completed(by: context.config)
    let report: CommitReport
    switch operation {
    case .insert, .bulkInsert:
      report = try InsertOperation(
        context: context, operation: operation, options: options, keyOptions: try keyOptions()
      ).run(input)
    case .upsert, .delete:
      guard !context.config.recordKeyFields.isEmpty else {
        throw LakeError(
          .usage, "the table has no key: only insert and bulk_insert work on it")
      }
      report = try UpsertOperation(
        context: context, operation: operation, index: try index(options), policy: try policy(),
        options: options, keyOptions: try keyOptions()
      ).run(input)
    default:
      throw LakeError(
        .tableFeatureUnsupported,
        "the operation \(operation.rawValue.lowercased()) is not supported yet")
    }
    if report.outcome == .committed { keepSchema(options) }
    return report
  }

  private func index(_ options: WriteOptions) throws(LakeError) -> IndexKind {
    if let chosen = options.index { return chosen }
    guard let stored = context.config[TableConfig.Key.lakeIndex] else { return .simple }
    guard let kind = IndexKind(rawValue: stored) else {
      throw LakeError(
        .tableFeatureUnsupported, "the table's index \"\(stored)\" is not supported yet",
        hint: "--index simple uses the key column for this commit")
    }
    return kind
  }

  /// How a complex generator with one key field spells its keys in this table: version 9 is fixed,
  /// older tables are asked. [KEY-3]
  private func keyOptions() throws(LakeError) -> KeyOptions {
    let fields = context.config.recordKeyFields
    guard context.config.version < .nine, context.config.keyGenerator == .complex, fields.count == 1
    else { return KeyOptions() }
    let snapshot = try Snapshot(context)
    guard snapshot.schema != nil else { return KeyOptions() }
    var scan = try SnapshotScan(snapshot, ScanOptions(columns: [MetaField.recordKey.name]))
    while let batch = try scan.next() {
      if batch.count == 0 { continue }
      let key = batch.columns[0].string(0)
      return KeyOptions(oneFieldForm: KeyOptions.form(ofExisting: key, field: fields[0]))
    }
    return KeyOptions()
  }

  private func policy() throws(LakeError) -> MergePolicy {
    switch context.config.mergeMode {
    case .commitTime: return .commitTime
    case .eventTime:
      let fields = context.config.orderingFields
      return fields.isEmpty ? .commitTime : .eventTime(fields)
    case .custom:
      throw LakeError(
        .mergerUnknown, "the table merges rows by a custom rule, which is not known here")
    }
  }

  /// The first commit's schema becomes the table's create schema.
  private func keepSchema(_ options: WriteOptions) {
    guard context.config.createSchema == nil else { return }
    do throws(LakeError) {
      guard let schema = try Snapshot(context).schema else { return }
      _ = try Self.change(
        context, [(TableConfig.Key.createSchema, schema.text)], options)
    } catch {
      // The commit stands and carries the schema itself; the next one tries again.
      context.world.journal.warning("the schema could not be noted: \(error.message)")
    }
  }
}
