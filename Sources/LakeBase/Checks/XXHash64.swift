// Spec: 01-terms. The hash of Parquet's bloom filters and of the metadata table's identifiers.

/// xxHash, 64-bit variant. [CHECK-3]
public enum XXHash64 {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  @inline(__always)
  private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    (value &<< bits) | (value &>> (64 &- bits))
  }

  @inline(__always)
  private static func round(_ accumulator: UInt64, _ lane: UInt64) -> UInt64 {
    rotate(accumulator &+ lane &* prime2, 31) &* prime1
  }

  @inline(__always)
  private static func merge(_ hash: UInt64, _ accumulator: UInt64) -> UInt64 {
    (hash ^ round(0, accumulator)) &* prime1 &+ prime4
  }

  @inline(__always)
  private static func word(_ start: UnsafeRawPointer, _ at: Int) -> UInt64 {
    UInt64(littleEndian: (start + at).loadUnaligned(as: UInt64.self))
  }

  /// The hash of `count` bytes from `start`.
  public static func hash(
    _ start: UnsafeRawPointer, count: Int, seed: UInt64 = 0
  ) -> UInt64 {
    var at = 0
    var hash: UInt64
    if count >= 32 {
      var a = seed &+ prime1 &+ prime2
      var b = seed &+ prime2
      var c = seed
      var d = seed &- prime1
      while at &+ 32 <= count {
        a = round(a, word(start, at))
        b = round(b, word(start, at &+ 8))
        c = round(c, word(start, at &+ 16))
        d = round(d, word(start, at &+ 24))
        at &+= 32
      }
      hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
      hash = merge(merge(merge(merge(hash, a), b), c), d)
    } else {
      hash = seed &+ prime5
    }
    hash &+= UInt64(truncatingIfNeeded: count)
    while at &+ 8 <= count {
      hash = rotate(hash ^ round(0, word(start, at)), 27) &* prime1 &+ prime4
      at &+= 8
    }
    if at &+ 4 <= count {
      let half = UInt32(littleEndian: (start + at).loadUnaligned(as: UInt32.self))
      hash = rotate(hash ^ (UInt64(half) &* prime1), 23) &* prime2 &+ prime3
      at &+= 4
    }
    while at < count {
      let byte = start.load(fromByteOffset: at, as: UInt8.self)
      hash = rotate(hash ^ (UInt64(byte) &* prime5), 11) &* prime1
      at &+= 1
    }
    hash = (hash ^ (hash &>> 33)) &* prime2
    hash = (hash ^ (hash &>> 29)) &* prime3
    return hash ^ (hash &>> 32)
  }

  public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    let start = bytes.baseAddress ?? UnsafeRawPointer(Memory.empty.start)
    return hash(start, count: bytes.count, seed: seed)
  }

  public static func hash(_ bytes: Buffer, seed: UInt64 = 0) -> UInt64 {
    bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> UInt64 in hash(raw, seed: seed) }
  }

  public static func hash(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
    bytes.withUnsafeBytes { hash($0, seed: seed) }
  }
}
