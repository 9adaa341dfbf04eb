// Spec: 06-base-files. DELTA_BINARY_PACKED, value by value without knowing how many come.

/// A cursor over delta-packed integers. Lives over memory with `slackBytes` behind its end.
struct DeltaReader {
  private var position: UnsafeRawPointer
  private let end: UnsafeRawPointer
  private let blockSize: Int
  private let miniblocks: Int
  private let perMiniblock: Int
  /// Values the header announces, and those not read yet.
  let total: Int
  private(set) var left: Int
  private var last: Int64
  private var isFirst = true
  private var minimum: Int64 = 0
  private var widths: UnsafeRawPointer
  private var miniblock: Int
  private var inMiniblock = 0
  private var width = 0
  private var bits: UnsafeRawPointer

  /// Nil where the header makes no sense. [PQR-12]
  init?(_ start: UnsafeRawPointer, _ byteCount: Int) {
    position = start
    end = start + byteCount
    guard let block = readVarint(&position, end), let count = readVarint(&position, end),
      let values = readVarint(&position, end), let first = readVarint(&position, end),
      block > 0, block <= 1 << 31, block % 128 == 0, count > 0, block % count == 0,
      (block / count) % 32 == 0, values <= UInt64(Int32.max)
    else { return nil }
    blockSize = Int(block)
    miniblocks = Int(count)
    perMiniblock = Int(block / count)
    total = Int(values)
    left = Int(values)
    last = Int64(bitPattern: first &>> 1) ^ (0 &- Int64(bitPattern: first & 1))
    widths = start
    bits = start
    miniblock = miniblocks
  }

  /// Enters the next miniblock; false where the bytes end or a width is beyond 64.
  private mutating func advance() -> Bool {
    if miniblock == miniblocks {
      guard let raw = readVarint(&position, end), miniblocks <= end - position else { return false }
      minimum = Int64(bitPattern: raw &>> 1) ^ (0 &- Int64(bitPattern: raw & 1))
      widths = position
      position += miniblocks
      miniblock = 0
    }
    width = Int(widths.load(fromByteOffset: miniblock, as: UInt8.self))
    guard width <= 64 else { return false }
    // Writers may cut the padding of the last miniblock.
    let needed = (min(perMiniblock, left) &* width &+ 7) / 8
    guard needed <= end - position else { return false }
    bits = position
    position += min(perMiniblock / 8 &* width, end - position)
    miniblock = miniblock &+ 1
    inMiniblock = 0
    return true
  }

  /// Reads up to `count` values; fewer where the stream ends or is damaged.
  mutating func read(_ out: UnsafeMutablePointer<Int64>, _ count: Int) -> Int {
    let wanted = min(count, left)
    var done = 0
    if isFirst && wanted > 0 {
      out[0] = last
      isFirst = false
      done = 1
      left = left &- 1
      inMiniblock = perMiniblock
    }
    while done < wanted {
      if inMiniblock == perMiniblock { guard advance() else { break } }
      let some = min(perMiniblock &- inMiniblock, wanted &- done)
      last = addDeltas(
        bits, width: width, from: inMiniblock, minimum: minimum, last: last, out + done, some)
      inMiniblock = inMiniblock &+ some
      left = left &- some
      done = done &+ some
    }
    return done
  }

  /// Where the stream ends, found from the headers alone; nil where it is damaged.
  func endOfStream() -> UnsafeRawPointer? {
    var copy = self
    if copy.isFirst {
      copy.left = max(0, copy.left &- 1)
      copy.inMiniblock = copy.perMiniblock
      copy.isFirst = false
    } else {
      copy.left = copy.left &- min(copy.left, copy.perMiniblock &- copy.inMiniblock)
    }
    while copy.left > 0 {
      guard copy.advance() else { return nil }
      copy.left = copy.left &- min(copy.left, copy.perMiniblock)
    }
    return copy.position
  }
}

private func addDeltas(
  _ bits: UnsafeRawPointer, width: Int, from index: Int, minimum: Int64, last: Int64,
  _ out: UnsafeMutablePointer<Int64>, _ count: Int
) -> Int64 {
  var last = last
  if width == 0 {
    for k in 0..<count {
      last = last &+ minimum
      out[k] = last
    }
    return last
  }
  var bit = index &* width
  if width <= 56 {
    let mask: UInt64 = (1 &<< UInt64(width)) &- 1
    for k in 0..<count {
      let word = bits.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
      let delta = Int64(bitPattern: (word &>> UInt64(bit & 7)) & mask)
      last = last &+ minimum &+ delta
      out[k] = last
      bit = bit &+ width
    }
    return last
  }
  for k in 0..<count {
    last = last &+ minimum &+ Int64(bitPattern: unpackWide(bits, bit: bit, width: width))
    out[k] = last
    bit = bit &+ width
  }
  return last
}

/// A base-128 varint, or nil where it does not end in time.
@inline(__always)
func readVarint(_ position: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
  var value: UInt64 = 0
  var shift: UInt64 = 0
  while position < end, shift < 64 {
    let byte = position.load(as: UInt8.self)
    position += 1
    value |= UInt64(byte & 0x7F) &<< shift
    if byte < 0x80 { return value }
    shift = shift &+ 7
  }
  return nil
}
