// Spec: 06-base-files. Where pages lie and which values they may hold.
import LakeBase

/// Where one data page lies.
public struct PageLocation: Sendable, Hashable {
  /// Of the page's header, from the start of the file.
  public var offset: Int
  /// Header included.
  public var compressedPageSize: Int
  /// The page's first row within its row group.
  public var firstRowIndex: Int

  public init(offset: Int, compressedPageSize: Int, firstRowIndex: Int) {
    self.offset = offset
    self.compressedPageSize = compressedPageSize
    self.firstRowIndex = firstRowIndex
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> PageLocation {
    var location = PageLocation(offset: -1, compressedPageSize: -1, firstRowIndex: -1)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: location.offset = try reader.integer(field)
      case 2: location.compressedPageSize = Int(try reader.int32(field))
      case 3: location.firstRowIndex = try reader.integer(field)
      default: try reader.skip(field)
      }
    }
    guard location.offset >= 0, location.compressedPageSize >= 0, location.firstRowIndex >= 0 else {
      throw reader.failure("a page location lacks a part, or has it negative")
    }
    return location
  }
}

/// The data pages of a chunk, in order.
public struct OffsetIndex: Sendable, Equatable {
  public var pages: [PageLocation]
  public var unencodedByteArrayDataBytes: [Int]?

  public init(_ pages: [PageLocation], unencodedByteArrayDataBytes: [Int]? = nil) {
    self.pages = pages
    self.unencodedByteArrayDataBytes = unencodedByteArrayDataBytes
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> OffsetIndex {
    var index = OffsetIndex([])
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: index.pages = try reader.list(field, PageLocation.read(from:))
      case 2: index.unencodedByteArrayDataBytes = try reader.integers(field)
      default: try reader.skip(field)
      }
    }
    return index
  }
}

/// Bounds of every data page of a chunk.
public struct ColumnIndex: Sendable, Equatable {
  /// True where a page holds nulls only; its bounds are then empty.
  public var nullPages: [Bool]
  public var minValues: [Buffer]
  public var maxValues: [Buffer]
  public var boundaryOrder: BoundaryOrder
  public var nullCounts: [Int]?
  public var repetitionLevelHistograms: [Int]?
  public var definitionLevelHistograms: [Int]?

  public init(
    nullPages: [Bool], minValues: [Buffer], maxValues: [Buffer], boundaryOrder: BoundaryOrder,
    nullCounts: [Int]? = nil
  ) {
    self.nullPages = nullPages
    self.minValues = minValues
    self.maxValues = maxValues
    self.boundaryOrder = boundaryOrder
    self.nullCounts = nullCounts
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> ColumnIndex {
    var index = ColumnIndex(nullPages: [], minValues: [], maxValues: [], boundaryOrder: .unordered)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: index.nullPages = try reader.bools(field)
      case 2: index.minValues = try reader.binaries(field)
      case 3: index.maxValues = try reader.binaries(field)
      case 4: index.boundaryOrder = BoundaryOrder(rawValue: try reader.int32(field))
      case 5: index.nullCounts = try reader.integers(field)
      case 6: index.repetitionLevelHistograms = try reader.integers(field)
      case 7: index.definitionLevelHistograms = try reader.integers(field)
      default: try reader.skip(field)
      }
    }
    let count = index.nullPages.count
    guard index.minValues.count == count, index.maxValues.count == count,
      index.nullCounts.map({ $0.count == count }) ?? true
    else { throw reader.failure("the lists of a column index differ in length") }
    return index
  }
}

/// What stands before the bits of a bloom filter.
public struct BloomFilterHeader: Sendable, Hashable {
  /// Bytes of the bit set.
  public var byteCount: Int
  /// Split blocks, xxHash64 and no compression: the only combination the format knows.
  public var isKnown: Bool

  public init(byteCount: Int, isKnown: Bool = true) {
    self.byteCount = byteCount
    self.isKnown = isKnown
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> BloomFilterHeader {
    var header = BloomFilterHeader(byteCount: -1)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: header.byteCount = Int(try reader.int32(field))
      case 2, 3, 4:
        guard field.type == .structure else { throw reader.failure("a union is a struct") }
        try reader.begin()
        while let choice = try reader.field() {
          if choice.id != 1 { header.isKnown = false }
          try reader.skip(choice)
        }
      default: try reader.skip(field)
      }
    }
    guard header.byteCount >= 0 else { throw reader.failure("a bloom filter without a size") }
    return header
  }
}
