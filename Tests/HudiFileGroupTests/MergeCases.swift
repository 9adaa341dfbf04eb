// Log entries, base rows and answers from tables of JSON rows, for tests of merging.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage
import LakeTestKit
import Synchronization
import Testing

/// A slice made by hand: what vectors and properties are turned into.
struct MergeCase {
  static let types: [String: ColumnType] = [
    "id": .string, "ts": .int64, "v": .string, "n": .int32, "op": .string,
    MetaField.isDeleted: .bool, MetaField.operation: .string,
  ]
  static let instant = "20260101000000001"

  /// One log record.
  enum Entry {
    case row([String: Scalar], instant: String)
    /// Without an ordering value it is final.
    case delete(String, ordering: Int64?, instant: String)
    /// Columns that the block has, besides the key.
    case partial([String: Scalar], instant: String)
  }

  var columns: [String] = ["id", "ts", "v", "n"]
  var base: [[String: Scalar]] = []
  var hasBase = true
  var logs: [Entry] = []
  var policy = MergePolicy.commitTime
  var options = SliceOptions()
  /// Rows of one batch of log entries.
  var blockRows = 1
  var baseBatchRows = 1_000
  /// Rows of a row group of the base file; nil: one row group.
  var rowGroupRows: Int?
  var workers = Workers(width: 1)
  /// Whether the entries name rows by their number.
  var isByPosition = false

  var table: Schema {
    Schema(MetaField.fields + columns.map { Field($0, Self.types[$0] ?? .string) })
  }

  static func batch(_ schema: Schema, _ rows: [[String: Scalar]]) throws -> RecordBatch {
    let builder = BatchBuilder(schema)
    for row in rows { try builder.append(schema.fields.map { row[$0.name] ?? .null }) }
    return builder.finish()
  }

  private func meta(_ row: [String: Scalar], _ instant: String) -> [String: Scalar] {
    var all = row
    all[MetaField.commitTime.name] = .string(instant)
    all[MetaField.recordKey.name] = row["id"]
    all[MetaField.partitionPath.name] = .string("")
    all[MetaField.fileName.name] = .string("f")
    all[MetaField.commitSequence.name] = .string("s")
    return all
  }

  func entries() throws -> [LogEntries] {
    var made: [LogEntries] = []
    var at = 0
    while at < logs.count {
      switch logs[at] {
      case .row(_, let instant):
        var rows: [[String: Scalar]] = []
        while at < logs.count, rows.count < blockRows, case .row(let row, instant) = logs[at] {
          rows.append(meta(row, instant))
          at += 1
        }
        made.append(
          .rows(
            LogRows(
              instant: try InstantTime(parsing: instant), batch: try Self.batch(table, rows))))
      case .partial(let row, let instant):
        let names = Set(row.keys).union(MetaField.allCases.map(\.name))
        var values = meta(row, instant)
        values["id"] = nil
        let schema = Schema(table.fields.filter { names.contains($0.name) && $0.name != "id" })
        made.append(
          .rows(
            LogRows(
              instant: try InstantTime(parsing: instant),
              batch: try Self.batch(schema, [values]), isPartial: true)))
        at += 1
      case .delete(let key, let ordering, let instant):
        made.append(try deletes(key, ordering, instant))
        at += 1
      }
    }
    return made
  }

  private func deletes(_ key: String, _ ordering: Int64?, _ instant: String) throws -> LogEntries {
    var order: [Column] = []
    for field in policy.orderingFields {
      let type = Self.types[field] ?? .int64
      order.append(
        try Column(type, scalars: [ordering.map { .int($0) } ?? .null]))
    }
    return .deletes(
      LogDeletes(
        instant: try InstantTime(parsing: instant),
        keys: try Column(.string, scalars: [.string(key)]), order: order,
        isOrdered: Bitmap([ordering != nil])))
  }

  /// The base file, written for the occasion.
  func baseReader() throws -> BaseFileReader? {
    if !hasBase { return nil }
    let storage = MemoryStorage("case")
    let path = try StoragePath("base.parquet")
    var choices = ParquetWriteOptions()
    choices.rowGroupRows = rowGroupRows
    let writer = try ParquetWriter(try storage.create(path), table, choices)
    let rows = base.map { meta($0, ($0["commit"]?.text) ?? Self.instant) }
    var at = 0
    while at < rows.count {
      let end = Swift.min(at + baseBatchRows, rows.count)
      try writer.write(Self.batch(table, Array(rows[at..<end])))
      at = end
    }
    _ = try writer.finish()
    return try BaseFileReader(storage, path, size: nil)
  }

  /// The same with a budget for the log side, and what it took.
  func read(
    budget: Int, wantedKeys: KeySet? = nil, scratch: any ScratchSpace = LocalScratch()
  ) throws -> Bounded {
    let slice = try SliceColumns(table, table: table, keys: .stored, policy: policy)
    let all = try entries()
    let base = try baseReader()
    let adapter = LogAdapter(
      slice, keys: .stored, policy: policy, showsDeletes: options.deletedColumn != nil,
      wanted: wantedKeys)
    let asked = Mutex((entries: 0, base: 0))
    let source = BoundedSliceReader.Source(
      adapter, keys: .stored, options: options,
      entries: {
        asked.withLock { $0.entries += 1 }
        var rest = all[...]
        return { rest.popFirst() }
      },
      base: { () throws(LakeError) in
        asked.withLock { $0.base += 1 }
        return try base.map { (base) throws(LakeError) in BaseRows(base, slice) }
      })
    var reader = BoundedSliceReader(source, budget: budget, scratch: scratch)
    var rows: [[String: Scalar]] = []
    while let batch = try reader.next() {
      for row in 0..<batch.count {
        var values: [String: Scalar] = [:]
        for (field, column) in zip(batch.schema.fields, batch.columns) {
          values[field.name] = column.scalar(row)
        }
        rows.append(values)
      }
    }
    let times = asked.withLock { $0 }
    return Bounded(
      parts: reader.partCount, rows: rows, entriesRead: times.entries, baseRead: times.base)
  }

  /// Rows read within a budget, and how often the slice was read for them.
  struct Bounded {
    let parts: Int
    let rows: [[String: Scalar]]
    let entriesRead: Int
    let baseRead: Int
  }

  /// - Parameter given: log entries from elsewhere, instead of those of `logs`.
  func read(
    _ wanted: [String]? = nil, given: [LogEntries]? = nil
  ) throws -> (Schema, [[String: Scalar]]) {
    let schema = try wanted.map { try table.select($0) } ?? table
    let keys = isByPosition ? RowKeys.position : .stored
    let slice = try SliceColumns(schema, table: table, keys: keys, policy: policy)
    let builder = try LogTableBuilder(
      LogAdapter(
        slice, keys: keys, policy: policy, showsDeletes: options.deletedColumn != nil))
    for entries in try given ?? entries() { try builder.add(entries) }
    let base = try baseReader().map { BaseRows($0, slice, workers: workers) }
    var reader = SliceReader(base, try builder.finish(), keys: keys, options: options)
    var rows: [[String: Scalar]] = []
    while let batch = try reader.next() {
      #expect(batch.schema == reader.schema)
      for row in 0..<batch.count {
        var values: [String: Scalar] = [:]
        for (field, column) in zip(batch.schema.fields, batch.columns) {
          values[field.name] = column.scalar(row)
        }
        rows.append(values)
      }
    }
    return (reader.schema, rows)
  }
}

extension Scalar {
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var number: Int64? { if case .int(let number) = self { number } else { nil } }

  init(_ json: JSONValue?) {
    switch json {
    case .string(let text)?: self = .string(text)
    case .number(let text)?: self = .int(Int64(text) ?? 0)
    case .bool(let flag)?: self = .bool(flag)
    default: self = .null
    }
  }
}
