// Spec: 10-merging. Where the key of a stored row comes from.
import HudiModel
import LakeBase
import LakeColumns

/// The record keys of rows of base and log files.
public enum RowKeys: Sendable {
  /// The meta column.
  case stored
  /// Tables without meta columns: computed from the key fields.
  case computed(KeyGenerator)
  /// No key: the row's number in the base file, which the log files name. [MERGE-30]
  case position

  /// Throws `tableFeatureUnsupported` where keys are neither stored nor computable.
  public init(_ config: TableConfig, limits: Limits = .standard) throws(LakeError) {
    if config.populatesMetaFields {
      self = .stored
      return
    }
    guard !config.recordKeyFields.isEmpty else {
      throw LakeError(
        .tableFeatureUnsupported,
        "log files cannot be merged: the table has neither stored keys "
          + "nor key fields")
    }
    var options = KeyOptions()
    options.allowsAmbiguousKeys = true
    self = .computed(try KeyGenerator(config, options, limits: limits))
  }

  /// Column of base rows that holds their number as a key; no table has it.
  static let positionField = Field("\0position", .binary, nullable: false)

  /// Columns that a reader must load for the keys.
  public func columns(in schema: Schema) -> [String] {
    switch self {
    case .stored: return [MetaField.recordKey.name]
    case .position: return []
    case .computed(let generator):
      return generator.recordKeyFields.map { field in
        schema.index(of: field) != nil ? field : String(field.prefix { $0 != "." })
      }
    }
  }

  /// One text a row; null where a row has no stored key.
  func keys(of batch: RecordBatch) throws(LakeError) -> Column {
    switch self {
    case .stored: return batch.columns[try batch.schema.require(MetaField.recordKey.name)]
    case .position: return batch.columns[try batch.schema.require(Self.positionField.name)]
    case .computed(let generator):
      return try generator.recordKeys(of: batch) ?? .nulls(.string, count: batch.count)
    }
  }
}
