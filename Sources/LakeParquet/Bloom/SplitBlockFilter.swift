// Spec: 06-base-files. Split-block bloom filters: a value is certainly absent, or may be there.
import LakeBase

/// A split-block bloom filter: blocks of 256 bits, eight bits set in one block for each value.
public struct SplitBlockFilter: Sendable {
  private static let salts: [UInt32] = [
    0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947,
    0x5c6b_fb31,
  ]
  static let blockBytes = 32
  /// Largest filter that is written.
  static let byteCountMax = 128 << 20

  private var words: [UInt32]
  private var blockCount: Int { words.count / 8 }

  /// An empty filter for `distinctCount` values and a probability of a wrong "maybe".
  public init(distinctCount: Int, falsePositives: Double) {
    words = Array(
      repeating: 0, count: Self.byteCount(distinctCount: distinctCount, falsePositives) / 4)
  }

  /// The bits of a filter as they stand in a file; throws `parquetMalformed` where they are no
  /// whole number of blocks.
  public init(_ bits: Buffer) throws(LakeError) {
    guard bits.count >= Self.blockBytes, bits.count % Self.blockBytes == 0 else {
      throw LakeError(.parquetMalformed, "a bloom filter has \(bits.count) bytes, not blocks of 32")
    }
    words = bits.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> [UInt32] in
      (0..<bits.count / 4).map { index in
        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
      }
    }
  }

  /// Bytes for so many values: m = -8n / ln(1 - p^(1/8)) bits, rounded up to a power of two.
  static func byteCount(distinctCount: Int, _ probability: Double) -> Int {
    let root = probability.squareRoot().squareRoot().squareRoot()
    let bits = -8 * Double(Swift.max(1, distinctCount)) / naturalLogarithm(1 - root)
    var bytes = blockBytes
    while Double(bytes) * 8 < bits && bytes < byteCountMax { bytes *= 2 }
    return bytes
  }

  /// The block that the upper half of a hash chooses, as the index of its first word.
  private func firstWord(_ hash: UInt64) -> Int {
    Int(((hash >> 32) &* UInt64(blockCount)) >> 32) * 8
  }

  /// Adds a value by the xxHash64 of its PLAIN bytes (for byte arrays without the length).
  public mutating func insert(hash: UInt64) {
    let block = firstWord(hash)
    let key = UInt32(truncatingIfNeeded: hash)
    for lane in 0..<8 { words[block + lane] |= 1 << ((key &* Self.salts[lane]) >> 27) }
  }

  /// False only where the value was never added.
  public func mayContain(hash: UInt64) -> Bool {
    let block = firstWord(hash)
    let key = UInt32(truncatingIfNeeded: hash)
    for lane in 0..<8 where words[block + lane] & 1 << ((key &* Self.salts[lane]) >> 27) == 0 {
      return false
    }
    return true
  }

  /// Whether a value whose PLAIN bytes are these may be there.
  public func mayContain(plain bytes: UnsafeRawBufferPointer) -> Bool {
    mayContain(hash: XXHash64.hash(bytes))
  }

  /// The bits as they stand in a file.
  public var bits: Buffer {
    let target = GrowingBuffer(capacity: words.count * 4)
    for word in words { target.append(littleEndian: word) }
    return target.take()
  }

  /// Header and bits as they stand in a file.
  func encoded() -> Buffer {
    var writer = CompactWriter()
    writer.structure { BloomFilterHeader(byteCount: words.count * 4).write(to: &$0) }
    for word in words { writer.bytes.append(littleEndian: word) }
    return writer.bytes.take()
  }
}

/// ln x for 0 < x < 1, to a relative error far below what a filter's size needs.
private func naturalLogarithm(_ x: Double) -> Double {
  // ln x = e ln 2 + 2 artanh((m - 1) / (m + 1)) with x = m 2^e, m in 1..<2.
  let exponent = Double(x.exponent)
  let ratio = (x.significand - 1) / (x.significand + 1)
  var power = ratio
  var sum = 0.0
  var divisor = 1.0
  for _ in 0..<24 {
    sum += power / divisor
    power *= ratio * ratio
    divisor += 2
  }
  return exponent * 0.693147180559945309 + 2 * sum
}
