// Spec: 15-storage. Where formats read from.

/// Random access to immutable bytes; safe to use from several threads.
public protocol ByteSource: Sendable {
  /// Size in bytes, fixed when the source was opened.
  var count: Int { get }
  /// The bytes of `range`; without a copy where the source is mapped or in memory.
  /// Throws `fileTruncated` when `range` leaves the source.
  func read(_ range: Range<Int>) throws(LakeError) -> Buffer
  /// Says that these bytes were used up, so that memory which only they hold may be given back.
  /// They can be read again, and buffers that were handed out stay as they are.
  func release(_ range: Range<Int>)
}

extension ByteSource {
  public func release(_ range: Range<Int>) {}
}

/// A buffer as a source.
public struct BufferSource: ByteSource {
  public let buffer: Buffer
  public init(_ buffer: Buffer) { self.buffer = buffer }
  public var count: Int { buffer.count }

  public func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    guard range.lowerBound >= 0, range.upperBound <= buffer.count else {
      throw LakeError(
        .fileTruncated,
        "bytes \(range.lowerBound)..<\(range.upperBound) of \(buffer.count) asked for",
        offset: buffer.count)
    }
    return buffer[range]
  }
}
