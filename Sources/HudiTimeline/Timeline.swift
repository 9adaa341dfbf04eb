// Spec: 04-timeline. One listing of the active timeline as a value.
import HudiModel
import LakeBase

/// The instants of the active timeline at one moment. A snapshot and its whole query use one value
/// (R31).
public struct Timeline: Sendable, Hashable {
  public let layout: TimelineLayout
  /// One per requested time and action, in its highest state; ascending by requested time.
  public let instants: [Instant]
  /// Actions of pending instants that this project does not know: no reason not to read, but the
  /// table is not written. [TIME-10]
  public let unknownActions: [String]
  /// Completed commits, deltacommits and replacecommits by requested time.
  public let completedWrites: [Instant]

  /// - Parameter instants: of any order, at most one per requested time and action.
  public init(_ layout: TimelineLayout, _ instants: [Instant], unknownActions: [String] = []) {
    self.layout = layout
    self.instants = instants.sorted(by: Self.precedes)
    self.unknownActions = unknownActions
    completedWrites = self.instants.filter { $0.isCompleted && $0.action.isWrite }
  }

  /// By requested time; a savepoint after the commit it protects.
  private static func precedes(_ left: Instant, _ right: Instant) -> Bool {
    if left.requested != right.requested { return left.requested < right.requested }
    return left.action.place < right.action.place
  }

  public var isEmpty: Bool { instants.isEmpty }
  public var completed: [Instant] { instants.filter(\.isCompleted) }
  public var pending: [Instant] { instants.filter(\.isPending) }

  /// The same by completion time; in layout 1 by requested time.
  public var completedWritesByCompletion: [Instant] {
    completedWrites.sorted {
      $0.completionOrder != $1.completionOrder
        ? $0.completionOrder < $1.completionOrder : $0.requested < $1.requested
    }
  }

  /// Pending writes and plans of rewriting services by requested time.
  public var pendingWrites: [Instant] { instants.filter { $0.isPending && $0.action.isWrite } }

  /// Completed replacements: what they replaced is no longer part of the newest snapshot.
  public var completedReplacements: [Instant] {
    instants.filter { $0.isCompleted && $0.action == .replacecommit }
  }

  /// Compactions that are planned or running: each is a barrier between slices.
  public var pendingCompactions: [Instant] {
    instants.filter { $0.isPending && $0.action == .compaction }
  }

  /// Log compactions that are planned or running.
  public var pendingLogCompactions: [Instant] {
    instants.filter { $0.isPending && $0.action == .logcompaction }
  }

  /// Clusterings that are planned or running; in layout 1 some other replacements are among them,
  /// whose plan is empty.
  public var pendingClusterings: [Instant] {
    instants.filter {
      $0.isPending
        && ($0.action == .clustering || layout == .one && $0.action == .replacecommit)
    }
  }

  /// Requested times of commits that a savepoint protects.
  public var savepoints: Set<InstantTime> {
    Set(instants.filter { $0.isCompleted && $0.action == .savepoint }.map(\.requested))
  }

  /// The newest completed write.
  public var latestWrite: Instant? { completedWrites.last }

  /// The first completed write that no savepoint holds back from archiving: instants before it are
  /// taken to be archived and completed. [TIME-11]
  public var start: InstantTime? {
    let savepoints = savepoints
    let first = completedWrites.first { !savepoints.contains($0.requested) }
    return (first ?? completedWrites.first)?.requested
  }

  /// The largest requested or completion time, whatever its instant.
  public var newestTime: InstantTime? {
    var newest: InstantTime?
    for instant in instants {
      let time = Swift.max(instant.requested, instant.completed ?? instant.requested)
      newest = Swift.max(newest ?? time, time)
    }
    return newest
  }

  /// The instant of a requested time, pending or completed; a write before a savepoint of the same
  /// time.
  public func instant(_ requested: InstantTime, action: Action? = nil) -> Instant? {
    let found = instants(of: requested)
    if let action { return found.first { $0.action == action || $0.origin == action } }
    return found.first { $0.action != .savepoint } ?? found.first
  }

  /// When a write was completed: in layout 1 its requested time. Nil for pending and unknown ones.
  public func completionTime(of requested: InstantTime) -> InstantTime? {
    instants(of: requested).first { $0.isCompleted && $0.action.isWrite }?.completionOrder
  }

  /// All instants of a requested time, found by halving.
  private func instants(of requested: InstantTime) -> ArraySlice<Instant> {
    var low = 0
    var high = instants.count
    while low < high {
      let middle = (low + high) / 2
      if instants[middle].requested < requested { low = middle + 1 } else { high = middle }
    }
    var end = low
    while end < instants.count && instants[end].requested == requested { end += 1 }
    return instants[low..<end]
  }

  /// The table as of a requested time: everything completed and requested by then, nothing pending.
  /// [TIME-12]
  public func asOf(_ time: InstantTime) -> Timeline {
    Timeline(layout, instants.filter { $0.isCompleted && $0.requested <= time })
  }

  /// Completed writes whose completion (layout 1: request) lies in `range`, by requested time.
  /// [TIME-13]
  public func writes(completedIn range: InstantRange) -> [Instant] {
    completedWrites.filter { range.contains($0.completionOrder) }
  }

  /// Completed writes after the snapshot of an earlier timeline, in the order of completion: what a
  /// commit must be checked against.
  public func writes(since earlier: Timeline) -> [Instant] {
    let known = Set(earlier.completedWrites.map(\.requested))
    return completedWritesByCompletion.filter { !known.contains($0.requested) }
  }

  /// Which instants a snapshot of this timeline admits.
  public func filter(_ range: InstantRange = .everything) -> InstantFilter {
    InstantFilter(
      completed: Set(completedWrites.map(\.requested)),
      hidden: Set(pending.map(\.requested)), start: start, range: range)
  }

  /// Throws `timelineActionUnknown` when some instant's action is unknown: such a table is not
  /// written.
  public func requireWritable() throws(LakeError) {
    if let action = unknownActions.first {
      throw LakeError(
        .timelineActionUnknown,
        "an instant has the unknown action \(action.debugDescription); the table is not written")
    }
  }
}
