// Spec: 13-concurrency. Changes to a table.
import HudiModel
import HudiWrite
import LakeBase
import LakeColumns

extension LakeTable {
  /// Writes one commit of all rows of `input`. On an error nothing is visible, except where the
  /// error's kind is `outcomeUnknown`.
  public func commit(
    _ operation: WriteOperation, _ input: any BatchSource, _ options: WriteOptions = WriteOptions()
  ) throws(LakeError) -> CommitReport {
    try TableWriter(context, options).write(operation, input, options)
  }

  /// Inserts new rows and replaces rows of the same key.
  public func upsert(
    _ batch: RecordBatch, _ options: WriteOptions = WriteOptions()
  ) throws(LakeError) -> CommitReport {
    try commit(.upsert, MemoryBatches(batch.schema, [batch]), options)
  }

  /// Deletes the rows whose keys are in `batch`, which needs the key columns, or
  /// `_hoodie_record_key`, and
  /// the partition columns unless the index is global.
  public func delete(
    _ batch: RecordBatch, _ options: WriteOptions = WriteOptions()
  ) throws(LakeError) -> CommitReport {
    try commit(.delete, MemoryBatches(batch.schema, [batch]), options)
  }
}
