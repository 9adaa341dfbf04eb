// Spec: 06-base-files. The rows of a base file for a merge, in file order.
import LakeBase
import LakeColumns
import LakeParquet

/// The columns that a merge needs of a base file, decoded here or ahead.
public struct BaseRows: BatchSource {
  private enum Form {
    case here(BaseFileBatches)
    case ahead(OrderedStream<Int, RecordBatch>)
  }

  public let schema: Schema
  private var form: Form

  /// - Parameters:
  ///   - rowGroups: those to read, and of them `selection`; nil: all.
  ///   - origin: where the file keeps the columns.
  ///   - workers: decode row groups ahead, where there are several.
  public init(
    _ base: BaseFileReader, _ columns: SliceColumns, rowGroups: [Int]? = nil,
    selection: RowSelection? = nil, origin: SourceColumns = .byName,
    workers: Workers = Workers(width: 1)
  ) throws(LakeError) {
    let schema = columns.base
    self.schema = schema
    let groups = rowGroups ?? Array(base.file.metadata.rowGroups.indices)
    if workers.width < 2 || groups.count < 2 {
      form = .here(
        try base.batches(schema, rowGroups: rowGroups, selection: selection, columns: origin))
      return
    }
    form = .ahead(
      OrderedStream(groups, workers: workers) {
        (group: Int, emit: (RecordBatch) throws(LakeError) -> Void) throws(LakeError) in
        var batches = try base.batches(
          schema, rowGroups: [group], selection: selection, columns: origin)
        while let batch = try batches.next() { try emit(batch) }
      })
  }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    switch form {
    case .ahead(let stream): return try stream.next()
    case .here(var batches):
      let batch = try batches.next()
      form = .here(batches)
      return batch
    }
  }
}
