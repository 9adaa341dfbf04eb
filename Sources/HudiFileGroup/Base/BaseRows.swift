// Spec: 06-base-files. The rows of a base file for a merge, in file order.
import LakeBase
import LakeColumns
import LakeParquet

/// The columns that a merge needs of a base file, decoded here or ahead.
public struct BaseRows: BatchSource {
  private enum Form {
    case here(BaseGroupRows?, rest: ArraySlice<[Int]>)
    case ahead(OrderedStream<[Int], RecordBatch>)
  }

  public let schema: Schema
  private let open: @Sendable ([Int]) throws(LakeError) -> BaseGroupRows
  private var form: Form

  /// - Parameters:
  ///   - rowGroups: those to read, and of them `selection`; nil: all. Rows that are known by their
  ///     position are read whole.
  ///   - origin: where the file keeps the columns.
  ///   - workers: decode row groups ahead, where there are several.
  public init(
    _ base: BaseFileReader, _ columns: SliceColumns, rowGroups: [Int]? = nil,
    selection: RowSelection? = nil, origin: SourceColumns = .byName,
    workers: Workers = Workers(width: 1)
  ) {
    schema = columns.base
    let groups = rowGroups ?? Array(base.file.metadata.rowGroups.indices)
    let isAhead = workers.width > 1 && groups.count > 1
    let open = { @Sendable (some: [Int]) throws(LakeError) -> BaseGroupRows in
      try BaseGroupRows(base, columns, some, selection, origin)
    }
    self.open = open
    // A number counts from the start of its group.
    let pieces = isAhead || columns.isByPosition ? groups.map { [$0] } : [groups]
    guard isAhead else {
      form = .here(nil, rest: pieces[...])
      return
    }
    form = .ahead(
      OrderedStream(pieces, workers: workers) {
        (some: [Int], emit: (RecordBatch) throws(LakeError) -> Void) throws(LakeError) in
        var rows = try open(some)
        while let batch = try rows.next() { try emit(batch) }
      })
  }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    switch form {
    case .ahead(let stream): return try stream.next()
    case .here(var current, var rest):
      while true {
        if let batch = try current?.next() {
          form = .here(current, rest: rest)
          return batch
        }
        guard let some = rest.popFirst() else {
          form = .here(nil, rest: rest)
          return nil
        }
        current = try open(some)
      }
    }
  }
}

/// Rows of some row groups; with their numbers, of one.
private struct BaseGroupRows {
  private var batches: BaseFileBatches
  private let schema: Schema
  /// The next row's number in the file; nil where nobody asks.
  private var number: Int64?

  init(
    _ base: BaseFileReader, _ columns: SliceColumns, _ groups: [Int], _ selection: RowSelection?,
    _ origin: SourceColumns
  ) throws(LakeError) {
    schema = columns.base
    guard columns.isByPosition else {
      batches = try base.batches(
        columns.base, rowGroups: groups, selection: selection, columns: origin)
      return
    }
    let stored = Schema(Array(columns.base.fields.dropLast()))
    batches = try base.batches(stored, rowGroups: groups, columns: origin)
    let before = base.file.metadata.rowGroups[..<(groups.first ?? 0)]
    number = before.reduce(0) { $0 + Int64($1.rowCount) }
  }

  mutating func next() throws(LakeError) -> RecordBatch? {
    guard let batch = try batches.next() else { return nil }
    guard let first = number else { return batch }
    let end = first + Int64(batch.count)
    number = end
    return RecordBatch(
      schema, batch.columns + [.positionKeys(first..<end)], count: batch.count)
  }
}
