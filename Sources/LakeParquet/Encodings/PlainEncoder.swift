// Spec: 06-base-files. Values one after the other: PLAIN.
import LakeBase

/// PLAIN values, appended to a page.
enum PlainEncoder {
  /// Byte strings, each behind its length in four bytes.
  static func append(lengthPrefixed values: ByteRanges, count: Int, to target: GrowingBuffer) {
    target.reserve(values.byteCount(count) + count * 4 + ByteRanges.slack)
    let written = copyPrefixed(values, count, target.pointer + target.count)
    target.setCount(target.count + written)
  }

  /// Byte strings of one length, nothing between them.
  static func append(fixed values: ByteRanges, count: Int, width: Int, to target: GrowingBuffer) {
    target.reserve(count * width)
    let start = target.pointer + target.count
    let data = UnsafeRawPointer(values.data)
    if values.isContiguous && count > 0 {
      start.copyMemory(from: data + Int(values.starts[0]), byteCount: count * width)
    } else {
      for index in 0..<count {
        (start + index &* width).copyMemory(
          from: data + Int(values.starts[index]), byteCount: width)
      }
    }
    target.setCount(target.count + count * width)
  }

  /// Signed 64-bit values as big-endian two's complement of `width` bytes, 1 to 8.
  static func appendBigEndian(
    _ values: UnsafePointer<UInt64>, count: Int, width: Int, to target: GrowingBuffer
  ) {
    target.reserve(count * width + 8)
    storeBigEndian(values, count, width, target.pointer + target.count)
    target.setCount(target.count + count * width)
  }

  /// 128-bit values as big-endian two's complement of `width` bytes, 9 to 16.
  static func appendBigEndian(
    _ values: UnsafePointer<Int128>, count: Int, width: Int, to target: GrowingBuffer
  ) {
    target.reserve(count * width + 16)
    let start = target.pointer + target.count
    let shift = Int128(128 - width * 8)
    for index in 0..<count {
      // Later values overwrite the bytes that stick out behind.
      (start + index &* width).storeBytes(of: (values[index] << shift).bigEndian, as: Int128.self)
    }
    target.setCount(target.count + count * width)
  }
}

private func storeBigEndian(
  _ values: UnsafePointer<UInt64>, _ count: Int, _ width: Int, _ target: UnsafeMutableRawPointer
) {
  let shift = UInt64(64 - width * 8)
  for index in 0..<count {
    // Later values overwrite the bytes that stick out behind.
    (target + index &* width).storeBytes(
      of: (values[index] &<< shift).bigEndian, as: UInt64.self)
  }
}

private func copyPrefixed(
  _ values: ByteRanges, _ count: Int, _ target: UnsafeMutableRawPointer
) -> Int {
  let data = UnsafeRawPointer(values.data)
  let limit = values.dataCount &- 32
  var output = target
  for index in 0..<count {
    let from = Int(values.starts[index])
    let length = Int(values.ends[index]) &- from
    output.storeBytes(of: UInt32(truncatingIfNeeded: length).littleEndian, as: UInt32.self)
    output += 4
    let source = data + from
    if length <= 32 && from <= limit {
      output.storeBytes(of: source.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
      if length > 16 {
        (output + 16).storeBytes(
          of: (source + 16).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
      }
    } else {
      output.copyMemory(from: source, byteCount: length)
    }
    output += length
  }
  return output - target
}
