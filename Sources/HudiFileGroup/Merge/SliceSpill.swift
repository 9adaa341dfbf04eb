// Spec: 10-merging. A slice in parts of its keys, in a temporary file: what merging does when the
// log side does not fit the budget.
import LakeBase
import LakeColumns

/// Some keys of a slice, by their hash: their versions in the logs and the base rows they may meet.
struct SpilledPart {
  /// One part of this many.
  let count: Int
  let versions: [ScratchExtent]
  let base: [ScratchExtent]
}

/// Divides keys into parts and writes what belongs to each. Owned by one worker. [MERGE-24]
final class SliceSpill {
  static let fanOut = 16
  /// More parts than this are not made; a part that is still too large is held nevertheless.
  static let countMax = 4_096

  private let columns: SliceColumns
  private let file: any ScratchFile
  /// What is divided is one part of this many.
  private let within: Int
  private let versions: PartWriter
  private let base: PartWriter
  private let filter: KeyFilter

  /// - Parameters:
  ///   - file: takes the bytes; one for all parts of a slice, and for parts of parts.
  ///   - budget: bytes that may be held meanwhile.
  init(_ columns: SliceColumns, _ file: any ScratchFile, within: Int = 1, budget: Int) {
    self.columns = columns
    self.file = file
    self.within = within
    versions = PartWriter(file, Self.fanOut, holding: budget / 4)
    base = PartWriter(file, Self.fanOut, holding: budget / 4)
    filter = KeyFilter(byteCount: Swift.min(budget / 4, 16 << 20))
  }

  func add(_ some: LogVersions) throws(LakeError) {
    filter.add(some.keys)
    for (part, rows) in some.keys.rows(byPart: Self.fanOut, within: within).enumerated()
    where !rows.isEmpty {
      some.take(rows).append(to: versions[part], columns)
    }
    try versions.flushWhenFull()
  }

  /// Keeps the rows whose keys the logs may have, and returns the others.
  func sift(_ batch: RecordBatch, keys: Column) throws(LakeError) -> RecordBatch {
    let bits = filter.rows(keys)
    if bits.setCount == 0 { return batch }
    let touched = batch.filter(bits)
    let parts = keys.filter(bits).rows(byPart: Self.fanOut, within: within)
    for (part, rows) in parts.enumerated() where !rows.isEmpty {
      BatchBytes.append(touched.take(rows), to: base[part])
    }
    try base.flushWhenFull()
    return batch.filter(bits.inverted)
  }

  /// The parts that hold anything, once all is added. The filter errs, so base rows can be in parts
  /// without versions.
  func finish() throws(LakeError) -> [SpilledPart] {
    let ends = (versions: try versions.finish(), base: try base.finish())
    return (0..<Self.fanOut).filter {
      !ends.versions[$0].isEmpty || !ends.base[$0].isEmpty
    }.map {
      SpilledPart(
        count: within * Self.fanOut, versions: ends.versions[$0], base: ends.base[$0])
    }
  }
}

/// Bytes for several parts, collected and written together.
private final class PartWriter {
  private static let leastBytes = 1 << 16
  private let file: any ScratchFile
  private let buffers: [GrowingBuffer]
  private var extents: [[ScratchExtent]]
  private let limit: Int

  init(_ file: any ScratchFile, _ parts: Int, holding limit: Int) {
    self.file = file
    buffers = (0..<parts).map { _ in GrowingBuffer() }
    extents = Array(repeating: [], count: parts)
    self.limit = Swift.max(Self.leastBytes, limit)
  }

  subscript(part: Int) -> GrowingBuffer { buffers[part] }

  func flushWhenFull() throws(LakeError) {
    if buffers.reduce(0, { $0 + $1.count }) >= limit { try flush() }
  }

  private func flush() throws(LakeError) {
    for (part, buffer) in buffers.enumerated() where buffer.count > 0 {
      extents[part].append(try file.append(buffer.take()))
    }
  }

  func finish() throws(LakeError) -> [[ScratchExtent]] {
    try flush()
    return extents
  }
}

/// What was written for a part, in the order in which it was added.
struct SpilledRuns<Item> {
  private let file: any ScratchFile
  private var rest: ArraySlice<ScratchExtent>
  private var reader: ByteReader?
  private let read: (inout ByteReader) throws(LakeError) -> Item

  init(
    _ file: any ScratchFile, _ extents: [ScratchExtent],
    _ read: @escaping (inout ByteReader) throws(LakeError) -> Item
  ) {
    self.file = file
    self.read = read
    rest = extents[...]
  }

  mutating func next() throws(LakeError) -> Item? {
    while true {
      if var current = reader, !current.isAtEnd {
        let item = try read(&current)
        reader = current
        return item
      }
      guard let extent = rest.popFirst() else {
        reader = nil
        return nil
      }
      reader = ByteReader(try file.read(extent), code: .defect)
    }
  }
}

/// The base rows of a part.
struct SpilledBaseRows: BatchSource {
  let schema: Schema
  private var runs: SpilledRuns<RecordBatch>

  init(_ file: any ScratchFile, _ part: SpilledPart, _ schema: Schema) {
    self.schema = schema
    runs = SpilledRuns(file, part.base) { (reader) throws(LakeError) in
      try BatchBytes.next(schema, &reader)
    }
  }

  mutating func next() throws(LakeError) -> RecordBatch? { try runs.next() }
}

/// Base rows on their way: those that the logs may touch are kept for their parts, the others pass.
final class SiftedBaseRows: BatchSource {
  let schema: Schema
  private var base: any BatchSource
  private let keys: RowKeys
  private let spill: SliceSpill

  init(_ base: any BatchSource, keys: RowKeys, _ spill: SliceSpill) {
    schema = base.schema
    self.base = base
    self.keys = keys
    self.spill = spill
  }

  func next() throws(LakeError) -> RecordBatch? {
    guard let batch = try base.next() else { return nil }
    return try spill.sift(batch, keys: try keys.keys(of: batch))
  }
}
