// Spec: 16-command-line, 12c-pruning. Whether what a Parquet file says of its values is true.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet

/// Holds the values of a row group against its statistics, and its keys against the key filter.
/// Columns inside others are left out. [CLI-59]
struct StatisticsCheck {
  private let file: ParquetFile
  private let filter: HudiBloomFilter?
  private let group: Int
  private var held: [ColumnBounds?]

  init(_ file: ParquetFile, _ filter: HudiBloomFilter?, rowGroup: Int) {
    self.file = file
    self.filter = filter
    group = rowGroup
    held = file.schema.fields.map { _ in nil }
  }

  /// Throws `parquetMalformed` for a key that the key filter does not know.
  mutating func add(_ batch: RecordBatch) throws(LakeError) {
    for (place, column) in batch.columns.enumerated() where !column.type.isNested {
      let bounds = column.bounds()
      held[place] = held[place]?.merged(bounds) ?? bounds
    }
    guard let filter, let keys = batch[MetaField.recordKey.name], keys.type == .string else {
      return
    }
    // Nulls and empty texts are in no filter.
    for (row, isKnown) in filter.mayContain(keys).enumerated()
    where !isKnown && !keys.isNull(row) && !keys.bytes(row).isEmpty {
      throw lie("the key filter leaves out a key of row group \(group)")
    }
  }

  /// Throws `parquetMalformed` where statistics leave out a value that is there, or count other
  /// nulls.
  func finish() throws(LakeError) {
    let pruning = ParquetPruning(file)
    for (field, held) in zip(file.schema.fields, held) {
      guard let held, let leaf = pruning.leaf(named: field.name) else { continue }
      let stated = pruning.bounds(rowGroup: group, leaf: leaf.index)
      if let nulls = stated.nullCount, nulls != held.nullCount {
        throw lie(
          "column \(field.name) has \(held.nullCount ?? 0) nulls in row group \(group), "
            + "its statistics say \(nulls)")
      }
      var bounds = ColumnBounds(nullCount: stated.nullCount, rowCount: stated.valueCount)
      (bounds.min, bounds.max) = (stated.lower, stated.upper)
      let both = bounds.merged(held)
      // Nothing is said of bounds that cannot be compared.
      if isWider(both.min, bounds.min) || isWider(both.max, bounds.max) {
        throw lie(
          "the statistics of column \(field.name) in row group \(group) leave out a value")
      }
    }
  }

  private func isWider(_ both: Scalar?, _ stated: Scalar?) -> Bool {
    // NaN bounds nothing, and is not equal to itself.
    guard let both, let stated, stated == stated else { return false }
    return both != stated
  }

  private func lie(_ message: String) -> LakeError {
    LakeError(.parquetMalformed, message, hint: "--no-skipping reads the table without them")
  }
}
