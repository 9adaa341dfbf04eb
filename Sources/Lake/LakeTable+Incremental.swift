// Spec: 12-queries. What changed since, and what is quick to read.
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeColumns

extension LakeTable {
  /// The rows that commits after `from` wrote, as they are at `to`.
  ///
  /// - Parameters:
  ///   - from: excluded; see `incrementalRange(from:to:)`.
  ///   - to: included; nil: everything that is completed.
  ///   - withDeletes: also the keys that are no longer there at `to`, before all rows, true in the
  ///     column `_hoodie_is_deleted`. [QUERY-40]
  /// - Throws: `rangeExpired` before anything is read, unless `onExpired` says otherwise.
  public func changesSince(
    _ from: String, to: String? = nil, _ options: ScanOptions = ScanOptions(),
    onExpired: ExpiredRange = .fail, withDeletes: Bool = false
  ) throws(LakeError) -> IncrementalScan {
    let timeline = try context.store.load()
    let range = try incrementalRange(from: from, to: to, timeline)
    let snapshot = try Snapshot(context, timeline, asOf: nil)
    return try IncrementalScan(
      snapshot, range, options, onExpired: onExpired, withDeletes: withDeletes)
  }

  /// Base files only, without merging, and how stale that is. [QUERY-30]
  public func scanReadOptimized(
    _ options: ScanOptions = ScanOptions(), asOf: String? = nil
  ) throws(LakeError) -> (scan: SnapshotScan, staleness: Staleness) {
    let found = try baseScan(options, try snapshot(at: asOf))
    return (found.scan, found.staleness)
  }

  /// The same of a version, with the options that the scan was made with.
  func baseScan(
    _ options: ScanOptions, _ snapshot: Snapshot
  ) throws(LakeError) -> (scan: SnapshotScan, staleness: Staleness, options: ScanOptions) {
    let found = try snapshot.baseSlices(in: options.partitions)
    var options = options
    options.mode = .readOptimized
    options.slices = found.slices
    return (try SnapshotScan(snapshot, options), found.staleness, options)
  }

  /// What two texts mean as a range. A requested time that is on the timeline means that commit;
  /// any other time is compared with completion times as it stands, in version 6 with requested
  /// times; `earliest`; a position that an earlier pull told. [QUERY-33]
  public func incrementalRange(
    from: String, to: String? = nil
  ) throws(LakeError) -> IncrementalRange {
    try incrementalRange(from: from, to: to, try context.store.load())
  }

  func incrementalRange(
    from: String, to: String?, _ timeline: Timeline
  ) throws(LakeError) -> IncrementalRange {
    let through = try to.map { text throws(LakeError) in try bound(text, timeline) }
    return IncrementalRange(try start(from, timeline), through: through)
  }

  private func start(
    _ text: String, _ timeline: Timeline
  ) throws(LakeError) -> IncrementalRange.Start {
    if text == "earliest" || (!text.isEmpty && text.allSatisfy { $0 == "0" }) { return .earliest }
    if IncrementalPosition.isPosition(text) {
      return .position(try IncrementalPosition(text, of: config))
    }
    return .after(try bound(text, timeline))
  }

  /// A time in the order of completion.
  private func bound(_ text: String, _ timeline: Timeline) throws(LakeError) -> InstantTime {
    let time = try instant(text, timeline)
    if let completed = timeline.completionTime(of: time) { return completed }
    guard timeline.layout == .two, timeline.start.map({ time < $0 }) ?? true else { return time }
    // A commit that has left the timeline has a completion time still.
    let archived = try context.store.archived(InstantRange()).completedWrites
    return archived.first { $0.requested == time }?.completionOrder ?? time
  }

  /// The commit that a savepoint of this name protects: the name is what its maker said of it.
  /// [QUERY-38]
  func tagged(_ name: String, _ timeline: Timeline) throws(LakeError) -> InstantTime {
    var found: [InstantTime] = []
    for savepoint in timeline.completed where savepoint.action == .savepoint {
      let bytes = try context.store.content(of: savepoint)
      if bytes.isEmpty { continue }
      let metadata = try SavepointMetadata(parsing: bytes, limits: world.limits)
      if metadata.comments == name { found.append(savepoint.requested) }
    }
    if found.count == 1 { return found[0] }
    if found.isEmpty {
      throw LakeError(.instantNotFound, "no savepoint is called \(name.debugDescription)")
    }
    throw LakeError(
      .instantAmbiguous, "\(found.count) savepoints are called \(name.debugDescription)",
      hint: "take one of " + found.prefix(4).map(\.text).joined(separator: ", "))
  }
}
