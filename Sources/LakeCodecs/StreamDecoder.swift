// Spec: 17-limits. Compressed input files as they arrive, piece by piece, with bounded output.
import CZlib
import CZstd
import LakeBase

/// Decompresses a stream (`.gz`, `.zst`) in pieces; concatenated members and frames are accepted.
public final class StreamDecoder {
  private let codec: Codec
  private var inflater: Inflater?
  private var zstd: OpaquePointer?
  private var consumed = 0
  /// A member or frame has begun and not ended.
  private var isInside = false
  private var hasBegun = false
  private let ignoresTail: Bool

  /// - Parameters:
  ///   - codec: none, gzip, deflateRaw or zstd; others have no streaming form and throw
  ///     `codecUnsupported`.
  ///   - ignoresTail: bytes behind the end of a raw deflate stream mean nothing: Avro writers in
  ///     Python leave part of a zlib checksum there.
  public init(
    _ codec: Codec, limits: Limits = .standard, ignoresTail: Bool = false
  ) throws(LakeError) {
    self.codec = codec
    self.ignoresTail = ignoresTail
    switch codec {
    case .none: break
    case .gzip: inflater = try Inflater(Inflater.anyEnvelope)
    case .deflateRaw: inflater = try Inflater(Inflater.bare)
    case .zstd:
      guard let made = ZSTD_createDCtx() else { throw ZstdContext.noMemory }
      let bits = Int.bitWidth - 1 - Swift.max(1024, limits.zstdWindowBytesMax).leadingZeroBitCount
      _ = ZSTD_DCtx_setParameter(made, ZSTD_d_windowLogMax, Int32(Swift.min(bits, 31)))
      zstd = made
    case .snappy, .lz4Raw, .lz4Hadoop:
      throw LakeError(.codecUnsupported, "\(codec.name) has no streaming form here")
    }
  }

  deinit { ZSTD_freeDCtx(zstd) }

  /// Decodes all of `chunk`. The output of a hostile chunk is large: where memory is bounded, use
  /// the form with a limit.
  public func decode(_ chunk: Buffer, into output: GrowingBuffer) throws(LakeError) {
    var position = 0
    while true {
      let before = output.count
      position = try decode(chunk, from: position, into: output, atMost: 1 << 20)
      if position == chunk.count && output.count - before < 1 << 20 { return }
    }
  }

  /// Decodes from `position` of `chunk` on, appends at most `limit` bytes, and returns the position
  /// reached. The chunk is used up when that is its end *and* fewer than `limit` bytes were
  /// appended.
  public func decode(
    _ chunk: Buffer, from position: Int, into output: GrowingBuffer, atMost limit: Int
  ) throws(LakeError) -> Int {
    precondition(position >= 0 && position <= chunk.count && limit > 0)
    output.reserve(limit)
    let target = output.pointer + output.count
    defer { withExtendedLifetime(chunk) {} }
    let source = chunk.pointer + position
    let count = chunk.count - position
    let (used, made): (Int, Int)
    if let inflater {
      (used, made) = try inflatePart(inflater, source, count, target, limit)
    } else if let zstd {
      (used, made) = try zstdPart(zstd, source, count, target, limit)
    } else {
      used = Swift.min(count, limit)
      target.copyMemory(from: source, byteCount: used)
      made = used
    }
    if used == 0 && made == 0 && count > 0 {
      throw LakeError(.codecFailed, "\(codec.name): the stream is stuck", offset: consumed)
    }
    consumed += used
    output.setCount(output.count + made)
    return position + used
  }

  private func inflatePart(
    _ inflater: Inflater, _ source: UnsafeRawPointer, _ count: Int,
    _ target: UnsafeMutableRawPointer, _ limit: Int
  ) throws(LakeError) -> (Int, Int) {
    var at = 0
    var out = 0
    while out < limit && (at < count || isInside) {
      if !isInside {
        if hasBegun {
          guard codec == .gzip else {
            if ignoresTail { return (count, out) }
            throw LakeError(.codecFailed, "deflate: bytes follow the end", offset: consumed + at)
          }
          inflater.reset()
        }
        isInside = true
        hasBegun = true
      }
      let (used, made, status) = inflater.step(source + at, count - at, target + out, limit - out)
      at += used
      out += made
      if status == Z_STREAM_END {
        isInside = false
      } else if status != Z_OK && status != Z_BUF_ERROR {
        throw inflater.failure(consumed + at)
      } else if used == 0 && made == 0 {
        break
      }
    }
    return (at, out)
  }

  private func zstdPart(
    _ zstd: OpaquePointer, _ source: UnsafeRawPointer, _ count: Int,
    _ target: UnsafeMutableRawPointer, _ limit: Int
  ) throws(LakeError) -> (Int, Int) {
    var input = ZSTD_inBuffer(src: source, size: count, pos: 0)
    var output = ZSTD_outBuffer(dst: target, size: limit, pos: 0)
    while output.pos < limit && (input.pos < count || isInside) {
      let before = (input.pos, output.pos)
      let hint = ZSTD_decompressStream(zstd, &output, &input)
      if ZSTD_isError(hint) != 0 {
        if ZSTD_getErrorCode(hint) == ZSTD_error_frameParameter_windowTooLarge {
          throw LakeError(
            .limitExceeded, "zstd: the window is larger than the limit",
            offset: consumed + input.pos)
        }
        throw ZstdContext.failure(hint, consumed + input.pos)
      }
      hasBegun = true
      isInside = hint != 0
      if before == (input.pos, output.pos) { break }
    }
    return (input.pos, output.pos)
  }

  /// Says that no more bytes come. Throws `codecFailed` when the stream is not complete.
  public func finish() throws(LakeError) {
    if isInside || (codec != .none && !hasBegun) {
      throw LakeError(.codecFailed, "\(codec.name): the stream ends early", offset: consumed)
    }
  }
}
