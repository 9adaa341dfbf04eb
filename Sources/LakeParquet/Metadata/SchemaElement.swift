// Spec: 06-base-files. One node of the schema, in the depth-first order of the footer.
import LakeBase

/// A node of the schema tree: a group (`childCount` set) or a leaf (`type` set).
public struct SchemaElement: Sendable, Hashable {
  public var type: PhysicalType?
  /// Bytes of a `fixedLenByteArray`.
  public var typeLength: Int?
  /// Nil for the root only.
  public var repetition: Repetition?
  public var name: String
  public var childCount: Int?
  public var convertedType: ConvertedType?
  public var scale: Int?
  public var precision: Int?
  public var fieldID: Int?
  public var logicalType: LogicalType?

  public init(
    _ name: String, type: PhysicalType? = nil, typeLength: Int? = nil,
    repetition: Repetition? = nil, childCount: Int? = nil, convertedType: ConvertedType? = nil,
    scale: Int? = nil, precision: Int? = nil, fieldID: Int? = nil, logicalType: LogicalType? = nil
  ) {
    self.name = name
    self.type = type
    self.typeLength = typeLength
    self.repetition = repetition
    self.childCount = childCount
    self.convertedType = convertedType
    self.scale = scale
    self.precision = precision
    self.fieldID = fieldID
    self.logicalType = logicalType
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> SchemaElement {
    var element = SchemaElement("")
    var named = false
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1:
        guard let type = PhysicalType(rawValue: try reader.int32(field)) else {
          throw reader.failure("unknown physical type")
        }
        element.type = type
      case 2: element.typeLength = Int(try reader.int32(field))
      case 3:
        guard let repetition = Repetition(rawValue: try reader.int32(field)) else {
          throw reader.failure("unknown repetition")
        }
        element.repetition = repetition
      case 4:
        element.name = try reader.string(field)
        named = true
      case 5: element.childCount = Int(try reader.int32(field))
      case 6: element.convertedType = ConvertedType(rawValue: try reader.int32(field))
      case 7: element.scale = Int(try reader.int32(field))
      case 8: element.precision = Int(try reader.int32(field))
      case 9: element.fieldID = Int(try reader.int32(field))
      case 10: element.logicalType = try reader.structure(field, LogicalType.init(from:))
      default: try reader.skip(field)
      }
    }
    guard named else { throw reader.failure("a schema element without a name") }
    return element
  }
}
