// Spec: 06-base-files. Runs of bits from anywhere to anywhere, counted on the way.

/// Bytes that every readable block has behind its last byte.
let slackBytes = 64

/// Copies `count` bits, both sides least significant bit first, and returns how many are set.
/// The target's bits behind the last one copied, within its last byte, become zero.
func copyBits(
  from source: UnsafeRawPointer, at sourceBit: Int, to target: UnsafeMutableRawPointer,
  at targetBit: Int, _ count: Int
) -> Int {
  var set = 0
  var done = 0
  // Up to the target's next whole byte.
  let head = min(count, (8 &- targetBit) & 7)
  if head > 0 {
    let bits = bitsAt(source, sourceBit, head)
    let byte = target + (targetBit &>> 3)
    let shift = UInt8(targetBit & 7)
    let kept = byte.load(as: UInt8.self) & ((1 &<< shift) &- 1)
    byte.storeBytes(of: kept | (UInt8(truncatingIfNeeded: bits) &<< shift), as: UInt8.self)
    set = bits.nonzeroBitCount
    done = head
  }
  var out = target + ((targetBit &+ done) &>> 3)
  while count &- done >= 56 {
    let bits = bitsAt(source, sourceBit &+ done, 56)
    out.storeBytes(of: bits.littleEndian, as: UInt64.self)
    set = set &+ bits.nonzeroBitCount
    out += 7
    done = done &+ 56
  }
  var left = count &- done
  while left > 0 {
    let some = min(8, left)
    let bits = bitsAt(source, sourceBit &+ done, some)
    out.storeBytes(of: UInt8(truncatingIfNeeded: bits), as: UInt8.self)
    set = set &+ bits.nonzeroBitCount
    out += 1
    done = done &+ some
    left = left &- some
  }
  return set
}

/// `count` (1...56) bits from bit `bit`.
@inline(__always)
func bitsAt(_ source: UnsafeRawPointer, _ bit: Int, _ count: Int) -> UInt64 {
  let word = source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
  return (word &>> UInt64(bit & 7)) & ((1 &<< UInt64(count)) &- 1)
}

/// Sets `count` bits to `value`. The bits behind the last one, within its byte, become zero.
func fillBits(_ target: UnsafeMutableRawPointer, at bit: Int, _ count: Int, _ value: Bool) {
  guard count > 0 else { return }
  var done = 0
  let head = min(count, (8 &- bit) & 7)
  if head > 0 {
    let byte = target + (bit &>> 3)
    let shift = UInt8(bit & 7)
    let kept = byte.load(as: UInt8.self) & ((1 &<< shift) &- 1)
    let mask = UInt8(truncatingIfNeeded: (1 &<< head) &- 1)
    byte.storeBytes(of: kept | ((value ? mask : 0) &<< shift), as: UInt8.self)
    done = head
  }
  let whole = (count &- done) &>> 3
  let start = target + ((bit &+ done) &>> 3)
  start.initializeMemory(as: UInt8.self, repeating: value ? 0xFF : 0, count: whole)
  let tail = (count &- done) & 7
  if tail > 0 {
    let mask = UInt8(truncatingIfNeeded: (1 &<< tail) &- 1)
    (start + whole).storeBytes(of: value ? mask : 0, as: UInt8.self)
  }
}
