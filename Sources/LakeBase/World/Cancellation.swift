// Spec: 01-terms. A flag looked at once per batch.
import Synchronization

/// A request to stop, shared between the one who asks and the one who works.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  public init() {}
  public func cancel() { flag.store(true, ordering: .releasing) }
  public var isCancelled: Bool { flag.load(ordering: .acquiring) }
  /// Throws `cancelled` once somebody asked to stop.
  public func check() throws(LakeError) {
    if isCancelled { throw LakeError(.cancelled, "stopped on request; nothing was committed") }
  }
}
