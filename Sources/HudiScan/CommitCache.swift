// Spec: 12-queries. Commit metadata, parsed once per instant.
import HudiModel
import HudiTimeline
import LakeBase
import Synchronization

/// What a commit recorded about one of its files.
public struct FileFacts: Sendable {
  public let stat: WriteStat
  /// nil for files of other engines.
  public let checksum: FileChecksum?

  public var size: Int? { stat.fileSizeInBytes.flatMap { Int(exactly: $0) } }
}

/// Metadata of completed writes, each read at most once; they never change.
public final class CommitCache: Sendable {
  private let store: TimelineStore
  private let known = Mutex<[InstantTime: CommitMetadata]>([:])
  private let facts = Mutex<[InstantTime: [String: FileFacts]]>([:])

  public init(_ store: TimelineStore) { self.store = store }

  public func metadata(of instant: Instant) throws(LakeError) -> CommitMetadata {
    if let found = known.withLock({ $0[instant.requested] }) { return found }
    let parsed = try store.commitMetadata(of: instant)
    known.withLock { $0[instant.requested] = parsed }
    return parsed
  }

  /// The files of a completed write by their path.
  public func files(of instant: Instant) throws(LakeError) -> [String: FileFacts] {
    if let found = facts.withLock({ $0[instant.requested] }) { return found }
    let metadata = try metadata(of: instant)
    let checksums = metadata.fileChecksums
    var files: [String: FileFacts] = [:]
    for stat in metadata.stats {
      guard let path = stat.path else { continue }
      files[path] = FileFacts(stat: stat, checksum: checksums[path])
    }
    let made = files
    facts.withLock { $0[instant.requested] = made }
    return made
  }
}
