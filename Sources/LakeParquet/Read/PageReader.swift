// Spec: 06-base-files. The pages of one chunk in order: found, bounded, verified, decompressed.
import LakeBase
import LakeCodecs

/// A page whose header was read, and where its bytes lie.
struct PageStub {
  let header: PageHeader
  /// Of the body, from the start of the file.
  let body: Range<Int>
  let isDictionary: Bool
  /// Level slots of a data page, entries of a dictionary page.
  let valueCount: Int
}

/// A page's bytes, decompressed, in memory that the page reader reuses.
struct PageBody {
  let pointer: UnsafeRawPointer
  let count: Int
  /// Version 2 only: bytes of levels at the front.
  let repetitionBytes: Int
  let definitionBytes: Int
}

/// Walks the pages of one column chunk. Reads about `readAhead` bytes at a time.
final class PageReader {
  private let source: any ByteSource
  private let chunk: ColumnMetadata
  private let options: ParquetReadOptions
  private let codec: Codec
  private let context: CodecContext
  /// The chunk's bytes in the file.
  let range: Range<Int>
  private(set) var position: Int
  private var window = Buffer()
  private var windowStart = 0
  private var scratch = Memory(byteCount: slackBytes)
  private let share: MemoryShare
  /// Bytes before this are no longer needed, and the source knows.
  private var released: Int
  private static let releaseBytes = 1 << 16
  /// Set where only some pages are wanted: no reading ahead beyond this offset.
  var readLimit: Int?

  init(
    _ source: any ByteSource, _ chunk: ColumnMetadata, _ range: Range<Int>,
    _ context: CodecContext, _ options: ParquetReadOptions
  ) throws(LakeError) {
    self.source = source
    self.chunk = chunk
    self.options = options
    self.context = context
    self.range = range
    codec = try Codec(parquet: chunk.codec)
    position = range.lowerBound
    released = range.lowerBound
    share = MemoryShare(options.memory)
  }

  deinit { source.release(released..<Swift.max(released, position)) }

  /// Gives back what lies before the position, some pages at a time.
  private func release() {
    guard position - released >= Self.releaseBytes else { return }
    source.release(released..<position)
    released = position
  }

  func failure(_ message: String, at offset: Int? = nil) -> LakeError {
    LakeError(
      .parquetMalformed, "column \(chunk.path.joined(separator: ".")): \(message)",
      offset: offset ?? position)
  }

  /// Continues with the page whose header stands at `offset`.
  func seek(_ offset: Int) throws(LakeError) {
    guard offset >= range.lowerBound, offset < range.upperBound else {
      throw failure("a page at \(offset), outside the chunk \(range)")
    }
    position = offset
  }

  /// Bytes `wanted` of the file, from the window or read with what follows them.
  private func bytes(_ wanted: Range<Int>) throws(LakeError) -> Buffer {
    if wanted.lowerBound < windowStart || wanted.upperBound > windowStart + window.count {
      let ahead = min(
        max(wanted.lowerBound + options.readAhead, wanted.upperBound), range.upperBound)
      let end = max(wanted.upperBound, min(ahead, readLimit ?? ahead))
      window = try source.read(wanted.lowerBound..<end)
      windowStart = wanted.lowerBound
    }
    let start = wanted.lowerBound - windowStart
    return window[start..<start + wanted.count]
  }

  /// The next page, or nil at the chunk's end. Pages of unknown kinds are passed over.
  func next() throws(LakeError) -> PageStub? {
    while position < range.upperBound {
      let stub = try readHeader()
      switch stub.header.type {
      case .data, .dataV2, .dictionary: return stub
      default: skip(stub)
      }
    }
    return nil
  }

  func skip(_ stub: PageStub) { position = stub.body.upperBound }

  private func readHeader() throws(LakeError) -> PageStub {
    release()
    var size = 256
    while true {
      let end = min(position + size, range.upperBound)
      let piece = try bytes(position..<end)
      var reader = CompactReader(piece, options.limits)
      do throws(LakeError) {
        let header = try PageHeader.read(from: &reader)
        return try stub(header, bodyAt: position + reader.position)
      } catch {
        // The header may be longer than the piece: statistics have no upper bound of their own.
        if end == range.upperBound || size > options.limits.thriftStringBytesMax
          || error.code == .limitExceeded
        {
          throw error.shifted(by: position)
        }
        size *= 8
      }
    }
  }

  private func stub(_ header: PageHeader, bodyAt start: Int) throws(LakeError) -> PageStub {
    let limit = options.limits.pageBytesMax
    guard header.compressedSize <= limit, header.uncompressedSize <= limit else {
      throw LakeError(
        .limitExceeded,
        "a page of \(max(header.compressedSize, header.uncompressedSize)) bytes "
          + "exceeds \(limit) (pageBytesMax)", offset: start)
    }
    guard header.compressedSize <= range.upperBound - start else {
      throw failure("a page of \(header.compressedSize) bytes leaves its chunk", at: start)
    }
    var count: Int?
    switch header.type {
    case .data: count = header.dataPage?.valueCount
    case .dataV2: count = header.dataPageV2?.valueCount
    case .dictionary: count = header.dictionaryPage?.valueCount
    default: count = 0
    }
    guard let count, count >= 0 else {
      throw failure("a page header of kind \(header.type.rawValue) without its count", at: start)
    }
    return PageStub(
      header: header, body: start..<start + header.compressedSize,
      isDictionary: header.type == .dictionary, valueCount: count)
  }

  /// The page's bytes, decompressed; valid until the next call. Moves on to the next page.
  func load(_ stub: PageStub) throws(LakeError) -> PageBody {
    let header = stub.header
    let raw = try bytes(stub.body)
    position = stub.body.upperBound
    if options.verifyChecksums, let crc = header.crc, CRC32.checksum(raw) != crc {
      throw LakeError(
        .parquetChecksum,
        "column \(chunk.path.joined(separator: ".")): a page does not match its checksum",
        offset: stub.body.lowerBound)
    }
    let size = header.uncompressedSize
    if scratch.capacity < size + slackBytes {
      let room = max(size + slackBytes, min(scratch.capacity * 2, 1 << 20))
      try share.resize(to: room)
      scratch = Memory(byteCount: room)
    }
    let target = scratch.start
    var levels = (repetition: 0, definition: 0)
    if let page = header.dataPageV2, header.type == .dataV2 {
      levels = (page.repetitionLevelsByteLength, page.definitionLevelsByteLength)
    }
    guard levels.repetition >= 0, levels.definition >= 0,
      levels.repetition <= min(size, raw.count),
      levels.definition <= min(size, raw.count) - levels.repetition
    else { throw failure("levels leave their page", at: stub.body.lowerBound) }
    let prefix = levels.repetition + levels.definition
    if prefix > 0 { target.copyMemory(from: raw.pointer, byteCount: prefix) }
    let isPlain = header.type == .dataV2 && header.dataPageV2?.isCompressed == false
    try decompress(
      raw[prefix..<raw.count], isPlain ? .none : codec, size - prefix, target + prefix,
      at: stub.body.lowerBound)
    (target + size).initializeMemory(as: UInt8.self, repeating: 0, count: slackBytes)
    withExtendedLifetime(raw) {}
    return PageBody(
      pointer: UnsafeRawPointer(target), count: size, repetitionBytes: levels.repetition,
      definitionBytes: levels.definition)
  }

  private func decompress(
    _ raw: Buffer, _ codec: Codec, _ size: Int, _ target: UnsafeMutableRawPointer, at offset: Int
  ) throws(LakeError) {
    // Writers leave an empty values section out, whatever the codec would make of no bytes.
    if size == 0 { return }
    if codec == .none {
      guard raw.count == size else {
        throw failure("a page of \(raw.count) bytes says \(size)", at: offset)
      }
      target.copyMemory(from: raw.pointer, byteCount: size)
      return
    }
    do throws(LakeError) {
      try context.decompress(raw, codec: codec, exactly: size, into: target)
    } catch { throw error.shifted(by: offset) }
  }
}

extension Codec {
  /// The codec of that number; Brotli, LZO and unknown ones are `codecUnsupported` by name. [PQR-5]
  init(parquet codec: CompressionCodec) throws(LakeError) {
    switch codec {
    case .uncompressed: self = .none
    case .snappy: self = .snappy
    case .gzip: self = .gzip
    case .zstd: self = .zstd
    case .lz4Raw: self = .lz4Raw
    case .lz4Hadoop: self = .lz4Hadoop
    default: throw Codec.unsupported(codec.description)
    }
  }
}
