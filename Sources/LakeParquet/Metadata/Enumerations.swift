// Spec: 06-base-files. The closed and open enumerations of Parquet's metadata.
import LakeBase

/// How values lie in a page.
public enum PhysicalType: Int32, Sendable, Hashable, CaseIterable {
  case boolean = 0
  case int32 = 1
  case int64 = 2
  case int96 = 3
  case float = 4
  case double = 5
  case byteArray = 6
  case fixedLenByteArray = 7
}

public enum Repetition: Int32, Sendable, Hashable {
  case required = 0
  case optional = 1
  case repeated = 2
}

/// The older annotation of a schema element.
public enum ConvertedType: Int32, Sendable, Hashable, CaseIterable {
  case utf8 = 0
  case map, mapKeyValue, list, enumeration, decimal, date, timeMillis, timeMicros
  case timestampMillis, timestampMicros, uint8, uint16, uint32, uint64
  case int8, int16, int32, int64, json, bson, interval
}

/// An encoding by its number; unknown numbers are kept, and refused only where a page uses them.
public struct Encoding: RawRepresentable, Sendable, Hashable {
  public let rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }
  public static let plain = Encoding(rawValue: 0)
  public static let plainDictionary = Encoding(rawValue: 2)
  public static let rle = Encoding(rawValue: 3)
  public static let bitPacked = Encoding(rawValue: 4)
  public static let deltaBinaryPacked = Encoding(rawValue: 5)
  public static let deltaLengthByteArray = Encoding(rawValue: 6)
  public static let deltaByteArray = Encoding(rawValue: 7)
  public static let rleDictionary = Encoding(rawValue: 8)
  public static let byteStreamSplit = Encoding(rawValue: 9)

  public var isDictionary: Bool { self == .plainDictionary || self == .rleDictionary }
}

/// A compression codec by Parquet's number; unknown numbers are kept and refused when used.
public struct CompressionCodec: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  public let rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }
  public static let uncompressed = CompressionCodec(rawValue: 0)
  public static let snappy = CompressionCodec(rawValue: 1)
  public static let gzip = CompressionCodec(rawValue: 2)
  public static let lzo = CompressionCodec(rawValue: 3)
  public static let brotli = CompressionCodec(rawValue: 4)
  /// Hadoop's framing around LZ4 blocks; deprecated by the format.
  public static let lz4Hadoop = CompressionCodec(rawValue: 5)
  public static let zstd = CompressionCodec(rawValue: 6)
  public static let lz4Raw = CompressionCodec(rawValue: 7)

  private static let names = [
    "UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW",
  ]

  /// The format's own name.
  public var description: String {
    Self.names.indices.contains(Int(rawValue)) ? Self.names[Int(rawValue)] : "codec \(rawValue)"
  }
}

/// The kind of a page by its number; index pages and unknown kinds are passed over.
public struct PageType: RawRepresentable, Sendable, Hashable {
  public let rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }
  public static let data = PageType(rawValue: 0)
  public static let index = PageType(rawValue: 1)
  public static let dictionary = PageType(rawValue: 2)
  public static let dataV2 = PageType(rawValue: 3)
}

/// Whether the pages of a column index are sorted by their bounds.
public struct BoundaryOrder: RawRepresentable, Sendable, Hashable {
  public let rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }
  public static let unordered = BoundaryOrder(rawValue: 0)
  public static let ascending = BoundaryOrder(rawValue: 1)
  public static let descending = BoundaryOrder(rawValue: 2)
}

/// How bounds of a column compare.
public enum ColumnOrder: Sendable, Hashable {
  /// The order the format defines for the type.
  case typeDefined
  /// IEEE 754 total order of floating point columns.
  case ieee754Total
  /// Not known to us: bounds must not be used.
  case unknown
}
