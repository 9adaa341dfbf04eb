// Spec: 08-hfile. The order of keys, and the order that some writers took for it.
import LakeBase

/// Comparison of keys.
enum HFileKeys {
  /// Unsigned bytes.
  static func precedes(_ left: Buffer, _ right: Buffer) -> Bool { compare(left, right) < 0 }

  /// Negative, zero or positive, by unsigned bytes.
  static func compare(_ left: Buffer, _ right: Buffer) -> Int {
    left.withUnsafeBytes { (a: UnsafeRawBufferPointer) -> Int in
      right.withUnsafeBytes { (b: UnsafeRawBufferPointer) -> Int in
        let common = firstDifference(a, b)
        if common == a.count || common == b.count { return a.count &- b.count }
        return Int(a[common]) &- Int(b[common])
      }
    }
  }

  /// The same by UTF-16 units: the order of Java's strings, in which some log blocks are sorted.
  static func compareUTF16(_ left: Buffer, _ right: Buffer) -> Int {
    left.withUnsafeBytes { (a: UnsafeRawBufferPointer) -> Int in
      right.withUnsafeBytes { (b: UnsafeRawBufferPointer) -> Int in
        let common = firstDifference(a, b)
        if common == a.count || common == b.count { return a.count &- b.count }
        return Int(unitRank(a[common])) &- Int(unitRank(b[common]))
      }
    }
  }

  /// Whether `left` may stand before `right`, or equal it, in either order. [HFILE-5]
  static func mayPrecede(_ left: Buffer, _ right: Buffer) -> Bool {
    compare(left, right) <= 0 || compareUTF16(left, right) <= 0
  }

  /// Whether the two orders can differ about this key: it has a character from U+E000 on.
  static func isAmbiguous(_ key: Buffer) -> Bool {
    key.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Bool in raw.contains { $0 >= 0xEE } }
  }

  static func hasPrefix(_ key: Buffer, _ prefix: Buffer) -> Bool {
    prefix.count <= key.count && key[0..<prefix.count] == prefix
  }

  /// Surrogates, the lead bytes from F0 on, sort below U+E000, the lead bytes EE and EF.
  private static func unitRank(_ byte: UInt8) -> UInt8 {
    byte == 0xEE || byte == 0xEF ? byte &+ 0x10 : byte >= 0xF0 ? byte &- 2 : byte
  }

  @inline(__always)
  private static func firstDifference(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer
  ) -> Int {
    let count = Swift.min(a.count, b.count)
    guard count > 0, let left = a.baseAddress, let right = b.baseAddress else { return 0 }
    var at = 0
    while at &+ 8 <= count {
      let x = (left + at).loadUnaligned(as: UInt64.self)
      let y = (right + at).loadUnaligned(as: UInt64.self)
      if x != y { return at &+ (x.littleEndian ^ y.littleEndian).trailingZeroBitCount &>> 3 }
      at &+= 8
    }
    while at < count {
      let x = left.load(fromByteOffset: at, as: UInt8.self)
      if x != right.load(fromByteOffset: at, as: UInt8.self) { return at }
      at &+= 1
    }
    return count
  }
}
