// Spec: 04-timeline. The only thing that creates, completes or removes instant files: loading.
import HudiModel
import LakeBase
import LakeStorage
import Synchronization

/// The active timeline of one table on one storage. All transitions happen inside the table's
/// critical section, which the caller holds (`TableLock`).
public final class TimelineStore: Sendable {
  public let storage: any Storage
  public let config: TableConfig
  public let world: World
  public let clock: InstantClock
  /// The newest completed write this process has seen, so that reads never go backwards (R33).
  private let newestSeen = Mutex<InstantTime?>(nil)

  public init(_ storage: any Storage, _ config: TableConfig, _ world: World) {
    self.storage = storage
    self.config = config
    self.world = world
    clock = InstantClock(config, world.clock)
  }

  public var layout: TimelineLayout { config.layout }

  /// The timeline's directory.
  public func directory() throws(LakeError) -> StoragePath {
    try StoragePath(config.timelineDirectory)
  }

  /// Where an instant's file lies.
  public func path(_ name: String) throws(LakeError) -> StoragePath {
    try directory().appending(name)
  }

  /// How often a listing that lacks what we have seen is repeated.
  private static let staleRetries = 5
  private static let stalePause: Int64 = 40

  /// One listing of the active timeline (R31). A listing that lacks the newest write this process
  /// has seen is repeated and then refused as stale (R33), unless a rollback or restore explains
  /// it. Throws `timelineMalformed` for names that contradict each other, `timelineActionUnknown`
  /// for a completed instant of unknown action. [TIME-17]
  public func load() throws(LakeError) -> Timeline {
    for attempt in 0... {
      var timeline: Timeline
      do throws(LakeError) {
        timeline = try Self.assemble(
          list(storage.listNames), layout, civil: clock.civil, world.limits)
        // Legacy names do not tell when the instant was completed; the times of the files do.
        if timeline.instants.contains(where: { $0.isLegacy && $0.isCompleted }) {
          timeline = try Self.assemble(
            FileNames(list(storage.list)), layout, civil: clock.civil, world.limits)
        }
      } catch {
        guard error.kind == .corrupted || error.code == .timelineActionUnknown else { throw error }
        throw error.below(config.timelineDirectory)
      }
      if isFresh(timeline) { return timeline }
      if attempt == Self.staleRetries { break }
      world.clock.sleep(milliseconds: Self.stalePause)
    }
    throw LakeError(
      .fileChanged, "the listing of the timeline lacks an instant seen before",
      path: config.timelineDirectory)
  }

  private func list<Listing>(
    _ listing: (StoragePath) throws(LakeError) -> Listing
  ) throws(LakeError) -> Listing {
    do throws(LakeError) {
      return try listing(directory())
    } catch {
      // The directory is made with the table; without it there is no table to speak of.
      guard error.code == .fileNotFound else { throw error }
      throw LakeError(
        .timelineMalformed, "the timeline's directory is missing", path: config.timelineDirectory)
    }
  }

  private func isFresh(_ timeline: Timeline) -> Bool {
    newestSeen.withLock { seen in
      if let seen, timeline.instant(seen)?.isCompleted != true {
        let explained = timeline.instants.contains {
          $0.requested > seen && ($0.action == .rollback || $0.action == .restore)
        }
        if !explained { return false }
      }
      if let latest = timeline.latestWrite?.requested { seen = latest }
      return true
    }
  }

  /// Remembers a write that this process completed.
  func remember(_ instant: Instant) {
    guard instant.action.isWrite else { return }
    newestSeen.withLock { seen in seen = Swift.max(seen ?? instant.requested, instant.requested) }
  }

  /// Puts the files of a listing together to instants.
  /// - Parameter civil: the table's civil time of a moment, for completion times of legacy names.
  static func assemble(
    _ names: FileNames, _ layout: TimelineLayout, civil: (Int64) -> Int64, _ limits: Limits
  ) throws(LakeError) -> Timeline {
    if names.count > limits.timelineEntriesMax {
      throw LakeError(
        .limitExceeded,
        "the timeline has \(names.count) entries, more than \(limits.timelineEntriesMax)")
    }
    var files: [Instant] = []
    files.reserveCapacity(names.count)
    var unknown: Set<String> = []
    let bytes = names.bytes
    for index in 0..<names.count {
      let name = InstantFileName(bytes.span.extracting(names.range(index)), layout)
      if names.kinds[index] != .file {
        try requireNoInstant(name, names, index)
        continue
      }
      switch name {
      case .foreign: continue
      case .malformed(let what):
        throw LakeError(
          .timelineMalformed, "\(what) cannot name an instant", path: names.name(index))
      case .unknownAction(_, let action, let state):
        if state == .completed {
          throw LakeError(
            .timelineActionUnknown,
            "a completed instant has the unknown action \(action.debugDescription)",
            path: names.name(index))
        }
        unknown.insert(action)
      case .instant(let found):
        let modified = names.modified.isEmpty ? 0 : names.modified[index]
        files.append(found.isLegacy ? dated(found, modified, civil) : found)
      }
    }
    return Timeline(layout, try joined(&files, layout), unknownActions: unknown.sorted())
  }

  static func assemble(
    _ entries: [FileEntry], _ layout: TimelineLayout, civil: (Int64) -> Int64, _ limits: Limits
  ) throws(LakeError) -> Timeline {
    try assemble(FileNames(entries), layout, civil: civil, limits)
  }

  /// One instant for the files of one requested time and action: neighbours once they are sorted.
  private static func joined(
    _ files: inout [Instant], _ layout: TimelineLayout
  ) throws(LakeError) -> [Instant] {
    files.sort { left, right in
      left.requested != right.requested
        ? left.requested < right.requested
        : left.action.completed.place < right.action.completed.place
    }
    var instants: [Instant] = []
    for instant in files {
      if let known = instants.last, known.requested == instant.requested,
        known.action.completed == instant.action.completed
      {
        instants[instants.count - 1] = try joined(known, instant, layout)
      } else {
        instants.append(instant)
      }
    }
    return instants
  }

  /// A link or a pipe in place of an instant file is no reason to take the instant for undone.
  /// [TIME-26]
  private static func requireNoInstant(
    _ name: InstantFileName, _ names: FileNames, _ index: Int
  ) throws(LakeError) {
    guard case .instant = name else { return }
    throw LakeError(
      .notRegularFile, "an instant's file is no regular file", path: names.name(index))
  }

  /// A legacy completed file of layout 2 takes the file's modification time as completion time.
  private static func dated(
    _ instant: Instant, _ modified: Int64, _ civil: (Int64) -> Int64
  ) -> Instant {
    guard let time = InstantTime(civilMilliseconds: civil(modified)) else { return instant }
    return Instant(
      instant.requested, instant.action, .completed, completed: Swift.max(time, instant.requested),
      isLegacy: true)
  }

  /// The later state of two files of one instant, with the action it was planned under.
  private static func joined(
    _ known: Instant, _ new: Instant, _ layout: TimelineLayout
  ) throws(LakeError) -> Instant {
    if known.isCompleted && new.isCompleted {
      throw LakeError(
        .timelineMalformed, "the instant \(new.requested) was completed twice",
        path: new.fileName(layout))
    }
    let later = known.state < new.state ? new : known
    let origin = known.isPending ? known.origin : new.origin
    return Instant(
      later.requested, later.action, later.state, completed: later.completed,
      isLegacy: later.isLegacy, origin: origin)
  }
}
