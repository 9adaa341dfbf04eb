// Spec: 06-base-files. Byte arrays with their lengths in front, together.
import LakeBase

/// DELTA_LENGTH_BYTE_ARRAY: all lengths as DELTA_BINARY_PACKED, then all bytes.
enum DeltaLengthByteArrayEncoder {
  /// - Parameter plain: `count` values in PLAIN encoding: four bytes of length, then the bytes.
  static func append(plain: UnsafeRawBufferPointer, count: Int, to target: GrowingBuffer) {
    let lengths = GrowingBuffer(capacity: count * 4)
    guard let base = plain.baseAddress else {
      DeltaBinaryPackedEncoder.append(int32: lengths.pointer, count: 0, to: target)
      return
    }
    var position = 0
    for _ in 0..<count {
      let length = (base + position).loadUnaligned(as: UInt32.self)
      lengths.append(littleEndian: length)
      position += 4 + Int(length)
    }
    DeltaBinaryPackedEncoder.append(int32: lengths.pointer, count: count, to: target)
    position = 0
    for index in 0..<count {
      let length = Int((lengths.pointer + index * 4).load(as: UInt32.self))
      target.append(UnsafeRawBufferPointer(start: base + position + 4, count: length))
      position += 4 + length
    }
  }
}
