// Spec: 10-merging. The open file of one partition during an insert; rolls over at the target size.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeColumns
import Synchronization

/// A small file that new rows are added to.
struct InserterTarget: Sendable {
  let name: BaseFileName
  let reader: BaseFileReader
}

/// Writes the new rows of one partition to one file after the other. One thread at a time works in
/// it.
final class PartitionInserter: Sendable {
  private let state: Mutex<InserterState>

  init(
    context: TableContext, partition: PartitionPath, number: Int, schema: TableSchema,
    options: BaseFileOptions, instant: InstantTime, markers: Markers,
    candidates: [InserterTarget]
  ) {
    state = Mutex(
      InserterState(
        context: context, partition: partition, number: number, schema: schema, options: options,
        instant: instant, markers: markers, candidates: candidates))
  }

  func write(_ part: PartitionRows) throws(LakeError) {
    try state.withLock { (state) throws(LakeError) in try state.write(part) }
  }

  func flushRowGroup() throws(LakeError) {
    try state.withLock { (state) throws(LakeError) in try state.flushRowGroup() }
  }

  func close() throws(LakeError) {
    try state.withLock { (state) throws(LakeError) in try state.close() }
  }

  func abandon() { state.withLock { $0.abandon() } }
  var heldBytes: Int { state.withLock { $0.heldBytes } }
  var isOpen: Bool { state.withLock { $0.isOpen } }
  var files: [WrittenFile] { state.withLock { $0.files } }
}

/// What a partition inserter works on.
private struct InserterState {
  let context: TableContext
  let partition: PartitionPath
  let number: Int
  let schema: TableSchema
  let options: BaseFileOptions
  let instant: InstantTime
  let markers: Markers
  var candidates: [InserterTarget]
  var files: [WrittenFile] = []
  private var open: OpenFile?
  private var made = 0
  /// Rows so far: the last part of generated keys.
  private var numbered = 0
  /// Its own randomness, so that ids do not depend on which thread comes first (I31).
  private let random: SeededRandom

  private struct OpenFile {
    let writer: BaseFileWriter
    let meta: MetaColumns
    let previous: BaseFileName?
    var inserted = 0
  }

  init(
    context: TableContext, partition: PartitionPath, number: Int, schema: TableSchema,
    options: BaseFileOptions, instant: InstantTime, markers: Markers,
    candidates: [InserterTarget]
  ) {
    self.context = context
    self.partition = partition
    self.number = number
    self.schema = schema
    self.options = options
    self.instant = instant
    self.markers = markers
    self.candidates = candidates
    random = SeededRandom(context.world.random.next())
  }

  var heldBytes: Int { open?.writer.heldBytes ?? 0 }
  var isOpen: Bool { open != nil }

  mutating func write(_ part: PartitionRows) throws(LakeError) {
    var start = 0
    while start < part.rows.count {
      let end = Swift.min(start + RecordBatch.targetRows, part.rows.count)
      if open == nil { try begin() }
      guard var file = open else { return }
      let keys =
        part.keys?.slice(start..<end)
        ?? .numbered(
          KeyGenerator.automaticPrefix(instant, task: number), from: numbered, count: end - start)
      numbered += end - start
      try file.writer.write(
        new: part.rows.slice(start..<end), keys: keys, file.meta, firstNumber: file.inserted)
      file.inserted += end - start
      open = file
      start = end
      if file.writer.byteCount >= options.targetBytes { try close() }
    }
  }

  /// The next small file, else a new one. Names are unique by partition number and count, so that
  /// they do not depend on threads.
  private mutating func begin() throws(LakeError) {
    let token = WriteToken(task: number, stage: made)
    made += 1
    let target = candidates.isEmpty ? nil : candidates.removeFirst()
    let fileID = target?.name.fileID ?? .random(random)
    let name = BaseFileName(fileID, token, instant)
    try markers.create(MarkerName(partition, name.text, target == nil ? .create : .merge))
    let writer = try BaseFileWriter(
      context.storage, partition, name, schema: schema.columns, avroSchema: schema.fileText,
      recordName: schema.recordName, options: options)
    let meta = MetaColumns(instant, token, partition, fileName: name.text)
    open = OpenFile(writer: writer, meta: meta, previous: target?.name)
    if let target {
      var merge = FileGroupMerge(
        target.reader, into: writer, meta, .commitTime, copyFrom: options.rowGroupRows / 4,
        context.world.cancellation)
      _ = try merge.run(FileGroupChanges(), .none)
    }
  }

  mutating func flushRowGroup() throws(LakeError) { try open?.writer.flushRowGroup() }

  mutating func close() throws(LakeError) {
    guard let file = open else { return }
    let written = try file.writer.finish()
    open = nil
    let stat = WriteStat(
      base: written.name, in: partition, size: written.size, rows: written.rows,
      inserts: file.inserted, updates: 0, deletes: 0, previous: file.previous)
    var counts = FileGroupMerge.Counts()
    counts.inserted = file.inserted
    files.append(
      WrittenFile(
        stat: stat, group: FileGroupID(partition, written.name.fileID), path: written.path.text,
        checksum: written.checksum, counts: counts))
  }

  mutating func abandon() {
    open?.writer.abandon()
    open = nil
  }
}
