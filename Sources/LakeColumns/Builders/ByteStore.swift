// Spec: 02-columns. Bytes that grow below a builder, open to inlining because they are hit per
// value.
import LakeBase

/// Growing bytes with their cursor in plain sight. In a hot loop: `reserve`, write through `base`,
/// set `count` once. Owned by one builder.
@frozen public struct ByteStore {
  @usableFromInline var memory: Memory
  /// The first byte; valid until the next call that reserves or takes.
  public private(set) var base: UnsafeMutableRawPointer
  /// Bytes written; whoever wrote through `base` sets it.
  public var count: Int
  /// Bytes that may be written without reserving.
  public private(set) var capacity: Int
  @usableFromInline var lastCount: Int

  public init(capacity: Int = 0) {
    memory = Memory(byteCount: capacity)
    base = memory.start
    count = 0
    self.capacity = memory.capacity
    lastCount = 0
  }

  /// Makes room for `more` bytes beyond `count`.
  @inlinable
  public mutating func reserve(_ more: Int) {
    if more > capacity &- count { grow(more) }
  }

  @inline(never)
  public mutating func grow(_ more: Int) {
    let needed = count + more
    let larger = Memory(byteCount: Swift.max(needed, capacity * 2, lastCount))
    larger.start.copyMemory(from: base, byteCount: count)
    memory = larger
    base = larger.start
    capacity = larger.capacity
  }

  @inlinable
  public mutating func append<T: BitwiseCopyable>(_ value: T) {
    reserve(MemoryLayout<T>.size)
    (base + count).storeBytes(of: value, as: T.self)
    count &+= MemoryLayout<T>.size
  }

  @inlinable
  public mutating func append(_ raw: UnsafeRawBufferPointer) {
    guard let source = raw.baseAddress, raw.count > 0 else { return }
    append(source, raw.count)
  }

  @inlinable
  public mutating func append(_ source: UnsafeRawPointer, _ byteCount: Int) {
    reserve(byteCount)
    (base + count).copyMemory(from: source, byteCount: byteCount)
    count &+= byteCount
  }

  /// `byteCount` bytes of `byte`.
  public mutating func append(repeating byte: UInt8, count byteCount: Int) {
    reserve(byteCount)
    (base + count).initializeMemory(as: UInt8.self, repeating: byte, count: byteCount)
    count += byteCount
  }

  /// Gives the bytes away without a copy; the store starts anew and remembers how large it became.
  public mutating func take() -> Buffer {
    let buffer = Buffer(memory, count: count)
    lastCount = Swift.min(count, 1 << 20)
    memory = Memory(byteCount: 0)
    base = memory.start
    capacity = memory.capacity
    count = 0
    return buffer
  }

  public mutating func removeAll() { count = 0 }
}
