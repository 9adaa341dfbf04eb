// Spec: 04-timeline. Which instants a snapshot admits, as a value that needs no timeline.

/// Decides whether files, log blocks or rows of an instant belong to a snapshot.
public struct InstantFilter: Sendable, Hashable {
  /// Requested times of completed writes of the snapshot.
  public let completed: Set<InstantTime>
  /// Requested times of instants that must stay hidden whatever their time is.
  public let hidden: Set<InstantTime>
  /// Requested time of the first completed write of the active timeline: everything before it is
  /// taken to be archived and completed. Nil: the timeline has no completed write and nothing is
  /// admitted.
  public let start: InstantTime?
  public let range: InstantRange

  public init(
    completed: Set<InstantTime>, hidden: Set<InstantTime> = [], start: InstantTime?,
    range: InstantRange = .everything
  ) {
    self.completed = completed
    self.hidden = hidden
    self.start = start
    self.range = range
  }

  /// Whether the instant is completed in the snapshot, or older than the active timeline and not
  /// pending; and inside the range. [TIME-9]
  public func admits(_ instant: InstantTime) -> Bool {
    guard range.contains(instant) else { return false }
    if completed.contains(instant) { return true }
    guard let start, instant < start else { return false }
    return !hidden.contains(instant)
  }

  /// The same filter for a narrower range.
  public func within(_ range: InstantRange) -> InstantFilter {
    InstantFilter(completed: completed, hidden: hidden, start: start, range: range)
  }
}
