// Spec: 17-limits. A checked cursor: every step that would leave the bytes throws with its offset.

/// A cursor over a buffer. Every read checks its bounds and throws `code` with the offset.
@frozen public struct ByteReader {
  public let buffer: Buffer
  public private(set) var position: Int
  @usableFromInline let code: LakeCode

  /// - Parameter code: what a read beyond the end is reported as.
  public init(_ buffer: Buffer, code: LakeCode, at position: Int = 0) {
    precondition(position >= 0 && position <= buffer.count)
    self.buffer = buffer
    self.code = code
    self.position = position
  }

  public var remaining: Int { buffer.count - position }
  public var isAtEnd: Bool { position == buffer.count }

  public func failure(_ message: String) -> LakeError { LakeError(code, message, offset: position) }

  private func need(_ byteCount: Int) throws(LakeError) {
    guard byteCount >= 0, byteCount <= buffer.count - position else {
      throw failure("ends early: \(byteCount) bytes wanted, \(buffer.count - position) left")
    }
  }

  public mutating func skip(_ byteCount: Int) throws(LakeError) {
    try need(byteCount)
    position += byteCount
  }

  public mutating func seek(_ newPosition: Int) throws(LakeError) {
    guard newPosition >= 0, newPosition <= buffer.count else {
      throw failure("offset \(newPosition) lies outside \(buffer.count) bytes")
    }
    position = newPosition
  }

  public mutating func byte() throws(LakeError) -> UInt8 {
    try need(1)
    defer { position += 1 }
    return buffer.pointer.load(fromByteOffset: position, as: UInt8.self)
  }

  public mutating func take(_ byteCount: Int) throws(LakeError) -> Buffer {
    try need(byteCount)
    defer { position += byteCount }
    return buffer[position..<position + byteCount]
  }

  public mutating func littleEndian<T: FixedWidthInteger>(_: T.Type) throws(LakeError) -> T {
    try need(MemoryLayout<T>.size)
    defer { position += MemoryLayout<T>.size }
    return T(littleEndian: (buffer.pointer + position).loadUnaligned(as: T.self))
  }

  public mutating func bigEndian<T: FixedWidthInteger>(_: T.Type) throws(LakeError) -> T {
    try need(MemoryLayout<T>.size)
    defer { position += MemoryLayout<T>.size }
    return T(bigEndian: (buffer.pointer + position).loadUnaligned(as: T.self))
  }

  /// A base-128 varint of at most ten bytes; more, or a value beyond 64 bits, throws.
  public mutating func varint() throws(LakeError) -> UInt64 {
    let start = buffer.pointer
    let end = buffer.count
    var at = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while at < end {
      let byte = start.load(fromByteOffset: at, as: UInt8.self)
      at += 1
      if shift == 63 && byte > 1 { throw failure("a varint exceeds 64 bits") }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 {
        position = at
        return value
      }
      shift += 7
      if shift > 63 { throw failure("a varint is longer than ten bytes") }
    }
    throw failure("ends within a varint")
  }

  /// A zig-zag coded signed integer.
  public mutating func zigzag() throws(LakeError) -> Int64 {
    let raw = try varint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }
}
