// Spec: 06-base-files. Bits of one page: booleans, and which rows have a value.
import LakeBase
import LakeColumns

/// Bits that grow by whole ranges; the unused bits of the last byte are zero.
struct BitCollector {
  private let bytes = GrowingBuffer()
  private(set) var count = 0

  /// The bytes so far; valid until the next append.
  var pointer: UnsafeRawPointer { UnsafeRawPointer(bytes.pointer) }
  var byteCount: Int { (count + 7) / 8 }

  mutating func removeAll() {
    bytes.removeAll()
    count = 0
  }

  mutating func append(repeating bit: Bool, count many: Int) {
    guard many > 0 else { return }
    grow(many)
    if bit { setBits(bytes.pointer, count, many) }
    count += many
  }

  mutating func append(_ bitmap: Bitmap) {
    guard bitmap.count > 0 else { return }
    grow(bitmap.count)
    let source = bitmap.aligned()
    source.buffer.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Void in
      if let base = raw.baseAddress { mergeBits(base, bytes.pointer, count, bitmap.count) }
    }
    count += bitmap.count
  }

  /// The bits of `bitmap` at `rows`.
  mutating func append(_ bitmap: Bitmap, at rows: UnsafePointer<Int32>, count many: Int) {
    grow(many)
    let target = bytes.pointer.assumingMemoryBound(to: UInt8.self)
    for index in 0..<many where bitmap[Int(rows[index])] {
      let bit = count &+ index
      target[bit &>> 3] |= 1 &<< UInt8(truncatingIfNeeded: bit & 7)
    }
    count += many
  }

  /// Room for `many` more bits, cleared.
  private func grow(_ many: Int) {
    let needed = (count + many + 7) / 8
    let before = bytes.count
    guard needed > before else { return }
    bytes.reserve(needed - before + 8)
    (bytes.pointer + before).initializeMemory(
      as: UInt8.self, repeating: 0, count: needed - before)
    bytes.setCount(needed)
  }
}

private func setBits(_ target: UnsafeMutableRawPointer, _ start: Int, _ count: Int) {
  let bytes = target.assumingMemoryBound(to: UInt8.self)
  var bit = start
  let end = start + count
  while bit < end {
    if bit & 7 == 0 && end - bit >= 8 {
      bytes[bit &>> 3] = 0xFF
      bit += 8
    } else {
      bytes[bit &>> 3] |= 1 &<< UInt8(truncatingIfNeeded: bit & 7)
      bit += 1
    }
  }
}

/// Ors `count` bits from bit 0 of `source` into cleared bits from `start` on.
private func mergeBits(
  _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ start: Int, _ count: Int
) {
  let input = source.assumingMemoryBound(to: UInt8.self)
  let output = target.assumingMemoryBound(to: UInt8.self) + start / 8
  let shift = UInt8(truncatingIfNeeded: start & 7)
  let whole = count / 8
  let rest = count & 7
  if shift == 0 {
    for index in 0..<whole { output[index] = input[index] }
  } else {
    for index in 0..<whole {
      output[index] |= input[index] &<< shift
      output[index &+ 1] = input[index] &>> (8 &- shift)
    }
  }
  guard rest > 0 else { return }
  let last = input[whole] & ((1 &<< UInt8(truncatingIfNeeded: rest)) &- 1)
  output[whole] |= last &<< shift
  if Int(shift) + rest > 8 { output[whole &+ 1] = last &>> (8 &- shift) }
}
