// Spec: 06-base-files. Levels and dictionary codes: runs of equal values and bit-packed groups.
import LakeBase

/// Parquet's RLE/bit-packing hybrid. A run is taken where it is shorter than packing would be.
enum RunLengthHybridEncoder {
  /// Appends `count` values, each below `2^width`, without a length in front.
  static func append(
    _ values: UnsafePointer<UInt32>, count: Int, width: Int, to target: GrowingBuffer
  ) {
    // A run costs its header, its value and the header of the packed groups that go on after it.
    let leastRun = Swift.max(1, (4 + Swift.max(1, width) - 1) / Swift.max(1, width)) * 8
    var position = 0
    while position < count {
      let run = runLength(values + position, count - position, leastRun)
      if run >= leastRun || run == count - position {
        appendRun(values[position], run, width, to: target)
        position += run
      } else {
        let groups = packedGroups(values + position, count - position, leastRun)
        let taken = Swift.min(groups * 8, count - position)
        appendPacked(values + position, taken, groups, width, to: target)
        position += taken
      }
    }
  }

  /// Appends one-bit values that already lie packed, bit 0 of the first byte first. Bits behind
  /// `count` in the last byte are zero.
  static func append(bits: UnsafeRawPointer, count: Int, to target: GrowingBuffer) {
    let byteCount = (count + 7) / 8
    let whole = count / 8
    var position = 0
    while position < byteCount {
      let run = byteRun(bits + position, whole - position)
      if run >= 4 || (run > 0 && position + run == byteCount) {
        let value: UInt32 = bits.load(fromByteOffset: position, as: UInt8.self) == 0 ? 0 : 1
        appendRun(value, run * 8, 1, to: target)
        position += run
        continue
      }
      let start = position
      position += Swift.max(1, run)
      while position < byteCount {
        let next = byteRun(bits + position, whole - position)
        if next >= 4 { break }
        position += Swift.max(1, next)
      }
      target.append(varint: UInt64(position - start) << 1 | 1)
      target.append(UnsafeRawBufferPointer(start: bits + start, count: position - start))
    }
  }

  /// Appends a run of one value.
  static func appendRun(_ value: UInt32, _ count: Int, _ width: Int, to target: GrowingBuffer) {
    target.append(varint: UInt64(count) << 1)
    var rest = value
    for _ in 0..<(width + 7) / 8 {
      target.append(byte: UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  private static func appendPacked(
    _ values: UnsafePointer<UInt32>, _ count: Int, _ groups: Int, _ width: Int,
    to target: GrowingBuffer
  ) {
    target.append(varint: UInt64(groups) << 1 | 1)
    target.reserve(groups * width + BitPackingEncoder.slack)
    let whole = count / 8
    let start = target.pointer + target.count
    BitPackingEncoder.pack(values, groups: whole, width: width, into: start)
    if whole < groups {
      var last = InlineArray<8, UInt32>(repeating: 0)
      for lane in 0..<(count - whole * 8) { last[lane] = values[whole * 8 + lane] }
      withUnsafeBytes(of: &last) { raw in
        if let base = raw.baseAddress {
          BitPackingEncoder.pack(
            base.assumingMemoryBound(to: UInt32.self), groups: 1, width: width,
            into: start + whole * width)
        }
      }
    }
    target.setCount(target.count + groups * width)
  }
}

/// Equal values from the start, or fewer than `least` as soon as that is certain.
private func runLength(_ values: UnsafePointer<UInt32>, _ count: Int, _ least: Int) -> Int {
  let first = values[0]
  var length = 1
  while length < count && values[length] == first { length &+= 1 }
  return length
}

/// Groups of eight until a run of at least `least` equal values begins at a group.
private func packedGroups(_ values: UnsafePointer<UInt32>, _ count: Int, _ least: Int) -> Int {
  var group = 1
  let whole = count / 8
  while group < whole {
    let start = values + group &* 8
    let first = start[0]
    if start[1] == first && start[7] == first && start[4] == first {
      if runLength(start, count &- group &* 8, least) >= least { return group }
    }
    group &+= 1
  }
  return (count + 7) / 8
}

/// Bytes from the start that are all zero or all ones and equal, at most `count`.
private func byteRun(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  guard count > 0 else { return 0 }
  let first = bytes.load(as: UInt8.self)
  guard first == 0 || first == 0xFF else { return 0 }
  let word: UInt64 = first == 0 ? 0 : .max
  var length = 1
  while length &+ 8 <= count && (bytes + length).loadUnaligned(as: UInt64.self) == word {
    length &+= 8
  }
  while length < count && bytes.load(fromByteOffset: length, as: UInt8.self) == first {
    length &+= 1
  }
  return length
}
