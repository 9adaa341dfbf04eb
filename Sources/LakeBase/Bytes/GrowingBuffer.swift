// Spec: 01-terms. The one mutable byte store: builders, encoders and scratch own one each.

/// Bytes that grow, then become an immutable `Buffer` without a copy. Owned by one worker.
///
/// In a hot loop: `reserve`, take `pointer`, write, `setCount` once.
public final class GrowingBuffer {
  @usableFromInline var memory: Memory
  public private(set) var count: Int

  public init(capacity: Int = 0) {
    memory = capacity == 0 ? Memory.empty : Memory(byteCount: capacity)
    count = 0
  }

  public var capacity: Int { memory.capacity }

  /// The first byte; valid until the next call that grows or takes.
  public var pointer: UnsafeMutableRawPointer { memory.start }

  /// Makes room for `additional` more bytes.
  public func reserve(_ additional: Int) {
    let needed = count + additional
    guard needed > memory.capacity || memory === Memory.empty else { return }
    let larger = Memory(byteCount: Swift.max(needed, memory.capacity * 2, 64))
    if count > 0 { larger.start.copyMemory(from: memory.start, byteCount: count) }
    memory = larger
  }

  /// Declares that the first `newCount` bytes have been written through `pointer`.
  public func setCount(_ newCount: Int) {
    precondition(newCount >= 0 && newCount <= memory.capacity)
    count = newCount
  }

  public func append(_ raw: UnsafeRawBufferPointer) {
    guard let source = raw.baseAddress, raw.count > 0 else { return }
    reserve(raw.count)
    (memory.start + count).copyMemory(from: source, byteCount: raw.count)
    count += raw.count
  }

  public func append(_ buffer: Buffer) {
    buffer.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Void in append(raw) }
  }

  public func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  public func append(byte: UInt8) {
    reserve(1)
    (memory.start + count).storeBytes(of: byte, as: UInt8.self)
    count += 1
  }

  public func append(utf8 text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  public func append(littleEndian value: UInt32) {
    withUnsafeBytes(of: value.littleEndian) { append($0) }
  }

  public func append(littleEndian value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { append($0) }
  }

  public func append(bigEndian value: UInt32) {
    withUnsafeBytes(of: value.bigEndian) { append($0) }
  }

  public func append(bigEndian value: UInt64) {
    withUnsafeBytes(of: value.bigEndian) { append($0) }
  }

  /// Appends `value` as a base-128 varint, low groups first.
  public func append(varint value: UInt64) {
    reserve(10)
    var rest = value
    var position = count
    while rest >= 0x80 {
      (memory.start + position).storeBytes(
        of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      rest >>= 7
      position += 1
    }
    (memory.start + position).storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    count = position + 1
  }

  /// Appends `value` zig-zag coded as a varint (Avro's and Thrift's signed integers).
  public func append(zigzag value: Int64) {
    append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  public func removeAll() { count = 0 }

  /// The bytes so far as a view without a copy; invalid once more is written.
  public var view: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: memory.start, count: count)
  }

  /// Gives the bytes away as a `Buffer` without a copy and starts anew with fresh memory.
  public func take() -> Buffer {
    let buffer = Buffer(memory, count: count)
    memory = Memory.empty
    count = 0
    return buffer
  }

  /// A copy of the bytes; keeps the memory for reuse.
  public func copy() -> Buffer { Buffer(copying: view) }
}
