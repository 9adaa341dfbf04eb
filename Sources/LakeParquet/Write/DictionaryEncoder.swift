// Spec: 06-base-files. From values to codes: open addressing over an arena of distinct values.
import LakeBase

/// The distinct values of one column chunk in order of first appearance.
///
/// Integers and floats are kept as 64-bit words (equal bits are equal values), everything else as
/// bytes in an arena that is the dictionary page already.
final class DictionaryEncoder {
  enum Kind: Sendable {
    /// Values of four or eight bytes; `bigEndian` is the width of a decimal's bytes in the file.
    case words(byteCount: Int, bigEndian: Int?)
    /// Bytes; `lengths` says whether each value has its length in front.
    case bytes(lengths: Bool)
  }

  let kind: Kind
  private(set) var count = 0
  /// Words, or bytes with their lengths in front.
  private let arena = GrowingBuffer()
  /// For bytes: where each value starts in the arena, behind its length, and where the last ends.
  private let starts = GrowingBuffer()
  private let ends = GrowingBuffer()
  private var slots: Memory
  private var slotBits = 10
  private let prefix: Int

  init(_ kind: Kind) {
    self.kind = kind
    if case .bytes(lengths: true) = kind { prefix = 4 } else { prefix = 0 }
    slots = Self.emptySlots(10)
  }

  /// Bytes of the dictionary page.
  var byteCount: Int {
    switch kind {
    case .words(let byteCount, let bigEndian): count * (bigEndian ?? byteCount)
    case .bytes: arena.count
    }
  }

  private static func emptySlots(_ bits: Int) -> Memory {
    let memory = Memory(byteCount: 8 << bits)
    memory.start.initializeMemory(as: UInt8.self, repeating: 0, count: 8 << bits)
    return memory
  }

  /// Doubles the slots until `more` new values leave at least half of them empty.
  private func makeRoom(_ more: Int) {
    guard (count + more) * 2 > 1 << slotBits else { return }
    while (count + more) * 2 > 1 << slotBits { slotBits += 1 }
    let larger = Self.emptySlots(slotBits)
    let target = larger.start.assumingMemoryBound(to: UInt64.self)
    let old = slots.start.assumingMemoryBound(to: UInt64.self)
    let shift = UInt64(64 - slotBits)
    let mask = (1 << slotBits) - 1
    switch kind {
    case .words:
      rehashWords(arena.pointer.assumingMemoryBound(to: UInt64.self), count, target, shift, mask)
    case .bytes: rehashTags(old, slots.capacity / 8, target, slotBits, mask)
    }
    slots = larger
  }

  // MARK: Words

  /// Codes of `count` four-byte values.
  func encode(words4 values: UnsafePointer<UInt32>, count many: Int, to codes: GrowingBuffer) {
    encodeWords(values, many, codes)
  }

  /// Codes of `count` eight-byte values.
  func encode(words8 values: UnsafePointer<UInt64>, count many: Int, to codes: GrowingBuffer) {
    encodeWords(values, many, codes)
  }

  private func encodeWords<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ values: UnsafePointer<T>, _ many: Int, _ codes: GrowingBuffer
  ) {
    codes.reserve(many * 4)
    let target = (codes.pointer + codes.count).assumingMemoryBound(to: UInt32.self)
    var done = 0
    while done < many {
      // Small steps keep the table near the size that the distinct values need.
      let step = Swift.min(many - done, Swift.max(512, count))
      makeRoom(step)
      arena.reserve(step * 8)
      count = lookUpWords(
        values + done, step, target + done, slots.start.assumingMemoryBound(to: UInt64.self),
        UInt64(64 - slotBits), (1 << slotBits) - 1,
        arena.pointer.assumingMemoryBound(to: UInt64.self), count)
      arena.setCount(count * 8)
      done += step
    }
    codes.setCount(codes.count + many * 4)
  }

  // MARK: Bytes

  /// Codes of the values `data[starts[i]..<ends[i]]`.
  func encode(_ values: ByteRanges, count many: Int, to codes: GrowingBuffer) {
    codes.reserve(many * 4)
    var done = 0
    while done < many {
      let step = Swift.min(many - done, Swift.max(512, count))
      makeRoom(step)
      starts.reserve(step * 4)
      ends.reserve(step * 4)
      let part = values.advanced(by: done)
      arena.reserve(part.byteCount(step) + step * prefix + ByteRanges.slack)
      let target = (codes.pointer + codes.count).assumingMemoryBound(to: UInt32.self)
      let (newCount, newBytes) = lookUpBytes(
        part, step, target + done, slots.start.assumingMemoryBound(to: UInt64.self), slotBits,
        arena.pointer, arena.count, starts.pointer.assumingMemoryBound(to: UInt32.self),
        ends.pointer.assumingMemoryBound(to: UInt32.self), count, prefix)
      count = newCount
      arena.setCount(newBytes)
      starts.setCount(newCount * 4)
      ends.setCount(newCount * 4)
      done += step
    }
    codes.setCount(codes.count + many * 4)
  }

  /// The dictionary's values as ranges; for bytes only. Valid until the next value is added.
  var ranges: ByteRanges {
    ByteRanges(
      starts: UnsafePointer(starts.pointer.assumingMemoryBound(to: Int32.self)),
      ends: UnsafePointer(ends.pointer.assumingMemoryBound(to: Int32.self)),
      data: UnsafePointer(arena.pointer.assumingMemoryBound(to: UInt8.self)),
      dataCount: arena.count,
      isContiguous: false)
  }

  /// The dictionary's words. Valid until the next value is added.
  var words: UnsafePointer<UInt64> {
    UnsafePointer(arena.pointer.assumingMemoryBound(to: UInt64.self))
  }

  /// The values in PLAIN encoding: the dictionary page.
  func page() -> Buffer {
    switch kind {
    case .bytes: return arena.copy()
    case .words(let byteCount, let bigEndian):
      let bytes = GrowingBuffer(capacity: self.byteCount)
      if let width = bigEndian {
        PlainEncoder.appendBigEndian(words, count: count, width: width, to: bytes)
      } else if byteCount == 4 {
        let target = bytes.pointer.assumingMemoryBound(to: UInt32.self)
        for entry in 0..<count { target[entry] = UInt32(truncatingIfNeeded: words[entry]) }
        bytes.setCount(count * 4)
      } else {
        bytes.append(arena.view)
      }
      return bytes.take()
    }
  }
}

/// Byte strings somewhere in a block of bytes.
struct ByteRanges {
  let starts: UnsafePointer<Int32>
  let ends: UnsafePointer<Int32>
  let data: UnsafePointer<UInt8>
  let dataCount: Int
  /// Each value begins where the one before ends.
  let isContiguous: Bool

  /// Room that copies in steps of sixteen bytes may touch behind their target.
  static let slack = 32

  func advanced(by count: Int) -> ByteRanges {
    ByteRanges(
      starts: starts + count, ends: ends + count, data: data, dataCount: dataCount,
      isContiguous: isContiguous)
  }

  /// Bytes of the first `count` values together.
  func byteCount(_ count: Int) -> Int {
    guard count > 0 else { return 0 }
    if isContiguous { return Int(ends[count - 1]) - Int(starts[0]) }
    var total = 0
    for index in 0..<count { total &+= Int(ends[index]) &- Int(starts[index]) }
    return total
  }
}

private func hashWord(_ value: UInt64) -> UInt64 {
  let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
  return product.low ^ (product.high &* 0xD6E8_FEB8_6659_FD93)
}

private func rehashWords(
  _ words: UnsafePointer<UInt64>, _ count: Int, _ slots: UnsafeMutablePointer<UInt64>,
  _ shift: UInt64, _ mask: Int
) {
  for entry in 0..<count {
    var slot = Int(truncatingIfNeeded: hashWord(words[entry]) &>> shift)
    while slots[slot] != 0 { slot = (slot &+ 1) & mask }
    slots[slot] = UInt64(truncatingIfNeeded: entry &+ 1)
  }
}

@_specialize(where T == UInt32)
@_specialize(where T == UInt64)
private func lookUpWords<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
  _ values: UnsafePointer<T>, _ count: Int, _ codes: UnsafeMutablePointer<UInt32>,
  _ slots: UnsafeMutablePointer<UInt64>, _ shift: UInt64, _ mask: Int,
  _ words: UnsafeMutablePointer<UInt64>, _ entryCount: Int
) -> Int {
  var entries = entryCount
  for position in 0..<count {
    let value = UInt64(truncatingIfNeeded: values[position])
    var slot = Int(truncatingIfNeeded: hashWord(value) &>> shift)
    while true {
      let entry = Int(truncatingIfNeeded: slots[slot])
      if entry == 0 {
        words[entries] = value
        entries &+= 1
        slots[slot] = UInt64(truncatingIfNeeded: entries)
        codes[position] = UInt32(truncatingIfNeeded: entries &- 1)
        break
      }
      if words[entry &- 1] == value {
        codes[position] = UInt32(truncatingIfNeeded: entry &- 1)
        break
      }
      slot = (slot &+ 1) & mask
    }
  }
  return entries
}

/// The upper half of a slot is the upper half of the hash, so growing needs no bytes.
private func rehashTags(
  _ old: UnsafePointer<UInt64>, _ oldCount: Int, _ slots: UnsafeMutablePointer<UInt64>,
  _ bits: Int, _ mask: Int
) {
  let shift = UInt64(32 - bits)
  for position in 0..<oldCount where old[position] != 0 {
    var slot = Int(truncatingIfNeeded: (old[position] &>> 32) &>> shift)
    while slots[slot] != 0 { slot = (slot &+ 1) & mask }
    slots[slot] = old[position]
  }
}

private func hashBytes(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
  var state = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
  var position = 0
  while position &+ 8 < count {
    state = mix(state, (start + position).loadUnaligned(as: UInt64.self))
    position &+= 8
  }
  return mix(state, tail(start, count))
}

private func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
  let product = (state ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
  return product.high ^ product.low
}

/// The last eight bytes, or all of fewer; equal strings of one length have equal tails.
private func tail(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
  if count >= 8 { return (start + (count &- 8)).loadUnaligned(as: UInt64.self) }
  if count >= 4 {
    let low = UInt64(start.loadUnaligned(as: UInt32.self))
    let high = UInt64((start + (count &- 4)).loadUnaligned(as: UInt32.self))
    return high &<< 32 | low
  }
  if count == 0 { return 0 }
  let first = UInt64(start.load(as: UInt8.self))
  let middle = UInt64((start + count / 2).load(as: UInt8.self))
  let last = UInt64((start + (count &- 1)).load(as: UInt8.self))
  return first | middle &<< 8 | last &<< 16
}

private func equalBytes(
  _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int
) -> Bool {
  var position = 0
  while position &+ 8 < count {
    if (left + position).loadUnaligned(as: UInt64.self)
      != (right + position).loadUnaligned(as: UInt64.self)
    {
      return false
    }
    position &+= 8
  }
  return tail(left, count) == tail(right, count)
}

private func lookUpBytes(
  _ values: ByteRanges, _ count: Int, _ codes: UnsafeMutablePointer<UInt32>,
  _ slots: UnsafeMutablePointer<UInt64>, _ bits: Int, _ arena: UnsafeMutableRawPointer,
  _ arenaCount: Int, _ starts: UnsafeMutablePointer<UInt32>, _ ends: UnsafeMutablePointer<UInt32>,
  _ entryCount: Int, _ prefix: Int
) -> (entries: Int, bytes: Int) {
  let shift = UInt64(64 - bits)
  let mask = (1 << bits) - 1
  let data = UnsafeRawPointer(values.data)
  var entries = entryCount
  var used = arenaCount
  for position in 0..<count {
    let from = Int(values.starts[position])
    let length = Int(values.ends[position]) &- from
    let start = data + from
    let hash = hashBytes(start, length)
    let tag = hash & 0xFFFF_FFFF_0000_0000
    var slot = Int(truncatingIfNeeded: hash &>> shift)
    while true {
      let content = slots[slot]
      if content == 0 {
        if prefix != 0 {
          (arena + used).storeBytes(
            of: UInt32(truncatingIfNeeded: length).littleEndian, as: UInt32.self)
          used &+= 4
        }
        starts[entries] = UInt32(truncatingIfNeeded: used)
        (arena + used).copyMemory(from: start, byteCount: length)
        used &+= length
        ends[entries] = UInt32(truncatingIfNeeded: used)
        codes[position] = UInt32(truncatingIfNeeded: entries)
        entries &+= 1
        slots[slot] = tag | UInt64(truncatingIfNeeded: entries)
        break
      }
      if content & 0xFFFF_FFFF_0000_0000 == tag {
        let entry = Int(truncatingIfNeeded: content & 0xFFFF_FFFF) &- 1
        let known = Int(starts[entry])
        if Int(ends[entry]) &- known == length && equalBytes(arena + known, start, length) {
          codes[position] = UInt32(truncatingIfNeeded: entry)
          break
        }
      }
      slot = (slot &+ 1) & mask
    }
  }
  return (entries, used)
}
