// Spec: 05a-avro. A schema as JSON, letter for letter as Java's library prints it.
import LakeBase

extension AvroSchema {
  /// The JSON of this schema in one line: attributes in the order in which Java writes them, a
  /// namespace only where it differs from the enclosing one, other attributes behind Avro's own.
  public var jsonText: String { text(.compact) }

  /// The same over several lines, for people.
  public var prettyText: String { text(.pretty) }

  private func text(_ layout: JSONWriter.Layout) -> String {
    var json = JSONWriter(layout)
    write(to: &json, in: nil)
    return json.text
  }

  fileprivate func write(to json: inout JSONWriter, in space: String?) {
    switch self {
    case .null, .boolean, .int, .long, .float, .double, .bytes, .string: json.value(typeName)
    case .reference(let name): json.value(AvroName(name).text(inside: space))
    case .union(let branches):
      json.beginArray()
      for branch in branches { branch.write(to: &json, in: space) }
      json.endArray()
    case .annotated(let base, let properties):
      base.writeOpen(to: &json, in: space)
      json.write(properties)
      json.endObject()
    default:
      writeOpen(to: &json, in: space)
      json.endObject()
    }
  }

  /// Everything but the closing brace.
  private func writeOpen(to json: inout JSONWriter, in space: String?) {
    json.beginObject()
    switch self {
    case .array(let items):
      json.member("type", "array")
      json.name("items")
      items.write(to: &json, in: space)
    case .map(let values):
      json.member("type", "map")
      json.name("values")
      values.write(to: &json, in: space)
    case .record(let record): record.write(to: &json, in: space)
    case .enumeration(let type):
      json.member("type", "enum")
      json.write(type.name, type.doc, in: space)
      json.name("symbols")
      json.beginArray()
      for symbol in type.symbols { json.value(symbol) }
      json.endArray()
      if let symbol = type.defaultSymbol { json.member("default", symbol) }
      json.write(type.properties)
      json.write(aliases: type.aliases, of: type.name)
    case .fixed(let type):
      json.member("type", "fixed")
      json.write(type.name, type.doc, in: space)
      json.member("size", type.size)
      json.write(type.properties)
      json.write(aliases: type.aliases, of: type.name)
    default:
      json.name("type")
      write(to: &json, in: space)
    }
  }
}

extension AvroRecord {
  fileprivate func write(to json: inout JSONWriter, in space: String?) {
    json.member("type", isError ? "error" : "record")
    json.write(name, doc, in: space)
    json.name("fields")
    json.beginArray()
    for field in fields { field.write(to: &json, in: name.namespace) }
    json.endArray()
    json.write(properties)
    json.write(aliases: aliases, of: name)
  }
}

extension AvroField {
  fileprivate func write(to json: inout JSONWriter, in space: String?) {
    json.beginObject()
    json.member("name", name)
    json.name("type")
    schema.write(to: &json, in: space)
    if let doc { json.member("doc", doc) }
    if let defaultValue { json.member("default", defaultValue) }
    if order != .ascending { json.member("order", order.rawValue) }
    if !aliases.isEmpty {
      json.name("aliases")
      json.beginArray()
      for alias in aliases { json.value(alias) }
      json.endArray()
    }
    json.write(properties)
    json.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ name: AvroName, _ doc: String?, in space: String?) {
    member("name", name.name)
    if name.namespace != space { member("namespace", name.namespace ?? "") }
    if let doc { member("doc", doc) }
  }

  fileprivate mutating func write(_ properties: AvroProperties) {
    for entry in properties.entries { member(entry.name, entry.value) }
  }

  fileprivate mutating func write(aliases: [String], of name: AvroName) {
    guard !aliases.isEmpty else { return }
    self.name("aliases")
    beginArray()
    for alias in aliases { value(AvroName(alias).text(inside: name.namespace)) }
    endArray()
  }
}
