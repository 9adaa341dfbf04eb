// Spec: 12-queries. Commit metadata, parsed once per instant.
import HudiModel
import HudiTimeline
import LakeBase
import Synchronization

/// Metadata of completed writes, each read at most once; they never change.
public final class CommitCache: Sendable {
  private let store: TimelineStore
  private let known = Mutex<[InstantTime: CommitMetadata]>([:])

  public init(_ store: TimelineStore) { self.store = store }

  public func metadata(of instant: Instant) throws(LakeError) -> CommitMetadata {
    if let found = known.withLock({ $0[instant.requested] }) { return found }
    let parsed = try store.commitMetadata(of: instant)
    known.withLock { $0[instant.requested] = parsed }
    return parsed
  }
}
