// Spec: 01-terms. The hash of the consistent-hashing bucket index.

/// xxHash, 32-bit variant. [CHECK-4]
public enum XXHash32 {
  private static let prime1: UInt32 = 0x9E37_79B1
  private static let prime2: UInt32 = 0x85EB_CA77
  private static let prime3: UInt32 = 0xC2B2_AE3D
  private static let prime4: UInt32 = 0x27D4_EB2F
  private static let prime5: UInt32 = 0x1656_67B1

  @inline(__always)
  private static func rotate(_ value: UInt32, _ bits: UInt32) -> UInt32 {
    (value &<< bits) | (value &>> (32 &- bits))
  }

  @inline(__always)
  private static func round(_ accumulator: UInt32, _ lane: UInt32) -> UInt32 {
    rotate(accumulator &+ lane &* prime2, 13) &* prime1
  }

  @inline(__always)
  private static func word(_ start: UnsafeRawPointer, _ at: Int) -> UInt32 {
    UInt32(littleEndian: (start + at).loadUnaligned(as: UInt32.self))
  }

  public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
    let start = bytes.baseAddress ?? UnsafeRawPointer(Memory.empty.start)
    let count = bytes.count
    var at = 0
    var hash: UInt32
    if count >= 16 {
      var a = seed &+ prime1 &+ prime2
      var b = seed &+ prime2
      var c = seed
      var d = seed &- prime1
      while at &+ 16 <= count {
        a = round(a, word(start, at))
        b = round(b, word(start, at &+ 4))
        c = round(c, word(start, at &+ 8))
        d = round(d, word(start, at &+ 12))
        at &+= 16
      }
      hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
    } else {
      hash = seed &+ prime5
    }
    hash &+= UInt32(truncatingIfNeeded: count)
    while at &+ 4 <= count {
      hash = rotate(hash &+ word(start, at) &* prime3, 17) &* prime4
      at &+= 4
    }
    while at < count {
      let byte = start.load(fromByteOffset: at, as: UInt8.self)
      hash = rotate(hash &+ UInt32(byte) &* prime5, 11) &* prime1
      at &+= 1
    }
    hash = (hash ^ (hash &>> 15)) &* prime2
    hash = (hash ^ (hash &>> 13)) &* prime3
    return hash ^ (hash &>> 16)
  }

  public static func hash(_ bytes: Buffer, seed: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> UInt32 in hash(raw, seed: seed) }
  }

  public static func hash(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { hash($0, seed: seed) }
  }
}
