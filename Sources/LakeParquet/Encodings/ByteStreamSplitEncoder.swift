// Spec: 06-base-files. Byte k of every value together: BYTE_STREAM_SPLIT.
import LakeBase

/// Scatters values of `width` bytes into `width` streams.
enum ByteStreamSplitEncoder {
  /// Appends `count` values of `width` bytes each that lie at `values`.
  static func append(
    _ values: UnsafeRawPointer, count: Int, width: Int, to target: GrowingBuffer
  ) {
    target.reserve(count * width)
    let start = target.pointer + target.count
    for stream in 0..<width {
      scatter(values + stream, start + stream * count, count, width)
    }
    target.setCount(target.count + count * width)
  }
}

private func scatter(
  _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _ width: Int
) {
  var input = source
  for position in 0..<count {
    target.storeBytes(of: input.load(as: UInt8.self), toByteOffset: position, as: UInt8.self)
    input += width
  }
}
