// Avro: schemas as JSON, and container files.
import LakeAvro
import LakeBase
import LakeColumns

enum FuzzAvro {
  static func schema(_ input: Buffer) throws(LakeError) {
    let schema = try AvroSchema(json: input)
    let again = try? AvroSchema(json: schema.jsonText)
    precondition(again != nil, "a printed schema is not read")
    precondition(again?.jsonText == schema.jsonText, "a printed schema reads back differently")
    _ = try SchemaResolution(schema)
  }

  static func container(_ input: Buffer) throws(LakeError) {
    var limits = Limits()
    limits.avroBlockBytesMax = 4 << 20
    limits.zeroSizeItemsMax = 10_000
    var file = try AvroObjectFile(input, limits: limits)
    _ = try file.values()
  }

  /// Rows into columns, written again from the columns, and read again.
  static func columns(_ input: Buffer) throws(LakeError) {
    var limits = Limits()
    limits.avroBlockBytesMax = 4 << 20
    limits.zeroSizeItemsMax = 10_000
    var source = try AvroBatches(BufferSource(input), limits: limits)
    let sink = BufferSink()
    let writer = try AvroBatchWriter(sink, columns: source.schema, codec: .none)
    var rows = 0
    while rows < 50_000, let batch = try source.next() {
      for column in batch.columns { precondition(column.count == batch.count) }
      rows += batch.count
      try writer.append(batch)
    }
    try writer.finish()
    var again = try AvroBatches(BufferSource(sink.take()))
    var read = 0
    while let batch = try again.next() { read += batch.count }
    precondition(read == rows, "\(rows) rows were written, \(read) read")
  }
}
