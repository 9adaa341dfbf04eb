// Spec: 13-concurrency. Undoing a write that will never be completed (R21, R26, R28).
import HudiMetadata
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeStorage

/// Rolls pending writes back. Every step can be repeated: the published plan is the truth.
public enum Rollback {
  /// Rolls back every pending write whose writer is certainly gone. Plans of table services are
  /// promises and stay. [TXN-9]
  public static func deadWriters(_ context: TableContext, wait: Int64) throws(LakeError) {
    let timeline = try context.store.load()
    for rollback in timeline.pending where rollback.action == .rollback {
      try resume(context, rollback, wait: wait)
    }
    for pending in timeline.pending.reversed() {
      switch pending.action {
      case .commit, .deltacommit, .replacecommit: break
      default: continue
      }
      if try context.storage.writerIsDead(pending.requested.text) {
        context.world.journal.decision("rolls back \(pending), whose writer is gone")
        try run(context, pending, wait: wait)
      }
    }
    try removeStrayHeartbeats(context, timeline)
  }

  /// Signs of life whose writer died before it requested its instant.
  private static func removeStrayHeartbeats(
    _ context: TableContext, _ timeline: Timeline
  ) throws(LakeError) {
    let entries: [FileEntry]
    do throws(LakeError) {
      entries = try context.storage.list(StoragePath(".hoodie/.heartbeat"))
    } catch {
      if error.code == .fileNotFound { return }
      throw error
    }
    for entry in entries {
      guard let time = InstantTime(entry.name), timeline.instant(time) == nil,
        try context.storage.writerIsDead(entry.name)
      else { continue }
      try context.storage.delete(StoragePath(".hoodie/.heartbeat/\(time)"))
    }
  }

  /// Rolls one pending write back: plan, deletions, then the end of the instant. [TXN-10]
  public static func run(
    _ context: TableContext, _ target: Instant, wait: Int64
  ) throws(LakeError) {
    let lock = TableLock(context.storage, context.config, context.world)
    let files = try plannedFiles(context, target)
    let started = try lock.with(wait: wait) { () throws(LakeError) -> Instant? in
      let timeline = try context.store.load()
      guard let found = timeline.instant(target.requested, action: target.action), found.isPending
      else { return nil }
      let time = try context.store.newRequestedTime(after: timeline)
      let plan = plan(context, target, files)
      let requested = try context.store.request(
        time, .rollback, plan: try plan.encode(random: context.world.random))
      return try context.store.start(requested)
    }
    guard let started else { return }
    try finish(context, started, target, files, lock, wait)
  }

  /// Finishes a rollback that its own writer did not finish, by its plan.
  private static func resume(
    _ context: TableContext, _ rollback: Instant, wait: Int64
  ) throws(LakeError) {
    let lock = TableLock(context.storage, context.config, context.world)
    let plan = try RollbackPlan(parsing: context.store.plan(of: rollback))
    guard let info = plan.instantToRollback, let time = InstantTime(info.commitTime),
      let action = Action(rawValue: info.action)
    else {
      throw LakeError(
        .timelineMalformed, "the rollback \(rollback.requested) does not say what it undoes")
    }
    let files = try plannedFiles(plan)
    let found = try context.store.load().instant(time, action: action)
    if let found, found.isCompleted {
      throw LakeError(
        .tableFeatureUnsupported,
        "the rollback \(rollback.requested) of the completed instant \(time) is unfinished; "
          + "finish it with the engine that began it")
    }
    let running = rollback.state == .requested ? try context.store.start(rollback) : rollback
    let target = found ?? Instant(time, action, .inflight)
    try finish(context, running, target, files, lock, wait)
  }

  /// The plan's files by partition and name; paths of a table that was moved are stale, names are
  /// not.
  private static func plannedFiles(_ plan: RollbackPlan) throws(LakeError) -> [RollbackFile] {
    var files: [RollbackFile] = []
    for request in plan.requests {
      if let blocks = request.logBlocksToBeDeleted, !blocks.isEmpty {
        throw LakeError(
          .tableFeatureUnsupported, "an unfinished rollback of log blocks is not finished here")
      }
      let partition = try PartitionPath(request.partitionPath)
      for path in request.filesToBeDeleted {
        let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
        files.append(RollbackFile(partition: partition, name: name))
      }
    }
    return files.sorted()
  }

  private static func plan(
    _ context: TableContext, _ target: Instant, _ files: [RollbackFile]
  ) -> RollbackPlan {
    let requests = byPartition(files).map { partition, names in
      RollbackPlan.Request(
        partition: partition,
        files: names.map { context.storage.absoluteRoot + "/" + partition.appending($0) })
    }
    return RollbackPlan(target, requests)
  }

  private static func byPartition(
    _ files: [RollbackFile]
  ) -> [(partition: PartitionPath, names: [String])] {
    Dictionary(grouping: files, by: \.partition).sorted { $0.key < $1.key }
      .map { ($0.key, $0.value.map(\.name)) }
  }

  private static func finish(
    _ context: TableContext, _ rollback: Instant, _ target: Instant, _ files: [RollbackFile],
    _ lock: TableLock, _ wait: Int64
  ) throws(LakeError) {
    let began = context.world.clock.monotonic()
    for file in files {
      try context.storage.delete(StoragePath(file.partition.appending(file.name)))
    }
    for partition in Set(files.map(\.partition)).sorted() {
      try settle(context, partition)
    }
    try lock.with(wait: wait) { () throws(LakeError) in
      let timeline = try context.store.load()
      guard timeline.instant(rollback.requested, action: .rollback)?.isPending ?? false else {
        return
      }
      let metadata = RollbackMetadata(
        rollback.requested, of: target,
        milliseconds: context.world.clock.monotonic() - began,
        byPartition(files).map { partition, names in
          RollbackMetadata.Partition(
            partition,
            deleted: names.map { context.storage.absoluteRoot + "/" + partition.appending($0) })
        })
      if target.isPending, timeline.instant(target.requested, action: target.action) != nil {
        try context.store.removePending(target)
      }
      let (_, outcome) = try context.store.complete(
        rollback, try metadata.encode(random: context.world.random), after: timeline)
      if outcome != .done {
        throw LakeError(.outcomeUnknown, "the rollback \(rollback.requested) may be unfinished")
      }
    }
    try Markers(context.storage, target.requested).remove()
    try removeHeartbeat(context, target)
  }

  /// A power cut can take a partition's directory with all that was in it.
  private static func settle(
    _ context: TableContext, _ partition: PartitionPath
  ) throws(LakeError) {
    do throws(LakeError) { try context.storage.settle(StoragePath(partition.text)) } catch {
      if error.code != .fileNotFound { throw error }
    }
  }

  private static func removeHeartbeat(
    _ context: TableContext, _ target: Instant
  ) throws(LakeError) {
    try context.storage.delete(StoragePath(".hoodie/.heartbeat/\(target.requested)"))
  }

  /// Files of the instant: those its markers name, and those a listing finds under its time.
  /// [TXN-11]
  private static func plannedFiles(
    _ context: TableContext, _ target: Instant
  ) throws(LakeError) -> [RollbackFile] {
    var found: Set<RollbackFile> = []
    for marker in try Markers(context.storage, target.requested).all() {
      found.insert(RollbackFile(partition: marker.partition, name: marker.fileName))
    }
    let listing = try TableListing(context.storage, context.world.workers)
    for partition in listing.partitions {
      for entry in partition.entries {
        guard let name = BaseFileName(entry.name), name.instant == target.requested else {
          continue
        }
        found.insert(RollbackFile(partition: partition.path, name: entry.name))
      }
    }
    return found.sorted()
  }
}
