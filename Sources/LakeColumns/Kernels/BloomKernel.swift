// Spec: 11-keys-and-indexes. Record-key bloom filters over whole columns: the chained hashes of
// every key.
import LakeBase

/// Sets and tests the bits of keys.
public enum BloomKernel {
  /// Sets the bits of the values of `rows`; nulls and empty values are left out.
  /// - Parameters:
  ///   - bits: `(bitCount + 7) / 8` bytes, bit 0 the lowest of the first byte.
  ///   - hashes: positions a key has.
  public static func add(
    _ column: Column, _ rows: Range<Int>, to bits: inout [UInt8], bitCount: Int32, hashes: Int
  ) {
    precondition(bits.count == (Int(bitCount) + 7) / 8 && bitCount > 0, "a filter of that size")
    let plain = column.decoded()
    let scratch = scratch(plain)
    plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      bits.withUnsafeMutableBufferPointer { out in
        guard let target = out.baseAddress else { return }
        for row in rows where starts[row] != starts[row &+ 1] && !plain.isNull(row) {
          let start = UnsafeRawPointer(data) + Int(starts[row])
          let count = Int(starts[row &+ 1]) &- Int(starts[row])
          setBits(start, count, scratch.pointer, target, bitCount, hashes)
        }
      }
    }
  }

  /// For every row whether all bits of its value are set; nulls and empty values are not in any
  /// filter.
  public static func contains(
    _ column: Column, in bits: [UInt8], bitCount: Int32, hashes: Int
  ) -> [Bool] {
    precondition(bits.count == (Int(bitCount) + 7) / 8 && bitCount > 0, "a filter of that size")
    let plain = column.decoded()
    let scratch = scratch(plain)
    var found = [Bool](repeating: false, count: plain.count)
    plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      bits.withUnsafeBufferPointer { known in
        guard let source = known.baseAddress else { return }
        for row in 0..<plain.count where starts[row] != starts[row &+ 1] && !plain.isNull(row) {
          let start = UnsafeRawPointer(data) + Int(starts[row])
          let count = Int(starts[row &+ 1]) &- Int(starts[row])
          found[row] = hasBits(start, count, scratch.pointer, source, bitCount, hashes)
        }
      }
    }
    return found
  }

  /// The positions of one key, for explanations and tests.
  public static func positions(_ key: [UInt8], bitCount: Int32, hashes: Int) -> [Int32] {
    var seed: UInt32 = 0
    return (0..<hashes).map { _ in
      seed = Murmur2.hash(key, seed: seed)
      return position(seed, bitCount)
    }
  }

  /// Room for the mixed words of the longest value.
  private static func scratch(_ column: Column) -> GrowingBuffer {
    var longest = 0
    column.withBytes { (starts: UnsafePointer<Int32>, _: UnsafePointer<UInt8>) in
      for row in 0..<column.count {
        longest = Swift.max(longest, Int(starts[row &+ 1]) &- Int(starts[row]))
      }
    }
    return GrowingBuffer(capacity: longest + 8)
  }
}

private let multiplier: UInt32 = 0x5BD1_E995

@inline(__always)
private func position(_ hash: UInt32, _ bitCount: Int32) -> Int32 {
  // The remainder is smaller than the bit count in magnitude, so its negation cannot overflow.
  let rest = Int32(bitPattern: hash) % bitCount
  return rest < 0 ? 0 &- rest : rest
}

/// The part of the hash that does not depend on the seed, once per key: a word for each four bytes,
/// and what the last one to three bytes contribute.
@inline(__always)
private func mixWords(
  _ start: UnsafeRawPointer, _ count: Int, _ words: UnsafeMutablePointer<UInt32>
) -> UInt32 {
  let whole = count &>> 2
  for index in 0..<whole {
    var word =
      UInt32(
        littleEndian: (start + index &* 4).loadUnaligned(as: UInt32.self)) &* multiplier
    word ^= word &>> 24
    words[index] = word &* multiplier
  }
  var tail: UInt32 = 0
  let rest = count & 3
  if rest >= 3 { tail ^= extended(start, count &- 3) &<< 16 }
  if rest >= 2 { tail ^= extended(start, count &- 2) &<< 8 }
  if rest >= 1 { tail ^= extended(start, count &- 1) }
  return tail
}

@inline(__always)
private func extended(_ start: UnsafeRawPointer, _ at: Int) -> UInt32 {
  UInt32(bitPattern: Int32(start.load(fromByteOffset: at, as: Int8.self)))
}

@inline(__always)
private func chained(
  _ words: UnsafeMutablePointer<UInt32>, _ count: Int, _ tail: UInt32, _ seed: UInt32
) -> UInt32 {
  var hash = seed ^ UInt32(truncatingIfNeeded: count)
  for index in 0..<(count &>> 2) { hash = (hash &* multiplier) ^ words[index] }
  if count & 3 != 0 { hash = (hash ^ tail) &* multiplier }
  hash ^= hash &>> 13
  hash = hash &* multiplier
  return hash ^ (hash &>> 15)
}

private func setBits(
  _ start: UnsafeRawPointer, _ count: Int, _ scratch: UnsafeMutableRawPointer,
  _ bits: UnsafeMutablePointer<UInt8>, _ bitCount: Int32, _ hashes: Int
) {
  let words = scratch.assumingMemoryBound(to: UInt32.self)
  let tail = mixWords(start, count, words)
  var seed: UInt32 = 0
  for _ in 0..<hashes {
    seed = chained(words, count, tail, seed)
    let at = Int(position(seed, bitCount))
    bits[at &>> 3] |= 1 &<< UInt8(truncatingIfNeeded: at & 7)
  }
}

private func hasBits(
  _ start: UnsafeRawPointer, _ count: Int, _ scratch: UnsafeMutableRawPointer,
  _ bits: UnsafePointer<UInt8>, _ bitCount: Int32, _ hashes: Int
) -> Bool {
  let words = scratch.assumingMemoryBound(to: UInt32.self)
  let tail = mixWords(start, count, words)
  var seed: UInt32 = 0
  for _ in 0..<hashes {
    seed = chained(words, count, tail, seed)
    let at = Int(position(seed, bitCount))
    if bits[at &>> 3] & (1 &<< UInt8(truncatingIfNeeded: at & 7)) == 0 { return false }
  }
  return true
}
