// Spec: 05a-avro. A schema out of its JSON.
import LakeBase

extension AvroSchema {
  /// Parses the JSON text of a schema.
  ///
  /// Throws `avroSchemaInvalid`, naming the place, for anything the Avro specification forbids;
  /// `jsonMalformed`; `limitExceeded` for a text above `avroSchemaBytesMax` or types nested deeper
  /// than `schemaDepthMax`. Defaults are not checked here but when a resolution needs them.
  public init(json text: Buffer, limits: Limits = .standard) throws(LakeError) {
    guard text.count <= limits.avroSchemaBytesMax else {
      throw LakeError(
        .limitExceeded,
        "an Avro schema of \(text.count) bytes; \(limits.avroSchemaBytesMax) at most")
    }
    let value = try JSONReader.parse(text, duplicateNames: .kept, limits: limits)
    try self.init(json: value, limits: limits)
  }

  public init(json text: String, limits: Limits = .standard) throws(LakeError) {
    try self.init(json: Buffer(utf8: text), limits: limits)
  }

  /// The same from parsed JSON.
  public init(json value: JSONValue, limits: Limits = .standard) throws(LakeError) {
    var parser = SchemaParser(limits: limits)
    self = try parser.schema(value, in: nil, depth: 0)
    // Resolves every reference, so that a schema that parses is a schema that works.
    _ = try SchemaGraph(self, limits: limits)
  }

  /// Parses the JSON text of a schema.
  public static func parse(_ json: Buffer) throws(LakeError) -> AvroSchema {
    try AvroSchema(json: json)
  }

  /// The primitive type of a name.
  static func primitive(_ name: String) -> AvroSchema? {
    switch name {
    case "null": .null
    case "boolean": .boolean
    case "int": .int
    case "long": .long
    case "float": .float
    case "double": .double
    case "bytes": .bytes
    case "string": .string
    default: nil
    }
  }
}

/// One parse: the names defined so far.
private struct SchemaParser {
  let limits: Limits
  private var defined: Set<String> = []
  private var path: [String] = []

  init(limits: Limits) { self.limits = limits }

  mutating func schema(
    _ json: JSONValue, in space: String?, depth: Int
  ) throws(LakeError) -> AvroSchema {
    guard depth <= limits.schemaDepthMax else {
      throw LakeError(.limitExceeded, "an Avro schema nests deeper than \(limits.schemaDepthMax)")
    }
    switch json {
    case .string(let name): return try named(name, in: space)
    case .array(let branches): return try union(branches, in: space, depth: depth)
    case .object(let members): return try object(json, members, in: space, depth: depth)
    default: throw failure("a schema is a name, an object or an array")
    }
  }

  private func named(_ text: String, in space: String?) throws(LakeError) -> AvroSchema {
    if let primitive = AvroSchema.primitive(text) { return primitive }
    let name = AvroName(text, namespace: space)
    if defined.contains(name.fullName) { return .reference(name.fullName) }
    // A name not known in the enclosing namespace may still be one without any.
    if name.namespace != nil, defined.contains(text) { return .reference(text) }
    throw failure("the type \"\(text)\" is not defined")
  }

  private mutating func union(
    _ branches: [JSONValue], in space: String?, depth: Int
  ) throws(LakeError) -> AvroSchema {
    var parsed: [AvroSchema] = []
    var seen: Set<String> = []
    for branch in branches {
      let schema = try schema(branch, in: space, depth: depth + 1)
      if case .union = schema.bare { throw failure("a union directly inside a union") }
      let key = schema.name?.fullName ?? schema.typeName
      // Nearly all unions are of two: those need no set.
      let isNew =
        parsed.count < 2
        ? parsed.first.map { ($0.name?.fullName ?? $0.typeName) != key } ?? true
        : !seen.contains(key)
      guard isNew else { throw failure("a union holds \"\(key)\" twice") }
      parsed.append(schema)
      if branches.count > 2 { seen.insert(key) }
    }
    return .union(parsed)
  }

  private mutating func object(
    _ json: JSONValue, _ members: [Member], in space: String?, depth: Int
  ) throws(LakeError) -> AvroSchema {
    guard let type = json["type"] else { throw failure("a schema without a type") }
    guard let word = type.string else {
      let inner = try schema(type, in: space, depth: depth + 1)
      return annotate(inner, members, except: ["type"])
    }
    switch word {
    case "record", "error":
      return .record(try record(json, members, isError: word == "error", in: space, depth))
    case "enum": return .enumeration(try enumeration(json, members, in: space))
    case "fixed": return .fixed(try fixed(json, members, in: space))
    case "array":
      guard let items = json["items"] else { throw failure("an array without items") }
      let inner = try schema(items, in: space, depth: depth + 1)
      return annotate(.array(inner), members, except: ["type", "items"])
    case "map":
      guard let values = json["values"] else { throw failure("a map without values") }
      let inner = try schema(values, in: space, depth: depth + 1)
      return annotate(.map(inner), members, except: ["type", "values"])
    default: return annotate(try named(word, in: space), members, except: ["type"])
    }
  }

  private func annotate(
    _ schema: AvroSchema, _ members: [Member], except: [String]
  ) -> AvroSchema {
    let rest = properties(members, except: except)
    if rest.isEmpty { return schema }
    switch schema {
    case .union, .reference, .record, .enumeration, .fixed: return schema
    default: return .annotated(schema, rest)
    }
  }

  private mutating func record(
    _ json: JSONValue, _ members: [Member], isError: Bool, in space: String?, _ depth: Int
  ) throws(LakeError) -> AvroRecord {
    let name = try define(json, in: space)
    guard let list = json["fields"]?.array else {
      throw failure("the record \"\(name.fullName)\" has no fields")
    }
    var fields: [AvroField] = []
    var seen: Set<String> = []
    path.append(name.name)
    for item in list {
      let field = try field(item, in: name.namespace, depth: depth)
      guard seen.insert(field.name).inserted else {
        throw failure("the field \"\(field.name)\" is there twice")
      }
      fields.append(field)
    }
    path.removeLast()
    return AvroRecord(
      name, fields: fields, doc: json["doc"]?.string, aliases: try aliases(json, of: name),
      isError: isError, properties: properties(members, except: recordWords))
  }

  private mutating func field(
    _ json: JSONValue, in space: String?, depth: Int
  ) throws(LakeError) -> AvroField {
    guard case .object(let members) = json else { throw failure("a field is an object") }
    guard let name = json["name"]?.string, !name.isEmpty else {
      throw failure("a field without a name")
    }
    guard let type = json["type"] else { throw failure("the field \"\(name)\" has no type") }
    path.append(name)
    let schema = try schema(type, in: space, depth: depth + 1)
    path.removeLast()
    var order = AvroField.Order.ascending
    if let text = json["order"]?.string {
      guard let known = AvroField.Order(rawValue: text) else {
        throw failure("the field \"\(name)\" has the order \"\(text)\"")
      }
      order = known
    }
    return AvroField(
      name, schema, doc: json["doc"]?.string, defaultValue: json["default"], order: order,
      aliases: try names(json["aliases"], "aliases"),
      properties: properties(members, except: fieldWords))
  }

  private mutating func enumeration(
    _ json: JSONValue, _ members: [Member], in space: String?
  ) throws(LakeError) -> AvroEnum {
    let name = try define(json, in: space)
    guard json["symbols"] != nil else {
      throw failure("the enum \"\(name.fullName)\" has no symbols")
    }
    let symbols = try names(json["symbols"], "symbols")
    guard Set(symbols).count == symbols.count else {
      throw failure("the enum \"\(name.fullName)\" has a symbol twice")
    }
    let fallback = json["default"]?.string
    if let fallback, !symbols.contains(fallback) {
      throw failure("the default \"\(fallback)\" is no symbol of \"\(name.fullName)\"")
    }
    return AvroEnum(
      name, symbols: symbols, doc: json["doc"]?.string, defaultSymbol: fallback,
      aliases: try aliases(json, of: name),
      properties: properties(members, except: enumWords))
  }

  private mutating func fixed(
    _ json: JSONValue, _ members: [Member], in space: String?
  ) throws(LakeError) -> AvroFixed {
    let name = try define(json, in: space)
    guard let size = json["size"]?.int, size >= 0, size <= Int(Int32.max) else {
      throw failure("the fixed \"\(name.fullName)\" has no valid size")
    }
    return AvroFixed(
      name, size: size, doc: json["doc"]?.string, aliases: try aliases(json, of: name),
      properties: properties(members, except: fixedWords))
  }

  private mutating func define(_ json: JSONValue, in space: String?) throws(LakeError) -> AvroName {
    guard let text = json["name"]?.string, !text.isEmpty else {
      throw failure("a named type without a name")
    }
    let name = AvroName(text, namespace: json["namespace"]?.string ?? space)
    guard !name.name.isEmpty, AvroSchema.primitive(name.fullName) == nil else {
      throw failure("\"\(text)\" is no name for a type")
    }
    guard defined.insert(name.fullName).inserted else {
      throw failure("the type \"\(name.fullName)\" is defined twice")
    }
    return name
  }

  private func aliases(_ json: JSONValue, of name: AvroName) throws(LakeError) -> [String] {
    try names(json["aliases"], "aliases").map {
      AvroName($0, namespace: name.namespace).fullName
    }
  }

  private func names(_ json: JSONValue?, _ what: String) throws(LakeError) -> [String] {
    guard let json else { return [] }
    guard let list = json.array else { throw failure("\(what) is no array") }
    var texts: [String] = []
    for item in list {
      guard let text = item.string, !text.isEmpty else { throw failure("\(what) holds no text") }
      texts.append(text)
    }
    return texts
  }

  private func properties(_ members: [Member], except: [String]) -> AvroProperties {
    var entries: [AvroProperties.Entry] = []
    for member in members where !except.contains(member.name) {
      entries.append(.init(member.name, member.value))
    }
    return AvroProperties(entries)
  }

  private func failure(_ message: String) -> LakeError {
    let place = path.joined(separator: ".")
    return LakeError(.avroSchemaInvalid, place.isEmpty ? message : "\(place): \(message)")
  }

  private typealias Member = (name: String, value: JSONValue)
}

private let namedWords = ["type", "name", "namespace", "doc", "aliases"]
private let recordWords = namedWords + ["fields"]
private let enumWords = namedWords + ["symbols", "default"]
private let fixedWords = namedWords + ["size"]
private let fieldWords = ["name", "type", "doc", "default", "order", "aliases"]
