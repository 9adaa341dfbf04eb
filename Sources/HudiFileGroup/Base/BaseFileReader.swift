// Spec: 06-base-files. A base file seen through the schema of the table.
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage

/// An open base file.
public struct BaseFileReader: Sendable {
  public let path: StoragePath
  public let file: ParquetFile

  /// - Parameters:
  ///   - size: bytes that the commit recorded; a file of another size is refused (R34). [BASE-31]
  ///   - checksum: what the commit keeps; footer and indexes are compared before they are read.
  ///   [BASE-32]
  public init(
    _ storage: any Storage, _ path: StoragePath, size: Int?, checksum: FileChecksum? = nil,
    options: ParquetReadOptions = .init()
  ) throws(LakeError) {
    self.path = path
    let source = try storage.open(path, expectedSize: size)
    if let size, source.count != size {
      throw LakeError(
        source.count < size ? .fileTruncated : .baseFileMalformed,
        "the file has \(source.count) bytes, the commit that wrote it recorded \(size)",
        path: path.text)
    }
    if let checksum, checksum.tailStart <= source.count {
      let tail = try source.read(checksum.tailStart..<source.count)
      if CRC32C.checksum(tail) != checksum.tail {
        throw LakeError(
          .baseFileMalformed, "footer or indexes were changed since the file was written",
          path: path.text, offset: checksum.tailStart)
      }
    }
    file = try naming(path.text) { () throws(LakeError) in try ParquetFile(source, options) }
  }

  public var schema: Schema { file.schema }
  public var rowCount: Int { Int(clamping: file.metadata.rowCount) }

  /// The rows of the file in the columns of `schema`, in file order.
  ///
  /// - Parameters:
  ///   - rowGroups: those to read; all of them by default.
  ///   - columns: where the columns of `schema` are found in the file.
  public func batches(
    _ schema: Schema, rowGroups: [Int]? = nil, selection: RowSelection? = nil,
    columns: SourceColumns = .byName
  ) throws(LakeError) -> BaseFileBatches {
    let needed = SchemaAdapter(from: file.schema, to: schema, columns).neededColumns
    let adapter = SchemaAdapter(
      from: try file.schema.select(needed), to: schema, columns, promotesOnly: true)
    let source = try naming(path.text) { () throws(LakeError) in
      try file.batches(columns: adapter.neededColumns, rowGroups: rowGroups, selection: selection)
    }
    return BaseFileBatches(path: path.text, adapter: adapter, source: source)
  }
}

/// Batches of a base file in the schema of the table.
public struct BaseFileBatches: BatchSource {
  private let path: String
  private let adapter: SchemaAdapter
  private var source: ParquetBatches

  init(path: String, adapter: SchemaAdapter, source: ParquetBatches) {
    self.path = path
    self.adapter = adapter
    self.source = source
  }

  public var schema: Schema { adapter.target }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    do {
      guard let batch = try source.next() else { return nil }
      return try adapter.adapt(batch)
    } catch {
      throw error.at(path)
    }
  }
}
