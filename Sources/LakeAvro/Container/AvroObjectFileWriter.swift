// Spec: 05b-avro-files. Container files, written block by block.
import LakeBase
import LakeCodecs

/// Writes an Avro object container file into a sink. The caller finishes or abandons the sink.
public final class AvroObjectFileWriter {
  public let schema: AvroSchema
  /// Data written so far.
  public private(set) var count = 0
  private let sink: any ByteSink
  private let codec: Codec
  private let marker: [UInt8]
  private let blockBytes: Int
  private let writer: AvroWriter
  private let packer = CodecContext()
  private let pending = GrowingBuffer()
  private let packed = GrowingBuffer()
  private var pendingCount = 0

  /// Writes the header.
  /// - Parameters:
  ///   - metadata: further header entries, written after `avro.schema` and `avro.codec`.
  ///   - random: where the marker comes from: equal seeds give equal files.
  ///   - blockBytes: plain bytes after which a block is closed.
  /// Throws `codecUnsupported` for a codec that Avro does not have.
  public init(
    _ sink: any ByteSink, schema: AvroSchema, codec: Codec = .none,
    metadata: [(name: String, value: [UInt8])] = [], random: any RandomSource = SystemRandom(),
    blockBytes: Int = 64_000
  ) throws(LakeError) {
    guard let name = codec.avroName else { throw Codec.unsupported(codec.name) }
    self.sink = sink
    self.schema = schema
    self.codec = codec
    self.blockBytes = blockBytes
    writer = try AvroWriter(schema)
    var marker: [UInt8] = []
    for word in [random.next(), random.next()] {
      for shift in 0..<8 { marker.append(UInt8(truncatingIfNeeded: word >> (8 * UInt64(shift)))) }
    }
    self.marker = marker
    var entries: [(name: String, value: [UInt8])] = [
      ("avro.schema", Array(schema.jsonText.utf8)), ("avro.codec", Array(name.utf8)),
    ]
    entries += metadata
    let header = GrowingBuffer()
    header.append(AvroFileHeader.magic)
    header.append(zigzag: Int64(entries.count))
    for entry in entries {
      header.append(zigzag: Int64(entry.name.utf8.count))
      header.append(utf8: entry.name)
      header.append(zigzag: Int64(entry.value.count))
      header.append(entry.value)
    }
    header.append(byte: 0)
    header.append(marker)
    try sink.write(header.view)
  }

  /// One datum. Throws `inputValueInvalid` when it is not of the schema, and what the sink throws.
  public func append(_ value: AvroValue) throws(LakeError) {
    let before = pending.count
    do {
      try writer.write(value, to: pending)
    } catch {
      pending.setCount(before)
      throw error
    }
    try endData(1)
  }

  /// Data already encoded, back to back.
  public func append(encoded bytes: UnsafeRawBufferPointer, count: Int) throws(LakeError) {
    pending.append(bytes)
    try endData(count)
  }

  private func endData(_ more: Int) throws(LakeError) {
    pendingCount += more
    count += more
    if pending.count >= blockBytes { try flush() }
  }

  /// Closes the current block. Called once more before the sink is finished.
  public func flush() throws(LakeError) {
    guard pendingCount > 0 else { return }
    packed.removeAll()
    try packer.compress(pending.view, codec: codec, into: packed)
    if codec == .snappy { packed.append(bigEndian: CRC32.checksum(pending.view)) }
    let head = GrowingBuffer()
    head.append(zigzag: Int64(pendingCount))
    head.append(zigzag: Int64(packed.count))
    try sink.write(head.view)
    try sink.write(packed.view)
    try sink.write(marker)
    pending.removeAll()
    pendingCount = 0
  }

  /// A whole file of few values, in memory.
  public static func file(
    of values: [AvroValue], schema: AvroSchema, codec: Codec = .none,
    metadata: [(name: String, value: [UInt8])] = [], random: any RandomSource = SystemRandom()
  ) throws(LakeError) -> Buffer {
    let sink = BufferSink()
    let writer = try AvroObjectFileWriter(
      sink, schema: schema, codec: codec, metadata: metadata, random: random)
    for value in values { try writer.append(value) }
    try writer.flush()
    return sink.take()
  }
}
