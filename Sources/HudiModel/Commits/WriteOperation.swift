// Spec: 05-commit-metadata. What the caller asked a write to do.

/// The operations that commit metadata names.
public enum WriteOperation: String, Sendable, Hashable, CaseIterable {
  case insert = "INSERT"
  case insertPrepped = "INSERT_PREPPED"
  case upsert = "UPSERT"
  case upsertPrepped = "UPSERT_PREPPED"
  case bulkInsert = "BULK_INSERT"
  case bulkInsertPrepped = "BULK_INSERT_PREPPED"
  case delete = "DELETE"
  case deletePrepped = "DELETE_PREPPED"
  case insertOverwrite = "INSERT_OVERWRITE"
  case insertOverwriteTable = "INSERT_OVERWRITE_TABLE"
  case deletePartition = "DELETE_PARTITION"
  case cluster = "CLUSTER"
  case compact = "COMPACT"
  case logCompact = "LOG_COMPACT"
  case index = "INDEX"
  case alterSchema = "ALTER_SCHEMA"
  case bootstrap = "BOOTSTRAP"
  case bucketRescale = "BUCKET_RESCALE"
  case unknown = "UNKNOWN"

  /// Whether a commit of this operation may bring a new table schema. [META-2]
  public var canChangeSchema: Bool {
    switch self {
    case .cluster, .compact, .logCompact, .index: false
    default: true
    }
  }
}
