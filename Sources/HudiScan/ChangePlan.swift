// Spec: 12d-changes. What a pull of changes compares, decided before any row is read.
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase
import LakeStorage

/// The commits of a range and, for each file group they changed, the states before and after.
public struct ChangePlan: Sendable {
  public let snapshot: Snapshot
  public let range: IncrementalRange
  /// Writes of the range that can have changed rows, in the order of completion.
  public let instants: [Instant]
  /// In the order of the instants, then by file group.
  public let units: [ChangeUnit]
  /// Where the next pull begins.
  public let position: IncrementalPosition
  /// All writes of the range in that order, services too.
  private let writes: [InstantTime]
  private let start: GroupStates

  /// A write of the range with what it recorded.
  private struct Write: Sendable {
    let instant: Instant
    let metadata: CommitMetadata
  }

  /// Finds commits and files. Throws `rangeExpired` when a commit of the range or a state that has
  /// to be compared is no longer kept, `tableFeatureUnsupported` for a table without meta columns.
  /// [CHANGE-1] [CHANGE-8]
  ///
  /// - Parameter partitions: only these; nil: all.
  public init(
    _ snapshot: Snapshot, _ range: IncrementalRange, partitions: [PartitionPath]? = nil
  ) throws(LakeError) {
    try snapshot.requireCommitTimes()
    self.snapshot = snapshot
    self.range = range
    let found = try RangeInstants(snapshot, range)
    position = IncrementalPlan.position(snapshot, range, found.instants)
    let writes = try Self.writes(snapshot, range, found)
    let changing = writes.filter { Self.isChange($0, snapshot) }
    instants = changing.map(\.instant)
    let files = try GroupFiles(snapshot, try Self.touched(changing.map(\.metadata), partitions))
    if found.mayHoldUnknown { try Self.requireKnown(found, files) }
    start = GroupStates(snapshot, before: range, found)
    self.writes = writes.map(\.instant.requested)
    var states = start
    var units: [ChangeUnit] = []
    for (rank, write) in writes.enumerated() {
      let before = states.view
      states.add(write.instant.requested)
      guard Self.isChange(write, snapshot) else { continue }
      let maker = ChangeUnitMaker(
        instant: write.instant, rank: rank, before: before, after: states.view, files: files)
      units += try maker.units(write.metadata, partitions.map { Set($0) })
    }
    self.units = units
  }

  /// The table before and after the commit of a unit; made anew, since a long range has many.
  func views(_ unit: ChangeUnit) -> (before: Snapshot, after: Snapshot) {
    var states = start
    for write in writes[..<unit.rank] { states.add(write) }
    let before = states.view
    states.add(unit.instant.requested)
    return (before, states.view)
  }

  /// The writes of the range in the order of completion, archived ones too.
  private static func writes(
    _ snapshot: Snapshot, _ range: IncrementalRange, _ found: RangeInstants
  ) throws(LakeError) -> [Write] {
    let cache = snapshot.context.commits
    var writes = try snapshot.context.world.workers.map(found.active) {
      instant throws(LakeError) in
      Write(instant: instant, metadata: try cache.metadata(of: instant))
    }
    if !found.archived.isEmpty {
      let wanted = Set(found.archived.map(\.requested))
      let archive = try snapshot.context.store.archived(
        InstantRange(after: range.lowerBound, through: range.through), keepsMetadata: true)
      for entry in archive.entries where wanted.contains(entry.instant.requested) {
        let metadata = try entry.commitMetadata(snapshot.context.world.limits)
        guard let metadata else { continue }
        writes.append(Write(instant: entry.instant, metadata: metadata))
      }
    }
    return writes.sorted {
      ($0.instant.completionOrder, $0.instant.requested)
        < ($1.instant.completionOrder, $1.instant.requested)
    }
  }

  /// Services rewrite rows and change none. [CHANGE-7]
  private static func isChange(_ write: Write, _ snapshot: Snapshot) -> Bool {
    switch write.metadata.operation {
    case .compact, .logCompact, .cluster, .index, .bucketRescale: false
    default: snapshot.context.config.type == .copyOnWrite || write.instant.action != .commit
    }
  }

  private static func touched(
    _ commits: [CommitMetadata], _ partitions: [PartitionPath]?
  ) throws(LakeError) -> [PartitionPath] {
    var touched: Set<PartitionPath> = []
    for metadata in commits {
      for entry in metadata.partitionStats.entries {
        touched.insert(try PartitionPath(entry.key))
      }
      for group in try metadata.replacedGroups() { touched.insert(group.partition) }
    }
    if let partitions { touched.formIntersection(partitions) }
    return touched.sorted()
  }

  /// Files of commits that neither timeline nor archive name: nobody can tell whether they are in
  /// the range.
  private static func requireKnown(
    _ found: RangeInstants, _ files: GroupFiles
  ) throws(LakeError) {
    guard let firstKnown = found.firstKnown, let oldest = files.oldest, oldest < firstKnown else {
      return
    }
    throw RangeInstants.expired(
      "commits of the range are neither on the timeline nor in the archive",
      oldest: firstKnown.text, facts: [])
  }
}

/// The table between two commits, one commit after the other.
private struct GroupStates: Sendable {
  private let snapshot: Snapshot
  private let start: InstantTime?
  private var completed: Set<InstantTime>
  private var hidden: Set<InstantTime>

  /// Before the first commit of a range.
  init(_ snapshot: Snapshot, before range: IncrementalRange, _ found: RangeInstants) {
    self.snapshot = snapshot
    let timeline = snapshot.timeline
    start = timeline.start
    completed = Set(
      timeline.completedWrites.filter { !found.requested.contains($0.requested) }
        .filter { write in range.through.map { write.completionOrder <= $0 } ?? true }
        .map(\.requested))
    hidden = Set(timeline.pending.map(\.requested)).union(found.archived.map(\.requested))
  }

  mutating func add(_ requested: InstantTime) {
    completed.insert(requested)
    hidden.remove(requested)
  }

  /// Groups that were replaced are looked at all the same: who asks knows why.
  var view: Snapshot {
    let inputs = snapshot.inputs
    return snapshot.with(
      ViewInputs(
        layout: inputs.layout,
        filter: InstantFilter(completed: completed, hidden: hidden, start: start),
        completions: inputs.completions, replaced: [:],
        pendingCompactions: inputs.pendingCompactions))
  }
}

/// The files of the partitions that changed, by file group.
struct GroupFiles: Sendable {
  private var entries: [FileGroupID: [FileEntry]] = [:]
  private var names: [PartitionPath: Set<String>] = [:]
  /// Requested time in the oldest name.
  private(set) var oldest: InstantTime?

  init(_ snapshot: Snapshot, _ partitions: [PartitionPath]) throws(LakeError) {
    let context = snapshot.context
    let listing = try TableListing(context.storage, context.world.workers, only: partitions)
    for (partition, files) in listing.partitions {
      names[partition] = Set(files.map(\.name))
      for file in files {
        let written: InstantTime
        let fileID: FileID
        switch DataFileName(file.name) {
        case .base(let name): (written, fileID) = (name.instant, name.fileID)
        case .log(let name): (written, fileID) = (name.instant, name.fileID)
        case .partitionMetadata, .foreign: continue
        }
        oldest = Swift.min(oldest ?? written, written)
        entries[FileGroupID(partition, fileID), default: []].append(file)
      }
    }
  }

  func has(_ name: String, in partition: PartitionPath) -> Bool {
    names[partition]?.contains(name) ?? false
  }

  func size(of name: String, in group: FileGroupID) -> Int? {
    entries[group]?.first { $0.name == name }?.size
  }

  /// The newest slice of a group in a view. Base files of later commits are no barriers to the logs
  /// of earlier ones.
  func slice(_ group: FileGroupID, _ view: Snapshot) -> FileSlice? {
    let files = (entries[group] ?? []).filter { file in
      guard case .base(let name) = DataFileName(file.name) else { return true }
      return view.inputs.filter.admits(name.instant)
    }
    let listing = TableListing([(path: group.partition, entries: files)])
    return FileSystemView(listing, view.inputs).groups.first?.latest
  }
}
