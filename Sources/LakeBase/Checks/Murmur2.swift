// Spec: 01-terms. The hash of record-key bloom filters, with the two quirks its files depend on.

/// The 32-bit Murmur2 variant of Hudi's bloom filters. [CHECK-5]
///
/// It differs from the usual Murmur2 in the last one to three bytes only: they are taken from the
/// end backwards, and each is sign-extended before it is shifted, so keys outside ASCII hash
/// differently.
public enum Murmur2 {
  private static let multiplier: UInt32 = 0x5BD1_E995

  @inline(__always)
  private static func extended(_ start: UnsafeRawPointer, _ at: Int) -> UInt32 {
    UInt32(bitPattern: Int32(start.load(fromByteOffset: at, as: Int8.self)))
  }

  /// The hash of `count` bytes from `start`.
  public static func hash(_ start: UnsafeRawPointer, count: Int, seed: UInt32) -> UInt32 {
    var hash = seed ^ UInt32(truncatingIfNeeded: count)
    let whole = count & ~3
    var at = 0
    while at < whole {
      var word = UInt32(littleEndian: (start + at).loadUnaligned(as: UInt32.self))
      word = word &* multiplier
      word ^= word &>> 24
      word = word &* multiplier
      hash = (hash &* multiplier) ^ word
      at &+= 4
    }
    let rest = count &- whole
    if rest > 0 {
      if rest >= 3 { hash ^= extended(start, count &- 3) &<< 16 }
      if rest >= 2 { hash ^= extended(start, count &- 2) &<< 8 }
      hash ^= extended(start, count &- 1)
      hash = hash &* multiplier
    }
    hash ^= hash &>> 13
    hash = hash &* multiplier
    return hash ^ (hash &>> 15)
  }

  public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt32) -> UInt32 {
    hash(bytes.baseAddress ?? UnsafeRawPointer(Memory.empty.start), count: bytes.count, seed: seed)
  }

  public static func hash(_ bytes: Buffer, seed: UInt32) -> UInt32 {
    bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> UInt32 in hash(raw, seed: seed) }
  }

  public static func hash(_ bytes: [UInt8], seed: UInt32) -> UInt32 {
    bytes.withUnsafeBytes { hash($0, seed: seed) }
  }
}
