// Spec: 15-storage. Where formats write to.

/// Bytes in order to one new file. Exactly one of `finish` and `abandon` ends it.
public protocol ByteSink: AnyObject {
  /// Bytes accepted so far.
  var count: Int { get }
  func write(_ bytes: UnsafeRawBufferPointer) throws(LakeError)
  /// Hands everything to the store, checks its answer, and returns the size in bytes.
  func finish() throws(LakeError) -> Int
  /// Closes and removes what was written, as far as that is possible.
  func abandon()
}

extension ByteSink {
  public func write(_ buffer: Buffer) throws(LakeError) {
    defer { withExtendedLifetime(buffer) {} }
    try write(UnsafeRawBufferPointer(start: buffer.pointer, count: buffer.count))
  }

  public func write(_ bytes: [UInt8]) throws(LakeError) { try write(Buffer(bytes)) }
}

/// A sink that keeps its bytes in memory.
public final class BufferSink: ByteSink {
  private let bytes = GrowingBuffer()
  public init() {}
  public var count: Int { bytes.count }
  public func write(_ raw: UnsafeRawBufferPointer) throws(LakeError) { bytes.append(raw) }
  public func finish() throws(LakeError) -> Int { bytes.count }
  public func abandon() { bytes.removeAll() }
  /// What was written so far; the sink starts anew.
  public func take() -> Buffer { bytes.take() }
}
