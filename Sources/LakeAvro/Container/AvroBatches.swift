// Spec: 05b-avro-files. Container files as batches, both ways.
import LakeBase
import LakeCodecs
import LakeColumns

/// The rows of a container file, batch by batch. Owned by one worker.
public struct AvroBatches: BatchSource {
  public let schema: Schema
  /// The schema the rows were written with.
  public var writerSchema: AvroSchema { file.schema }
  private var file: AvroObjectFile
  private let decoder: RowDecoder
  private var block: AvroObjectFile.Block?
  private var position = 0
  private var rowsLeft = 0

  /// - Parameters: as those of `RowDecoder`.
  public init(
    _ source: any ByteSource, reader: AvroSchema? = nil, columns: [String]? = nil,
    limits: Limits = .standard
  ) throws(LakeError) {
    file = try AvroObjectFile(source, limits: limits)
    decoder = try RowDecoder(
      writer: file.schema, reader: reader, columns: columns, limits: limits)
    schema = decoder.schema
  }

  /// Errors inside a block carry the block's offset in the file.
  public mutating func next() throws(LakeError) -> RecordBatch? {
    while !decoder.isFull {
      if block == nil {
        guard let more = try file.nextBlock() else { break }
        block = more
        position = 0
        rowsLeft = more.count
      }
      guard let current = block else { break }
      do throws(LakeError) {
        rowsLeft -= try decoder.append(current.data, at: &position, rows: rowsLeft)
        if rowsLeft > 0 { break }
        guard position == current.data.count else {
          throw LakeError(
            .avroMalformed, "\(current.data.count - position) bytes left in a block")
        }
        block = nil
      } catch {
        throw current.error(error)
      }
    }
    if decoder.count == 0 { return nil }
    return try decoder.finish()
  }
}

/// Writes batches as a container file. The caller finishes or abandons the sink after `finish()`.
public final class AvroBatchWriter {
  private let file: AvroObjectFileWriter
  private let encoder: RowEncoder
  private let bytes = GrowingBuffer()

  /// - Parameter schema: nil for the one Hudi's conventions give the columns, as record `row`.
  public init(
    _ sink: any ByteSink, columns: Schema, schema: AvroSchema? = nil, codec: Codec = .zstd,
    metadata: [(name: String, value: [UInt8])] = [], random: any RandomSource = SystemRandom()
  ) throws(LakeError) {
    var given = schema
    if given == nil { given = try AvroSchema(columns: columns, name: "row", namespace: nil) }
    let schema = given ?? .null
    encoder = try RowEncoder(schema, columns: columns)
    file = try AvroObjectFileWriter(
      sink, schema: schema, codec: codec, metadata: metadata, random: random)
  }

  /// Appends a batch; blocks are closed every 1,024 rows or 64 KB, whichever is more.
  public func append(_ batch: RecordBatch) throws(LakeError) {
    var start = 0
    while start < batch.count {
      let end = Swift.min(batch.count, start + 1_024)
      bytes.removeAll()
      try encoder.encode(batch, rows: start..<end, to: bytes)
      try file.append(encoded: bytes.view, count: end - start)
      start = end
    }
  }

  /// Rows written so far.
  public var count: Int { file.count }

  /// Closes the last block.
  public func finish() throws(LakeError) { try file.flush() }
}
