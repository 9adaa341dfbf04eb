// Spec: 17-limits. An allocation and how to give it back.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An allocation and how to release it: our own, a mapping, or memory a foreign library owns.
///
/// Immutable once shared: `@unchecked Sendable` is sound because only the builder that made the
/// memory writes to it, and it stops doing so before it hands out a `Buffer`.
public final class Memory: @unchecked Sendable {
  @usableFromInline let base: UnsafeMutableRawPointer
  public let capacity: Int
  private let release: (@Sendable (UnsafeMutableRawPointer, Int) -> Void)?

  /// Our own allocation, 64-byte aligned; contents undefined.
  public init(byteCount: Int) {
    precondition(byteCount >= 0, "an allocation has a size")
    var pointer: UnsafeMutableRawPointer?
    let rounded = Swift.max(64, (byteCount + 63) & ~63)
    guard posix_memalign(&pointer, 64, rounded) == 0, let pointer else {
      // Proof: no budget can be kept without memory.
      fatalError("out of memory: \(byteCount) bytes")
    }
    base = pointer
    capacity = rounded
    release = nil
  }

  /// Memory somebody else owns, given back by `release`.
  public init(
    adopting base: UnsafeMutableRawPointer, byteCount: Int,
    release: @escaping @Sendable (UnsafeMutableRawPointer, Int) -> Void
  ) {
    self.base = base
    capacity = byteCount
    self.release = release
  }

  deinit {
    if let release { release(base, capacity) } else { free(base) }
  }

  @inlinable public var start: UnsafeMutableRawPointer { base }

  static let empty = Memory(byteCount: 0)
}
