// Spec: 12-queries. The rows of a query for asynchronous code: a batch at a time, never blocking.
import HudiModel
import HudiScan
import LakeBase
import LakeColumns
import LakeStorage

/// How far a query is.
public struct QueryProgress: Sendable, Equatable {
  /// Rows delivered so far.
  public let rows: Int
  /// Bytes read from base and log files so far.
  public let bytes: Int
  /// Bytes of the files of the version; fewer are read where columns or files are left out.
  public let ofBytes: Int
}

/// The batches of a query. Reading begins with the iterator and on a thread of its own; two batches
/// are read ahead. Leaving the loop, and cancelling the task, stop it. [QUERY-70]
public struct BatchSequence: AsyncSequence, Sendable {
  public typealias Element = RecordBatch
  public typealias Failure = LakeError

  public let schema: Schema
  private let produce:
    @Sendable (_ emit: (RecordBatch) throws(LakeError) -> Void) throws(LakeError) -> Void

  /// - Parameter produce: runs once for each iterator, on a thread of its own.
  init(
    _ schema: Schema,
    _ produce:
      @escaping @Sendable (
        _ emit: (RecordBatch) throws(LakeError) -> Void
      ) throws(LakeError) -> Void
  ) {
    self.schema = schema
    self.produce = produce
  }

  public func makeAsyncIterator() -> Iterator { Iterator(AsyncFeed(produce)) }

  public struct Iterator: AsyncIteratorProtocol {
    private let feed: AsyncFeed<RecordBatch>

    init(_ feed: AsyncFeed<RecordBatch>) { self.feed = feed }

    public mutating func next() async throws(LakeError) -> RecordBatch? { try await feed.next() }

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(LakeError) -> RecordBatch? {
      try await feed.next()
    }
  }
}

extension LakeTable {
  /// The rows of a version as an asynchronous sequence. The version is fixed by this call, which
  /// reads the timeline and blocks as long as that takes.
  ///
  /// - Parameters:
  ///   - asOf: see `instant(_:)`; nil: now.
  ///   - progress: called after each batch, on the reading thread.
  public func rows(
    _ options: ScanOptions = ScanOptions(), asOf: String? = nil,
    progress: (@Sendable (QueryProgress) -> Void)? = nil
  ) throws(LakeError) -> BatchSequence {
    let observed = ObservedStorage(storage)
    let cancellation = world.cancellation
    let snapshot = try LakeTable(TableContext(observed, config, world)).snapshot(at: asOf)
    let schema = try options.schema(of: snapshot)
    return BatchSequence(schema) { (emit) throws(LakeError) in
      var scan = try SnapshotScan(snapshot, options)
      let total = try progress == nil ? 0 : snapshot.slices().reduce(0) { $0 + $1.size }
      var rows = 0
      while let batch = try scan.next() {
        try cancellation.check()
        rows += batch.count
        if let progress {
          let counts = observed.counts
          let bytes = counts.bytesRead(.base) + counts.bytesRead(.log)
          progress(QueryProgress(rows: rows, bytes: bytes, ofBytes: total))
        }
        try emit(batch)
      }
    }
  }
}

extension ScanOptions {
  /// The columns that a scan yields. Throws `columnNotFound`, `schemaMismatch`.
  func schema(of snapshot: Snapshot) throws(LakeError) -> Schema {
    let table = try snapshot.requireSchema().columns
    let all = Schema(MetaField.fields + table.fields)
    if let columns { return try all.select(columns) }
    return includesMetaColumns ? all : table
  }
}
