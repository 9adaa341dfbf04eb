// Spec: 06-base-files. The hybrid of runs and bit-packed groups: levels, codes, booleans.

/// A cursor over a hybrid stream. Lives over memory with `slackBytes` behind its end.
///
/// Nothing here throws: a read returns how many values there were, and the caller, who knows the
/// page, reports a shortage.
struct RunReader {
  private var position: UnsafeRawPointer
  private let end: UnsafeRawPointer
  let width: Int
  /// What is left of a run of one value.
  private var repeats = 0
  private var value: UInt32 = 0
  /// What is left of a bit-packed run, and where in it we are.
  private var packed = 0
  private var packedStart: UnsafeRawPointer
  private var packedIndex = 0

  init(_ start: UnsafeRawPointer, _ byteCount: Int, width: Int) {
    position = start
    end = start + byteCount
    self.width = width
    packedStart = start
  }

  /// A stream that is one bit-packed run without a header.
  init(packed start: UnsafeRawPointer, _ byteCount: Int, width: Int, count: Int) {
    self.init(start + byteCount, 0, width: width)
    packedStart = start
    packed = width == 0 ? count : min(count, byteCount &* 8 / width)
  }

  /// A stream of one value without end.
  init(repeating value: UInt32, count: Int, at start: UnsafeRawPointer) {
    self.init(start, 0, width: 0)
    self.value = value
    repeats = count
  }

  /// Reads the next header. False at the end and where a header makes no sense.
  private mutating func advance() -> Bool {
    var header: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard position < end, shift < 35 else { return false }
      let byte = position.load(as: UInt8.self)
      position += 1
      header |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { break }
      shift = shift &+ 7
    }
    let left = end - position
    let amount = Int(header &>> 1)
    if header & 1 == 1 {
      packedStart = position
      packedIndex = 0
      let byteCount = amount &* width
      if byteCount <= left {
        packed = amount &* 8
        position += byteCount
      } else {
        // Some writers cut the padding of the last group.
        packed = left &* 8 / width
        position = end
      }
      return true
    }
    let byteCount = (width &+ 7) / 8
    guard byteCount <= left else { return false }
    var bits: UInt32 = 0
    for index in 0..<byteCount {
      bits |= UInt32(position.load(fromByteOffset: index, as: UInt8.self)) &<< UInt32(index &* 8)
    }
    position += byteCount
    value = bits
    repeats = amount
    return true
  }

  /// Reads up to `count` values into `out`, which must have room for 8 more.
  mutating func read(_ out: UnsafeMutablePointer<UInt32>, _ count: Int) -> Int {
    var done = 0
    while done < count {
      if repeats > 0 {
        let some = min(repeats, count &- done)
        (out + done).update(repeating: value, count: some)
        repeats = repeats &- some
        done = done &+ some
      } else if packed > 0 {
        done = done &+ readPacked(out + done, min(packed, count &- done))
      } else if !advance() {
        break
      }
    }
    return done
  }

  private mutating func readPacked(_ out: UnsafeMutablePointer<UInt32>, _ count: Int) -> Int {
    if width == 0 {
      out.update(repeating: 0, count: count)
    } else {
      let head = min(count, (8 &- packedIndex) & 7)
      if head > 0 { unpackSome(packedStart, width: width, from: packedIndex, out, head) }
      let groups = (count &- head) &>> 3
      let start = packedStart + ((packedIndex &+ head) &* width) &>> 3
      if groups > 0 { unpackGroups(start, width: width, out + head, groups: groups) }
      let tail = (count &- head) & 7
      if tail > 0 {
        unpackSome(
          start + groups &* width, width: width, from: 0, out + (head &+ groups &* 8), tail)
      }
    }
    packedIndex = packedIndex &+ count
    packed = packed &- count
    return count
  }

  /// Reads up to `count` one-bit values into a bitmap; `width` must be 1.
  /// Returns how many there were, how many are set, and whether every value was 0 or 1.
  mutating func readBits(
    _ target: UnsafeMutableRawPointer, at bit: Int, _ count: Int
  ) -> (count: Int, set: Int, isValid: Bool) {
    var done = 0
    var set = 0
    while done < count {
      if repeats > 0 {
        if value > 1 { return (done, set, false) }
        let some = min(repeats, count &- done)
        fillBits(target, at: bit &+ done, some, value == 1)
        if value == 1 { set = set &+ some }
        repeats = repeats &- some
        done = done &+ some
      } else if packed > 0 {
        let some = min(packed, count &- done)
        set = set &+ copyBits(from: packedStart, at: packedIndex, to: target, at: bit &+ done, some)
        packedIndex = packedIndex &+ some
        packed = packed &- some
        done = done &+ some
      } else if !advance() {
        break
      }
    }
    return (done, set, true)
  }
}

/// The largest of `count` values; 0 for none.
func maximum(_ values: UnsafePointer<UInt32>, _ count: Int) -> UInt32 {
  var most: UInt32 = 0
  for index in 0..<count { most = max(most, values[index]) }
  return most
}

/// Rewrites the deprecated level packing (most significant bit first) as ours, `count` values.
/// `target` has room for `(count * width + 7) / 8` bytes, all zero.
func repackLevels(
  _ source: UnsafeRawPointer, width: Int, _ target: UnsafeMutableRawPointer, _ count: Int
) {
  for bit in 0..<(count &* width) {
    let byte = source.load(fromByteOffset: bit &>> 3, as: UInt8.self)
    guard byte &>> UInt8(7 &- (bit & 7)) & 1 == 1 else { continue }
    let index = bit / width
    // Bits of one value also run from the most significant to the least.
    let place = index &* width &+ (width &- 1 &- (bit &- index &* width))
    let old = target.load(fromByteOffset: place &>> 3, as: UInt8.self)
    target.storeBytes(
      of: old | 1 &<< UInt8(place & 7), toByteOffset: place &>> 3, as: UInt8.self)
  }
}
