// A source that counts what is read from it: for tests of what reading costs.
import LakeBase
import Synchronization

/// Bytes in memory, with the number of reads and of bytes read so far.
public final class CountingSource: ByteSource {
  private let buffer: Buffer
  private let state = Mutex((reads: 0, bytes: 0))

  public init(_ buffer: Buffer) { self.buffer = buffer }

  public convenience init(_ bytes: [UInt8]) { self.init(Buffer(bytes)) }

  public var count: Int { buffer.count }
  public var reads: Int { state.withLock { $0.reads } }
  public var bytesRead: Int { state.withLock { $0.bytes } }

  public func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    state.withLock { $0 = ($0.reads + 1, $0.bytes + range.count) }
    return try BufferSource(buffer).read(range)
  }
}
