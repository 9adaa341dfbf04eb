// Spec: 17-limits. Every limit has a name; sizes read from files are checked against it first.

/// Upper bounds on what a file may ask of us. Exceeding one is `limitExceeded`, before memory is
/// asked for.
public struct Limits: Sendable {
  /// Thrift: nesting of structs and lists. [LIMIT-1]
  public var thriftDepthMax = 32
  /// Thrift: bytes in one string or binary. [LIMIT-2]
  public var thriftStringBytesMax = 64 << 20
  /// Parquet: bytes of a footer. [LIMIT-3]
  public var footerBytesMax = 256 << 20
  /// Parquet: bytes of one page, compressed or not. [LIMIT-4]
  public var pageBytesMax = 256 << 20
  /// Any schema: nesting. [LIMIT-5]
  public var schemaDepthMax = 64
  /// Any schema: leaf columns. [LIMIT-6]
  public var columnsMax = 20_000
  /// Avro: bytes of schema JSON. [LIMIT-7]
  public var avroSchemaBytesMax = 4 << 20
  /// Avro: items of zero encoded size in one array or block. [LIMIT-8]
  public var zeroSizeItemsMax = 10_000_000
  /// Avro: bytes of one container block, compressed or not. [LIMIT-9]
  public var avroBlockBytesMax = 256 << 20
  /// zstd: window size in bytes. [LIMIT-10]
  public var zstdWindowBytesMax = 128 << 20
  /// JSON: nesting. [LIMIT-11]
  public var jsonDepthMax = 512
  /// JSON: bytes of one number. [LIMIT-12]
  public var jsonNumberBytesMax = 1 << 10
  /// Properties: bytes of the file. [LIMIT-13]
  public var propertiesBytesMax = 1 << 20
  /// Timeline: entries in the active timeline directory. [LIMIT-14]
  public var timelineEntriesMax = 1_000_000
  /// Text input: bytes of one field. [LIMIT-15]
  public var textFieldBytesMax = 16 << 20
  /// Text input: bytes of one row. [LIMIT-16]
  public var textRowBytesMax = 64 << 20
  /// Keys: UTF-8 bytes of one record key. [LIMIT-17]
  public var keyBytesMax = 1 << 20
  /// Paths: bytes of one segment. [LIMIT-18]
  public var pathSegmentBytesMax = 255
  /// Paths: bytes of a whole path below the table. [LIMIT-19]
  public var pathBytesMax = 4_096
  /// Decimals: digits. [LIMIT-20]
  public var decimalPrecisionMax = 38
  /// Instants: bytes of one metadata file. [LIMIT-21]
  public var instantBytesMax = 512 << 20
  /// Log files: bytes of one value in the header of a block. [LIMIT-25]
  public var logHeaderBytesMax = 16 << 20
  /// Log files: stretches of one file that hold no block. [LIMIT-26]
  public var logGapsMax = 10_000
  /// Log files: record positions of one block. [LIMIT-27]
  public var logPositionsMax = 1 << 24

  /// HFiles: bytes of one block, compressed or not. [LIMIT-30]
  public var hfileBlockBytesMax = 64 << 20
  /// HFiles: levels of the index. [LIMIT-31]
  public var hfileIndexLevelsMax = 8
  /// HFiles: bytes of all index blocks together, unpacked. [LIMIT-32]
  public var hfileIndexBytesMax = 256 << 20

  public init() {}

  /// The limits of the Spec.
  public static let standard = Limits()
}
