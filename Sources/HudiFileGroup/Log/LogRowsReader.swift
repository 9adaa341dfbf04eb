// Spec: 07-log-files. The rows of one data or change block, batch by batch.
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns
import LakeParquet

/// Rows of a block in the block's own schema. Owned by one worker.
public struct LogRowsReader {
  private enum Form {
    case avro(AvroLogRows)
    case hfile(HFileLogRows)
    case parquet(ParquetBatches)
  }

  private let file: LogFileReader
  private let block: LogBlock
  private var form: Form
  /// Rows that the block declares.
  public let rowCount: Int
  private var rowsRead = 0

  /// - Parameter columns: those wanted, by name; nil for all. The block's order is kept, names that
  ///   it lacks are left out. [LOG-10]
  public init(
    _ file: LogFileReader, _ block: LogBlock, columns: Set<String>? = nil,
    schemas: LogSchemas = LogSchemas()
  ) throws(LakeError) {
    try self.init(file, block, LogDecoders(schemas, columns: columns, limits: file.limits))
  }

  init(
    _ file: LogFileReader, _ block: LogBlock, _ decoders: LogDecoders
  ) throws(LakeError) {
    self.file = file
    self.block = block
    do throws(LakeError) {
      switch block.type {
      case .avroData, .cdcData:
        let rows = try AvroLogRows(file, block, decoders)
        form = .avro(rows)
        rowCount = rows.rowCount
      case .parquetData:
        let source = file.contentSource(of: block)
        do throws(LakeError) {
          (form, rowCount) = try Self.parquet(source, decoders, file.limits)
        } catch { throw error.shifted(by: block.content.lowerBound) }
      case .hfileData:
        let rows = try HFileLogRows(file, block, decoders)
        form = .hfile(rows)
        rowCount = rows.rowCount
      case .command, .delete, .corrupt:
        throw LakeError(.usage, "a block of type \(block.type) has no rows", offset: block.offset)
      }
    } catch { throw error.at(file.path) }
  }

  private static func parquet(
    _ source: any ByteSource, _ decoders: LogDecoders, _ limits: Limits
  ) throws(LakeError) -> (Form, Int) {
    var options = ParquetReadOptions()
    options.limits = limits
    options.memory = decoders.memory
    let parquet = try ParquetFile(source, options)
    let names = decoders.columns.map { wanted in
      parquet.schema.fields.map(\.name).filter { wanted.contains($0) }
    }
    return (
      .parquet(try parquet.batches(columns: names)), Int(clamping: parquet.metadata.rowCount)
    )
  }

  /// The next rows, or nil after the last.
  public mutating func next() throws(LakeError) -> RecordBatch? {
    do throws(LakeError) {
      guard let batch = try nextBatch() else {
        guard rowsRead == rowCount else {
          throw file.malformed("\(rowsRead) rows of \(rowCount) declared", at: block.offset)
        }
        return nil
      }
      rowsRead += batch.count
      return batch
    } catch { throw error.at(file.path) }
  }

  private mutating func nextBatch() throws(LakeError) -> RecordBatch? {
    switch form {
    case .avro(let rows): return try rows.next()
    case .hfile(let rows): return try rows.next()
    case .parquet(var batches):
      do throws(LakeError) {
        let batch = try batches.next()
        form = .parquet(batches)
        return batch
      } catch { throw error.shifted(by: block.content.lowerBound) }
    }
  }
}
