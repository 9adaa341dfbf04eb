// Spec: 06-base-files. From levels and values to the bytes of a page: compressed, with its header.
import LakeBase
import LakeCodecs
import LakeColumns
import Synchronization

/// A finished page, waiting for its place in the file.
struct EncodedPage: Sendable {
  let header: Buffer
  let body: Buffer
  /// Header included.
  let uncompressedSize: Int
  let rowCount: Int
  let nullCount: Int
  let slotCount: Int
  let encoding: Encoding
  let bounds: ValueBounds

  /// Header included.
  var byteCount: Int { header.count + body.count }
}

/// Compression contexts, as many as there are workers at a time.
final class CodecPool: Sendable {
  private struct Held: @unchecked Sendable { let context: CodecContext }
  private let free = Mutex<[Held]>([])
  private let limits: Limits

  init(_ limits: Limits) { self.limits = limits }

  /// Runs `body` with a context that nobody else uses meanwhile.
  func with<T>(_ body: (CodecContext) throws(LakeError) -> T) throws(LakeError) -> T {
    let held = free.withLock { $0.popLast() } ?? Held(context: CodecContext(limits: limits))
    defer { free.withLock { $0.append(held) } }
    return try body(held.context)
  }
}

/// What goes into one data page.
struct PageContent {
  var rowCount: Int
  var slotCount: Int
  var nullCount: Int
  var encoding: Encoding
  var bounds: ValueBounds
  /// Encoded levels without a length in front; nil where the maximum is 0.
  var repetition: UnsafeRawBufferPointer?
  var definition: UnsafeRawBufferPointer?
}

/// Makes pages of one column.
final class PageWriter {
  private let codec: Codec
  private let version: Int
  private let checksums: Bool
  private let pageBytesMax: Int
  private let pool: CodecPool
  private let name: String
  private let compressed = GrowingBuffer()
  private let assembled = GrowingBuffer()

  init(_ leaf: WriteLeaf, _ options: ParquetWriteOptions, _ pool: CodecPool) {
    codec = options.codec
    version = options.dataPageVersion
    checksums = options.pageChecksums
    pageBytesMax = options.limits.pageBytesMax
    name = leaf.name
    self.pool = pool
  }

  /// Room in front of the values in which levels may be put, so that values are not copied.
  static let headroom = 64

  /// - Parameter values: the values with `headroom` unused bytes in front of them.
  func data(_ content: PageContent, _ values: GrowingBuffer) throws(LakeError) -> EncodedPage {
    let valueCount = values.count - Self.headroom
    let levels = levelBytes(content)
    guard valueCount + levels <= Swift.min(pageBytesMax, Int(Int32.max)) else {
      throw LakeError(
        .limitExceeded,
        "a page of column \"\(name)\" would have \(valueCount + levels) bytes "
          + "(pageBytesMax \(pageBytesMax))"
      )
    }
    return version == 1
      ? try dataV1(content, values, levels) : try dataV2(content, values, levels)
  }

  private func levelBytes(_ content: PageContent) -> Int {
    let prefix = version == 1 ? 4 : 0
    return (content.repetition.map { $0.count + prefix } ?? 0)
      + (content.definition.map { $0.count + prefix } ?? 0)
  }

  private func dataV1(
    _ content: PageContent, _ values: GrowingBuffer, _ levels: Int
  ) throws(LakeError) -> EncodedPage {
    let body: UnsafeRawBufferPointer
    if levels <= Self.headroom {
      let start = values.pointer + (Self.headroom - levels)
      store(content, start)
      body = UnsafeRawBufferPointer(
        start: start, count: values.count - Self.headroom + levels)
    } else {
      assembled.removeAll()
      assembled.reserve(levels + values.count)
      store(content, assembled.pointer)
      assembled.setCount(levels)
      assembled.append(UnsafeRawBufferPointer(rebasing: values.view[Self.headroom...]))
      body = assembled.view
    }
    let bytes = try compress(body)
    let header = PageHeader(
      .data, uncompressedSize: body.count, compressedSize: bytes.count, crc: checksum(bytes),
      dataPage: DataPageHeader(valueCount: content.slotCount, encoding: content.encoding))
    return page(content, header, bytes)
  }

  private func store(_ content: PageContent, _ target: UnsafeMutableRawPointer) {
    var output = target
    for level in [content.repetition, content.definition] {
      guard let level, let base = level.baseAddress else { continue }
      output.storeBytes(of: UInt32(level.count).littleEndian, as: UInt32.self)
      (output + 4).copyMemory(from: base, byteCount: level.count)
      output += 4 + level.count
    }
  }

  private func dataV2(
    _ content: PageContent, _ values: GrowingBuffer, _ levels: Int
  ) throws(LakeError) -> EncodedPage {
    let plain = UnsafeRawBufferPointer(rebasing: values.view[Self.headroom...])
    assembled.removeAll()
    if let repetition = content.repetition { assembled.append(repetition) }
    if let definition = content.definition { assembled.append(definition) }
    // Values are left as they are where compression does not make them smaller.
    var isCompressed = codec != .none && plain.count > 0
    if isCompressed {
      compressed.removeAll()
      try squeeze(plain)
      isCompressed = compressed.count < plain.count
    }
    assembled.append(isCompressed ? compressed.view : plain)
    let bytes = assembled.copy()
    let header = PageHeader(
      .dataV2, uncompressedSize: levels + plain.count, compressedSize: bytes.count,
      crc: checksum(bytes),
      dataPageV2: DataPageHeaderV2(
        valueCount: content.slotCount, nullCount: content.nullCount, rowCount: content.rowCount,
        encoding: content.encoding, definitionLevelsByteLength: content.definition?.count ?? 0,
        repetitionLevelsByteLength: content.repetition?.count ?? 0, isCompressed: isCompressed))
    return page(content, header, bytes)
  }

  /// The page of a dictionary.
  func dictionary(
    _ values: Buffer, count: Int
  ) throws(LakeError) -> EncodedPage {
    guard values.count <= Swift.min(pageBytesMax, Int(Int32.max)) else {
      throw LakeError(
        .limitExceeded, "the dictionary of column \"\(name)\" has \(values.count) bytes")
    }
    let bytes = try values.withUnsafeBytes {
      (raw: UnsafeRawBufferPointer) throws(LakeError) -> Buffer in try compress(raw)
    }
    let header = PageHeader(
      .dictionary, uncompressedSize: values.count, compressedSize: bytes.count,
      crc: checksum(bytes),
      dictionaryPage: DictionaryPageHeader(
        valueCount: count, encoding: version == 1 ? .plainDictionary : .plain, isSorted: false))
    let content = PageContent(
      rowCount: 0, slotCount: count, nullCount: 0,
      encoding: version == 1 ? .plainDictionary : .plain,
      bounds: ValueBounds())
    return page(content, header, bytes)
  }

  private func page(_ content: PageContent, _ header: PageHeader, _ body: Buffer) -> EncodedPage {
    var writer = CompactWriter(GrowingBuffer(capacity: 64))
    writer.structure { header.write(to: &$0) }
    let bytes = writer.bytes.take()
    return EncodedPage(
      header: bytes, body: body, uncompressedSize: bytes.count + header.uncompressedSize,
      rowCount: content.rowCount, nullCount: content.nullCount, slotCount: content.slotCount,
      encoding: content.encoding, bounds: content.bounds)
  }

  private func checksum(_ bytes: Buffer) -> UInt32? {
    checksums ? CRC32.checksum(bytes) : nil
  }

  private func compress(_ raw: UnsafeRawBufferPointer) throws(LakeError) -> Buffer {
    if codec == .none { return Buffer(copying: raw) }
    compressed.removeAll()
    try squeeze(raw)
    return compressed.copy()
  }

  private func squeeze(_ raw: UnsafeRawBufferPointer) throws(LakeError) {
    let codec = codec
    let target = compressed
    try pool.with { (context: CodecContext) throws(LakeError) -> Void in
      try context.compress(raw, codec: codec, into: target)
    }
  }
}
