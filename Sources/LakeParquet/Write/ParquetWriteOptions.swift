// Spec: 06-base-files. What a caller may choose when a file is written.
import LakeBase
import LakeCodecs

/// How lists are spelled in the schema.
public enum ParquetListLayout: Sendable, Hashable {
  /// `repeated T array`: what Hudi's Avro writer produces; elements cannot be null.
  case twoLevel
  /// `repeated group list { optional T element }`.
  case threeLevel
}

/// Which of the two dialects of Hudi's base files is written.
public enum ParquetDialect: Sendable, Hashable {
  /// Dialect A, of the Avro writer. The message has the Avro record's full name.
  case avro(messageName: String, lists: ParquetListLayout)
  /// Dialect B, of Spark's row writer: message `spark_schema`, three-level lists.
  case spark
}

/// Settings of a `ParquetWriter`. [PQW-10]
public struct ParquetWriteOptions: Sendable {
  public var codec: Codec = .zstd(level: 3)
  /// Uncompressed bytes at which a row group is closed.
  public var rowGroupBytes = 128 << 20
  /// Rows at which a row group is closed, whatever its size.
  public var rowGroupRows: Int?
  /// Uncompressed bytes at which a data page is closed.
  public var pageBytes = 1 << 20
  /// Rows at which a data page is closed.
  public var pageRows = 20_000
  /// 1 or 2.
  public var dataPageVersion = 1
  public var dictionary = true
  /// Bytes of plain values at which a dictionary stops growing and pages fall back.
  public var dictionaryPageBytes = 1 << 20
  /// A CRC-32 in every page header.
  public var pageChecksums = true
  /// Column and offset indexes.
  public var pageIndex = true
  /// Bounds and null counts.
  public var statistics = true
  /// Leaf (its dotted path in the schema, or the column's name where it is not nested) to the
  /// probability that its filter answers "maybe" for an absent value.
  public var bloomFilterColumns: [String: Double] = [:]
  /// Leaf to the encoding used in place of dictionary and PLAIN.
  public var encodings: [String: Encoding] = [:]
  public var dialect = ParquetDialect.spark
  /// Keys for the footer; more may be added until the end.
  public var keyValues: [(String, String)] = []
  public var createdBy = "lake version 1.0.0"
  /// Columns of a batch are encoded in parallel.
  public var workers = Workers(width: 1)
  public var limits = Limits.standard

  public init() {}

  /// Throws `badOptionValue` for settings that no file can have.
  func check() throws(LakeError) {
    func refuse(_ what: String) -> LakeError { LakeError(.badOptionValue, what) }
    guard dataPageVersion == 1 || dataPageVersion == 2 else {
      throw refuse("data page version \(dataPageVersion) is neither 1 nor 2")
    }
    guard pageRows > 0, pageBytes > 0, rowGroupBytes > 0, rowGroupRows ?? 1 > 0,
      dictionaryPageBytes > 0
    else { throw refuse("page and row group sizes must be positive") }
    guard pageBytes <= limits.pageBytesMax, dictionaryPageBytes <= limits.pageBytesMax else {
      throw refuse("a page may have at most \(limits.pageBytesMax) bytes")
    }
    if codec == .deflateRaw { throw refuse("Parquet has no codec \(codec.name)") }
    for (column, probability) in bloomFilterColumns where !(probability > 0 && probability < 1) {
      throw refuse("the bloom filter of \"\(column)\" needs a probability between 0 and 1")
    }
  }
}

extension Codec {
  /// The format's number for it.
  var parquet: CompressionCodec {
    switch self {
    case .none, .deflateRaw: .uncompressed
    case .snappy: .snappy
    case .gzip: .gzip
    case .zstd: .zstd
    case .lz4Raw: .lz4Raw
    case .lz4Hadoop: .lz4Hadoop
    }
  }
}
