// Spec: 17-limits. One worker's compression state: made once, reused for every page.
import LakeBase

/// Compresses and decompresses whole pieces; owned by one worker, never shared between threads.
///
/// Every failure is `codecFailed` with the offset within the compressed bytes, or `limitExceeded`.
public final class CodecContext {
  private let limits: Limits
  private let deflateLevel: Int32
  private var zstd: ZstdContext?
  /// One a kind of envelope: very few.
  private var inflaters: [(windowBits: Int32, inflater: Inflater)] = []
  private var deflaters: [Int32: Deflater] = [:]
  private var table: MatchTable?

  /// - Parameter deflateLevel: 1 (fast) to 9 (small), for gzip and raw deflate.
  public init(limits: Limits = .standard, deflateLevel: Int = 6) {
    self.limits = limits
    self.deflateLevel = Int32(Swift.min(9, Swift.max(1, deflateLevel)))
  }

  // MARK: Decompression

  /// Decompresses `raw` into exactly `size` bytes at `target`; fewer or more is an error. [CODEC-2]
  public func decompress(
    _ raw: UnsafeRawBufferPointer, codec: Codec, exactly size: Int,
    into target: UnsafeMutableRawPointer
  ) throws(LakeError) {
    precondition(size >= 0)
    let start = raw.baseAddress ?? UnsafeRawPointer(target)
    let produced: Int
    switch codec {
    case .none:
      guard raw.count == size else { throw wrongSize(codec, raw.count, size) }
      if size > 0 { target.copyMemory(from: start, byteCount: size) }
      produced = size
    case .snappy: produced = try Snappy.decompress(start, raw.count, target, size)
    case .lz4Raw: produced = try LZ4.decompress(start, raw.count, target, size)
    case .lz4Hadoop: produced = try LZ4.decompressHadoop(start, raw.count, target, size)
    case .zstd: produced = try zstdContext().decompress(start, raw.count, target, size)
    case .gzip, .deflateRaw:
      let inflater = try inflater(codec == .gzip ? Inflater.anyEnvelope : Inflater.bare)
      produced = try inflater.inflateAll(start, raw.count, target, size)
    }
    if produced != size { throw wrongSize(codec, produced, size) }
  }

  /// The same for a buffer.
  public func decompress(
    _ buffer: Buffer, codec: Codec, exactly size: Int, into target: UnsafeMutableRawPointer
  ) throws(LakeError) {
    try buffer.withUnsafeBytes { (raw: UnsafeRawBufferPointer) throws(LakeError) -> Void in
      try decompress(raw, codec: codec, exactly: size, into: target)
    }
  }

  /// A new buffer of exactly `size` bytes. The caller has compared `size` with its limits.
  public func decompress(
    _ buffer: Buffer, codec: Codec, exactly size: Int
  ) throws(LakeError) -> Buffer {
    if codec == .none {
      guard buffer.count == size else { throw wrongSize(codec, buffer.count, size) }
      return buffer
    }
    let memory = Memory(byteCount: size)
    try decompress(buffer, codec: codec, exactly: size, into: memory.start)
    return Buffer(memory, count: size)
  }

  /// A new buffer of whatever size the bytes unpack to.
  ///
  /// Throws `limitExceeded` as soon as more than `limit` bytes come out. [CODEC-3]
  public func decompress(
    _ buffer: Buffer, codec: Codec, atMost limit: Int
  ) throws(LakeError) -> Buffer {
    let limit = Swift.min(limit, 1 << 48)
    switch codec {
    case .none:
      if buffer.count > limit { throw tooLarge(codec, limit) }
      return buffer
    case .snappy:
      let size = try buffer.withUnsafeBytes {
        (raw: UnsafeRawBufferPointer) throws(LakeError) -> Int in try Snappy.size(of: raw)
      }
      if size > limit { throw tooLarge(codec, limit) }
      return try decompress(buffer, codec: codec, exactly: size)
    case .lz4Raw, .lz4Hadoop:
      return try unpackLZ4(buffer, codec, limit)
    case .zstd, .gzip, .deflateRaw:
      let decoder = try StreamDecoder(codec, limits: limits)
      let output = GrowingBuffer(capacity: Swift.min(limit, buffer.count &* 4) &+ 64)
      var position = 0
      while true {
        let before = output.count
        let room = Swift.min(limit &- before &+ 1, Swift.max(1 << 16, before))
        position = try decoder.decode(buffer, from: position, into: output, atMost: room)
        if output.count > limit { throw tooLarge(codec, limit) }
        if position == buffer.count && output.count - before < room { break }
      }
      try decoder.finish()
      return output.take()
    }
  }

  /// An LZ4 block does not say its size; it grows by at most 255 times.
  private func unpackLZ4(
    _ buffer: Buffer, _ codec: Codec, _ limit: Int
  ) throws(LakeError) -> Buffer {
    let (bound, overflow) = buffer.count.multipliedReportingOverflow(by: 255)
    let capacity = overflow ? limit : Swift.min(limit, bound)
    let memory = Memory(byteCount: capacity)
    let produced = try buffer.withUnsafeBytes {
      (raw: UnsafeRawBufferPointer) throws(LakeError) -> Int in
      let start = raw.baseAddress ?? UnsafeRawPointer(memory.start)
      return codec == .lz4Raw
        ? try LZ4.decompress(start, raw.count, memory.start, capacity)
        : try LZ4.decompressHadoop(start, raw.count, memory.start, capacity)
    }
    return Buffer(memory, count: produced)
  }

  // MARK: Compression

  /// Appends the compressed form of `raw` to `output`.
  public func compress(
    _ raw: UnsafeRawBufferPointer, codec: Codec, into output: GrowingBuffer
  ) throws(LakeError) {
    let start = raw.baseAddress ?? UnsafeRawPointer(output.pointer)
    switch codec {
    case .none: output.append(raw)
    case .snappy: Snappy.compress(start, raw.count, matchTable(), output)
    case .lz4Raw: LZ4.compress(start, raw.count, matchTable(), output)
    case .lz4Hadoop: LZ4.compressHadoop(start, raw.count, matchTable(), output)
    case .zstd(let level): try zstdContext().compress(start, raw.count, level, output)
    case .gzip: try deflater(Deflater.gzip).deflateAll(start, raw.count, output)
    case .deflateRaw: try deflater(Deflater.bare).deflateAll(start, raw.count, output)
    }
  }

  public func compress(
    _ buffer: Buffer, codec: Codec, into output: GrowingBuffer
  ) throws(LakeError) {
    try buffer.withUnsafeBytes { (raw: UnsafeRawBufferPointer) throws(LakeError) -> Void in
      try compress(raw, codec: codec, into: output)
    }
  }

  // MARK: State

  private func zstdContext() -> ZstdContext {
    if let zstd { return zstd }
    let made = ZstdContext()
    zstd = made
    return made
  }

  private func inflater(_ windowBits: Int32) throws(LakeError) -> Inflater {
    for ready in inflaters where ready.windowBits == windowBits { return ready.inflater }
    let made = try Inflater(windowBits)
    inflaters.append((windowBits, made))
    return made
  }

  private func deflater(_ windowBits: Int32) throws(LakeError) -> Deflater {
    if let ready = deflaters[windowBits] { return ready }
    let made = try Deflater(windowBits, level: deflateLevel)
    deflaters[windowBits] = made
    return made
  }

  private func matchTable() -> MatchTable {
    if let table { return table }
    let made = MatchTable()
    table = made
    return made
  }

  private func wrongSize(_ codec: Codec, _ produced: Int, _ size: Int) -> LakeError {
    LakeError(
      .codecFailed, "\(codec.name): \(size) bytes were announced, \(produced) came out", offset: 0)
  }

  private func tooLarge(_ codec: Codec, _ limit: Int) -> LakeError {
    LakeError(.limitExceeded, "\(codec.name): unpacks to more than \(limit) bytes", offset: 0)
  }
}

/// Positions of earlier four-byte groups, by hash; scratch of the two compressors written here.
final class MatchTable {
  static let bits: UInt32 = 14
  let slots = UnsafeMutablePointer<UInt32>.allocate(capacity: 1 << MatchTable.bits)

  func clear() { slots.initialize(repeating: 0, count: 1 << MatchTable.bits) }

  deinit { slots.deallocate() }

  @inline(__always)
  static func slot(_ word: UInt32) -> Int { Int((word &* 0x9E37_79B1) &>> (32 &- bits)) }
}
