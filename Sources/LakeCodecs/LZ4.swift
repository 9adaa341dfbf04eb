// Spec: 17-limits. LZ4 blocks, bare and in the frames that Hadoop puts around them.
import LakeBase

/// LZ4 blocks.
enum LZ4 {
  /// Hadoop's buffer: a longer piece is one frame of several blocks.
  private static let hadoopBlockBytes = 256 << 10

  private static func failure(_ what: String, _ offset: Int) -> LakeError {
    LakeError(.codecFailed, "lz4: the block \(what)", offset: offset)
  }

  /// Unpacks one block into at most `capacity` bytes and returns how many came out.
  static func decompress(
    _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer, _ capacity: Int
  ) throws(LakeError) -> Int {
    if count == 0 { return 0 }
    let produced = unpack(source, count, target, capacity)
    if produced < 0 { throw failure("is damaged", -1 - produced) }
    return produced
  }

  /// Unpacks Hadoop's frames; where there are none, one bare block, which some writers left behind
  /// under the same codec number. [CODEC-4]
  static func decompressHadoop(
    _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer, _ capacity: Int
  ) throws(LakeError) -> Int {
    if let produced = unframe(source, count, target, capacity) { return produced }
    return try decompress(source, count, target, capacity)
  }

  /// Each frame is its plain size, then blocks (size and bytes) until that many bytes came out.
  private static func unframe(
    _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer, _ capacity: Int
  ) -> Int? {
    var at = 0
    var out = 0
    while at < count {
      guard at + 4 <= count else { return nil }
      var rest = Int(UInt32(bigEndian: (source + at).loadUnaligned(as: UInt32.self)))
      at += 4
      guard rest <= capacity - out else { return nil }
      while rest > 0 {
        guard at + 4 <= count else { return nil }
        let size = Int(UInt32(bigEndian: (source + at).loadUnaligned(as: UInt32.self)))
        at += 4
        guard size > 0, size <= count - at else { return nil }
        let produced = unpack(source + at, size, target + out, rest)
        guard produced > 0 else { return nil }
        at += size
        out += produced
        rest -= produced
      }
    }
    return out
  }

  /// Appends one block.
  static func compress(
    _ source: UnsafeRawPointer, _ count: Int, _ table: MatchTable, _ output: GrowingBuffer
  ) {
    output.reserve(16 + count + count / 255)
    table.clear()
    output.setCount(pack(source, count, table.slots, output.pointer, output.count))
  }

  /// Appends frames of one block each, as every reader of this codec expects them.
  static func compressHadoop(
    _ source: UnsafeRawPointer, _ count: Int, _ table: MatchTable, _ output: GrowingBuffer
  ) {
    var at = 0
    while at < count {
      let size = Swift.min(hadoopBlockBytes, count - at)
      output.append(bigEndian: UInt32(size))
      let place = output.count
      output.append(bigEndian: UInt32(0))
      compress(source + at, size, table, output)
      let packed = UInt32(output.count - place - 4)
      (output.pointer + place).storeBytes(of: packed.bigEndian, as: UInt32.self)
      at += size
    }
  }
}

/// Returns the bytes that came out, or -1 minus the offset of the first sequence that is wrong.
private func unpack(
  _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer, _ size: Int
) -> Int {
  var at = 0
  var out = 0
  while at < count {
    let sequence = at
    let token = source.load(fromByteOffset: at, as: UInt8.self)
    at &+= 1
    var literals = Int(token &>> 4)
    if literals == 15 {
      var byte: UInt8 = 255
      while byte == 255 {
        if at >= count || literals > size { return -1 &- sequence }
        byte = source.load(fromByteOffset: at, as: UInt8.self)
        at &+= 1
        literals &+= Int(byte)
      }
    }
    if literals <= 16 && at &+ 16 <= count && out &+ 16 <= size {
      copy16(source + at, target + out)
    } else {
      if literals > count &- at || literals > size &- out { return -1 &- sequence }
      (target + out).copyMemory(from: source + at, byteCount: literals)
    }
    at &+= literals
    out &+= literals
    if at == count { return out }
    if at &+ 2 > count { return -1 &- sequence }
    let offset = Int(UInt16(littleEndian: (source + at).loadUnaligned(as: UInt16.self)))
    at &+= 2
    var length = Int(token & 15)
    if length == 15 {
      var byte: UInt8 = 255
      while byte == 255 {
        if at >= count || length > size { return -1 &- sequence }
        byte = source.load(fromByteOffset: at, as: UInt8.self)
        at &+= 1
        length &+= Int(byte)
      }
    }
    length &+= 4
    if offset == 0 || offset > out || length > size &- out { return -1 &- sequence }
    copyMatch(target, out, offset, length, size)
    out &+= length
  }
  // A block ends with literals, never with a match.
  return -1 &- count
}

/// Packs one block behind `position` of `target` and returns the new position. The last five bytes
/// are literals and no match starts within the last twelve, as the format demands.
private func pack(
  _ source: UnsafeRawPointer, _ count: Int, _ slots: UnsafeMutablePointer<UInt32>,
  _ target: UnsafeMutableRawPointer, _ position: Int
) -> Int {
  var out = position
  var literal = 0
  var at = 1
  var misses = 64
  while at &+ 12 <= count {
    let word = (source + at).loadUnaligned(as: UInt32.self)
    let slot = MatchTable.slot(word)
    let candidate = Int(slots[slot])
    slots[slot] = UInt32(truncatingIfNeeded: at)
    if at &- candidate > 65_535
      || (source + candidate).loadUnaligned(as: UInt32.self) != word
    {
      at &+= misses &>> 6
      misses &+= 1
      continue
    }
    let length = matchLength(source, candidate &+ 4, at &+ 4, count &- 5)
    out = putSequence(source + literal, at &- literal, length, target, out)
    target.storeBytes(
      of: UInt16(truncatingIfNeeded: at &- candidate).littleEndian, toByteOffset: out,
      as: UInt16.self)
    out = putLength(length, target, out &+ 2)
    at &+= length &+ 4
    literal = at
    misses = 64
  }
  return putSequence(source + literal, count &- literal, 0, target, out)
}

/// Token, literal length and literals.
@inline(__always)
private func putSequence(
  _ literals: UnsafeRawPointer, _ count: Int, _ match: Int, _ target: UnsafeMutableRawPointer,
  _ position: Int
) -> Int {
  let token = Swift.min(count, 15) &<< 4 | Swift.min(match, 15)
  target.storeBytes(of: UInt8(truncatingIfNeeded: token), toByteOffset: position, as: UInt8.self)
  let out = putLength(count, target, position &+ 1)
  (target + out).copyMemory(from: literals, byteCount: count)
  return out &+ count
}

/// What of a length the token cannot hold.
@inline(__always)
private func putLength(
  _ length: Int, _ target: UnsafeMutableRawPointer, _ position: Int
) -> Int {
  var out = position
  var rest = length &- 15
  if rest < 0 { return out }
  while rest >= 255 {
    target.storeBytes(of: 255, toByteOffset: out, as: UInt8.self)
    out &+= 1
    rest &-= 255
  }
  target.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: out, as: UInt8.self)
  return out &+ 1
}
