// Spec: 05b-avro-files. Container files: a header, then blocks, each closed by the file's marker.
import LakeBase
import LakeCodecs

/// Reads an Avro object container file block by block. Owned by one worker.
public struct AvroObjectFile {
  /// One block, unpacked.
  public struct Block {
    /// Declared number of data.
    public let count: Int
    /// Their bytes, back to back.
    public let data: Buffer
    /// Where the block starts in the file.
    public let offset: Int

    /// An error inside the block, with the block's place in the file: its data may be packed.
    func error(_ inner: LakeError) -> LakeError {
      let place = inner.offset.map { " (byte \($0) of the block here)" } ?? ""
      return LakeError(inner.code, inner.message + place, offset: offset)
    }
  }

  /// The schema the data were written with.
  public var schema: AvroSchema { known.schema }
  /// Every named type of the schema, by full name.
  public var definitions: [String: AvroSchema] { known.definitions }
  private let known: KnownSchema
  public let codec: Codec
  /// Everything in the header, in order, `avro.schema` and `avro.codec` included.
  public let metadata: [(name: String, value: Buffer)]
  /// The 16 bytes after the header and after every block.
  public let syncMarker: [UInt8]

  private let source: any ByteSource
  private let limits: Limits
  private let unpacker: CodecContext
  private let marker: Buffer
  /// Where the next block starts.
  public private(set) var position: Int

  /// Reads the header. Throws `avroMalformed` when these bytes are no container file,
  /// `codecUnsupported` by name, `avroSchemaInvalid`.
  public init(_ source: any ByteSource, limits: Limits = .standard) throws(LakeError) {
    let header = try AvroFileHeader(source, limits)
    self.source = source
    self.limits = limits
    known = header.known
    codec = header.codec
    metadata = header.metadata
    marker = header.marker
    syncMarker = header.marker.bytes
    position = header.byteCount
    unpacker = CodecContext(limits: limits)
  }

  public init(_ buffer: Buffer, limits: Limits = .standard) throws(LakeError) {
    try self.init(BufferSource(buffer), limits: limits)
  }

  /// A header entry, `hoodie` writers' own ones for example.
  public subscript(name: String) -> Buffer? { metadata.first { $0.name == name }?.value }

  /// The next block, or nil at the end of the file. Throws `avroMalformed` for a block that ends
  /// early or is not followed by the marker, `limitExceeded` above `avroBlockBytesMax`,
  /// `codecFailed`.
  public mutating func nextBlock() throws(LakeError) -> Block? {
    guard position < source.count else { return nil }
    let start = position
    var head = ByteReader(
      try source.read(start..<Swift.min(source.count, start + 20)), code: .avroMalformed)
    do throws(LakeError) {
      let count = try head.zigzag()
      let size = try head.zigzag()
      let dataStart = start + head.position
      guard size >= 0, size <= Int64(limits.avroBlockBytesMax) else {
        throw size < 0
          ? head.failure("a block of \(size) bytes")
          : LakeError(.limitExceeded, "a block of \(size) bytes", offset: head.position)
      }
      guard count >= 0, count <= Int64(Int32.max) else {
        throw head.failure("a block of \(count) data")
      }
      guard Int(size) <= source.count - dataStart - 16 else {
        throw head.failure(
          "a block of \(size) bytes and its marker, \(source.count - dataStart) bytes left")
      }
      let end = dataStart + Int(size)
      guard try source.read(end..<end + 16) == marker else {
        throw LakeError(
          .avroMalformed, "the marker after a block is missing", offset: end - start)
      }
      position = end + 16
      let packed = try source.read(dataStart..<end)
      return Block(count: Int(count), data: try unpack(packed), offset: start)
    } catch {
      throw error.shifted(by: start)
    }
  }

  private func unpack(_ packed: Buffer) throws(LakeError) -> Buffer {
    if codec == .deflateRaw { return try inflate(packed) }
    guard codec == .snappy else {
      return try unpacker.decompress(packed, codec: codec, atMost: limits.avroBlockBytesMax)
    }
    // Avro's snappy blocks end in the CRC-32 of the plain bytes, big-endian.
    guard packed.count >= 4 else {
      throw LakeError(.avroMalformed, "a snappy block of \(packed.count) bytes", offset: 0)
    }
    let body = packed[0..<packed.count - 4]
    let plain = try unpacker.decompress(body, codec: .snappy, atMost: limits.avroBlockBytesMax)
    var tail = ByteReader(packed, code: .avroMalformed, at: body.count)
    guard try tail.bigEndian(UInt32.self) == CRC32.checksum(plain) else {
      throw LakeError(.codecFailed, "the checksum of a snappy block is wrong", offset: 0)
    }
    return plain
  }

  /// Deflate as Java inflates it: what follows the end of the stream is not looked at.
  private func inflate(_ packed: Buffer) throws(LakeError) -> Buffer {
    let decoder = try StreamDecoder(.deflateRaw, limits: limits, ignoresTail: true)
    let output = GrowingBuffer(capacity: packed.count * 4 + 64)
    var position = 0
    while true {
      let before = output.count
      let room = Swift.max(1 << 16, before)
      position = try decoder.decode(packed, from: position, into: output, atMost: room)
      guard output.count <= limits.avroBlockBytesMax else {
        throw LakeError(
          .limitExceeded, "a block unpacks to more than \(limits.avroBlockBytesMax) bytes",
          offset: 0)
      }
      if position == packed.count && output.count - before < room { break }
    }
    try decoder.finish()
    return output.take()
  }

  /// All data as values of `reader`, or of the file's own schema. For small files only.
  public mutating func values(as reader: AvroSchema? = nil) throws(LakeError) -> [AvroValue] {
    let decoder: AvroReader
    if let reader {
      decoder = try AvroReader(writer: schema, reader: reader, limits: limits)
    } else {
      decoder = known.reader(limits)
    }
    var all: [AvroValue] = []
    while let block = try nextBlock() {
      guard block.count <= limits.zeroSizeItemsMax - all.count || !block.data.isEmpty else {
        throw LakeError(
          .limitExceeded, "\(block.count) data of no bytes declared", offset: block.offset)
      }
      var bytes = ByteReader(block.data, code: .avroMalformed)
      do throws(LakeError) {
        for _ in 0..<block.count { all.append(try decoder.read(&bytes)) }
      } catch {
        throw block.error(error)
      }
      guard bytes.isAtEnd else {
        throw LakeError(
          .avroMalformed, "\(bytes.remaining) bytes left in a block", offset: block.offset)
      }
    }
    return all
  }
}

/// What stands before the first block.
struct AvroFileHeader {
  static let magic: [UInt8] = [0x4F, 0x62, 0x6A, 0x01]

  /// How the entries are written.
  private static let header = try? SchemaResolution(.map(.bytes))

  let known: KnownSchema
  let codec: Codec
  let metadata: [(name: String, value: Buffer)]
  let marker: Buffer
  let byteCount: Int

  /// Reads as much as the header turns out to need: its length is written nowhere.
  init(_ source: any ByteSource, _ limits: Limits) throws(LakeError) {
    let most = limits.avroSchemaBytesMax + (1 << 20)
    var room = 1 << 16
    while true {
      let bytes = try source.read(0..<Swift.min(source.count, room))
      do {
        try self.init(bytes, limits)
        return
      } catch {
        guard error.code == .avroMalformed, room < source.count, bytes.count >= 4 else {
          throw error
        }
        guard room < most else {
          throw LakeError(.limitExceeded, "an Avro header of more than \(room) bytes", offset: 0)
        }
        room *= 4
      }
    }
  }

  private init(_ bytes: Buffer, _ limits: Limits) throws(LakeError) {
    guard bytes.count >= 4, bytes[0..<4] == Buffer(Self.magic) else {
      throw LakeError(.avroMalformed, "no Avro container file: it does not begin so", offset: 0)
    }
    guard let header = Self.header else {
      throw LakeError(.avroSchemaInvalid, "no schema of headers", kind: .defect)
    }
    var visit = ValueVisit(
      resolution: header,
      bytes: ByteReader(bytes, code: .avroMalformed, at: 4), limits: limits)
    var entries: [(name: String, value: Buffer)] = []
    while true {
      let count = try visit.blockCount(leastBytes: 2)
      if count == 0 { break }
      for _ in 0..<count { entries.append((try visit.text(), try visit.block())) }
    }
    marker = try visit.bytes.take(16)
    byteCount = visit.bytes.position
    metadata = entries
    guard let text = entries.first(where: { $0.name == "avro.schema" })?.value else {
      throw LakeError(.avroSchemaInvalid, "the Avro header has no schema", offset: 0)
    }
    known = try KnownSchema.parse(text, limits: limits)
    let name = entries.first { $0.name == "avro.codec" }?.value.lossyText ?? "null"
    codec = try Codec(avroName: name)
  }
}

extension Codec {
  /// The codec of an Avro file; throws `codecUnsupported` with the name.
  public init(avroName name: String) throws(LakeError) {
    switch name {
    case "null", "": self = .none
    case "deflate": self = .deflateRaw
    case "snappy": self = .snappy
    case "zstandard": self = .zstd
    default: throw Codec.unsupported(name)
    }
  }

  /// The name in an Avro file's header; nil for codecs that Avro does not have.
  public var avroName: String? {
    switch self {
    case .none: "null"
    case .deflateRaw: "deflate"
    case .snappy: "snappy"
    case .zstd: "zstandard"
    default: nil
    }
  }
}
