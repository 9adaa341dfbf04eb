// Spec: 12-queries. The commits of an incremental range, active and archived.
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase

/// Which completed writes lie in a range.
struct RangeInstants {
  /// Those of the active timeline, by requested time.
  let active: [Instant]
  /// Those of the archive, by requested time.
  let archived: [Instant]
  /// Archived writes outside the range.
  private let archivedOutside: Set<InstantTime>
  /// Requested time of the oldest write that timeline or archive name.
  let firstKnown: InstantTime?
  /// The range may hold writes that neither names.
  let mayHoldUnknown: Bool
  let requested: Set<InstantTime>

  init(_ snapshot: Snapshot, _ range: IncrementalRange) throws(LakeError) {
    let timeline = snapshot.timeline
    let writes = timeline.completedWrites
    active = writes.filter { range.contains($0) }
    let known = Set(writes.map(\.requested))
    // In layout 1 the archive lies before the timeline; in layout 2 a write that finished late may
    // be archived before its elders, so only its own times tell.
    let asksArchive =
      timeline.layout == .two
      || (range.lowerBound.map { bound in writes.first.map { bound < $0.requested } ?? true }
        ?? true)
    var inside: [Instant] = []
    var outside: Set<InstantTime> = []
    var oldest = writes.first?.requested
    if asksArchive {
      let archive = try snapshot.context.store.archived(
        InstantRange(after: range.lowerBound, through: range.through))
      for instant in archive.completedWrites where !known.contains(instant.requested) {
        if range.contains(instant) {
          inside.append(instant)
        } else {
          outside.insert(instant.requested)
        }
      }
      if let first = archive.oldest { oldest = Swift.min(oldest ?? first, first) }
    }
    archived = inside
    archivedOutside = outside
    firstKnown = oldest
    mayHoldUnknown = range.lowerBound.map { bound in oldest.map { bound < $0 } ?? false } ?? true
    requested = Set(active.map(\.requested)).union(inside.map(\.requested))
  }

  var instants: [Instant] { archived + active }

  /// Rows of the range may lie in files of commits that are not active.
  var reachesBack: Bool { !archived.isEmpty || mayHoldUnknown }

  var isNothing: Bool { requested.isEmpty && !mayHoldUnknown }

  /// Admits exactly the writes of the range. Older ones that nobody names any more are archived and
  /// completed: in layout 1 their requested times say whether they belong, in layout 2 they do when
  /// the range begins before everything.
  func filter(_ timeline: Timeline, _ range: IncrementalRange) -> InstantFilter {
    let hidden = Set(timeline.pending.map(\.requested)).union(archivedOutside)
    guard mayHoldUnknown, let start = timeline.start else {
      return InstantFilter(completed: requested, start: nil)
    }
    switch (timeline.layout, range.start) {
    case (_, .earliest):
      return InstantFilter(
        completed: requested, hidden: hidden, start: start,
        range: InstantRange(through: range.through))
    case (.one, .after(let time)):
      return InstantFilter(
        completed: requested, hidden: hidden, start: start,
        range: InstantRange(after: time, through: range.through))
    default: return InstantFilter(completed: requested, start: nil)
    }
  }

  /// In layout 2 nobody can say whether a write without completion time belongs to a range that
  /// begins before the first known write. [QUERY-35]
  func requireKnown(
    _ snapshot: Snapshot, _ range: IncrementalRange, _ view: FileSystemView
  ) throws(LakeError) {
    guard snapshot.timeline.layout == .two, mayHoldUnknown, range.lowerBound != nil,
      let firstKnown
    else { return }
    let isUnknown = view.groups.contains { group in
      group.slices.contains { slice in
        slice.base.map { $0.name.instant < firstKnown } ?? false
          || slice.logs.contains { $0.name.instant < firstKnown }
      }
    }
    guard isUnknown else { return }
    throw Self.expired(
      "commits of the range are neither on the timeline nor in the archive",
      oldest: firstKnown.text, facts: [])
  }

  static func expired(
    _ why: String, oldest: String, facts: [(name: String, value: String)]
  ) -> LakeError {
    LakeError(
      .rangeExpired, "the changes that were asked for are no longer kept: \(why)",
      hint: "read --from \(oldest)\nor a full copy: --on-expired snapshot",
      facts: [("oldest", oldest)] + facts)
  }
}

/// Reduces a file group to what the commits of a range wrote. [QUERY-32]
struct SliceRestriction {
  let layout: TimelineLayout
  let filter: InstantFilter
  /// In layout 1 no block of the range is older than this.
  private let oldest: InstantTime?

  init(_ layout: TimelineLayout, _ filter: InstantFilter, _ found: RangeInstants) {
    self.layout = layout
    self.filter = filter
    oldest = filter.start == nil ? found.requested.min() : nil
  }

  /// From the newest slice back to the first base file of the range; what lies behind is in it.
  func slice(_ group: FileGroup) -> FileSlice? {
    var logs: [LogFile] = []
    var base: BaseFile?
    for slice in group.slices {
      let kept =
        layout == .one ? slice.logs : slice.logs.filter { filter.admits($0.name.instant) }
      logs = kept + logs
      if let found = slice.base, filter.admits(found.name.instant) {
        base = found
        break
      }
      if layout == .one, let oldest, slice.baseInstant < oldest { break }
    }
    guard let instant = base?.name.instant ?? logs.first?.name.instant else { return nil }
    return FileSlice(group.id, instant, base: base, logs: logs)
  }
}
