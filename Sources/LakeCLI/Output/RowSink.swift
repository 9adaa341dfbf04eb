// Spec: 16-command-line, 14-text-rows. Rows on their way to the terminal, a pipe or a file.
import LakeAvro
import LakeBase
import LakeCodecs
import LakeColumns
import LakeParquet
import LakeText

/// Takes batches of one schema; `finish` is called once, after the last, and finishes the file.
protocol RowSink {
  mutating func write(_ batch: RecordBatch) throws(LakeError)
  mutating func finish() throws(LakeError)
}

/// Text on standard output.
struct PrintedRows: RowSink {
  private let output: Output
  private var writer: any RowWriter
  private var isOpen = false

  init(_ schema: Schema, _ format: OutputFormat, _ output: Output) {
    self.output = output
    let rows = RowFormat(rawValue: format.rawValue) ?? .ndjson
    writer = rows.writer(schema, width: output.width ?? 1 << 20)
  }

  mutating func write(_ batch: RecordBatch) throws(LakeError) {
    try open()
    try output.write(try writer.write(batch))
  }

  mutating func finish() throws(LakeError) {
    try open()
    try output.write(writer.finish())
  }

  private mutating func open() throws(LakeError) {
    if isOpen { return }
    isOpen = true
    try output.write(writer.begin())
  }
}

/// Text in a file, compressed where its name says so.
struct TextRows: RowSink {
  private let sink: any ByteSink
  private let encoder: StreamEncoder?
  private let packed = GrowingBuffer()
  private var writer: any RowWriter
  private var isOpen = false

  init(_ schema: Schema, _ format: RowFormat, _ codec: Codec?, _ sink: any ByteSink)
    throws(LakeError)
  {
    self.sink = sink
    encoder = try codec.map { (codec) throws(LakeError) in try StreamEncoder(codec) }
    writer = format.writer(schema)
  }

  mutating func write(_ batch: RecordBatch) throws(LakeError) {
    try open()
    try put(try writer.write(batch))
  }

  mutating func finish() throws(LakeError) {
    try open()
    try put(writer.finish())
    if let encoder {
      try encoder.finish(into: packed)
      try sink.write(packed.take())
    }
    _ = try sink.finish()
  }

  private mutating func open() throws(LakeError) {
    if isOpen { return }
    isOpen = true
    try put(writer.begin())
  }

  private func put(_ text: Buffer) throws(LakeError) {
    guard let encoder else { return try sink.write(text) }
    try encoder.encode(text, into: packed)
    if packed.count > 1 << 18 { try sink.write(packed.take()) }
  }
}

/// A Parquet file.
struct ParquetRowSink: RowSink {
  private let writer: ParquetWriter

  init(_ schema: Schema, _ sink: any ByteSink, _ world: World) throws(LakeError) {
    var options = ParquetWriteOptions()
    options.workers = world.workers
    options.limits = world.limits
    writer = try ParquetWriter(sink, schema, options)
  }

  mutating func write(_ batch: RecordBatch) throws(LakeError) { try writer.write(batch) }
  mutating func finish() throws(LakeError) { _ = try writer.finish() }
}

/// An Avro container file.
struct AvroRowSink: RowSink {
  private let sink: any ByteSink
  private let writer: AvroBatchWriter

  init(_ schema: Schema, _ sink: any ByteSink, _ world: World) throws(LakeError) {
    self.sink = sink
    writer = try AvroBatchWriter(sink, columns: schema, random: world.random)
  }

  mutating func write(_ batch: RecordBatch) throws(LakeError) { try writer.append(batch) }

  mutating func finish() throws(LakeError) {
    try writer.finish()
    _ = try sink.finish()
  }
}

extension OutputName {
  /// The writer of this kind of file.
  func rows(_ schema: Schema, _ sink: any ByteSink, _ world: World) throws(LakeError) -> any RowSink
  {
    switch format {
    case .parquet: try ParquetRowSink(schema, sink, world)
    case .avro: try AvroRowSink(schema, sink, world)
    case .csv: try TextRows(schema, .csv, codec, sink)
    case .tsv: try TextRows(schema, .tsv, codec, sink)
    case .ndjson: try TextRows(schema, .ndjson, codec, sink)
    }
  }
}
