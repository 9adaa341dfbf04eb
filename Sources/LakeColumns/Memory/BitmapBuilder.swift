// Spec: 01-terms. Bits that grow.
import LakeBase

/// Collects bits; counts the zeros, so that a validity without nulls can be dropped.
public struct BitmapBuilder {
  private let bytes: GrowingBuffer
  public private(set) var count = 0
  public private(set) var zeroCount = 0

  public init(capacity: Int = 0) { bytes = GrowingBuffer(capacity: (capacity + 7) / 8) }

  public mutating func append(_ bit: Bool) {
    let position = count & 7
    if position == 0 { bytes.append(byte: 0) }
    if bit {
      let last = bytes.pointer + (count >> 3)
      last.storeBytes(of: last.load(as: UInt8.self) | 1 << UInt8(position), as: UInt8.self)
    } else {
      zeroCount += 1
    }
    count += 1
  }

  public mutating func append(repeating bit: Bool, count many: Int) {
    var left = many
    while left > 0 && count & 7 != 0 {
      append(bit)
      left -= 1
    }
    let whole = left / 8
    if whole > 0 {
      bytes.reserve(whole)
      (bytes.pointer + bytes.count).initializeMemory(
        as: UInt8.self, repeating: bit ? 0xFF : 0, count: whole)
      bytes.setCount(bytes.count + whole)
      count += whole * 8
      if !bit { zeroCount += whole * 8 }
      left -= whole * 8
    }
    while left > 0 {
      append(bit)
      left -= 1
    }
  }

  public mutating func append(_ bitmap: Bitmap) {
    for row in 0..<bitmap.count { append(bitmap[row]) }
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
