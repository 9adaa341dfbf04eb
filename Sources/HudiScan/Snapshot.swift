// Spec: 12-queries. One moment of a table.
import HudiFileGroup
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage

/// The table as its timeline showed it when it was loaded, or as of an earlier instant (I8, R31).
public struct Snapshot: Sendable {
  public let context: TableContext
  public let timeline: Timeline
  /// Requested time through which commits are seen; nil: all completed ones.
  public let asOf: InstantTime?
  /// nil while nothing told a schema: an empty table created without one.
  public let schema: TableSchema?
  public let inputs: ViewInputs
  let metadata: SnapshotMetadata

  /// Loads the timeline, then what follows from it.
  public init(_ context: TableContext, asOf: InstantTime? = nil) throws(LakeError) {
    try self.init(context, try context.store.load(), asOf: asOf)
  }

  public init(
    _ context: TableContext, _ timeline: Timeline, asOf: InstantTime?
  ) throws(LakeError) {
    self.context = context
    self.timeline = timeline
    self.asOf = asOf
    metadata = SnapshotMetadata(context, timeline)
    inputs = try Self.viewInputs(context, timeline, asOf)
    schema = try Self.resolveSchema(context, timeline, asOf)
  }

  private init(_ other: Snapshot, _ inputs: ViewInputs) {
    context = other.context
    timeline = other.timeline
    asOf = other.asOf
    schema = other.schema
    metadata = other.metadata
    self.inputs = inputs
  }

  /// The same moment with another view of the files.
  func with(_ inputs: ViewInputs) -> Snapshot { Snapshot(self, inputs) }

  /// Completed writes of the snapshot, oldest first.
  public var writes: [Instant] { Self.writes(timeline, asOf) }

  private static func writes(_ timeline: Timeline, _ asOf: InstantTime?) -> [Instant] {
    let range = InstantRange(through: asOf)
    return timeline.completedWrites.filter { range.contains($0.requested) }
  }

  private static func viewInputs(
    _ context: TableContext, _ timeline: Timeline, _ asOf: InstantTime?
  ) throws(LakeError) -> ViewInputs {
    var completions: [InstantTime: InstantTime] = [:]
    if timeline.layout == .two {
      for instant in timeline.completedWrites { completions[instant.requested] = instant.completed }
    }
    var replaced: [FileGroupID: InstantTime] = [:]
    for instant in timeline.completedReplacements {
      for group in try context.commits.metadata(of: instant).replacedGroups() {
        replaced[group] = Swift.max(replaced[group] ?? instant.requested, instant.requested)
      }
    }
    return ViewInputs(
      layout: timeline.layout, filter: timeline.filter(InstantRange(through: asOf)),
      completions: completions, replaced: replaced,
      pendingCompactions: try pendingCompactions(context, timeline))
  }

  /// The newest completed write that may change the schema and names one, else the schema of the
  /// table's creation. [SCHEMA-2]
  private static func resolveSchema(
    _ context: TableContext, _ timeline: Timeline, _ asOf: InstantTime?
  ) throws(LakeError) -> TableSchema? {
    for instant in writes(timeline, asOf).reversed() {
      let metadata = try context.commits.metadata(of: instant)
      guard metadata.operation?.canChangeSchema ?? true, let text = metadata.schema else {
        continue
      }
      return try TableSchema(text: text)
    }
    if let text = context.config.createSchema { return try TableSchema(text: text) }
    return try fileSchema(context, writes(timeline, asOf))
  }

  /// The table's schema, or `schemaMismatch` while it has none.
  public func requireSchema() throws(LakeError) -> TableSchema {
    if let schema { return schema }
    throw LakeError(
      .schemaMismatch, "the table has no schema yet: nothing was committed",
      hint: "commit some rows, or create it with --schema or --columns")
  }

  /// The newest visible slice of every file group, by partition and file id.
  public func slices() throws(LakeError) -> [FileSlice] {
    try slices(inAny: nil)
  }

  /// The same from the directories, without asking whether files that commits name are missing: for
  /// checks that go on.
  public func listedSlices() throws(LakeError) -> [FileSlice] {
    let listing = try TableListing(context.storage, context.world.workers)
    return try view(of: listing).latestSlices
  }

  /// The same for some partitions only.
  public func slices(in partitions: [PartitionPath]) throws(LakeError) -> [FileSlice] {
    try slices(inAny: partitions)
  }

  private func slices(inAny partitions: [PartitionPath]?) throws(LakeError) -> [FileSlice] {
    try withListing(partitions) { (listing) throws(LakeError) in
      let slices = try view(of: listing).latestSlices
      try requireNamedFiles(listing, slices, in: partitions.map { Set($0) })
      return slices
    }
  }

  /// What its commit recorded about a base file; nil when the commit is archived or does not name
  /// it.
  public func facts(
    of base: BaseFile, in partition: PartitionPath
  ) throws(LakeError) -> FileFacts? {
    guard let instant = timeline.instant(base.name.instant), instant.isCompleted,
      instant.action.isWrite
    else { return nil }
    return try context.commits.files(of: instant)[partition.appending(base.name.text)]
  }

  /// Opens the base file of a slice, its size checked against the commit (R34).
  ///
  /// - Parameter memory: counts what decoding it holds; nil: nobody counts.
  public func open(
    _ slice: FileSlice, memory: MemoryBudget? = nil
  ) throws(LakeError) -> BaseFileReader? {
    guard let base = slice.base else { return nil }
    let path = try StoragePath(slice.partition.appending(base.name.text))
    do throws(LakeError) {
      let facts = try facts(of: base, in: slice.partition)
      var reading = ParquetReadOptions()
      reading.memory = memory
      return try BaseFileReader(
        context.storage, path, size: facts?.size, checksum: facts?.checksum, options: reading)
    } catch {
      guard error.code == .fileNotFound else { throw error }
      throw LakeError(
        .snapshotExpired, "the file was removed while the snapshot was read, or is missing",
        path: path.text, hint: "read again; if it happens again, check the table")
    }
  }
}
