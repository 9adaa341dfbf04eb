// Spec: 01-terms. Immutable bytes that somebody owns.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An immutable slice of a `Memory`. Slicing shares the owner and never copies.
@frozen public struct Buffer: Sendable {
  @usableFromInline let owner: Memory
  @usableFromInline let offset: Int
  public let count: Int

  @inlinable
  public init(_ owner: Memory, offset: Int = 0, count: Int) {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= owner.capacity)
    self.owner = owner
    self.offset = offset
    self.count = count
  }

  /// No bytes.
  public init() { self.init(Memory.empty, count: 0) }

  /// A copy of `bytes`.
  public init(copying bytes: UnsafeRawBufferPointer) {
    let memory = Memory(byteCount: bytes.count)
    if let source = bytes.baseAddress {
      memory.start.copyMemory(from: source, byteCount: bytes.count)
    }
    self.init(memory, count: bytes.count)
  }

  /// A copy of `bytes`.
  public init(_ bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { Buffer(copying: $0) }
  }

  /// The UTF-8 bytes of `text`.
  public init(utf8 text: String) { self.init(Array(text.utf8)) }

  /// The first byte; valid while this value, or the owner, is alive.
  @inlinable public var pointer: UnsafeRawPointer { UnsafeRawPointer(owner.base + offset) }

  @inlinable public var isEmpty: Bool { count == 0 }

  @inlinable
  public subscript(position: Int) -> UInt8 {
    precondition(position >= 0 && position < count)
    return (owner.base + offset).load(fromByteOffset: position, as: UInt8.self)
  }

  /// The four bytes at `position` as a big-endian number.
  @inlinable
  public func bigEndianUInt32(at position: Int) -> UInt32 {
    precondition(position >= 0 && position <= count - 4)
    return UInt32(bigEndian: (owner.base + offset + position).loadUnaligned(as: UInt32.self))
  }

  /// The bytes of `range`, shared.
  @inlinable
  public subscript(range: Range<Int>) -> Buffer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Buffer(owner, offset: offset &+ range.lowerBound, count: range.count)
  }

  @inlinable
  public func withUnsafeBytes<T, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> T
  ) throws(E) -> T {
    defer { withExtendedLifetime(owner) {} }
    return try body(UnsafeRawBufferPointer(start: pointer, count: count))
  }

  /// A copy as an array; for small things.
  public var bytes: [UInt8] {
    withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> [UInt8] in Array(raw) }
  }

  /// The text these bytes spell, invalid sequences replaced; for people.
  public var lossyText: String {
    withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> String in
      String(decoding: raw, as: UTF8.self)
    }
  }

  /// The text these bytes spell, or nil if they are not UTF-8.
  public var text: String? {
    withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> String? in
      String(validating: raw, as: UTF8.self)
    }
  }
}

extension Buffer: Equatable {
  public static func == (left: Buffer, right: Buffer) -> Bool {
    left.count == right.count
      && left.withUnsafeBytes { (a: UnsafeRawBufferPointer) -> Bool in
        right.withUnsafeBytes { (b: UnsafeRawBufferPointer) -> Bool in
          guard let a = a.baseAddress, let b = b.baseAddress else { return true }
          return memcmp(a, b, left.count) == 0
        }
      }
  }
}
