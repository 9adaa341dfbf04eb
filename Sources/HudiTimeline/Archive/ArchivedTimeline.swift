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

    /// The bytes of the instant's file where the archive keeps them as they were: layout 2.
    public var fileBytes: Buffer? {
      if case .file(let bytes) = content { return bytes }
      return nil
    }

    /// What the file said, for showing; nil where it was empty or not asked for.
    public func tree(_ limits: Limits = .standard) throws(LakeError) -> JSONValue? {
      switch content {
      case .none: return nil
      case .file(let bytes): return try InstantContent.tree(of: bytes, limits: limits)
      case .record(let value, let schema, _): return try InstantContent.tree(of: value, schema)
      }
    }
  }

  /// What the archive keeps of one file of an instant.
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

  /// The instants of one file of an archive, in the file's order, with what they said: a log of
  /// layout 1, or a Parquet file of layout 2's history. Throws `timelineMalformed`.
  public static func entries(
    ofFile source: any ByteSource, _ layout: TimelineLayout, _ limits: Limits = .standard
  ) throws(LakeError) -> [Entry] {
    switch layout {
    case .one:
      var log = ArchiveLog(source, keepsContent: true, limits)
      return try log.entries()
    case .two: return try TimelineStore.entries(source, .everything, true, limits)
    }
  }

  /// Completed instants by requested time.
  public var completed: [Instant] { entries.map(\.instant).filter(\.isCompleted) }

  /// Completed commits, deltacommits and replacecommits by requested time.
  public var completedWrites: [Instant] { completed.filter(\.action.isWrite) }
}
