// Spec: 17-limits. Output files compressed as they are written.
import CZlib
import CZstd
import LakeBase

/// Compresses a stream (`.gz`, `.zst`) in pieces.
public final class StreamEncoder {
  private var deflater: Deflater?
  private var zstd: OpaquePointer?

  /// - Parameter codec: none, gzip, deflateRaw or zstd; others throw `codecUnsupported`.
  public init(_ codec: Codec, deflateLevel: Int = 6) throws(LakeError) {
    let deflateLevel = Int32(Swift.min(9, Swift.max(1, deflateLevel)))
    switch codec {
    case .none: break
    case .gzip: deflater = try Deflater(Deflater.gzip, level: deflateLevel)
    case .deflateRaw: deflater = try Deflater(Deflater.bare, level: deflateLevel)
    case .zstd(let level):
      guard let made = ZSTD_createCCtx() else { throw ZstdContext.noMemory }
      _ = ZSTD_CCtx_setParameter(made, ZSTD_c_compressionLevel, Int32(clamping: level))
      zstd = made
    case .snappy, .lz4Raw, .lz4Hadoop:
      throw LakeError(.codecUnsupported, "\(codec.name) has no streaming form here")
    }
  }

  deinit { ZSTD_freeCCtx(zstd) }

  /// Appends what is ready of the compressed form to `output`.
  public func encode(
    _ raw: UnsafeRawBufferPointer, into output: GrowingBuffer
  ) throws(LakeError) {
    guard let start = raw.baseAddress, raw.count > 0 else { return }
    try put(start, raw.count, output, finish: false)
  }

  public func encode(_ chunk: Buffer, into output: GrowingBuffer) throws(LakeError) {
    try chunk.withUnsafeBytes { (raw: UnsafeRawBufferPointer) throws(LakeError) -> Void in
      try encode(raw, into: output)
    }
  }

  /// Appends the end of the stream; nothing may be encoded afterwards.
  public func finish(into output: GrowingBuffer) throws(LakeError) {
    let nothing = Buffer()
    defer { withExtendedLifetime(nothing) {} }
    try put(nothing.pointer, 0, output, finish: true)
  }

  private func put(
    _ source: UnsafeRawPointer, _ count: Int, _ output: GrowingBuffer, finish: Bool
  ) throws(LakeError) {
    if let deflater {
      try deflater.put(source, count, output, finish: finish)
    } else if let zstd {
      var input = ZSTD_inBuffer(src: source, size: count, pos: 0)
      while true {
        output.reserve(Swift.max(1 << 14, ZSTD_CStreamOutSize()))
        var target = ZSTD_outBuffer(
          dst: output.pointer + output.count, size: output.capacity - output.count, pos: 0)
        let rest = ZSTD_compressStream2(
          zstd, &target, &input, finish ? ZSTD_e_end : ZSTD_e_continue)
        if ZSTD_isError(rest) != 0 { throw ZstdContext.failure(rest, 0) }
        output.setCount(output.count + target.pos)
        if finish ? rest == 0 : input.pos == count { return }
      }
    } else {
      output.append(UnsafeRawBufferPointer(start: source, count: count))
    }
  }
}
