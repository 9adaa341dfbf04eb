// Spec: 14-text-rows. How inputs of a commit are to be understood.
import LakeBase
import LakeColumns
import LakeText

/// Choices about input files; what is not chosen is found out, and said.
public struct InputOptions: Sendable {
  /// nil: by the file's name, then by its first bytes.
  public var format: InputFormat?
  /// The columns as somebody gave them; wins over inference and over the table.
  public var columns: Schema?
  /// The table's columns: values are parsed as their types, and nothing is inferred for them.
  public var table: Schema?
  /// What a null is called in columns that allow none: keys and ordering columns have codes of
  /// their own.
  public var nullCodes: [String: LakeCode] = [:]
  /// Unquoted fields of CSV that mean null, besides the empty one.
  public var nullWords: [String] = []
  /// Inference makes decimals of CSV columns whose values all have the same number of decimals.
  public var decimals = false
  /// Whether the first record of CSV names the columns.
  public var header = true
  /// Seconds east of Greenwich of times without a zone; nil refuses them where an instant is
  /// wanted.
  public var zoneOffset: Int?
  /// Whether the lines of `.txt` files are record keys: for deletes.
  public var linesAreKeys = false

  public init() {}
}
