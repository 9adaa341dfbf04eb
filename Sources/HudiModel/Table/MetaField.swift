// Spec: 06-base-files. The hidden columns in front of every row.
import LakeColumns

/// The five meta columns, in the order in which files carry them.
public enum MetaField: String, Sendable, Hashable, CaseIterable {
  case commitTime = "_hoodie_commit_time"
  case commitSequence = "_hoodie_commit_seqno"
  case recordKey = "_hoodie_record_key"
  case partitionPath = "_hoodie_partition_path"
  case fileName = "_hoodie_file_name"

  public var name: String { rawValue }

  /// The column's place among the meta columns.
  public var position: Int {
    switch self {
    case .commitTime: 0
    case .commitSequence: 1
    case .recordKey: 2
    case .partitionPath: 3
    case .fileName: 4
    }
  }

  public var field: Field { Field(rawValue, .string) }

  /// The five as columns.
  public static var fields: [Field] { allCases.map(\.field) }

  /// A sixth column that some writers add: what was done to the row.
  public static let operation = "_hoodie_operation"
  /// A data column of incoming rows that turns a row into a delete.
  public static let isDeleted = "_hoodie_is_deleted"

  /// Whether a column name is reserved for the table's own use.
  public static func isReserved(_ name: String) -> Bool {
    MetaField(rawValue: name) != nil || name == operation
  }
}

extension Schema {
  /// The fields without meta columns.
  public var withoutMetaFields: Schema {
    Schema(fields.filter { !MetaField.isReserved($0.name) })
  }

  /// The meta columns and then these fields.
  public var withMetaFields: Schema { Schema(MetaField.fields + withoutMetaFields.fields) }
}
