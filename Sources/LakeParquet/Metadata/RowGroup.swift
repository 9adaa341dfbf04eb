// Spec: 06-base-files. A horizontal part of a file.
import LakeBase

/// One column of a row group's sort order.
public struct SortingColumn: Sendable, Hashable {
  /// The leaf's index.
  public var column: Int
  public var descending: Bool
  public var nullsFirst: Bool

  public init(column: Int, descending: Bool, nullsFirst: Bool) {
    self.column = column
    self.descending = descending
    self.nullsFirst = nullsFirst
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> SortingColumn {
    var sorting = SortingColumn(column: 0, descending: false, nullsFirst: false)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: sorting.column = Int(try reader.int32(field))
      case 2: sorting.descending = try reader.bool(field)
      case 3: sorting.nullsFirst = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
    return sorting
  }
}

/// A row group: one chunk per leaf, in leaf order.
public struct RowGroup: Sendable, Equatable {
  public var columns: [ColumnChunk]
  /// Uncompressed.
  public var totalByteSize: Int
  public var rowCount: Int
  public var sortingColumns: [SortingColumn]?
  public var fileOffset: Int?
  public var totalCompressedSize: Int?
  public var ordinal: Int?

  public init(columns: [ColumnChunk], totalByteSize: Int, rowCount: Int) {
    self.columns = columns
    self.totalByteSize = totalByteSize
    self.rowCount = rowCount
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> RowGroup {
    var group = RowGroup(columns: [], totalByteSize: 0, rowCount: -1)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: group.columns = try reader.list(field, ColumnChunk.read(from:))
      case 2: group.totalByteSize = try reader.integer(field)
      case 3: group.rowCount = try reader.integer(field)
      case 4: group.sortingColumns = try reader.list(field, SortingColumn.read(from:))
      case 5: group.fileOffset = try reader.integer(field)
      case 6: group.totalCompressedSize = try reader.integer(field)
      case 7: group.ordinal = try reader.integer(field)
      default: try reader.skip(field)
      }
    }
    guard group.rowCount >= 0 else { throw reader.failure("a row group without a row count") }
    return group
  }
}
