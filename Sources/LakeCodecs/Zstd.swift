// Spec: 17-limits. Zstandard through its library, contexts kept from call to call.
import CZstd
import LakeBase

/// One compression and one decompression context, made when first needed.
final class ZstdContext {
  private var decoder: OpaquePointer?
  private var encoder: OpaquePointer?

  deinit {
    ZSTD_freeDCtx(decoder)
    ZSTD_freeCCtx(encoder)
  }

  static func failure(_ code: Int, _ offset: Int) -> LakeError {
    let name = ZSTD_getErrorName(code).map { String(cString: $0) } ?? "unknown error"
    return LakeError(.codecFailed, "zstd: \(name)", offset: offset)
  }

  static let noMemory = LakeError(.memoryExhausted, "zstd: no memory for a context")

  /// Unpacks every frame into at most `capacity` bytes and returns how many came out. The output is
  /// the window, so no memory beyond it is asked for.
  func decompress(
    _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer, _ capacity: Int
  ) throws(LakeError) -> Int {
    if decoder == nil { decoder = ZSTD_createDCtx() }
    guard let decoder else { throw Self.noMemory }
    let produced = ZSTD_decompressDCtx(decoder, target, capacity, source, count)
    if ZSTD_isError(produced) != 0 {
      if ZSTD_getErrorCode(produced) == ZSTD_error_dstSize_tooSmall {
        throw LakeError(
          .codecFailed, "zstd: \(capacity) bytes were announced, more came out", offset: 0)
      }
      throw Self.failure(produced, 0)
    }
    return produced
  }

  func compress(
    _ source: UnsafeRawPointer, _ count: Int, _ level: Int, _ output: GrowingBuffer
  ) throws(LakeError) {
    if encoder == nil { encoder = ZSTD_createCCtx() }
    guard let encoder else { throw Self.noMemory }
    let level = Int32(clamping: level)
    _ = ZSTD_CCtx_setParameter(encoder, ZSTD_c_compressionLevel, level)
    let bound = ZSTD_compressBound(count)
    output.reserve(bound)
    let produced = ZSTD_compress2(
      encoder, output.pointer + output.count, output.capacity - output.count, source, count)
    if ZSTD_isError(produced) != 0 { throw Self.failure(produced, 0) }
    output.setCount(output.count + produced)
  }
}
