// Spec: 12-queries. Questions to a table.
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeColumns

extension LakeTable {
  /// The table as it is now.
  public func snapshot() throws(LakeError) -> Snapshot { try Snapshot(context) }

  /// The table as of a moment: see `instant(_:)`.
  public func snapshot(asOf text: String) throws(LakeError) -> Snapshot {
    let timeline = try context.store.load()
    return try Snapshot(context, timeline, asOf: try instant(text, timeline))
  }

  func snapshot(at text: String?) throws(LakeError) -> Snapshot {
    if let text { return try snapshot(asOf: text) }
    return try snapshot()
  }

  /// The rows of a snapshot.
  public func scan(
    _ options: ScanOptions = ScanOptions(), asOf: String? = nil
  ) throws(LakeError) -> SnapshotScan {
    try SnapshotScan(try snapshot(at: asOf), options)
  }

  /// The rows of a snapshot that meet a condition, in some columns.
  ///
  /// - Parameters:
  ///   - columns: by name, in this order; nil: all data columns.
  ///   - condition: as in `--where`; nil: all rows.
  ///   - asOf: see `instant(_:)`; nil: now.
  public func scan(
    columns: [String]?, where condition: String? = nil, asOf: String? = nil
  ) throws(LakeError) -> SnapshotScan {
    var options = ScanOptions(columns: columns)
    if let condition { options.predicate = try RowPredicate(condition) }
    return try scan(options, asOf: asOf)
  }

  /// The requested time that `text` means: the digits of an instant, shortened while unambiguous;
  /// an ISO time with zone; `-2h` before now; `^`, `^^` for the commit before the newest, and so
  /// on. [QUERY-4]
  public func instant(_ text: String) throws(LakeError) -> InstantTime {
    try instant(text, try context.store.load())
  }

  func instant(_ text: String, _ timeline: Timeline) throws(LakeError) -> InstantTime {
    if text.hasPrefix("tag:") { return try tagged(String(text.dropFirst(4)), timeline) }
    return try InstantExpression(text).resolve(
      timeline, clock: context.store.clock, now: world.clock.now())
  }

  /// Every instant of the active timeline, newest first, completed writes with what they did;
  /// behind them, where wanted, those that have been archived.
  public func log(includesArchived: Bool = false) throws(LakeError) -> [LogEntry] {
    let timeline = try context.store.load()
    var entries: [LogEntry] = []
    for instant in timeline.instants.reversed() {
      let isWrite = instant.isCompleted && instant.action.isWrite
      let metadata = try isWrite ? context.commits.metadata(of: instant) : nil
      entries.append(LogEntry(instant: instant, metadata: metadata))
    }
    if !includesArchived { return entries }
    for files in try archivedInstants(timeline).reversed() {
      guard let newest = files.last else { continue }
      let metadata = try newest.commitMetadata(world.limits)
      entries.append(LogEntry(instant: newest.instant, metadata: metadata, isArchived: true))
    }
    return entries
  }

  /// The archived files of each instant that the timeline has no more, by requested time and state.
  func archivedInstants(
    _ timeline: Timeline
  ) throws(LakeError) -> [[ArchivedTimeline.Entry]] {
    struct Identity: Hashable {
      let requested: InstantTime
      let action: Action

      init(_ instant: Instant) {
        requested = instant.requested
        action = instant.action.completed
      }
    }
    // Archiving that was interrupted leaves an instant in both places.
    let active = Set(timeline.instants.map { Identity($0) })
    var places: [Identity: Int] = [:]
    var found: [[ArchivedTimeline.Entry]] = []
    for entry in try context.store.archived(keepsMetadata: true).entries {
      let identity = Identity(entry.instant)
      if active.contains(identity) { continue }
      if let place = places[identity] {
        found[place].append(entry)
      } else {
        places[identity] = found.count
        found.append([entry])
      }
    }
    return found
  }

  /// The files that make up a snapshot.
  public func files(asOf: String? = nil) throws(LakeError) -> [FileSlice] {
    try snapshot(at: asOf).slices()
  }
}

/// An instant with what its metadata tells.
public struct LogEntry: Sendable {
  public let instant: Instant
  /// nil for pending instants and for services that write no rows.
  public let metadata: CommitMetadata?
  /// Whether it has left the active timeline.
  public var isArchived = false

  public var operation: WriteOperation? { metadata?.operation }
  public var totals: CommitMetadata.Totals? { metadata?.totals }
  /// What the committer said.
  public var message: String? { metadata?.extraMetadata[CommitMessage.messageKey] }
  public var author: String? { metadata?.extraMetadata[CommitMessage.authorKey] }
}

/// Keys of our own in a commit's extra metadata.
public enum CommitMessage {
  public static let messageKey = "lake.message"
  public static let authorKey = "lake.author"
}
