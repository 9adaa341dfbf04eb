// Spec: 15-storage. An open file that is closed once.
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An open file or directory. Closed by `close`, whose answer is checked, or silently when it is
/// forgotten.
final class Descriptor: Sendable {
  let number: Int32
  private let isClosed = Atomic<Bool>(false)

  init(_ number: Int32) { self.number = number }

  deinit {
    if !isClosed.load(ordering: .acquiring) { _ = systemClose(number) }
  }

  /// Closes; an interrupted close has closed (Linux), so it is not repeated.
  func close() throws(SystemFailure) {
    if isClosed.exchange(true, ordering: .acquiringAndReleasing) { return }
    if systemClose(number) != 0 && errno != EINTR { throw SystemFailure(errno) }
  }
}

private func systemClose(_ number: Int32) -> Int32 { close(number) }
