// Spec: 04-timeline. Instants that have left the active timeline.
import HudiModel
import LakeAvro
import LakeBase

/// What the archive of a table says, or the part of it that was asked for.
public struct ArchivedTimeline: Sendable {
  /// One archived file of an instant.
  public struct Entry: Sendable {
    public let instant: Instant
    let content: Content

    /// The metadata of a completed write; nil for other instants and where it was not asked for.
    public func commitMetadata(_ limits: Limits = .standard) throws(LakeError) -> CommitMetadata? {
      guard instant.isCompleted, instant.action.isWrite else { return nil }
      switch content {
      case .none: return nil
      case .file(let bytes): return try CommitMetadata(parsing: bytes, limits: limits)
      case .record(let value, let schema, let whole):
        return try CommitMetadata(archived: value, schema, in: whole)
      }
    }
  }

  enum Content: Sendable {
    case none
    /// The bytes of the instant's file.
    case file(Buffer)
    /// A field of the archived record, its schema, and that of the record.
    case record(AvroValue, AvroSchema, in: AvroSchema)
  }

  public let layout: TimelineLayout
  /// By requested time and state; no file twice. Layout 2 archives completed files only.
  public let entries: [Entry]
  /// Requested time of the oldest archived instant, whatever part was asked for.
  public let oldest: InstantTime?

  init(_ layout: TimelineLayout, _ found: [Entry], oldest: InstantTime? = nil) {
    self.layout = layout
    self.oldest = oldest ?? found.map(\.instant.requested).min()
    var seen: Set<Identity> = []
    var kept: [Entry] = []
    for entry in found {
      let instant = entry.instant
      let identity = Identity(
        requested: instant.requested, action: instant.action.completed, state: instant.state)
      if seen.insert(identity).inserted { kept.append(entry) }
    }
    entries = kept.sorted {
      $0.instant.requested != $1.instant.requested
        ? $0.instant.requested < $1.instant.requested : $0.instant.state < $1.instant.state
    }
  }

  private struct Identity: Hashable {
    let requested: InstantTime
    let action: Action
    let state: Instant.State
  }

  /// Completed instants by requested time.
  public var completed: [Instant] { entries.map(\.instant).filter(\.isCompleted) }

  /// Completed commits, deltacommits and replacecommits by requested time.
  public var completedWrites: [Instant] { completed.filter(\.action.isWrite) }
}
