// Spec: 14-text-rows. How CSV is read.
import LakeBase

/// Options of CSV and TSV input.
public struct CSVOptions: Sendable {
  /// What to do about columns of the schema that the input does not have.
  public enum MissingColumns: Sendable {
    /// `inputColumnMissing`
    case refuse
    /// All rows are null; a column that is not nullable is still refused.
    case fillNull
    /// The batches do not have them.
    case omit
  }

  /// Between fields; an ASCII character.
  public var delimiter: UInt8 = 0x2C
  public var quote: UInt8 = 0x22
  /// The first record names the columns. Without it, columns go by position, and inferred ones are
  /// named `column1`, `column2`, …
  public var header = true
  /// Unquoted fields that mean null, besides the empty one.
  public var nullWords: [String] = []
  /// Inference makes decimals of columns whose values all have the same number of decimals.
  public var decimals = false
  /// Seconds east of Greenwich of texts without a zone in columns of instants; nil refuses them.
  public var zoneOffset: Int?
  /// Columns of the input that are passed over.
  public var dropped: Set<String> = []
  public var missing = MissingColumns.refuse
  /// What a null is called in columns that allow none; else `inputValueInvalid`.
  public var nullCodes: [String: LakeCode] = [:]
  public var limits = Limits.standard
  public var workers = Workers(width: 1)
  /// Bytes of text that one worker parses at a time.
  public var chunkBytes = 1 << 20

  public init() {}

  /// Tab-separated values with the same rules for quotes.
  public static var tsv: CSVOptions {
    var options = CSVOptions()
    options.delimiter = 0x09
    return options
  }
}
