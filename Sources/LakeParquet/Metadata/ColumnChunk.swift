// Spec: 06-base-files. One column of one row group: where its pages lie and what they hold.
import LakeBase

/// A count of pages by kind and encoding.
public struct PageEncodingStats: Sendable, Hashable {
  public var pageType: PageType
  public var encoding: Encoding
  public var count: Int

  public init(_ pageType: PageType, _ encoding: Encoding, count: Int) {
    self.pageType = pageType
    self.encoding = encoding
    self.count = count
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> PageEncodingStats {
    var stats = PageEncodingStats(.data, .plain, count: 0)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: stats.pageType = PageType(rawValue: try reader.int32(field))
      case 2: stats.encoding = Encoding(rawValue: try reader.int32(field))
      case 3: stats.count = Int(try reader.int32(field))
      default: try reader.skip(field)
      }
    }
    return stats
  }
}

/// A column chunk's metadata. Offsets are from the start of the file, sizes in bytes.
public struct ColumnMetadata: Sendable, Equatable {
  public var type: PhysicalType
  public var encodings: [Encoding] = []
  public var path: [String]
  public var codec: CompressionCodec
  /// Level slots, nulls included.
  public var valueCount: Int
  /// Page headers included.
  public var totalUncompressedSize: Int
  /// Page headers included.
  public var totalCompressedSize: Int
  public var keyValues: [KeyValue] = []
  public var dataPageOffset: Int
  public var indexPageOffset: Int?
  public var dictionaryPageOffset: Int?
  public var statistics: Statistics?
  public var encodingStats: [PageEncodingStats]?
  public var bloomFilterOffset: Int?
  public var bloomFilterLength: Int?
  public var sizeStatistics: SizeStatistics?

  public init(
    type: PhysicalType, path: [String], codec: CompressionCodec, valueCount: Int,
    totalUncompressedSize: Int, totalCompressedSize: Int, dataPageOffset: Int
  ) {
    self.type = type
    self.path = path
    self.codec = codec
    self.valueCount = valueCount
    self.totalUncompressedSize = totalUncompressedSize
    self.totalCompressedSize = totalCompressedSize
    self.dataPageOffset = dataPageOffset
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> ColumnMetadata {
    var chunk = ColumnMetadata(
      type: .boolean, path: [], codec: .uncompressed, valueCount: -1, totalUncompressedSize: -1,
      totalCompressedSize: -1, dataPageOffset: -1)
    var type: PhysicalType?
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: type = PhysicalType(rawValue: try reader.int32(field))
      case 2:
        chunk.encodings = try reader.integers(field).map {
          Encoding(rawValue: Int32(truncatingIfNeeded: $0))
        }
      case 3: chunk.path = try reader.strings(field)
      case 4: chunk.codec = CompressionCodec(rawValue: try reader.int32(field))
      case 5: chunk.valueCount = try reader.integer(field)
      case 6: chunk.totalUncompressedSize = try reader.integer(field)
      case 7: chunk.totalCompressedSize = try reader.integer(field)
      case 8: chunk.keyValues = try reader.list(field, KeyValue.read(from:))
      case 9: chunk.dataPageOffset = try reader.integer(field)
      case 10: chunk.indexPageOffset = try reader.integer(field)
      case 11: chunk.dictionaryPageOffset = try reader.integer(field)
      case 12: chunk.statistics = try reader.structure(field, Statistics.read(from:))
      case 13: chunk.encodingStats = try reader.list(field, PageEncodingStats.read(from:))
      case 14: chunk.bloomFilterOffset = try reader.integer(field)
      case 15: chunk.bloomFilterLength = try reader.integer(field)
      case 16: chunk.sizeStatistics = try reader.structure(field, SizeStatistics.read(from:))
      default: try reader.skip(field)
      }
    }
    guard let type else { throw reader.failure("a column chunk without a known type") }
    chunk.type = type
    guard chunk.valueCount >= 0, chunk.totalCompressedSize >= 0, chunk.dataPageOffset >= 0 else {
      throw reader.failure("a column chunk lacks its count, size or offset, or has it negative")
    }
    return chunk
  }
}

/// A column chunk in a row group.
public struct ColumnChunk: Sendable, Equatable {
  /// Set when the bytes lie in another file.
  public var filePath: String?
  public var fileOffset: Int
  public var metadata: ColumnMetadata?
  public var offsetIndexOffset: Int?
  public var offsetIndexLength: Int?
  public var columnIndexOffset: Int?
  public var columnIndexLength: Int?
  /// The chunk is encrypted; reading it is refused with `parquetEncrypted`.
  public var isEncrypted = false

  public init(fileOffset: Int, metadata: ColumnMetadata?) {
    self.fileOffset = fileOffset
    self.metadata = metadata
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> ColumnChunk {
    var chunk = ColumnChunk(fileOffset: 0, metadata: nil)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: chunk.filePath = try reader.string(field)
      case 2: chunk.fileOffset = try reader.integer(field)
      case 3: chunk.metadata = try reader.structure(field, ColumnMetadata.read(from:))
      case 4: chunk.offsetIndexOffset = try reader.integer(field)
      case 5: chunk.offsetIndexLength = Int(try reader.int32(field))
      case 6: chunk.columnIndexOffset = try reader.integer(field)
      case 7: chunk.columnIndexLength = Int(try reader.int32(field))
      case 8, 9:
        chunk.isEncrypted = true
        try reader.skip(field)
      default: try reader.skip(field)
      }
    }
    return chunk
  }
}
