// Spec: 05-commit-metadata. Avro records as trees with names, so that JSON and Avro share one
// mapping.
import LakeAvro
import LakeBase

/// Converts between Avro values and JSON trees: records and maps are objects, whole numbers stay
/// exact.
enum AvroTree {
  private static let depthMax = 64

  /// The one record of an object container file, as a tree. Throws `avroMalformed` unless there is
  /// exactly one.
  static func read(_ bytes: Buffer, limits: Limits) throws(LakeError) -> JSONValue {
    var file = try AvroObjectFile(bytes, limits: limits)
    let values = try file.values()
    guard values.count == 1 else {
      throw LakeError(.avroMalformed, "\(values.count) records where one is expected", offset: 0)
    }
    return try json(values[0], file.schema, file.definitions, 0)
  }

  /// An object container file with one record.
  static func write(
    _ tree: JSONValue, _ schema: AvroSchema, _ random: any RandomSource
  ) throws(LakeError) -> Buffer {
    let value = try value(tree, schema, schema.definitions)
    return try AvroObjectFileWriter.file(of: [value], schema: schema, random: random)
  }

  /// Whether bytes begin as an object container file.
  static func isContainer(_ bytes: Buffer) -> Bool {
    bytes.count >= 4 && bytes[0..<4] == Buffer([0x4F, 0x62, 0x6A, 0x01])
  }

  static func json(_ value: AvroValue, _ schema: AvroSchema) throws(LakeError) -> JSONValue {
    try json(value, schema, schema.definitions, 0)
  }

  static func json(
    _ value: AvroValue, _ schema: AvroSchema, _ names: [String: AvroSchema], _ depth: Int
  ) throws(LakeError) -> JSONValue {
    if depth > depthMax { throw LakeError(.limitExceeded, "a record is nested too deeply") }
    switch (value, resolved(schema, names)) {
    case (.null, _): return .null
    case (.boolean(let flag), _): return .bool(flag)
    case (.int(let number), _): return .integer(Int64(number))
    case (.long(let number), _): return .integer(number)
    case (.float(let number), _): return .number(String(number))
    case (.double(let number), _): return .number(String(number))
    case (.string(let text), _): return .string(text)
    case (.bytes(let bytes), _), (.fixed(let bytes), _): return .string(Hex.text(bytes))
    case (.union(let branch, let inner), .union(let branches)) where branches.indices ~= branch:
      return try json(inner, branches[branch], names, depth + 1)
    case (.enumeration(let place), .enumeration(let type)) where type.symbols.indices ~= place:
      return .string(type.symbols[place])
    case (.array(let items), .array(let item)):
      var all: [JSONValue] = []
      for element in items { all.append(try json(element, item, names, depth + 1)) }
      return .array(all)
    case (.map(let entries), .map(let item)):
      var members: [(name: String, value: JSONValue)] = []
      for entry in entries {
        members.append((entry.key, try json(entry.value, item, names, depth + 1)))
      }
      return .object(members)
    case (.record(let fields), .record(let type)) where fields.count == type.fields.count:
      var members: [(name: String, value: JSONValue)] = []
      for (field, element) in zip(type.fields, fields) {
        members.append((field.name, try json(element, field.schema, names, depth + 1)))
      }
      return .object(members)
    default: throw LakeError(.avroMalformed, "a value does not belong to its schema")
    }
  }

  private static func resolved(_ schema: AvroSchema, _ names: [String: AvroSchema]) -> AvroSchema {
    if case .reference(let name) = schema.bare { return (names[name] ?? schema).bare }
    return schema.bare
  }

  private static func value(
    _ tree: JSONValue, _ schema: AvroSchema, _ names: [String: AvroSchema]
  ) throws(LakeError) -> AvroValue {
    switch resolved(schema, names) {
    case .null: if tree.isNull { return .null }
    case .boolean: if let flag = tree.bool { return .boolean(flag) }
    case .int:
      if let number = tree.int64, let narrow = Int32(exactly: number) { return .int(narrow) }
    case .long: if let number = tree.int64 { return .long(number) }
    case .double: if let number = tree.double { return .double(number) }
    case .string: if let text = tree.string { return .string(text) }
    case .union(let branches):
      for (place, branch) in branches.enumerated() {
        if resolved(branch, names) == .null {
          if tree.isNull { return .union(place, .null) }
        } else if !tree.isNull {
          return .union(place, try value(tree, branch, names))
        }
      }
    case .array(let item):
      if let elements = tree.array {
        var items: [AvroValue] = []
        for element in elements { items.append(try value(element, item, names)) }
        return .array(items)
      }
    case .map(let item):
      if let members = tree.object {
        var entries: [(key: String, value: AvroValue)] = []
        for member in members {
          entries.append((member.name, try value(member.value, item, names)))
        }
        return .map(entries)
      }
    case .record(let type):
      if tree.object != nil {
        var fields: [AvroValue] = []
        for field in type.fields {
          let member = tree[field.name] ?? field.defaultValue ?? .null
          fields.append(try value(member, field.schema, names))
        }
        return .record(fields)
      }
    default: break
    }
    throw LakeError(
      .commitMetadataMalformed, "a value cannot be stored as \(schema.typeName)", kind: .defect)
  }
}

/// Members of an object by name, with the types that metadata has. Missing and null are the same.
/// No name comes twice. Members asked for in the order in which they stand are found at once.
final class TreeReader {
  private let members: [(name: String, value: JSONValue)]
  private let what: String
  /// Behind the member found last.
  private var next = 0

  /// Throws `commitMetadataMalformed` unless `tree` is an object.
  init(_ tree: JSONValue, _ what: String) throws(LakeError) {
    guard let members = tree.object else {
      throw LakeError(.commitMetadataMalformed, "\(what) is not an object")
    }
    self.members = members
    self.what = what
  }

  private func member(_ name: String) -> JSONValue? {
    for step in 0..<members.count {
      let place = next + step < members.count ? next + step : next + step - members.count
      if members[place].name != name { continue }
      next = place + 1
      return members[place].value
    }
    return nil
  }

  /// Members with names that are not among `known`, which are mostly in the order of the members.
  func others(than known: [String]) -> [(name: String, value: JSONValue)] {
    var others: [(name: String, value: JSONValue)] = []
    for (place, member) in members.enumerated() {
      if place < known.count && known[place] == member.name { continue }
      if !known.contains(member.name) { others.append(member) }
    }
    return others
  }

  private func wrong(_ name: String) -> LakeError {
    LakeError(.commitMetadataMalformed, "\(what): the member \(name) has the wrong type")
  }

  private func optional<T>(
    _ name: String, _ read: (JSONValue) -> T?
  ) throws(LakeError) -> T? {
    guard let member = member(name), !member.isNull else { return nil }
    guard let value = read(member) else { throw wrong(name) }
    return value
  }

  func required<T>(_ name: String, _ value: T?) throws(LakeError) -> T {
    guard let value else {
      throw LakeError(.commitMetadataMalformed, "\(what): the member \(name) is missing")
    }
    return value
  }

  func string(_ name: String) throws(LakeError) -> String? { try optional(name) { $0.string } }
  func long(_ name: String) throws(LakeError) -> Int64? { try optional(name) { $0.int64 } }
  func bool(_ name: String) throws(LakeError) -> Bool? { try optional(name) { $0.bool } }

  func int(_ name: String) throws(LakeError) -> Int32? {
    try optional(name) { $0.int64.flatMap { Int32(exactly: $0) } }
  }

  func array(_ name: String) throws(LakeError) -> [JSONValue]? { try optional(name) { $0.array } }

  func object(_ name: String) throws(LakeError) -> [(name: String, value: JSONValue)]? {
    try optional(name) { $0.object }
  }

  func strings(_ name: String) throws(LakeError) -> [String]? {
    try optional(name) { Self.strings($0) }
  }

  static func strings(_ value: JSONValue) -> [String]? {
    guard let items = value.array else { return nil }
    let texts = items.compactMap(\.string)
    return texts.count == items.count ? texts : nil
  }

  /// An object with values of one kind; a name that comes twice is refused.
  func map<T>(
    _ name: String, _ read: (JSONValue) throws(LakeError) -> T?
  ) throws(LakeError) -> OrderedMap<T>? {
    guard let members = try object(name) else { return nil }
    var map = OrderedMap<T>()
    for member in members {
      guard map[member.name] == nil, let value = try read(member.value) else { throw wrong(name) }
      map[member.name] = value
    }
    return map
  }

  /// Elements of an array, each read as a record.
  func records<T>(
    _ name: String, _ read: (JSONValue) throws(LakeError) -> T
  ) throws(LakeError) -> [T]? {
    guard let items = try array(name) else { return nil }
    var records: [T] = []
    for item in items { records.append(try read(item)) }
    return records
  }
}

extension JSONValue {
  static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
  static func long(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }
  static func int(_ value: Int32?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
  static func flag(_ value: Bool?) -> JSONValue { value.map { .bool($0) } ?? .null }
  static func texts(_ values: [String]?) -> JSONValue {
    values.map { .array($0.map { .string($0) }) } ?? .null
  }

  static func map<T>(_ map: OrderedMap<T>?, _ value: (T) -> JSONValue) -> JSONValue {
    map.map { .object($0.entries.map { ($0.key, value($0.value)) }) } ?? .null
  }
}
