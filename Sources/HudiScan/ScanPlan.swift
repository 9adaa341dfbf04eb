// Spec: 12c-pruning. Which files of a snapshot a scan reads, decided before it reads rows.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet

/// A scan, planned: the slices that are left, what is left of them, and why.
public struct ScanPlan: Sendable {
  public let snapshot: Snapshot
  public let options: ScanOptions
  /// Where each file keeps the columns.
  public let files: FileColumns
  /// Columns of the rows the scan yields.
  public let schema: Schema
  /// Columns that are decoded: those of `schema`, then those that only the condition looks at.
  public let read: Schema
  /// Pieces of work in the order of their rows.
  public let units: [ScanUnit]
  public let explanation: ScanExplanation
  private let opener: SliceOpener
  /// nil: no slice has log files.
  let merging: SliceMerging?

  /// How many files are opened to plan.
  public enum Depth: Sendable {
    /// As far as pays for running it: files are opened ahead while they are few.
    case running
    /// All of them, so that the explanation is complete.
    case explaining
  }

  /// More files than this are opened when their turn comes, not before.
  private static let openAhead = 64

  /// Throws `columnNotFound` for a column that the table does not have, `predicateMalformed` for a
  /// condition that does not fit its columns.
  public init(
    _ snapshot: Snapshot, _ options: ScanOptions, _ depth: Depth = .running
  ) throws(LakeError) {
    try snapshot.requireRows()
    self.snapshot = snapshot
    self.options = options
    files = try FileColumns(snapshot)
    let table = files.columns
    let all = Schema(MetaField.fields + table.fields)
    if let names = options.columns {
      schema = try all.select(names)
    } else {
      schema = options.includesMetaColumns ? all : table
    }
    var explanation = ScanExplanation()
    var slices: [FileSlice]
    var skipping: DataSkipping?
    var keys: RequestedKeys?
    var extra: [Field] = []
    if let predicate = options.predicate {
      let shown = schema
      let names = try predicate.columns(in: all)
      extra = try all.select(names.filter { shown.index(of: $0) == nil }).fields
      let bound = try BoundPredicate(predicate, all)
      let config = snapshot.context.config
      let (found, index) = try Self.slices(snapshot, bound, options, depth)
      slices = found
      keys = try RequestedKeys(bound, config, index != nil)
      if options.believesStatistics { skipping = DataSkipping(bound, config, index != nil) }
      let pruning = PartitionPruning(bound, table, config, isNumbered: files.isNumbered)
      let left = slices.filter { !pruning.excludes($0.partition) }
      let statistics =
        files.isNumbered || !options.believesStatistics
        ? nil : try PartitionStatistics.read(snapshot, bound, options, left)
      slices = Self.prune(slices, pruning, statistics, &explanation)
      if let index { slices = Self.prune(slices, index, &explanation) }
      if options.believesStatistics, !files.isNumbered,
        let known = try FileStatistics.read(snapshot, bound, slices)
      {
        slices = Self.prune(slices, known, &explanation)
      }
    } else {
      slices = try snapshot.slices(options)
      Self.keepAll(slices, &explanation)
    }
    read = Schema(schema.fields + extra)
    // The other half is for what logs say.
    let memory = MemoryBudget(limit: options.memoryBytes / 2)
    merging =
      slices.contains { !$0.logs.isEmpty }
      ? try SliceMerging(
        snapshot, files, read, mode: options.mergeMode, goesByPosition: options.mergesByPosition,
        instants: options.instants, wantedKeys: keys?.set, memoryBytes: options.memoryBytes,
        memory: memory) : nil
    let opener = SliceOpener(
      snapshot: snapshot, files: files, memory: memory, skipping: skipping,
      keySkipping: options.believesStatistics ? keys?.skipping : nil,
      unjudged: options.predicate == nil ? .noCondition : .notBelieved)
    self.opener = opener
    units = try Self.units(slices, opener, depth, read, &explanation)
    self.explanation = explanation
  }

  /// What threads take one at a time; files are opened ahead while they are few.
  private static func units(
    _ slices: [FileSlice], _ opener: SliceOpener, _ depth: Depth, _ read: Schema,
    _ explanation: inout ScanExplanation
  ) throws(LakeError) -> [ScanUnit] {
    if depth == .running && slices.count > openAhead {
      explanation.unopened = slices.count
      return slices.map { ScanUnit(slice: $0) }
    }
    let workers = opener.snapshot.context.world.workers
    let opened = try workers.map(slices) { slice throws(LakeError) in try opener.open(slice) }
    for open in opened { explanation.add(open.decisions(read.fields.map(\.name))) }
    return opened.flatMap { units($0) }
  }

  // MARK: indexes

  /// The slices to judge, and what indexes know of them. Where an index leaves few partitions, only
  /// those are listed, unless every one of them has to be explained.
  private static func slices(
    _ snapshot: Snapshot, _ bound: BoundPredicate, _ options: ScanOptions, _ depth: Depth
  ) throws(LakeError) -> ([FileSlice], IndexPruning?) {
    guard let index = try IndexPruning.read(snapshot, bound, options) else {
      return (try snapshot.slices(options), nil)
    }
    var scope = options
    if depth == .running, let only = index.partitions {
      scope.partitions = (options.partitions.map { only.intersection($0) } ?? only).sorted()
    }
    let slices = try snapshot.slices(scope)
    if index.isTrusted(slices, in: scope.partitions) { return (slices, index) }
    snapshot.context.world.journal.decision(
      "the record index is not used: it names file groups that are not there")
    return (try snapshot.slices(options), nil)
  }

  private static func prune(
    _ slices: [FileSlice], _ index: IndexPruning, _ explanation: inout ScanExplanation
  ) -> [FileSlice] {
    slices.filter { slice in
      let isKept = !index.excludes(slice.group)
      explanation.add(
        .index, slice.group.description, isKept, bytes: slice.size,
        isKept ? .mayMatch : index.reason)
      return isKept
    }
  }

  // MARK: partitions

  private static func prune(
    _ slices: [FileSlice], _ pruning: PartitionPruning, _ statistics: PartitionStatistics?,
    _ explanation: inout ScanExplanation
  ) -> [FileSlice] {
    var verdicts: [PartitionPath: Bool] = [:]
    for (path, bytes) in partitions(slices) {
      var reason = ScanExplanation.Reason.mayMatch
      if pruning.excludes(path) {
        reason = .partitionValues
      } else if statistics?.excludes(path) ?? false {
        reason = .partitionStatistics
      }
      let isKept = reason == .mayMatch
      verdicts[path] = isKept
      explanation.add(.partition, path.text, isKept, bytes: bytes, reason)
    }
    return slices.filter { verdicts[$0.partition] ?? true }
  }

  /// Slices that remain are judged further when they are opened.
  private static func prune(
    _ slices: [FileSlice], _ known: FileStatistics, _ explanation: inout ScanExplanation
  ) -> [FileSlice] {
    slices.filter { slice in
      guard known.excludes(slice) else { return true }
      let name = slice.base?.name.text ?? slice.logs.first?.name.text ?? ""
      explanation.add(
        .file, slice.partition.appending(name), false, bytes: slice.size, .columnStatistics)
      return false
    }
  }

  private static func keepAll(_ slices: [FileSlice], _ explanation: inout ScanExplanation) {
    for (path, bytes) in partitions(slices) {
      explanation.add(.partition, path.text, true, bytes: bytes, .noCondition)
    }
  }

  private static func partitions(_ slices: [FileSlice]) -> [(PartitionPath, Int)] {
    var bytes: [PartitionPath: Int] = [:]
    for slice in slices { bytes[slice.partition, default: 0] += slice.size }
    return bytes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  // MARK: files

  /// A slice with its base file open and judged; both nil where there is none.
  func open(_ slice: FileSlice) throws(LakeError) -> OpenSlice {
    try opener.open(slice)
  }

  /// One unit a row group, so that threads share a file; a slice with logs is one.
  private static func units(_ open: OpenSlice) -> [ScanUnit] {
    if !open.slice.logs.isEmpty { return [ScanUnit(slice: open.slice, open: open)] }
    return (open.plan?.rowGroups ?? []).map {
      ScanUnit(slice: open.slice, open: open, rowGroups: [$0])
    }
  }
}

/// A piece of work of a scan.
public struct ScanUnit: Sendable {
  public let slice: FileSlice
  /// nil: opened when its turn comes.
  let open: OpenSlice?
  /// Those of the base file to read; nil: all that its plan leaves.
  let rowGroups: [Int]?

  init(slice: FileSlice, open: OpenSlice? = nil, rowGroups: [Int]? = nil) {
    self.slice = slice
    self.open = open
    self.rowGroups = rowGroups
  }
}

/// The record keys that a condition asks for.
private struct RequestedKeys {
  let set: KeySet
  let skipping: DataSkipping

  /// nil where rows with any key can meet the condition. [PRUNE-12]
  init?(
    _ predicate: BoundPredicate, _ config: TableConfig, _ isNamed: Bool
  ) throws(LakeError) {
    guard let keys = WantedKeys.keys(predicate, config) else { return nil }
    let table = KeyTable()
    _ = table.insert(try Column(.string, scalars: keys.map { .string($0) }))
    set = table.freeze()
    let wanted = RowPredicate(
      .isIn(.init([MetaField.recordKey.name]), keys.map { .string($0) }))
    skipping = DataSkipping(
      try BoundPredicate(wanted, Schema(MetaField.fields)), config, isNamed)
  }
}

/// Opens slices and judges their base files.
private struct SliceOpener: Sendable {
  let snapshot: Snapshot
  let files: FileColumns
  let memory: MemoryBudget
  let skipping: DataSkipping?
  /// By record keys alone: all that may judge base files under log files.
  let keySkipping: DataSkipping?
  /// Why nothing judges a file.
  let unjudged: ScanExplanation.Reason

  func open(_ slice: FileSlice) throws(LakeError) -> OpenSlice {
    guard let reader = try snapshot.open(slice, memory: memory) else {
      return OpenSlice(slice: slice)
    }
    let instant = slice.base?.name.instant ?? slice.baseInstant
    let source = try files.source(slice.partition, instant: instant, file: reader.schema)
    let plan: FilePlan
    if !slice.logs.isEmpty {
      plan =
        try keySkipping?.plan(reader, source) ?? FilePlan(whole: reader.file, .hasLogs)
    } else if let skipping {
      plan = try skipping.plan(reader, source)
    } else {
      plan = FilePlan(whole: reader.file, unjudged)
    }
    return OpenSlice(slice: slice, reader: reader, source: source, plan: plan)
  }
}

/// A slice whose base file is open.
struct OpenSlice: Sendable {
  let slice: FileSlice
  var reader: BaseFileReader?
  /// Where the base file keeps the columns.
  var source = SourceColumns.byName
  var plan: FilePlan?

  /// What was decided about the file and its row groups.
  ///
  /// - Parameter columns: names of the table's columns that are read, for counting bytes.
  func decisions(_ columns: [String]) -> [ScanExplanation.Row] {
    guard let reader, let plan else {
      return [row(.file, slice.group.description, !slice.logs.isEmpty, slice.size, .hasLogs)]
    }
    let path = reader.path.text
    let reasons = Set(plan.decisions.map(\.reason))
    let isKept = !plan.rowGroups.isEmpty || !slice.logs.isEmpty
    let reason: ScanExplanation.Reason
    if !slice.logs.isEmpty {
      reason = reasons == [.hasLogs] ? .hasLogs : .keysOfLogs
    } else if reasons.count == 1, let only = reasons.first, only.isOfFiles {
      reason = only
    } else {
      reason = isKept ? .mayMatch : reasons.isEmpty ? .empty : .nothingLeft
    }
    var rows = [row(.file, path, isKept, slice.size, reason)]
    if !slice.logs.isEmpty { return rows }
    let names = Set(columns.compactMap { source[$0].name })
    for (group, reason) in plan.decisions {
      let bytes = Self.bytes(reader.file, group, names)
      let name = "\(path)#\(group)"
      if case .pageIndex(let left, _) = reason {
        rows.append(row(.rowGroup, name, left > 0, bytes, left > 0 ? .mayMatch : reason))
        rows.append(row(.page, name, left > 0, bytes, reason))
      } else {
        rows.append(row(.rowGroup, name, plan.rowGroups.contains(group), bytes, reason))
      }
    }
    return rows
  }

  private func row(
    _ level: ScanExplanation.Level, _ name: String, _ isKept: Bool, _ bytes: Int,
    _ reason: ScanExplanation.Reason
  ) -> ScanExplanation.Row {
    ScanExplanation.Row(level: level, name: name, isKept: isKept, bytes: bytes, reason: reason)
  }

  /// Compressed bytes of the columns that are read.
  private static func bytes(_ file: ParquetFile, _ group: Int, _ names: Set<String>) -> Int {
    var bytes = 0
    for (leaf, chunk) in zip(file.parquetSchema.leaves, file.metadata.rowGroups[group].columns) {
      guard let first = leaf.path.first, names.contains(first) else { continue }
      bytes += chunk.metadata?.totalCompressedSize ?? 0
    }
    return bytes
  }
}

extension ScanExplanation.Reason {
  /// Whether it may stand for a whole file.
  fileprivate var isOfFiles: Bool {
    switch self {
    case .pageIndex, .empty: false
    default: true
    }
  }
}
