// Spec: 13-concurrency. What a caller may choose about a write.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns

/// Which changes of the table's schema a commit may make.
public enum SchemaEvolution: String, Sendable, CaseIterable {
  /// An unknown column is refused.
  case none
  /// Unknown columns are added, nullable, at the end.
  case add
  /// Also, columns may become wider (`int` to `bigint`, `float` to `double`, …).
  case addWiden = "add,widen"
}

/// Where a key is looked for.
public enum IndexKind: String, Sendable, CaseIterable {
  /// The key column of the partition's files.
  case simple
  /// The same, files that cannot hold a key skipped by range and filter.
  case bloom
  /// The key column of all files: a key is unique in the whole table.
  case globalSimple = "global-simple"
  case globalBloom = "global-bloom"

  public var isGlobal: Bool { self == .globalSimple || self == .globalBloom }
}

/// Choices about one write; what is not chosen follows Spec and the table's own properties.
public struct WriteOptions: Sendable {
  public var files = BaseFileOptions()
  /// nil: the table's own, else simple.
  public var index: IndexKind?
  /// nil: the table's own, else none.
  public var evolution: SchemaEvolution?
  /// Rows of an upsert for which this holds are deletes.
  public var deleteWhen: RowPredicate?
  /// Input columns that are not stored.
  public var dropping: [String] = []
  /// Whether missing nullable columns are filled with nulls; refused otherwise.
  public var fillsMissingWithNull = false
  /// Kept in the commit: message, author, any key and value.
  public var extraMetadata: [(key: String, value: String)] = []
  /// Bytes that rows in memory may take.
  public var memoryBytes = 256 << 20
  /// Milliseconds to wait for the gate.
  public var waitMilliseconds: Int64 = 60_000
  /// Read, match, check; write nothing.
  public var isDryRun = false
  /// The answer for a table of another engine: `lake-only` or `file-lock[:DIR]`.
  public var writers: String?

  public init() {}

  /// The table property that keeps the false answers of key filters: a rate, or `off`.
  public static let filterKey = "lake.bloom"

  /// The same choices, completed by what the table's properties say.
  func completed(by config: TableConfig) -> WriteOptions {
    var options = self
    if let text = config[Self.filterKey] {
      options.files.filterRate = text == "off" ? nil : Double(text) ?? options.files.filterRate
    }
    return options
  }
}
