// Spec: 12-queries. The rows of a query for asynchronous code: a batch at a time, never blocking.
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

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
    try rows(.snapshot(asOf: asOf), QueryOptions(options, progress: progress))
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
