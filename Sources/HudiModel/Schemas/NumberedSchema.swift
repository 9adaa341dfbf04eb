// Spec: 12b-schema. Columns known by number: renamed, dropped and moved ones are told apart.
import LakeBase
import LakeColumns

/// A schema whose columns and fields have numbers that never change, as schema-on-read stores it.
public struct NumberedSchema: Sendable, Hashable {
  /// A column, or a field of a struct.
  public struct Numbered: Sendable, Hashable {
    public let id: Int
    public let name: String
    public let shape: Shape
  }

  /// What a column consists of, as far as numbers matter.
  public indirect enum Shape: Sendable, Hashable {
    case value
    case structure([Numbered])
    case list(Shape)
    case map(key: Shape, value: Shape)
  }

  /// Requested time of the instant that made it, as a number; nil: made here from names.
  public let version: Int64?
  public let fields: [Numbered]

  /// Reads the JSON of one schema (`latest_schema`). Throws `schemaHistoryMalformed`. [SCHEMA-14]
  public init(text: String) throws(LakeError) {
    try self.init(json: try Self.json(text))
  }

  init(json: JSONValue) throws(LakeError) {
    version = (json["version_id"] ?? json["version-id"])?.int64
    guard case .structure(let fields) = try Self.shape(json) else {
      throw Self.malformed("the schema is no record")
    }
    self.fields = fields
  }

  /// The schemas of a history file, oldest first. Throws `schemaHistoryMalformed`. [SCHEMA-14]
  public static func history(_ text: String) throws(LakeError) -> [NumberedSchema] {
    guard let entries = try json(text)["schemas"]?.array else {
      throw malformed("there is no list of schemas")
    }
    var schemas: [NumberedSchema] = []
    for entry in entries { schemas.append(try NumberedSchema(json: entry)) }
    return schemas.sorted { ($0.version ?? 0) < ($1.version ?? 0) }
  }

  private static func json(_ text: String) throws(LakeError) -> JSONValue {
    do throws(LakeError) { return try JSONReader.parse(Buffer(utf8: text)) } catch {
      throw LakeError(
        .schemaHistoryMalformed, "a numbered schema is no JSON: \(error.message)",
        offset: error.offset)
    }
  }

  private static func malformed(_ message: String) -> LakeError {
    LakeError(.schemaHistoryMalformed, "a numbered schema: \(message)")
  }

  private static func shape(_ json: JSONValue) throws(LakeError) -> Shape {
    if json.string != nil { return .value }
    switch json["type"]?.string {
    case "record":
      guard let members = json["fields"]?.array else { throw malformed("a record has no fields") }
      var fields: [Numbered] = []
      var seen: Set<Int> = []
      for member in members {
        guard let id = member["id"]?.int, let name = member["name"]?.string,
          let type = member["type"]
        else { throw malformed("a field lacks id, name or type") }
        guard seen.insert(id).inserted else { throw malformed("two fields have the id \(id)") }
        fields.append(Numbered(id: id, name: name, shape: try shape(type)))
      }
      return .structure(fields)
    case "array":
      guard let element = json["element"] else { throw malformed("an array has no element") }
      return .list(try shape(element))
    case "map":
      guard let key = json["key"], let value = json["value"] else {
        throw malformed("a map lacks key or value")
      }
      return .map(key: try shape(key), value: try shape(value))
    default: throw malformed("a type is neither a name nor record, array or map")
    }
  }
}

extension NumberedSchema {
  /// Numbers for a schema that has none, given as Hudi gives them: the fields of a record one after
  /// the other, then what lies inside each. [SCHEMA-15]
  public init(numbering schema: Schema) {
    var next = 0
    version = nil
    fields = Self.number(schema.fields, &next)
  }

  private static func number(_ fields: [Field], _ next: inout Int) -> [Numbered] {
    let first = next
    next += fields.count
    var numbered: [Numbered] = []
    for (place, field) in fields.enumerated() {
      numbered.append(
        Numbered(id: first + place, name: field.name, shape: shape(field.type, &next)))
    }
    return numbered
  }

  private static func shape(_ type: ColumnType, _ next: inout Int) -> Shape {
    switch type {
    case .structure(let fields): return .structure(number(fields, &next))
    case .list(let element):
      next += 1
      return .list(shape(element.type, &next))
    case .map(let key, let value):
      next += 2
      let keyShape = shape(key.type, &next)
      return .map(key: keyShape, value: shape(value.type, &next))
    default: return .value
    }
  }
}
