// Spec: 17-limits. Snappy's raw format: a varint with the size, then literals and copies.
import LakeBase

/// Raw snappy blocks.
enum Snappy {
  /// The size that the block announces. A block of `n` bytes cannot unpack to more than `32·n`, so
  /// a larger announcement is a lie.
  static func size(of raw: UnsafeRawBufferPointer) throws(LakeError) -> Int {
    let (size, _) = try header(raw.baseAddress, raw.count)
    return size
  }

  private static func header(
    _ start: UnsafeRawPointer?, _ count: Int
  ) throws(LakeError) -> (size: Int, bytes: Int) {
    guard let start else { throw failure("ends within its size", 0) }
    var size: UInt64 = 0
    var at = 0
    while true {
      guard at < count, at < 5 else { throw failure("ends within its size", at) }
      let byte = start.load(fromByteOffset: at, as: UInt8.self)
      size |= UInt64(byte & 0x7F) << (7 * UInt64(at))
      at += 1
      if byte < 0x80 { break }
    }
    guard size <= UInt64(UInt32.max), Int(size) <= 32 * count else {
      throw failure("announces \(size) bytes in a block of \(count)", 0)
    }
    return (Int(size), at)
  }

  /// Unpacks into at most `capacity` bytes and returns how many came out.
  static func decompress(
    _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer, _ capacity: Int
  ) throws(LakeError) -> Int {
    let (size, start) = try header(source, count)
    guard size <= capacity else {
      throw LakeError(
        .codecFailed, "snappy: \(capacity) bytes were announced, the block says \(size)", offset: 0)
    }
    let bad = unpack(source, start, count, target, size)
    if bad >= 0 { throw failure("is damaged", bad) }
    return size
  }

  private static func failure(_ what: String, _ offset: Int) -> LakeError {
    LakeError(.codecFailed, "snappy: the block \(what)", offset: offset)
  }

  /// Appends the block of these bytes.
  static func compress(
    _ source: UnsafeRawPointer, _ count: Int, _ table: MatchTable, _ output: GrowingBuffer
  ) {
    output.append(varint: UInt64(count))
    var at = 0
    while at < count {
      // Blocks of 64 KiB: offsets then fit two bytes.
      let size = Swift.min(1 << 16, count - at)
      output.reserve(32 + size + size / 6)
      table.clear()
      let end = pack(source + at, size, table.slots, output.pointer, output.count)
      output.setCount(end)
      at += size
    }
  }
}

/// Returns -1, or the offset of the first element that is wrong.
private func unpack(
  _ source: UnsafeRawPointer, _ start: Int, _ count: Int, _ target: UnsafeMutableRawPointer,
  _ size: Int
) -> Int {
  var at = start
  var out = 0
  while at < count {
    let tag = source.load(fromByteOffset: at, as: UInt8.self)
    let element = at
    at &+= 1
    if tag & 3 == 0 {
      var length = Int(tag &>> 2) &+ 1
      if length <= 16 && at &+ 16 <= count && out &+ 16 <= size {
        copy16(source + at, target + out)
        at &+= length
        out &+= length
        continue
      }
      if length > 60 {
        let extra = length &- 60
        if at &+ extra > count { return element }
        length = 1
        for step in 0..<extra {
          length &+= Int(source.load(fromByteOffset: at &+ step, as: UInt8.self)) &<< (8 &* step)
        }
        at &+= extra
      }
      if length > count &- at || length > size &- out { return element }
      (target + out).copyMemory(from: source + at, byteCount: length)
      at &+= length
      out &+= length
      continue
    }
    var length = Int(tag &>> 2) &+ 1
    var offset: Int
    switch tag & 3 {
    case 1:
      if at >= count { return element }
      length = Int((tag &>> 2) & 7) &+ 4
      offset = Int(tag &>> 5) &<< 8 | Int(source.load(fromByteOffset: at, as: UInt8.self))
      at &+= 1
    case 2:
      if at &+ 2 > count { return element }
      offset = Int(UInt16(littleEndian: (source + at).loadUnaligned(as: UInt16.self)))
      at &+= 2
    default:
      if at &+ 4 > count { return element }
      offset = Int(UInt32(littleEndian: (source + at).loadUnaligned(as: UInt32.self)))
      at &+= 4
    }
    if offset == 0 || offset > out || length > size &- out { return element }
    copyMatch(target, out, offset, length, size)
    out &+= length
  }
  return out == size ? -1 : count
}

@inline(__always)
func copy16(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
  let bytes = source.loadUnaligned(as: SIMD2<UInt64>.self)
  target.storeBytes(of: bytes, as: SIMD2<UInt64>.self)
}

/// Copies `length` bytes from `offset` before `out`; source and target may overlap, as the formats
/// intend. May write up to 15 bytes beyond, never beyond `size`.
@inline(__always)
func copyMatch(
  _ target: UnsafeMutableRawPointer, _ out: Int, _ offset: Int, _ length: Int, _ size: Int
) {
  let to = target + out
  if offset >= 16 && out &+ length &+ 16 <= size {
    var done = 0
    repeat {
      copy16(UnsafeRawPointer(to + (done &- offset)), to + done)
      done &+= 16
    } while done < length
    return
  }
  if out &+ length &+ 16 <= size {
    // A short period: write eight bytes singly, then step by a multiple of the period.
    var period = offset
    var done = 0
    if offset < 8 {
      while done < 8 {
        to.storeBytes(
          of: to.load(fromByteOffset: done &- offset, as: UInt8.self), toByteOffset: done,
          as: UInt8.self)
        done &+= 1
      }
      while period < 8 { period &+= offset }
    }
    while done < length {
      let word = (to + (done &- period)).loadUnaligned(as: UInt64.self)
      to.storeBytes(of: word, toByteOffset: done, as: UInt64.self)
      done &+= 8
    }
    return
  }
  var step = 0
  while step < length {
    to.storeBytes(
      of: to.load(fromByteOffset: step &- offset, as: UInt8.self), toByteOffset: step,
      as: UInt8.self)
    step &+= 1
  }
}

/// How many bytes agree at two positions, the later one ending at `end`.
@inline(__always)
func matchLength(_ source: UnsafeRawPointer, _ early: Int, _ late: Int, _ end: Int) -> Int {
  var length = 0
  while late &+ length &+ 8 <= end {
    let difference =
      (source + (early &+ length)).loadUnaligned(as: UInt64.self)
      ^ (source + (late &+ length)).loadUnaligned(as: UInt64.self)
    if difference != 0 {
      return length &+ UInt64(littleEndian: difference).trailingZeroBitCount &>> 3
    }
    length &+= 8
  }
  while late &+ length < end
    && source.load(fromByteOffset: early &+ length, as: UInt8.self)
      == source.load(fromByteOffset: late &+ length, as: UInt8.self)
  {
    length &+= 1
  }
  return length
}

/// Packs at most 64 KiB behind `position` of `target` and returns the new position.
private func pack(
  _ source: UnsafeRawPointer, _ count: Int, _ slots: UnsafeMutablePointer<UInt32>,
  _ target: UnsafeMutableRawPointer, _ position: Int
) -> Int {
  var out = position
  var literal = 0
  var at = 1
  var misses = 32
  while at &+ 4 <= count {
    let word = (source + at).loadUnaligned(as: UInt32.self)
    let slot = MatchTable.slot(word)
    let candidate = Int(slots[slot])
    slots[slot] = UInt32(truncatingIfNeeded: at)
    if (source + candidate).loadUnaligned(as: UInt32.self) != word {
      at &+= misses &>> 5
      misses &+= 1
      continue
    }
    out = putLiteral(source + literal, at &- literal, target, out)
    let length = 4 &+ matchLength(source, candidate &+ 4, at &+ 4, count)
    out = putCopy(at &- candidate, length, target, out)
    at &+= length
    literal = at
    misses = 32
    if at &+ 4 <= count {
      let before = (source + (at &- 1)).loadUnaligned(as: UInt32.self)
      slots[MatchTable.slot(before)] = UInt32(truncatingIfNeeded: at &- 1)
    }
  }
  return putLiteral(source + literal, count &- literal, target, out)
}

@inline(__always)
private func putLiteral(
  _ source: UnsafeRawPointer, _ length: Int, _ target: UnsafeMutableRawPointer, _ position: Int
) -> Int {
  if length == 0 { return position }
  var out = position
  let last = length &- 1
  if last < 60 {
    target.storeBytes(of: UInt8(truncatingIfNeeded: last &<< 2), toByteOffset: out, as: UInt8.self)
    out &+= 1
  } else if last < 256 {
    target.storeBytes(of: 60 &<< 2, toByteOffset: out, as: UInt8.self)
    target.storeBytes(of: UInt8(truncatingIfNeeded: last), toByteOffset: out &+ 1, as: UInt8.self)
    out &+= 2
  } else {
    target.storeBytes(of: 61 &<< 2, toByteOffset: out, as: UInt8.self)
    target.storeBytes(
      of: UInt16(truncatingIfNeeded: last).littleEndian, toByteOffset: out &+ 1, as: UInt16.self)
    out &+= 3
  }
  (target + out).copyMemory(from: source, byteCount: length)
  return out &+ length
}

@inline(__always)
private func putCopy(
  _ offset: Int, _ length: Int, _ target: UnsafeMutableRawPointer, _ position: Int
) -> Int {
  var out = position
  var rest = length
  while rest > 0 {
    // A copy has at most 64 bytes; the last one must not fall below four.
    let part = rest > 64 ? (rest < 68 ? 60 : 64) : rest
    if part >= 4 && part <= 11 && offset < 2048 {
      let tag = UInt8(truncatingIfNeeded: (offset &>> 8) &<< 5 | (part &- 4) &<< 2 | 1)
      target.storeBytes(of: tag, toByteOffset: out, as: UInt8.self)
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: offset), toByteOffset: out &+ 1, as: UInt8.self)
      out &+= 2
    } else {
      let tag = UInt8(truncatingIfNeeded: (part &- 1) &<< 2 | 2)
      target.storeBytes(of: tag, toByteOffset: out, as: UInt8.self)
      target.storeBytes(
        of: UInt16(truncatingIfNeeded: offset).littleEndian, toByteOffset: out &+ 1,
        as: UInt16.self)
      out &+= 3
    }
    rest &-= part
  }
  return out
}
