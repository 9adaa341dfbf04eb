// Spec: 11-keys-and-indexes. Record keys in Java's order.
import LakeBase

/// Record keys compared as Java compares strings.
public enum KeyOrder {
  public static func precedes(_ a: Buffer, _ b: Buffer) -> Bool { compare(a, b) < 0 }

  public static func compare(_ a: Buffer, _ b: Buffer) -> Int {
    a.withUnsafeBytes { (x: UnsafeRawBufferPointer) -> Int in
      b.withUnsafeBytes { (y: UnsafeRawBufferPointer) -> Int in UTF16Order.compare(x, y) }
    }
  }
}
