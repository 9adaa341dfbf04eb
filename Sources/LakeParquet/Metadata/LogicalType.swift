// Spec: 06-base-files. What values mean: the newer annotation of a schema element.
import LakeBase
import LakeColumns

/// A logical type of the format.
public enum LogicalType: Sendable, Hashable {
  case string
  case map
  case list
  case enumeration
  case decimal(scale: Int, precision: Int)
  case date
  case time(TimeUnit, utc: Bool)
  case timestamp(TimeUnit, utc: Bool)
  case integer(bits: Int, signed: Bool)
  /// Always null.
  case unknown
  case json
  case bson
  case uuid
  case float16
  /// A later addition of the format that we do not know; the physical type is read.
  case other(Int)

  init(from reader: inout CompactReader) throws(LakeError) {
    var type: LogicalType?
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 5: type = try Self.decimal(&reader, field)
      case 7, 8: type = try Self.temporal(&reader, field)
      case 10: type = try Self.integer(&reader, field)
      default:
        type = Self.plain(field.id) ?? .other(Int(field.id))
        try reader.skip(field)
      }
    }
    guard let type else { throw reader.failure("a logical type without a member") }
    self = type
  }

  /// The types whose structs are empty.
  private static func plain(_ field: Int16) -> LogicalType? {
    switch field {
    case 1: .string
    case 2: .map
    case 3: .list
    case 4: .enumeration
    case 6: .date
    case 11: .unknown
    case 12: .json
    case 13: .bson
    case 14: .uuid
    case 15: .float16
    default: nil
    }
  }

  private static func enter(
    _ reader: inout CompactReader, _ field: CompactField
  ) throws(LakeError) {
    guard field.type == .structure else { throw reader.failure("a logical type is a struct") }
    try reader.begin()
  }

  private static func decimal(
    _ reader: inout CompactReader, _ outer: CompactField
  ) throws(LakeError) -> LogicalType {
    var scale = 0
    var precision = 0
    try enter(&reader, outer)
    while let field = try reader.field() {
      switch field.id {
      case 1: scale = Int(try reader.int32(field))
      case 2: precision = Int(try reader.int32(field))
      default: try reader.skip(field)
      }
    }
    return .decimal(scale: scale, precision: precision)
  }

  private static func temporal(
    _ reader: inout CompactReader, _ outer: CompactField
  ) throws(LakeError) -> LogicalType {
    var utc = false
    var unit: TimeUnit?
    try enter(&reader, outer)
    while let field = try reader.field() {
      switch field.id {
      case 1: utc = try reader.bool(field)
      case 2:
        try enter(&reader, field)
        while let choice = try reader.field() {
          switch choice.id {
          case 1: unit = .milli
          case 2: unit = .micro
          case 3: unit = .nano
          default: break
          }
          try reader.skip(choice)
        }
      default: try reader.skip(field)
      }
    }
    guard let unit else { return .other(Int(outer.id)) }
    return outer.id == 7 ? .time(unit, utc: utc) : .timestamp(unit, utc: utc)
  }

  private static func integer(
    _ reader: inout CompactReader, _ outer: CompactField
  ) throws(LakeError) -> LogicalType {
    var bits = 0
    var signed = true
    try enter(&reader, outer)
    while let field = try reader.field() {
      switch field.id {
      case 1: bits = try reader.integer(field)
      case 2: signed = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
    return .integer(bits: bits, signed: signed)
  }
}
