// Spec: 12c-pruning. File slices judged by the column statistics of the metadata table.
import HudiMetadata
import HudiModel
import LakeBase
import LakeColumns

/// What the metadata table knows of the columns of a condition, file by file.
struct FileStatistics: Sendable {
  /// For fewer slices their footers are read faster than the metadata table is opened; slices with
  /// log files have no other statistics.
  private static let slicesMin = 4

  private let predicate: BoundPredicate
  /// By the path of the file and the name of the column.
  private let known: [String: [ExactText: ColumnBounds]]

  /// nil where the table has no such index, or it does not pay. Whatever is wrong with the metadata
  /// table is noted and leaves nothing known. [PRUNE-9]
  static func read(
    _ snapshot: Snapshot, _ predicate: BoundPredicate, _ slices: [FileSlice]
  ) throws(LakeError) -> FileStatistics? {
    let context = snapshot.context
    let judged = slices.filter { canJudge($0, snapshot.timeline.layout) }
    guard context.config.metadataPartitions.contains(ColumnStatsIndex.name),
      judged.count >= slicesMin || judged.contains(where: { !$0.logs.isEmpty })
    else { return nil }
    do throws(LakeError) {
      guard let table = try snapshot.metadata.table() else { return nil }
      let index = try ColumnStatsIndex(table)
      guard index.hasFiles else { return nil }
      return try FileStatistics(index, predicate, judged)
    } catch {
      if error.kind == .cancelled { throw error }
      context.world.journal.decision("column statistics are not used: \(error.message)")
      return nil
    }
  }

  private init(
    _ index: ColumnStatsIndex, _ predicate: BoundPredicate, _ slices: [FileSlice]
  ) throws(LakeError) {
    self.predicate = predicate
    let columns = predicate.places.map { Field($0.name, $0.type) }
    var known: [String: [ExactText: ColumnBounds]] = [:]
    // A partition at a time: file names need not differ between partitions.
    for (partition, slices) in Dictionary(grouping: slices, by: \.partition) {
      let files = slices.flatMap { Self.files($0) }.map { (partition: partition, name: $0) }
      for (name, bounds) in try index.bounds(files: files, columns: columns) {
        known[partition.appending(name.text)] = bounds.mapValues { Self.ordered($0) }
      }
    }
    self.known = known
  }

  /// For judging made-up statistics.
  init(_ predicate: BoundPredicate, known: [String: [ExactText: ColumnBounds]]) {
    self.predicate = predicate
    self.known = known
  }

  /// In layout 1 log files were appended to, so that what was said of one may be of its beginning.
  private static func canJudge(_ slice: FileSlice, _ layout: TimelineLayout) -> Bool {
    slice.logs.isEmpty || layout == .two
  }

  private static func files(_ slice: FileSlice) -> [String] {
    (slice.base.map { [$0.name.text] } ?? []) + slice.logs.map(\.name.text)
  }

  /// Java orders texts by their UTF-16 units, which is the order of bytes only below the
  /// surrogates. [PRUNE-10] Bounds that cross are none.
  static func ordered(_ bounds: ColumnBounds) -> ColumnBounds {
    func isPlain(_ value: Scalar?) -> Bool {
      guard case .string(let text)? = value else { return true }
      return text.unicodeScalars.allSatisfy { $0.value < 0xD800 }
    }
    if isPlain(bounds.min) && isPlain(bounds.max) && !bounds.isCrossed { return bounds }
    return ColumnBounds(nullCount: bounds.nullCount, rowCount: bounds.rowCount)
  }

  /// No merged row of the slice can meet the condition: every column of such a row has its value
  /// from one of the slice's files, so that bounds of all of them together are bounds of the row.
  /// [PRUNE-8]
  func excludes(_ slice: FileSlice) -> Bool {
    let files = Self.files(slice).map { slice.partition.appending($0) }
    if files.isEmpty { return false }
    let verdict = predicate.verdict { name in
      var bounds: ColumnBounds?
      for file in files {
        guard let one = known[file]?[ExactText(name)] else { return nil }
        bounds = bounds.map { $0.merged(one) } ?? one
      }
      return bounds
    }
    return verdict == .never
  }
}
