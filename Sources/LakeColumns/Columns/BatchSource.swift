// Spec: 01-terms. Batches, pulled one at a time.
import LakeBase

/// A stream of batches of one schema. The existential is crossed once per batch, never per value.
public protocol BatchSource {
  var schema: Schema { get }
  /// The next batch, or nil at the end. A batch may have no rows.
  mutating func next() throws(LakeError) -> RecordBatch?
}

/// Batches that are already in memory.
public struct MemoryBatches: BatchSource {
  public let schema: Schema
  private var rest: ArraySlice<RecordBatch>

  public init(_ schema: Schema, _ batches: [RecordBatch]) {
    self.schema = schema
    rest = batches[...]
  }

  public mutating func next() throws(LakeError) -> RecordBatch? { rest.popFirst() }
}
