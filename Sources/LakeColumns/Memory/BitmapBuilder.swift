// Spec: 02-columns. Bits that grow.
import LakeBase

/// Collects bits; counts the zeros, so that a validity without nulls can be dropped.
@frozen public struct BitmapBuilder {
  @usableFromInline var bytes: ByteStore
  public private(set) var count = 0
  public private(set) var zeroCount = 0

  public init(capacity: Int = 0) { bytes = ByteStore(capacity: (capacity + 7) / 8) }

  @inlinable
  public mutating func append(_ bit: Bool) {
    let position = count & 7
    if position == 0 { bytes.append(0 as UInt8) }
    let last = bytes.base + (count &>> 3)
    let one: UInt8 = bit ? 1 : 0
    last.storeBytes(of: last.load(as: UInt8.self) | (one &<< UInt8(position)), as: UInt8.self)
    advance(by: 1, zeros: bit ? 0 : 1)
  }

  @usableFromInline
  @inline(__always)
  mutating func advance(by many: Int, zeros: Int) {
    count &+= many
    zeroCount &+= zeros
  }

  public mutating func append(repeating bit: Bool, count many: Int) {
    var left = many
    while left > 0 && count & 7 != 0 {
      append(bit)
      left -= 1
    }
    let whole = left / 8
    if whole > 0 {
      bytes.append(repeating: bit ? 0xFF : 0, count: whole)
      advance(by: whole * 8, zeros: bit ? 0 : whole * 8)
      left -= whole * 8
    }
    while left > 0 {
      append(bit)
      left -= 1
    }
  }

  public mutating func append(_ bitmap: Bitmap) {
    guard count & 7 == 0, bitmap.count >= 8 else {
      for row in 0..<bitmap.count { append(bitmap[row]) }
      return
    }
    let aligned = bitmap.aligned()
    let whole = aligned.count / 8
    bytes.append(aligned.buffer.pointer, whole)
    advance(by: whole * 8, zeros: whole * 8 - aligned.slice(0..<whole * 8).setCount)
    for row in whole * 8..<aligned.count { append(aligned[row]) }
  }

  /// The bits; the builder starts anew.
  public mutating func take() -> Bitmap {
    defer {
      count = 0
      zeroCount = 0
    }
    return Bitmap(bytes.take(), count: count)
  }

  /// The bits as a validity: nil when no bit is zero.
  public mutating func takeValidity() -> Bitmap? {
    if zeroCount == 0 {
      bytes.removeAll()
      count = 0
      return nil
    }
    return take()
  }
}
