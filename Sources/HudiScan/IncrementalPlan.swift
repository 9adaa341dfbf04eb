// Spec: 12-queries. What an incremental pull reads, decided before any row is read.
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase

/// The commits of a range and the files that hold their rows.
public struct IncrementalPlan: Sendable {
  public let snapshot: Snapshot
  public let range: IncrementalRange
  /// Completed writes of the range as far as timeline and archive name them, by requested time.
  public let instants: [Instant]
  /// Commit times whose rows belong to the range; also which log blocks are merged.
  public let filter: InstantFilter
  /// Restricted to what the instants wrote.
  public let slices: [FileSlice]
  /// Where the next pull begins.
  public let position: IncrementalPosition
  /// What a pull with deletes compares.
  let states: RangeStates?

  /// More commits than this are not asked for the partitions they touched; all are listed.
  private static let commitsAsked = 512

  /// Finds commits and files. Throws `rangeExpired` when something of the range is no longer kept,
  /// `tableFeatureUnsupported` for a table without meta columns. [QUERY-31] [QUERY-34]
  ///
  /// - Parameter withDeletes: whether the state before the range is needed, too.
  public init(
    _ snapshot: Snapshot, _ range: IncrementalRange, withDeletes: Bool = false
  ) throws(LakeError) {
    try snapshot.requireCommitTimes()
    self.snapshot = snapshot
    self.range = range
    let found = try RangeInstants(snapshot, range)
    instants = found.instants
    filter = found.filter(snapshot.timeline, range)
    position = Self.position(snapshot, range, found.instants)
    let partitions = try Self.partitions(snapshot, found)
    if found.isNothing {
      slices = []
      states = nil
      return
    }
    let seen = snapshot.replacing(found.requested)
    let (listing, view) = try seen.listedView(partitions)
    let restriction = SliceRestriction(snapshot.timeline.layout, filter, found)
    slices = view.groups.compactMap { restriction.slice($0) }
    try found.requireKnown(snapshot, range, view)
    try Self.requireKept(snapshot, range, found, listing, slices, partitions)
    states =
      withDeletes
      ? try RangeStates(snapshot, range, found, listing, Set(slices.map(\.group))) : nil
  }

  /// A plan; nil where something of the range is no longer kept and the caller wants the whole
  /// snapshot then.
  public static func kept(
    _ snapshot: Snapshot, _ range: IncrementalRange, onExpired: ExpiredRange,
    withDeletes: Bool = false
  ) throws(LakeError) -> IncrementalPlan? {
    do throws(LakeError) {
      return try IncrementalPlan(snapshot, range, withDeletes: withDeletes)
    } catch {
      guard error.code == .rangeExpired, onExpired == .snapshot else { throw error }
      return nil
    }
  }

  static func position(
    _ snapshot: Snapshot, _ range: IncrementalRange, _ instants: [Instant]
  ) -> IncrementalPosition {
    let config = snapshot.context.config
    if snapshot.timeline.layout == .one {
      return IncrementalPosition(snapshot.timeline, after: range, config)
    }
    if let newest = instants.map(\.completionOrder).max() {
      return IncrementalPosition(after: newest, config)
    }
    switch range.start {
    case .position(let position): return position
    case .after(let time): return IncrementalPosition(after: time, config)
    case .earliest: return IncrementalPosition(nothingOf: config)
    }
  }

  /// The partitions that the range touched; nil: all.
  private static func partitions(
    _ snapshot: Snapshot, _ found: RangeInstants
  ) throws(LakeError) -> [PartitionPath]? {
    if found.reachesBack || found.active.count > commitsAsked { return nil }
    let cache = snapshot.context.commits
    let commits = try snapshot.context.world.workers.map(found.active) {
      instant throws(LakeError) in try cache.metadata(of: instant)
    }
    var partitions: Set<PartitionPath> = []
    for metadata in commits {
      for entry in metadata.partitionStats.entries {
        partitions.insert(try PartitionPath(entry.key))
      }
      for group in try metadata.replacedGroups() { partitions.insert(group.partition) }
    }
    return partitions.sorted()
  }

  /// Files that the range needs are there: the newest of every group that its commits wrote. They
  /// were cleaned only where the range ends before the present.
  private static func requireKept(
    _ snapshot: Snapshot, _ range: IncrementalRange, _ found: RangeInstants,
    _ listing: TableListing, _ slices: [FileSlice], _ partitions: [PartitionPath]?
  ) throws(LakeError) {
    let asked = range.through == nil ? found.active.suffix(Snapshot.writesAsked) : found.active[...]
    let requested = found.requested
    let missing = try snapshot.missingFile(
      Array(asked), listing, slices, in: partitions.map { Set($0) }
    ) { requested.contains($0) }
    if let missing { throw try snapshot.cleaned(missing) }
  }
}

extension Snapshot {
  /// Throws `tableFeatureUnsupported` where no row tells which commit wrote it.
  func requireCommitTimes() throws(LakeError) {
    guard !context.config.populatesMetaFields else { return }
    throw LakeError(
      .tableFeatureUnsupported,
      "the table has no meta columns, so no row tells which commit wrote it",
      facts: [("property", TableConfig.Key.populateMetaFields)])
  }

  /// What to say about a file of a range that is not there: it was cleaned, or it is lost.
  func cleaned(_ missing: String) throws(LakeError) -> LakeError {
    let now = try context.store.load()
    guard let clean = now.completed.last(where: { $0.action == .clean }) else {
      return Self.missing(missing)
    }
    let bytes = try context.store.content(of: clean)
    var oldest = now.latestWrite?.requested.text ?? ""
    if !bytes.isEmpty {
      let kept = try CleanMetadata(parsing: bytes, limits: context.world.limits)
      if !kept.earliestCommitToRetain.isEmpty { oldest = kept.earliestCommitToRetain }
    }
    return RangeInstants.expired(
      "files of the range were cleaned", oldest: oldest,
      facts: [("missing", missing), ("cleaned by", clean.requested.text)])
  }

  /// The same snapshot in which only the replacements among `instants` replaced anything.
  func replacing(_ instants: Set<InstantTime>) -> Snapshot {
    with(
      ViewInputs(
        layout: inputs.layout, filter: inputs.filter, completions: inputs.completions,
        replaced: inputs.replaced.filter { instants.contains($0.value) },
        pendingCompactions: inputs.pendingCompactions))
  }
}
