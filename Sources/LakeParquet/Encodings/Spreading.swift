// Spec: 06-base-files. From values without gaps to rows with nulls between them.

/// Spreads dense values over `count` rows: row `k` takes the next value where its bit is set.
/// `dense` must be readable one value beyond the last; null rows get some value or zero.
func spread<T: BitwiseCopyable>(
  _ dense: UnsafePointer<T>, _ out: UnsafeMutablePointer<T>, bits: UnsafeRawPointer, at bit: Int,
  _ count: Int, zero: T
) {
  var next = dense
  var row = 0
  while row < count {
    let some = min(56, count &- row)
    let word = bitsAt(bits, bit &+ row, some)
    let target = out + row
    if word == (1 &<< UInt64(some)) &- 1 {
      target.update(from: next, count: some)
      next += some
    } else if word == 0 {
      target.update(repeating: zero, count: some)
    } else {
      var rest = word
      var at = 0
      for k in 0..<some {
        target[k] = next[at]
        at = at &+ Int(truncatingIfNeeded: rest & 1)
        rest = rest &>> 1
      }
      next += at
    }
    row = row &+ some
  }
}

/// The same for values of any width.
func spreadBytes(
  _ dense: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, width: Int, bits: UnsafeRawPointer,
  at bit: Int, _ count: Int
) {
  var next = dense
  for row in 0..<count {
    let target = out + row &* width
    if bitsAt(bits, bit &+ row, 1) == 1 {
      target.copyMemory(from: next, byteCount: width)
      next += width
    } else {
      target.initializeMemory(as: UInt8.self, repeating: 0, count: width)
    }
  }
}

/// The same for booleans; the target's bits are all zero before.
func spreadBits(
  _ dense: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, at outBit: Int,
  bits: UnsafeRawPointer, at bit: Int, _ count: Int
) {
  var next = 0
  for row in 0..<count where bitsAt(bits, bit &+ row, 1) == 1 {
    if bitsAt(dense, next, 1) == 1 {
      let place = outBit &+ row
      let old = out.load(fromByteOffset: place &>> 3, as: UInt8.self)
      out.storeBytes(
        of: old | 1 &<< UInt8(place & 7), toByteOffset: place &>> 3, as: UInt8.self)
    }
    next = next &+ 1
  }
}

/// End offsets of dense values to end offsets of rows: a null row ends where the one before ended.
func spreadOffsets(
  _ dense: UnsafePointer<Int32>, start: Int32, _ out: UnsafeMutablePointer<Int32>,
  bits: UnsafeRawPointer, at bit: Int, _ count: Int
) {
  var last = start
  var next = 0
  var row = 0
  while row < count {
    let some = min(56, count &- row)
    var word = bitsAt(bits, bit &+ row, some)
    if word == 0 {
      (out + row).update(repeating: last, count: some)
    } else {
      for k in 0..<some {
        if word & 1 == 1 {
          last = dense[next]
          next = next &+ 1
        }
        out[row &+ k] = last
        word = word &>> 1
      }
    }
    row = row &+ some
  }
}

/// One bit per level: set where the level is at least `threshold` (at most 127).
/// Returns how many are set. The multiplication gathers eight bytes' top bits into one byte.
func levelBits(
  _ levels: UnsafePointer<UInt8>, threshold: UInt8, _ target: UnsafeMutableRawPointer, at bit: Int,
  _ count: Int
) -> Int {
  var set = 0
  var row = 0
  func put(_ byte: UInt8, _ some: Int) {
    var bits = UInt64(byte)
    set =
      set
      &+ withUnsafeBytes(of: &bits) { raw in
        guard let start = raw.baseAddress else { return 0 }
        return copyBits(from: start, at: 0, to: target, at: bit &+ row, some)
      }
  }
  let lift = UInt64(0x80 &- threshold) &* 0x0101_0101_0101_0101
  let raw = UnsafeRawPointer(levels)
  while row < count {
    let some = min(8, count &- row)
    var word: UInt64 = 0
    if some == 8 {
      word = raw.loadUnaligned(fromByteOffset: row, as: UInt64.self)
    } else {
      for k in 0..<some { word |= UInt64(levels[row &+ k]) &<< UInt64(k &* 8) }
    }
    let tops = ((word &+ lift) & 0x8080_8080_8080_8080) &>> 7
    put(UInt8(truncatingIfNeeded: (tops &* 0x0102_0408_1020_4080) &>> 56), some)
    row = row &+ some
  }
  return set
}
