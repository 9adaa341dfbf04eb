// Spec: 12-queries. The answer to a question: batches, and what is known about them beforehand.
import HudiScan
import LakeBase
import LakeColumns
import LakeStorage

/// The rows that answer a `TableQuery`, a batch at a time.
public struct TableRows: BatchSource {
  public let schema: Schema
  /// The version that is read; of a pull the one it ends with.
  public let snapshot: Snapshot
  /// Where the next pull begins; nil for what is no pull.
  public internal(set) var position: IncrementalPosition?
  /// What a read-optimised answer leaves out; nil for the others.
  public internal(set) var staleness: Staleness?
  /// Whether a range had expired, and these are all rows of the newest version.
  public internal(set) var isWholeSnapshot = false
  private var source: any BatchSource
  private let watch: QueryWatch
  private var rows = 0

  init(_ source: any BatchSource, _ snapshot: Snapshot, _ watch: QueryWatch) {
    self.source = source
    self.snapshot = snapshot
    self.watch = watch
    schema = source.schema
  }

  /// Throws `cancelled` after a cancellation.
  public mutating func next() throws(LakeError) -> RecordBatch? {
    try watch.cancellation.check()
    guard let batch = try source.next() else { return nil }
    rows += batch.count
    watch.report(rows)
    return batch
  }
}

/// Who may stop a query, and who hears of its progress.
struct QueryWatch: Sendable {
  let cancellation: Cancellation
  let progress: (@Sendable (QueryProgress) -> Void)?
  /// Counts what is read, where somebody wants to know.
  let storage: ObservedStorage?
  private(set) var ofBytes = 0

  init(_ options: QueryOptions, _ table: LakeTable) {
    cancellation = options.cancellation ?? table.world.cancellation
    progress = options.progress
    storage = options.progress == nil ? nil : ObservedStorage(table.storage)
  }

  /// The same for files of so many bytes.
  func of(_ bytes: Int) -> QueryWatch {
    var watch = self
    watch.ofBytes = bytes
    return watch
  }

  func report(_ rows: Int) {
    guard let progress, let counts = storage?.counts else { return }
    let bytes = counts.bytesRead(.base) + counts.bytesRead(.log)
    progress(QueryProgress(rows: rows, bytes: bytes, ofBytes: ofBytes))
  }
}
