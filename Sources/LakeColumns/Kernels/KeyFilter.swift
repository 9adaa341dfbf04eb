// Spec: 10-merging. A set of keys in few bits each, which says "surely not" or "perhaps".
import LakeBase

/// A bloom filter over key hashes, for the length of one read; nothing of it is stored. Owned by
/// one worker.
public final class KeyFilter {
  private static let probes = 4
  private let bits: Memory
  private let mask: UInt64

  /// - Parameter byteCount: rounded down to a power of two, at least 64.
  public init(byteCount: Int) {
    var size = 64
    while size <= byteCount / 2 { size *= 2 }
    bits = Memory(byteCount: size)
    bits.start.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    mask = UInt64(size) * 8 - 1
  }

  /// Adds the keys; nulls are left out.
  public func add(_ keys: Column) {
    let plain = keys.decoded()
    plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      let hashes = hashAll(starts, data, plain.count)
      for row in 0..<plain.count where !plain.isNull(row) {
        var hash = hashes[row]
        for _ in 0..<Self.probes {
          let bit = Int(hash & mask)
          let byte = bits.start + bit >> 3
          let one: UInt8 = 1 &<< UInt8(truncatingIfNeeded: bit & 7)
          byte.storeBytes(of: byte.load(as: UInt8.self) | one, as: UInt8.self)
          hash = Self.next(hash)
        }
      }
    }
  }

  /// Rows whose key may have been added; every key that was is among them, a null never.
  public func rows(_ keys: Column) -> Bitmap {
    let plain = keys.decoded()
    var found = BitmapBuilder(capacity: plain.count)
    plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      let hashes = hashAll(starts, data, plain.count)
      for row in 0..<plain.count {
        var hash = hashes[row]
        var isThere = !plain.isNull(row)
        for _ in 0..<Self.probes where isThere {
          let bit = Int(hash & mask)
          let byte = bits.start.load(fromByteOffset: bit >> 3, as: UInt8.self)
          isThere = byte & (1 &<< UInt8(truncatingIfNeeded: bit & 7)) != 0
          hash = Self.next(hash)
        }
        found.append(isThere)
      }
    }
    return found.take()
  }

  @inline(__always)
  private static func next(_ hash: UInt64) -> UInt64 {
    let mixed = (hash ^ hash &>> 31) &* 0x9DDF_EA08_EB38_2D69
    return mixed ^ mixed &>> 32
  }
}
