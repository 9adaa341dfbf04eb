// Spec: 01-terms. Validity and booleans: one bit a row, least significant bit first.
import LakeBase

/// Bits in Arrow's order. Slicing moves a bit offset and copies nothing.
@frozen public struct Bitmap: Sendable {
  public let buffer: Buffer
  /// Bit position of row 0.
  public let offset: Int
  public let count: Int

  public init(_ buffer: Buffer, offset: Int = 0, count: Int) {
    precondition(offset >= 0 && count >= 0 && (offset + count + 7) / 8 <= buffer.count)
    self.buffer = buffer
    self.offset = offset
    self.count = count
  }

  public init(repeating value: Bool, count: Int) {
    let memory = Memory(byteCount: (count + 7) / 8)
    memory.start.initializeMemory(
      as: UInt8.self, repeating: value ? 0xFF : 0, count: (count + 7) / 8)
    self.init(Buffer(memory, count: (count + 7) / 8), count: count)
  }

  public init(_ bits: [Bool]) {
    var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
    for (index, bit) in bits.enumerated() where bit { bytes[index >> 3] |= 1 << UInt8(index & 7) }
    self.init(Buffer(bytes), count: bits.count)
  }

  @inlinable
  public subscript(row: Int) -> Bool {
    let bit = offset &+ row
    let byte = buffer.pointer.load(fromByteOffset: bit >> 3, as: UInt8.self)
    return byte & (1 << UInt8(bit & 7)) != 0
  }

  public func slice(_ range: Range<Int>) -> Bitmap {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Bitmap(buffer, offset: offset + range.lowerBound, count: range.count)
  }

  /// Number of set bits.
  public var setCount: Int {
    var total = 0
    let pointer = buffer.pointer
    var bit = offset
    let end = offset + count
    while bit < end && bit & 7 != 0 {
      total += self[bit - offset] ? 1 : 0
      bit += 1
    }
    while bit + 64 <= end {
      total += (pointer + (bit >> 3)).loadUnaligned(as: UInt64.self).nonzeroBitCount
      bit += 64
    }
    while bit < end {
      total += self[bit - offset] ? 1 : 0
      bit += 1
    }
    return total
  }

  /// The same bits starting at bit 0 of a buffer of their own, unused bits zero.
  public func aligned() -> Bitmap {
    if offset == 0 { return self }
    let byteCount = (count + 7) / 8
    let memory = Memory(byteCount: byteCount)
    let source = buffer.pointer + (offset >> 3)
    let shift = UInt8(offset & 7)
    let available = (offset + count + 7) / 8 - (offset >> 3)
    for index in 0..<byteCount {
      let low = source.load(fromByteOffset: index, as: UInt8.self) >> shift
      let high =
        shift != 0 && index + 1 < available
        ? source.load(fromByteOffset: index + 1, as: UInt8.self) << (8 - shift) : 0
      memory.start.storeBytes(of: low | high, toByteOffset: index, as: UInt8.self)
    }
    return Bitmap(Buffer(memory, count: byteCount), count: count)
  }
}
