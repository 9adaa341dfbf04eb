// Spec: 15-storage. A sink that knows the CRC-32C of what went through it (R13).

/// Passes bytes on and keeps their CRC-32C.
public final class ChecksummingSink: ByteSink {
  private let inner: any ByteSink
  private var state = CRC32C()

  public init(_ inner: any ByteSink) { self.inner = inner }

  public var count: Int { inner.count }
  /// CRC-32C of all bytes so far.
  public var checksum: UInt32 { state.value }

  public func write(_ bytes: UnsafeRawBufferPointer) throws(LakeError) {
    state.update(bytes)
    try inner.write(bytes)
  }

  public func finish() throws(LakeError) -> Int { try inner.finish() }
  public func abandon() { inner.abandon() }
}
