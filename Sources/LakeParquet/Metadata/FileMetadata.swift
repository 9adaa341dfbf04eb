// Spec: 06-base-files. The footer.
import LakeBase

/// A key with an optional value, kept by the file for anybody. Values can be long, such as a bloom
/// filter: they stay bytes of the footer until somebody asks for the text.
public struct KeyValue: Sendable, Equatable {
  public var key: String
  private var bytes: Buffer?

  public init(_ key: String, _ value: String?) {
    self.key = key
    bytes = value.map { Buffer(utf8: $0) }
  }

  /// The text; made on every call.
  public var value: String? { bytes?.text }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> KeyValue {
    var pair = KeyValue("", nil)
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: pair.key = try reader.string(field)
      case 2: pair.bytes = try reader.text(field)
      default: try reader.skip(field)
      }
    }
    return pair
  }
}

/// The footer of a Parquet file.
public struct FileMetadata: Sendable, Equatable {
  public var version: Int
  /// Depth-first, the root first.
  public var schema: [SchemaElement]
  public var rowCount: Int
  public var rowGroups: [RowGroup]
  public var keyValues: [KeyValue] = []
  public var createdBy: String?
  /// One per leaf, or nil where the writer gave none.
  public var columnOrders: [ColumnOrder]?
  /// The footer is plain but signed, and columns are encrypted.
  public var isEncrypted = false

  public init(version: Int, schema: [SchemaElement], rowCount: Int, rowGroups: [RowGroup]) {
    self.version = version
    self.schema = schema
    self.rowCount = rowCount
    self.rowGroups = rowGroups
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> FileMetadata {
    try read(from: &reader, .standard)
  }

  static func read(
    from reader: inout CompactReader, _ limits: Limits
  ) throws(LakeError) -> FileMetadata {
    var file = FileMetadata(version: 0, schema: [], rowCount: -1, rowGroups: [])
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: file.version = Int(try reader.int32(field))
      case 2:
        // A leaf may stand below a few groups of its own.
        file.schema = try reader.list(
          field, max: limits.columnsMax * 8 + 1, SchemaElement.read(from:))
      case 3: file.rowCount = try reader.integer(field)
      case 4: file.rowGroups = try reader.list(field, RowGroup.read(from:))
      case 5: file.keyValues = try reader.list(field, KeyValue.read(from:))
      case 6: file.createdBy = try reader.binary(field).lossyText
      case 7: file.columnOrders = try reader.list(field, readOrder)
      case 8, 9:
        file.isEncrypted = true
        try reader.skip(field)
      default: try reader.skip(field)
      }
    }
    guard !file.schema.isEmpty else { throw reader.failure("a footer without a schema") }
    guard file.rowCount >= 0 else { throw reader.failure("a footer without a row count") }
    return file
  }

  private static func readOrder(_ reader: inout CompactReader) throws(LakeError) -> ColumnOrder {
    var order = ColumnOrder.unknown
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: order = .typeDefined
      case 2: order = .ieee754Total
      default: order = .unknown
      }
      try reader.skip(field)
    }
    return order
  }
}
