// Spec: 06-base-files. Byte arrays after the prefix they share with the one before.
import LakeBase

/// DELTA_BYTE_ARRAY: prefix lengths, then the suffixes as DELTA_LENGTH_BYTE_ARRAY.
enum DeltaByteArrayEncoder {
  /// - Parameters:
  ///   - plain: `count` values in PLAIN encoding: with a length in front of each where `width` is
  ///   nil,
  ///     else `width` bytes each.
  static func append(
    plain: UnsafeRawBufferPointer, count: Int, width: Int?, to target: GrowingBuffer
  ) {
    let prefixes = GrowingBuffer(capacity: count * 4)
    let lengths = GrowingBuffer(capacity: count * 4)
    let suffixes = GrowingBuffer(capacity: plain.count)
    guard let base = plain.baseAddress else {
      DeltaBinaryPackedEncoder.append(int32: prefixes.pointer, count: 0, to: target)
      DeltaBinaryPackedEncoder.append(int32: lengths.pointer, count: 0, to: target)
      return
    }
    var position = 0
    var previous = base
    var previousLength = 0
    for _ in 0..<count {
      var length = width ?? 0
      if width == nil {
        length = Int((base + position).loadUnaligned(as: Int32.self))
        position += 4
      }
      let value = base + position
      position += length
      let shared = sharedPrefix(previous, value, Swift.min(previousLength, length))
      prefixes.append(littleEndian: UInt32(shared))
      lengths.append(littleEndian: UInt32(length - shared))
      suffixes.append(UnsafeRawBufferPointer(start: value + shared, count: length - shared))
      previous = value
      previousLength = length
    }
    DeltaBinaryPackedEncoder.append(int32: prefixes.pointer, count: count, to: target)
    DeltaBinaryPackedEncoder.append(int32: lengths.pointer, count: count, to: target)
    target.append(suffixes.view)
  }
}

private func sharedPrefix(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ limit: Int) -> Int
{
  var length = 0
  while length &+ 8 <= limit {
    let difference =
      (left + length).loadUnaligned(as: UInt64.self).littleEndian
      ^ (right + length).loadUnaligned(as: UInt64.self).littleEndian
    if difference != 0 { return length &+ difference.trailingZeroBitCount / 8 }
    length &+= 8
  }
  while length < limit
    && left.load(fromByteOffset: length, as: UInt8.self)
      == right.load(fromByteOffset: length, as: UInt8.self)
  {
    length &+= 1
  }
  return length
}
