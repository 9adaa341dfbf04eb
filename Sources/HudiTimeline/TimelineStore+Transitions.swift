// Spec: 04-timeline, 13-concurrency. From requested to inflight to completed, each file created
// once.
import HudiModel
import LakeBase
import LakeStorage

extension TimelineStore {
  /// A time for a new instant, later than everything on `timeline`. Inside the critical section,
  /// with a timeline loaded there.
  public func newRequestedTime(after timeline: Timeline) throws(LakeError) -> InstantTime {
    try clock.next(after: timeline)
  }

  /// Announces an instant. `plan` is nil where the format leaves the file empty.
  public func request(
    _ time: InstantTime, _ action: Action, plan: Buffer? = nil
  ) throws(LakeError) -> Instant {
    let instant = Instant(time, action, .requested)
    try createOnce(instant, plan ?? Buffer())
    return instant
  }

  /// Starts a requested instant. `content` is nil where the format leaves the file empty. A
  /// savepoint starts without having been requested.
  public func start(_ instant: Instant, _ content: Buffer? = nil) throws(LakeError) -> Instant {
    let started = instant.with(.inflight)
    try createOnce(started, content ?? Buffer())
    return started
  }

  /// Publishes a pending file under its name; a name that is taken means that another writer uses
  /// this requested time. [TIME-18]
  private func createOnce(_ instant: Instant, _ content: Buffer) throws(LakeError) {
    let path = try self.path(instant.fileName(layout))
    let outcome = try settled(content, at: path)
    switch outcome {
    case .done: return
    case .exists:
      throw LakeError(
        .writeConflict, "the instant \(instant) was there already", path: path.text)
    case .unknown:
      throw LakeError(
        .outcomeUnknown, "the store did not answer whether \(instant) was created", path: path.text)
    }
  }

  /// Completes an instant: the commit point. Inside the critical section; `timeline` was loaded
  /// there. Checks that the instant is still pending and was never completed, chooses the
  /// completion time and publishes the file. After the first attempt the only way is forward (R17):
  /// `.done` and `.exists` are certain, `.unknown` leaves it open. [TIME-19]
  public func complete(
    _ instant: Instant, _ metadata: Buffer, after timeline: Timeline
  ) throws(LakeError) -> (Instant, PublishOutcome) {
    try requirePending(instant, timeline)
    if metadata.isEmpty {
      throw LakeError(.defect, "a completed instant has content")
    }
    let time: InstantTime?
    switch layout {
    case .one: time = nil
    case .two: time = try clock.next(after: timeline, floor: instant.requested)
    }
    let completed = instant.with(.completed, completed: time)
    let outcome = try settled(metadata, at: path(completed.fileName(layout)))
    if outcome == .done { remember(completed) }
    return (completed, outcome)
  }

  private func requirePending(_ instant: Instant, _ timeline: Timeline) throws(LakeError) {
    guard
      let found = timeline.instant(instant.requested, action: instant.origin.completed)
        ?? timeline.instant(instant.requested, action: instant.origin)
    else {
      throw LakeError(
        .instantAlreadyEnded,
        "the instant \(instant) is no longer on the timeline; "
          + "another writer rolled it back")
    }
    if found.isCompleted {
      throw LakeError(.instantAlreadyEnded, "the instant \(instant) was completed already")
    }
    let inflight = try path(instant.fileName(layout, in: .inflight))
    guard try storage.entry(inflight) != nil else {
      throw LakeError(
        .instantAlreadyEnded, "the instant \(instant) has lost its inflight file",
        path: inflight.text)
    }
  }

  /// How often an attempt whose outcome is not known is settled by looking again.
  private static let settleRetries = 3

  /// Publishes, and settles an unknown outcome by reading the name again: our bytes are done, other
  /// bytes are somebody else's, no bytes are published anew.
  private func settled(_ bytes: Buffer, at path: StoragePath) throws(LakeError) -> PublishOutcome {
    var outcome = try storage.publish(bytes, at: path, .ifAbsent)
    var attempts = 0
    while outcome == .unknown && attempts < Self.settleRetries {
      attempts += 1
      world.clock.sleep(milliseconds: 10)
      outcome = (try? look(bytes, at: path)) ?? .unknown
    }
    return outcome
  }

  private func look(_ bytes: Buffer, at path: StoragePath) throws(LakeError) -> PublishOutcome {
    guard try storage.entry(path) != nil else {
      return try storage.publish(bytes, at: path, .ifAbsent)
    }
    let found = try storage.readAll(path, limit: world.limits.instantBytesMax)
    guard found == bytes else { return .exists }
    try storage.settle(path.parent)
    return .done
  }

  /// Removes a pending instant: its inflight file, then its requested file. Missing files are fine,
  /// so it can be repeated. [TIME-20]
  public func removePending(_ instant: Instant) throws(LakeError) {
    precondition(instant.isPending, "only pending instants are removed")
    try storage.delete(path(instant.fileName(layout, in: .inflight)))
    try storage.delete(path(instant.fileName(layout, in: .requested)))
    try storage.settle(directory())
  }

  /// Takes a running service back to its plan, which stays: its inflight file is removed.
  public func returnToPlan(_ instant: Instant) throws(LakeError) -> Instant {
    try storage.delete(path(instant.fileName(layout, in: .inflight)))
    try storage.settle(directory())
    return instant.with(.requested)
  }

  /// Turns a completed instant back to inflight for its rollback: missing pending files are made
  /// empty, then the completed file goes, so that readers stop seeing it first. [TIME-21]
  public func reopen(_ instant: Instant) throws(LakeError) -> Instant {
    for state in [Instant.State.requested, .inflight] {
      let path = try self.path(instant.fileName(layout, in: state))
      if try storage.entry(path) == nil {
        _ = try settled(Buffer(), at: path)
      }
    }
    try storage.delete(path(instant.fileName(layout)))
    try storage.settle(directory())
    return instant.with(.inflight)
  }
}
