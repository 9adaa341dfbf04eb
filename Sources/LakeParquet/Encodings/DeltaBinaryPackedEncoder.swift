// Spec: 06-base-files. Integers as differences: DELTA_BINARY_PACKED.
import LakeBase

/// Blocks of 128 differences in four miniblocks of 32, each with its own width.
enum DeltaBinaryPackedEncoder {
  private static let blockSize = 128
  private static let miniblockSize = 32

  /// Appends `count` INT64 values that lie at `values`, little-endian, in any alignment.
  static func append(int64 values: UnsafeRawPointer, count: Int, to target: GrowingBuffer) {
    appendHeader(count, count == 0 ? 0 : values.loadUnaligned(as: Int64.self), to: target)
    withBlock { deltas in
      var previous = count == 0 ? 0 : values.loadUnaligned(as: Int64.self)
      var position = 1
      while position < count {
        let taken = Swift.min(blockSize, count - position)
        var least = Int64.max
        for lane in 0..<taken {
          let value = (values + (position &+ lane) &* 8).loadUnaligned(as: Int64.self)
          let delta = value &- previous
          previous = value
          deltas[lane] = UInt64(bitPattern: delta)
          least = Swift.min(least, delta)
        }
        for lane in 0..<taken { deltas[lane] = deltas[lane] &- UInt64(bitPattern: least) }
        appendBlock(deltas, taken, least, to: target)
        position += taken
      }
    }
  }

  /// Appends `count` INT32 values; differences wrap at 32 bits, so no width exceeds 32.
  static func append(int32 values: UnsafeRawPointer, count: Int, to target: GrowingBuffer) {
    appendHeader(count, count == 0 ? 0 : Int64(values.loadUnaligned(as: Int32.self)), to: target)
    withBlock { deltas in
      var previous = count == 0 ? 0 : values.loadUnaligned(as: Int32.self)
      var position = 1
      while position < count {
        let taken = Swift.min(blockSize, count - position)
        var least = Int32.max
        for lane in 0..<taken {
          let value = (values + (position &+ lane) &* 4).loadUnaligned(as: Int32.self)
          let delta = value &- previous
          previous = value
          deltas[lane] = UInt64(UInt32(bitPattern: delta))
          least = Swift.min(least, delta)
        }
        for lane in 0..<taken {
          let delta = UInt32(truncatingIfNeeded: deltas[lane])
          deltas[lane] = UInt64(delta &- UInt32(bitPattern: least))
        }
        appendBlock(deltas, taken, Int64(least), to: target)
        position += taken
      }
    }
  }

  private static func withBlock(_ body: (UnsafeMutablePointer<UInt64>) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: blockSize) { deltas in
      if let base = deltas.baseAddress { body(base) }
    }
  }

  private static func appendHeader(_ count: Int, _ first: Int64, to target: GrowingBuffer) {
    target.append(varint: UInt64(blockSize))
    target.append(varint: UInt64(blockSize / miniblockSize))
    target.append(varint: UInt64(count))
    target.append(zigzag: first)
  }

  private static func appendBlock(
    _ deltas: UnsafeMutablePointer<UInt64>, _ count: Int, _ least: Int64, to target: GrowingBuffer
  ) {
    target.append(zigzag: least)
    for lane in count..<blockSize { deltas[lane] = 0 }
    target.reserve(4 + blockSize * 8 + BitPackingEncoder.slack)
    let widths = target.pointer + target.count
    var written = 4
    for miniblock in 0..<blockSize / miniblockSize {
      let start = deltas + miniblock * miniblockSize
      var all: UInt64 = 0
      for lane in 0..<miniblockSize { all |= start[lane] }
      let width = 64 - all.leadingZeroBitCount
      widths.storeBytes(of: UInt8(width), toByteOffset: miniblock, as: UInt8.self)
      // A miniblock without values has width 0 and no bytes.
      BitPackingEncoder.pack64(start, count: miniblockSize, width: width, into: widths + written)
      written += miniblockSize * width / 8
    }
    target.setCount(target.count + written)
  }
}
