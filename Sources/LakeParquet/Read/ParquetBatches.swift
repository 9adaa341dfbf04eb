// Spec: 06-base-files. The rows of chosen columns, row groups and pages, one batch at a time.
import LakeBase
import LakeCodecs
import LakeColumns

/// Batches of a Parquet file. A batch never spans two row groups.
public struct ParquetBatches: BatchSource {
  public let schema: Schema
  private let plan: ReadPlan
  private let context: CodecContext
  private var nextGroup = 0
  private var current: GroupCursor?

  init(_ plan: ReadPlan) {
    self.plan = plan
    schema = plan.schema
    context = CodecContext(limits: plan.file.options.limits)
  }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    while true {
      if current == nil {
        guard nextGroup < plan.groups.count else { return nil }
        current = try GroupCursor(plan, plan.groups[nextGroup], context)
        nextGroup += 1
      }
      if let batch = try current?.next() { return batch }
      current = nil
    }
  }

  /// Row groups that will be read, by their index in the file.
  public var rowGroups: [Int] { plan.groups }

  /// All batches of one of `rowGroups`, its leaves decoded side by side by `workers`. The row
  /// group's chosen columns are in memory at once; one beyond `memoryBudget` is `limitExceeded`.
  /// With many row groups or files, a thread for each and `next` is faster and needs less.
  public func decodeRowGroup(
    _ rowGroup: Int, _ workers: Workers = Workers()
  ) throws(LakeError) -> [RecordBatch] {
    let plan = plan
    if plan.leaves.isEmpty {
      let rows = plan.rowCount(rowGroup)
      return rows == 0 ? [] : [try plan.assemble([:], rows: rows)]
    }
    let budget = plan.file.options.memoryBudget
    let parts = try workers.map(plan.leaves) { (leaf: Int) throws(LakeError) -> [LeafBatch] in
      let context = CodecContext(limits: plan.file.options.limits)
      let reader = try plan.reader(rowGroup, leaf, context)
      var batches: [LeafBatch] = []
      var steps = plan.steps(rowGroup)
      var held = 0
      while let step = steps.next() {
        try plan.run(step, reader)
        held += reader.output.byteCount
        guard held <= budget else {
          throw LakeError(
            .limitExceeded, "a row group's column takes more than \(budget) bytes (memoryBudget)")
        }
        batches.append(reader.finish())
      }
      if plan.readsWhole(rowGroup) { try reader.checkEnd() }
      return batches
    }
    var batches: [RecordBatch] = []
    var steps = plan.steps(rowGroup)
    while let step = steps.next() {
      let index = batches.count
      var leaves: [Int: LeafBatch] = [:]
      for (leaf, part) in zip(plan.leaves, parts) { leaves[leaf] = part[index] }
      batches.append(try plan.assemble(leaves, rows: step.rowCount))
    }
    return batches
  }
}

/// What is to be read; shared by all who read it.
final class ReadPlan: Sendable {
  let file: ParquetFile
  let schema: Schema
  let shapes: [Shape]
  /// Leaves of `shapes`, in file order.
  let leaves: [Int]
  /// Row groups, in reading order.
  let groups: [Int]
  let selection: RowSelection?

  /// The rows of one batch: pieces to read, in order, with gaps between them.
  struct Step: Sendable {
    var ranges: [Range<Int>] = []
    var rowCount = 0
  }

  init(
    _ file: ParquetFile, _ columns: [String]?, _ groups: [Int]?, _ selection: RowSelection?
  ) throws(LakeError) {
    self.file = file
    self.selection = selection
    var shapes = file.parquetSchema.shapes
    if let columns {
      shapes = []
      for name in columns {
        shapes.append(file.parquetSchema.shapes[try file.schema.require(name)])
      }
    }
    self.shapes = shapes
    schema = Schema(shapes.map(\.field))
    leaves = Set(shapes.flatMap { Array($0.leaves) }).sorted()
    let all = file.metadata.rowGroups.indices
    self.groups = groups ?? Array(all)
    for group in self.groups where !all.contains(group) {
      throw LakeError(.usage, "there is no row group \(group) among \(all.count)")
    }
  }

  func readsWhole(_ group: Int) -> Bool { selection?[group] == nil }

  /// Rows a batch of this row group aims at: fewer where rows are large.
  private func batchRows(_ group: Int) -> Int {
    let row = file.metadata.rowGroups[group]
    var bytes = 0
    for leaf in leaves {
      let size = row.columns[leaf].metadata?.totalUncompressedSize ?? 0
      bytes = bytes.addingReportingOverflow(max(0, size)).partialValue
    }
    let wanted = max(1, file.options.batchRows)
    guard bytes > 0, row.rowCount > 0 else { return wanted }
    let perRow = max(1, bytes / row.rowCount)
    return max(1, min(wanted, max(16, (64 << 20) / perRow)))
  }

  /// Rows wanted of a row group.
  func rowCount(_ group: Int) -> Int { steps(group).rest.reduce(0) { $0 + $1.count } }

  /// The batches of a row group, one after the other.
  func steps(_ group: Int) -> Steps {
    let rowCount = file.metadata.rowGroups[group].rowCount
    let wanted = (selection?[group] ?? [0..<rowCount]).map { $0.clamped(to: 0..<rowCount) }
    return Steps(rest: wanted.filter { !$0.isEmpty }[...], aim: batchRows(group))
  }

  /// Cuts wanted rows into batches. Nothing is allocated by row counts.
  struct Steps {
    var rest: ArraySlice<Range<Int>>
    let aim: Int

    mutating func next() -> Step? {
      var step = Step()
      while step.rowCount < aim, let range = rest.first {
        let some = min(range.count, aim - step.rowCount)
        step.ranges.append(range.lowerBound..<range.lowerBound + some)
        step.rowCount += some
        rest[rest.startIndex] = range.lowerBound + some..<range.upperBound
        if some == range.count { rest.removeFirst() }
      }
      return step.rowCount == 0 ? nil : step
    }
  }

  func reader(
    _ group: Int, _ leaf: Int, _ context: CodecContext
  ) throws(LakeError) -> ColumnReader {
    let (chunk, range) = try file.chunk(rowGroup: group, leaf: leaf)
    let info = file.parquetSchema.leaves[leaf]
    let rows = file.metadata.rowGroups[group].rowCount
    guard info.maxRepetition > 0 ? chunk.valueCount >= rows : chunk.valueCount == rows else {
      throw ParquetFile.malformed(
        "column \(info.name): \(chunk.valueCount) values in a row group of \(rows) rows")
    }
    let pages = try PageReader(file.source, chunk, range, context, file.options)
    let index = readsWhole(group) ? nil : try file.offsetIndex(rowGroup: group, leaf: leaf)
    return ColumnReader(
      info, pages, slots: chunk.valueCount, keepsLevels: nested.contains(leaf), index: index,
      file.options)
  }

  /// Leaves whose levels are needed after their values were decoded.
  private var nested: Set<Int> {
    var result: Set<Int> = []
    for shape in shapes {
      if case .leaf = shape.kind { continue }
      result.formUnion(shape.leaves)
    }
    return result
  }

  /// Reads the rows of a step into the reader's batch.
  func run(_ step: Step, _ reader: ColumnReader) throws(LakeError) {
    for range in step.ranges {
      reader.prepare(until: range.upperBound)
      if range.lowerBound > reader.row { try reader.skip(range.lowerBound - reader.row) }
      try reader.read(range.count)
    }
  }

  func assemble(_ leaves: [Int: LeafBatch], rows: Int) throws(LakeError) -> RecordBatch {
    var columns: [Column] = []
    columns.reserveCapacity(shapes.count)
    for shape in shapes {
      let column: Column
      if case .leaf(let leaf) = shape.kind, let batch = leaves[leaf] {
        column = batch.column
      } else {
        column = try NestedAssembly(leaves: leaves, name: shape.field.name)
          .column(shape, list: 0, repetition: 0)
      }
      guard column.count == rows else {
        throw ParquetFile.malformed("column \(shape.field.name): \(column.count) of \(rows) rows")
      }
      columns.append(column)
    }
    return RecordBatch(schema, columns, count: rows)
  }
}

/// The readers of one row group, in step.
private struct GroupCursor {
  let plan: ReadPlan
  let group: Int
  let readers: [(leaf: Int, reader: ColumnReader)]
  var steps: ReadPlan.Steps

  init(_ plan: ReadPlan, _ group: Int, _ context: CodecContext) throws(LakeError) {
    self.plan = plan
    self.group = group
    steps = plan.steps(group)
    var readers: [(leaf: Int, reader: ColumnReader)] = []
    if !steps.rest.isEmpty {
      for leaf in plan.leaves { readers.append((leaf, try plan.reader(group, leaf, context))) }
    }
    self.readers = readers
  }

  mutating func next() throws(LakeError) -> RecordBatch? {
    guard let step = steps.next() else {
      if plan.readsWhole(group) {
        for (_, reader) in readers { try reader.checkEnd() }
      }
      return nil
    }
    var leaves: [Int: LeafBatch] = [:]
    for (leaf, reader) in readers {
      try plan.run(step, reader)
      leaves[leaf] = reader.finish()
    }
    return try plan.assemble(leaves, rows: step.rowCount)
  }
}

extension ParquetFile {
  /// The rows of the file, or of some of it, batch by batch. [PQR-7]
  ///
  /// - Parameters:
  ///   - columns: top-level names, in the order wanted; nil for all. Unknown: `columnNotFound`.
  ///   - rowGroups: indices, in the order wanted; nil for all.
  ///   - selection: rows wanted of those row groups; pages without any are not read where the file
  ///     has an offset index.
  public func batches(
    columns: [String]? = nil, rowGroups: [Int]? = nil, selection: RowSelection? = nil
  ) throws(LakeError) -> ParquetBatches {
    ParquetBatches(try ReadPlan(self, columns, rowGroups, selection))
  }
}
