// Spec: 12-queries. The file groups of a range before it and at its end: a pull with deletes
// compares the two.
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase

/// What the groups that a range wrote or replaced looked like, in the order in which writes
/// completed.
struct RangeStates: Sendable {
  /// A state of the table, reduced to those groups.
  struct Moment: Sendable {
    let snapshot: Snapshot
    var slices: [FileSlice]
  }

  var before: Moment
  var end: Moment

  /// - Parameter written: groups that writes of the range left files in.
  /// Throws `rangeExpired` where the state before the range is no longer kept. [QUERY-41]
  init(
    _ snapshot: Snapshot, _ range: IncrementalRange, _ found: RangeInstants,
    _ listing: TableListing, _ written: Set<FileGroupID>
  ) throws(LakeError) {
    var groups = written
    for (group, instant) in snapshot.inputs.replaced where found.requested.contains(instant) {
      groups.insert(group)
    }
    let upTo = IncrementalRange(.earliest, through: range.through)
    end = Self.moment(snapshot, listing, Self.filter(snapshot, found, upTo), groups)
    if range.start == .earliest {
      before = Moment(snapshot: snapshot, slices: [])
      return
    }
    let timeline = snapshot.timeline
    guard found.archived.isEmpty else {
      throw RangeInstants.expired(
        "the state before an archived commit is not kept, so deleted keys are not known",
        oldest: timeline.start?.text ?? "", facts: [])
    }
    before = Self.moment(snapshot, listing, Self.before(snapshot, range, found), groups)
    try requireBefore(snapshot, found)
  }

  /// Admits the writes that the range begins behind.
  private static func before(
    _ snapshot: Snapshot, _ range: IncrementalRange, _ found: RangeInstants
  ) -> InstantFilter {
    let start = IncrementalRange(range.start)
    let filter = filter(snapshot, found) { !start.contains($0) }
    // Older commits than the timeline's are told by their requested time.
    if snapshot.timeline.layout == .one, case .after(let time) = range.start {
      return filter.within(InstantRange(through: time))
    }
    return filter
  }

  private static func filter(
    _ snapshot: Snapshot, _ found: RangeInstants, _ range: IncrementalRange
  ) -> InstantFilter {
    filter(snapshot, found) { range.contains($0) }
  }

  private static func filter(
    _ snapshot: Snapshot, _ found: RangeInstants, _ isIn: (Instant) -> Bool
  ) -> InstantFilter {
    let timeline = snapshot.timeline
    var hidden = Set(timeline.pending.map(\.requested))
    for instant in found.archived where !isIn(instant) { hidden.insert(instant.requested) }
    var completed: Set<InstantTime> = []
    for instant in timeline.completedWrites {
      if isIn(instant) {
        completed.insert(instant.requested)
      } else {
        hidden.insert(instant.requested)
      }
    }
    return InstantFilter(completed: completed, hidden: hidden, start: timeline.start)
  }

  /// The newest slices of some groups as `filter` shows them. Base files that it does not admit
  /// divided nothing yet: what was logged since their request belongs to the slice before.
  private static func moment(
    _ snapshot: Snapshot, _ listing: TableListing, _ filter: InstantFilter,
    _ groups: Set<FileGroupID>
  ) -> Moment {
    let inputs = snapshot.inputs
    var pending = inputs.pendingCompactions
    var seen = listing
    if inputs.layout == .one {
      for (group, instant) in laterBases(listing, filter, groups) { pending[group] = instant }
    } else {
      seen = listing.filter { name in
        if case .base(let base) = name { filter.admits(base.instant) } else { true }
      }
    }
    let view = snapshot.with(
      ViewInputs(
        layout: inputs.layout, filter: filter, completions: inputs.completions,
        replaced: inputs.replaced.filter { filter.admits($0.value) },
        pendingCompactions: pending))
    let slices = FileSystemView(seen, view.inputs).latestSlices
    return Moment(snapshot: view, slices: slices.filter { groups.contains($0.group) })
  }

  /// For each group the first base file that is not admitted and newer than all that are.
  private static func laterBases(
    _ listing: TableListing, _ filter: InstantFilter, _ groups: Set<FileGroupID>
  ) -> [FileGroupID: InstantTime] {
    var bases: [FileGroupID: [InstantTime]] = [:]
    for partition in listing.partitions {
      for entry in partition.entries {
        guard case .base(let base) = DataFileName(entry.name) else { continue }
        let group = FileGroupID(partition.path, base.fileID)
        if groups.contains(group) { bases[group, default: []].append(base.instant) }
      }
    }
    return bases.compactMapValues { times in
      let newest = times.filter { filter.admits($0) }.max()
      return times.filter { time in
        !filter.admits(time) && newest.map { time > $0 } ?? true
      }.min()
    }
  }

  /// A group that a write of the range continued has its slice before it, with the base file that
  /// the write names.
  private func requireBefore(
    _ snapshot: Snapshot, _ found: RangeInstants
  ) throws(LakeError) {
    var kept: [FileGroupID: FileSlice] = [:]
    for slice in before.slices { kept[slice.group] = slice }
    var asked: Set<FileGroupID> = []
    for instant in found.active {
      let metadata = try snapshot.context.commits.metadata(of: instant)
      for entry in metadata.partitionStats.entries {
        let partition = try PartitionPath(entry.key)
        for stat in entry.value {
          guard let id = stat.fileID, !id.isEmpty else { continue }
          let group = FileGroupID(partition, try FileID(id))
          guard asked.insert(group).inserted else { continue }
          guard let previous = stat.prevCommit.flatMap({ InstantTime($0) }),
            !found.requested.contains(previous),
            before.snapshot.inputs.filter.admits(previous)
          else { continue }
          if isKept(kept[group], previous, stat) { continue }
          throw RangeInstants.expired(
            "the state before the range was cleaned, so deleted keys are not known",
            oldest: instant.requested.text, facts: [("group", group.description)])
        }
      }
    }
  }

  private func isKept(_ slice: FileSlice?, _ previous: InstantTime, _ stat: WriteStat) -> Bool {
    guard let slice else { return false }
    guard let name = stat.fileName, case .base = DataFileName(name) else { return true }
    // A compaction names the base file that it replaces, a copy-on-write too.
    return slice.base.map { $0.name.instant >= previous } ?? !slice.logs.isEmpty
  }
}
