// Spec: 12-queries, 10-merging. How the slices of one scan are merged: made once, used by all
// threads.
import HudiFileGroup
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns
import LakeStorage

/// Everything that merging a slice needs besides the slice.
public struct SliceMerging: Sendable {
  public let policy: MergePolicy
  public let keys: RowKeys
  public let columns: SliceColumns
  /// The columns where rows are known by their position; nil: they never are.
  private let positioned: SliceColumns?
  private let snapshot: Snapshot
  private let files: FileColumns
  private let admission: LogAdmission
  private let schemas: LogSchemas
  private let options: SliceOptions
  /// nil: the rows of all keys.
  private let wantedKeys: KeySet?
  /// Bytes that the log side of one slice may hold.
  private let budget: Int
  /// Counts what decoding holds.
  private let memory: MemoryBudget?

  /// - Parameters:
  ///   - wanted: columns that the rows shall have, meta columns among them.
  ///   - mode: what the caller chose instead of the table's rule. [MERGE-10]
  ///   - wantedKeys: rows with other keys are left out. [MERGE-29]
  ///   - goesByPosition: where the logs name the rows of the base file by number, they are matched
  ///     so; not where some keys are wanted. [MERGE-30]
  ///   - instants: admits the only log blocks to merge, and the only base rows they meet; then the
  ///     commit time is among `wanted`. nil: all of the snapshot's.
  /// Throws `mergerUnknown` where rows are merged by a rule that is not known here.
  public init(
    _ snapshot: Snapshot, _ files: FileColumns, _ wanted: Schema, mode: MergeMode? = nil,
    goesByPosition: Bool = false, instants: InstantFilter? = nil, options: SliceOptions = .init(),
    wantedKeys: KeySet? = nil, memoryBytes: Int = ScanOptions.memoryBytesDefault,
    memory: MemoryBudget? = nil
  ) throws(LakeError) {
    let config = snapshot.context.config
    let table = try snapshot.requireSchema()
    let all = Schema(MetaField.fields + files.columns.fields)
    var policy = try MergePolicy(config, mode: mode)
    // Tables can name an ordering field that their rows do not have; it orders nothing.
    policy.orderingFields.removeAll { name in
      all.index(of: name) == nil && !name.contains(".")
    }
    if policy.partialUpdate == .ignoreDefaults { policy.fillers = table.fillers }
    self.policy = policy
    keys = try RowKeys(config, limits: snapshot.context.world.limits)
    columns = try SliceColumns(wanted, table: all, keys: keys, policy: policy)
    positioned =
      goesByPosition && wantedKeys == nil
      ? try SliceColumns(wanted, table: all, keys: .position, policy: policy) : nil
    self.snapshot = snapshot
    self.files = files
    self.memory = memory
    budget = Swift.max(1, memoryBytes / 2 / Swift.max(1, snapshot.context.world.workers.width))
    var options = options
    if let instants { options.admitsBase = { instants.admits($0) } }
    self.options = options
    self.wantedKeys = wantedKeys
    admission = LogAdmission(snapshot.inputs.filter, config.version, wanted: instants)
    schemas = LogSchemas(limits: snapshot.context.world.limits)
  }

  /// The rows of a slice, its base file open where it has one.
  ///
  /// - Parameters:
  ///   - plan: what to read of the base file; nil: all of it.
  ///   - source: where the base file keeps the columns.
  ///   - workers: threads for this slice alone.
  func reader(
    _ slice: FileSlice, base: BaseFileReader?, _ plan: FilePlan? = nil,
    _ source: SourceColumns = .byName, workers: Workers = Workers(width: 1)
  ) throws(LakeError) -> BoundedSliceReader {
    var world = snapshot.context.world
    world.workers = workers
    let folder = try StoragePath(slice.partition.text)
    let scan = try LogScan(
      snapshot.context.storage, in: folder, slice.logs, admission,
      committed: try snapshot.committedRanges(slice), world: world)
    let byPosition = slice.base.flatMap {
      scan.hasPositions(in: $0.name.instant) ? positioned : nil
    }
    let columns = byPosition ?? self.columns
    let keys = byPosition == nil ? self.keys : .position
    // Where columns go by number, older blocks have other names.
    var reading = LogReadOptions(
      columns: files.isNumbered ? nil : Set(columns.logNames),
      ordering: policy.deletesAreFinal ? [] : columns.orderTypes)
    reading.schemas = schemas
    reading.workers = workers
    reading.cancellation = world.cancellation
    reading.memory = memory
    reading.positionsBase = byPosition == nil ? nil : slice.base?.name.instant
    let reads = reading
    let adapter = LogAdapter(
      columns, keys: keys, policy: policy, showsDeletes: options.deletedColumn != nil,
      wanted: wantedKeys
    ) { [files] (instant: InstantTime, block: Schema) throws(LakeError) in
      try files.source(slice.partition, instant: instant, file: block)
    }
    let pieces = BoundedSliceReader.Source(
      adapter, keys: keys, options: options,
      entries: { () throws(LakeError) in
        let entries = scan.entries(reads)
        return { () throws(LakeError) in try entries.next() }
      },
      base: {
        base.map { base in
          BaseRows(
            base, columns, rowGroups: plan?.rowGroups, selection: plan?.selection, origin: source,
            workers: workers)
        }
      })
    return BoundedSliceReader(
      pieces, budget: budget, scratch: snapshot.context.world.scratch ?? LocalScratch())
  }
}

extension Snapshot {
  /// What completed writes recorded of the log files of a slice. In layout 2 a file's name says who
  /// wrote it; in layout 1 any write since the slice began may have.
  func committedRanges(_ slice: FileSlice) throws(LakeError) -> [LogFileName: [Range<Int>]] {
    var ranges: [LogFileName: [Range<Int>]] = [:]
    if timeline.layout == .two {
      for log in slice.logs {
        guard let instant = timeline.instant(log.name.instant), instant.isCompleted,
          instant.action.isWrite
        else { continue }
        let path = slice.partition.appending(log.name.text)
        let facts = try context.commits.files(of: instant)[path]
        if let range = facts?.stat.logRange { ranges[log.name, default: []].append(range) }
      }
      return ranges
    }
    let paths = slice.logs.map { ($0.name, slice.partition.appending($0.name.text)) }
    for instant in writes where instant.requested >= slice.baseInstant {
      let files = try context.commits.files(of: instant)
      for (name, path) in paths {
        if let range = files[path]?.stat.logRange { ranges[name, default: []].append(range) }
      }
    }
    return ranges
  }
}

extension TableSchema {
  /// Defaults that Hudi takes for "not given" in partial updates: booleans, and whole numbers from
  /// −128 to 127. [MERGE-12]
  var fillers: [String: Scalar] {
    var fillers: [String: Scalar] = [:]
    for field in avro.asRecord?.fields ?? [] {
      switch field.defaultValue {
      case .bool(let flag)?: fillers[field.name] = .bool(flag)
      case .number(let text)?:
        if let number = Int64(text), (-128...127).contains(number),
          let type = columns[field.name]?.type, type == .int32 || type == .int64
        {
          fillers[field.name] = .int(number)
        }
      default: break
      }
    }
    return fillers
  }
}
