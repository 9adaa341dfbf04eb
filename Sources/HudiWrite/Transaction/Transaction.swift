// Spec: 13-concurrency. One instant from its request to its one ending.
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeStorage

/// A running write. It ends exactly once: by `commit` or by `abort`.
///
/// Data is written outside the critical section; only requesting and completing take the gate
/// (R19).
public final class Transaction {
  public let context: TableContext
  public let instant: Instant
  /// The timeline on which the write's reads are based.
  public let base: Timeline
  public let markers: Markers
  private let heartbeat: any Heartbeat
  private let lock: TableLock
  private let wait: Int64
  private var isOpen = true

  private init(
    _ context: TableContext, _ instant: Instant, _ base: Timeline, _ markers: Markers,
    _ heartbeat: any Heartbeat, _ lock: TableLock, _ wait: Int64
  ) {
    self.context = context
    self.instant = instant
    self.base = base
    self.markers = markers
    self.heartbeat = heartbeat
    self.lock = lock
    self.wait = wait
  }

  deinit { if isOpen { heartbeat.stop() } }

  /// Rolls back what dead writers left, then requests an instant. The snapshot that the write is
  /// based on must be taken from `base`. [TXN-1]
  public static func begin(
    _ context: TableContext, _ action: Action, wait: Int64
  ) throws(LakeError) -> Transaction {
    try Rollback.deadWriters(context, wait: wait)
    let lock = TableLock(context.storage, context.config, context.world)
    return try lock.with(wait: wait) { () throws(LakeError) -> Transaction in
      let timeline = try context.store.load()
      let time = try context.store.newRequestedTime(after: timeline)
      let heartbeat = try context.storage.heartbeat(time.text)
      do throws(LakeError) {
        let instant = try context.store.request(time, action, plan: nil)
        return Transaction(
          context, instant, timeline, try Markers(context.storage, time), heartbeat, lock, wait)
      } catch {
        heartbeat.stop()
        throw error
      }
    }
  }

  /// Publishes the inflight file with what is planned.
  public func start(_ planned: CommitMetadata) throws(LakeError) {
    _ = try context.store.start(
      instant,
      try planned.encode(
        context.config.layout, instant.action, .inflight, random: context.world.random))
  }

  /// Tells the world that this writer lives; throws when it must abort.
  public func beat() throws(LakeError) { try heartbeat.beat() }

  /// The commit: everything written becomes durable, then the instant is completed inside the gate
  /// unless another writer changed the same file groups meanwhile (R12, R15, R16). [TXN-2]
  ///
  /// - Parameter check: further reasons to refuse, looked for inside the gate.
  public func commit(
    _ metadata: CommitMetadata, _ rules: ConflictRules
  ) throws(LakeError) -> Instant {
    precondition(isOpen, "a transaction ends once")
    try reconcileMarkers(metadata)
    try context.storage.settleAll()
    let bytes = CommitDigest.sealed(
      try metadata.encode(
        context.config.layout, instant.action, .completed, random: context.world.random))
    let completed = try lock.with(wait: wait) { () throws(LakeError) -> Instant in
      let fresh = try context.store.load()
      try requireStillPending(fresh)
      try heartbeat.beat()
      try rules.check(context, base: base, fresh: fresh, own: instant)
      return try complete(bytes, fresh)
    }
    isOpen = false
    heartbeat.stop()
    // The commit stands; what is left behind here is removed by whoever comes next.
    try? markers.remove()
    return completed
  }

  private func complete(_ bytes: Buffer, _ fresh: Timeline) throws(LakeError) -> Instant {
    let (completed, outcome) = try context.store.complete(instant, bytes, after: fresh)
    switch outcome {
    case .done: return completed
    case .exists:
      throw LakeError(
        .instantAlreadyEnded, "another writer completed the instant \(instant.requested)",
        hint: "write again")
    case .unknown:
      // Publication was attempted: whatever is true now, rolling back could destroy a commit (R17).
      isOpen = false
      throw LakeError(
        .commitOutcomeUnknown,
        "commit \(instant.requested): the store did not answer whether it was published",
        hint: "look with lake log; do not repeat the load before that")
    }
  }

  private func requireStillPending(_ fresh: Timeline) throws(LakeError) {
    guard let mine = fresh.instant(instant.requested, action: instant.action), mine.isPending else {
      throw LakeError(
        .instantAlreadyEnded,
        "the commit \(instant.requested) was ended by somebody else while it was being written",
        hint: "write again")
    }
  }

  /// Files that were announced but are not part of the commit are removed before it: any file that
  /// bears a completed instant counts as data. [TXN-5]
  private func reconcileMarkers(_ metadata: CommitMetadata) throws(LakeError) {
    let kept = Set(metadata.stats.compactMap(\.path))
    for marker in try markers.all() {
      let path = marker.partition.appending(marker.fileName)
      if !kept.contains(path) { try context.storage.delete(StoragePath(path)) }
    }
  }

  /// Undoes everything, as far as the store lets us; what remains is rolled back by the next
  /// writer. Never called after publication was attempted.
  public func abort() {
    guard isOpen else { return }
    isOpen = false
    do throws(LakeError) {
      try Rollback.run(context, instant, wait: wait)
    } catch {
      context.world.journal.warning(
        "the failed write \(instant.requested) could not be rolled back now (\(error.message)); "
          + "the next write does it")
    }
    heartbeat.stop()
  }
}
