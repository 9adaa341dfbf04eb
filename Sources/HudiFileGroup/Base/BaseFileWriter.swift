// Spec: 06-base-files. One new base file: meta columns, key filter and footer around Parquet.
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage

/// A finished base file.
public struct WrittenBaseFile: Sendable {
  public let path: StoragePath
  public let name: BaseFileName
  /// Bytes.
  public let size: Int
  public let rows: Int
  /// Of all bytes, and of the footer and indexes (R13).
  public let checksum: FileChecksum
}

/// Writes one base file. Exactly one of `finish` and `abandon` ends it.
public final class BaseFileWriter {
  public let name: BaseFileName
  public let path: StoragePath
  /// Meta columns and then the data columns.
  public let schema: Schema
  public private(set) var rows = 0
  private let sink: ChecksummingSink
  private let parquet: ParquetWriter
  private let keys: KeyCollector
  private let keyPlace = MetaField.recordKey.position

  /// Starts the file `name` in `partition`. The schema of the file is `avroSchema` with the meta
  /// fields in front. [BASE-20]
  ///
  /// - Parameters:
  ///   - schema: the data columns.
  ///   - avroSchema: the same as Avro, meta fields included, as JSON text for the footer.
  ///   - rows: rows to come, where that is known; sizes the key filter.
  public init(
    _ storage: any Storage, _ partition: PartitionPath, _ name: BaseFileName, schema: Schema,
    avroSchema: String, recordName: String, options: BaseFileOptions, rows: Int? = nil
  ) throws(LakeError) {
    self.name = name
    self.schema = schema.withMetaFields
    path = try StoragePath(partition.appending(name.text))
    sink = ChecksummingSink(try storage.create(path))
    keys = try KeyCollector(rate: options.filterRate, rows: rows)
    var choices = ParquetWriteOptions()
    choices.codec = options.codec
    choices.rowGroupRows = options.rowGroupRows
    choices.dialect = .avro(messageName: recordName, lists: .threeLevel)
    choices.workers = options.workers
    choices.keyValues = [(HudiFooter.schemaKey, avroSchema), (HudiFooter.modelKey, "avro")]
    do { parquet = try ParquetWriter(sink, self.schema, choices) } catch {
      sink.abandon()
      throw error
    }
  }

  /// Bytes written and held, about what the file will have.
  public var byteCount: Int { parquet.byteCount }

  /// Bytes held in memory: the open row group.
  public var heldBytes: Int { parquet.heldByteCount }

  /// Rows with all columns, meta columns first.
  public func write(_ batch: RecordBatch) throws(LakeError) {
    try keys.add(batch.columns[keyPlace])
    try parquet.write(batch)
    rows += batch.count
  }

  /// New rows: the meta columns are made here.
  public func write(
    new batch: RecordBatch, keys: Column, _ meta: MetaColumns, firstNumber: Int
  ) throws(LakeError) {
    try write(
      RecordBatch(
        schema, meta.columns(keys: keys, firstNumber: firstNumber) + batch.columns,
        count: batch.count))
  }

  /// A row group of an older file of the group, copied without decoding except for the file name
  /// column. False: it cannot be copied, and nothing was written. [BASE-43]
  public func copy(
    _ reader: BaseFileReader, rowGroup: Int, keys: Column, fileNames: Column
  ) throws(LakeError) -> Bool {
    guard reader.schema.hasSameColumns(as: schema) else { return false }
    let copied = try parquet.copyRowGroup(
      reader.file, rowGroup, replacing: [MetaField.fileName.name: fileNames])
    if copied {
      try self.keys.add(keys)
      rows += keys.count
    }
    return copied
  }

  /// Closes the open row group.
  public func flushRowGroup() throws(LakeError) { try parquet.flushRowGroup() }

  public func finish() throws(LakeError) -> WrittenBaseFile {
    do {
      for pair in try keys.finish().keyValues { parquet.addKeyValue(pair.0, pair.1) }
      let result = try parquet.finish()
      return WrittenBaseFile(
        path: path, name: name, size: result.byteCount, rows: rows,
        checksum: FileChecksum(
          whole: sink.checksum, tailStart: result.tail.lowerBound, tail: result.tailChecksum))
    } catch {
      throw error.at(path.text)
    }
  }

  public func abandon() { sink.abandon() }
}
