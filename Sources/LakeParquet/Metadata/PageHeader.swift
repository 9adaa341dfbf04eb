// Spec: 06-base-files. What stands before the bytes of every page.
import LakeBase

/// A version 1 data page: levels and values are compressed together.
public struct DataPageHeader: Sendable, Equatable {
  /// Level slots, nulls included.
  public var valueCount: Int
  public var encoding: Encoding
  public var definitionLevelEncoding: Encoding
  public var repetitionLevelEncoding: Encoding
  public var statistics: Statistics?

  public init(
    valueCount: Int, encoding: Encoding, definitionLevelEncoding: Encoding = .rle,
    repetitionLevelEncoding: Encoding = .rle, statistics: Statistics? = nil
  ) {
    self.valueCount = valueCount
    self.encoding = encoding
    self.definitionLevelEncoding = definitionLevelEncoding
    self.repetitionLevelEncoding = repetitionLevelEncoding
    self.statistics = statistics
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> DataPageHeader {
    var header = DataPageHeader(valueCount: -1, encoding: .plain)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: header.valueCount = Int(try reader.int32(field))
      case 2: header.encoding = Encoding(rawValue: try reader.int32(field))
      case 3: header.definitionLevelEncoding = Encoding(rawValue: try reader.int32(field))
      case 4: header.repetitionLevelEncoding = Encoding(rawValue: try reader.int32(field))
      case 5: header.statistics = try reader.structure(field, Statistics.read(from:))
      default: try reader.skip(field)
      }
    }
    return header
  }
}

/// A version 2 data page: levels stand uncompressed before the values.
public struct DataPageHeaderV2: Sendable, Equatable {
  /// Level slots, nulls included.
  public var valueCount: Int
  public var nullCount: Int
  public var rowCount: Int
  public var encoding: Encoding
  public var definitionLevelsByteLength: Int
  public var repetitionLevelsByteLength: Int
  /// The values are compressed with the chunk's codec.
  public var isCompressed: Bool
  public var statistics: Statistics?

  public init(
    valueCount: Int, nullCount: Int, rowCount: Int, encoding: Encoding,
    definitionLevelsByteLength: Int, repetitionLevelsByteLength: Int, isCompressed: Bool = true,
    statistics: Statistics? = nil
  ) {
    self.valueCount = valueCount
    self.nullCount = nullCount
    self.rowCount = rowCount
    self.encoding = encoding
    self.definitionLevelsByteLength = definitionLevelsByteLength
    self.repetitionLevelsByteLength = repetitionLevelsByteLength
    self.isCompressed = isCompressed
    self.statistics = statistics
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> DataPageHeaderV2 {
    var header = DataPageHeaderV2(
      valueCount: -1, nullCount: -1, rowCount: -1, encoding: .plain,
      definitionLevelsByteLength: -1, repetitionLevelsByteLength: -1)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: header.valueCount = Int(try reader.int32(field))
      case 2: header.nullCount = Int(try reader.int32(field))
      case 3: header.rowCount = Int(try reader.int32(field))
      case 4: header.encoding = Encoding(rawValue: try reader.int32(field))
      case 5: header.definitionLevelsByteLength = Int(try reader.int32(field))
      case 6: header.repetitionLevelsByteLength = Int(try reader.int32(field))
      case 7: header.isCompressed = try reader.bool(field)
      case 8: header.statistics = try reader.structure(field, Statistics.read(from:))
      default: try reader.skip(field)
      }
    }
    return header
  }
}

/// The dictionary of a chunk.
public struct DictionaryPageHeader: Sendable, Equatable {
  public var valueCount: Int
  public var encoding: Encoding
  public var isSorted: Bool?

  public init(valueCount: Int, encoding: Encoding = .plain, isSorted: Bool? = nil) {
    self.valueCount = valueCount
    self.encoding = encoding
    self.isSorted = isSorted
  }

  public static func read(
    from reader: inout CompactReader
  ) throws(LakeError) -> DictionaryPageHeader {
    var header = DictionaryPageHeader(valueCount: -1)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: header.valueCount = Int(try reader.int32(field))
      case 2: header.encoding = Encoding(rawValue: try reader.int32(field))
      case 3: header.isSorted = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
    return header
  }
}

/// The header of a page. Sizes in bytes, this header not included.
public struct PageHeader: Sendable, Equatable {
  public var type: PageType
  public var uncompressedSize: Int
  public var compressedSize: Int
  /// CRC-32 of the page's bytes as they stand in the file.
  public var crc: UInt32?
  public var dataPage: DataPageHeader?
  public var dictionaryPage: DictionaryPageHeader?
  public var dataPageV2: DataPageHeaderV2?

  public init(
    _ type: PageType, uncompressedSize: Int, compressedSize: Int, crc: UInt32? = nil,
    dataPage: DataPageHeader? = nil, dictionaryPage: DictionaryPageHeader? = nil,
    dataPageV2: DataPageHeaderV2? = nil
  ) {
    self.type = type
    self.uncompressedSize = uncompressedSize
    self.compressedSize = compressedSize
    self.crc = crc
    self.dataPage = dataPage
    self.dictionaryPage = dictionaryPage
    self.dataPageV2 = dataPageV2
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> PageHeader {
    var header = PageHeader(.data, uncompressedSize: -1, compressedSize: -1)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: header.type = PageType(rawValue: try reader.int32(field))
      case 2: header.uncompressedSize = Int(try reader.int32(field))
      case 3: header.compressedSize = Int(try reader.int32(field))
      case 4: header.crc = UInt32(bitPattern: try reader.int32(field))
      case 5: header.dataPage = try reader.structure(field, DataPageHeader.read(from:))
      case 7: header.dictionaryPage = try reader.structure(field, DictionaryPageHeader.read(from:))
      case 8: header.dataPageV2 = try reader.structure(field, DataPageHeaderV2.read(from:))
      default: try reader.skip(field)
      }
    }
    guard header.uncompressedSize >= 0, header.compressedSize >= 0 else {
      throw reader.failure("a page header lacks its sizes, or has them negative")
    }
    return header
  }
}
