// Spec: 05a-avro. A schema as a value.
import LakeBase

/// What Avro bytes mean. Names are full names; a named type is defined where it is first seen,
/// later mentions are `reference`s, which is also how a type contains itself.
public indirect enum AvroSchema: Sendable, Hashable {
  case null, boolean, int, long, float, double, bytes, string
  case record(AvroRecord)
  case enumeration(AvroEnum)
  case fixed(AvroFixed)
  case array(AvroSchema)
  case map(AvroSchema)
  case union([AvroSchema])
  /// The full name of a type defined earlier in the same schema, or around this place.
  case reference(String)
  /// A primitive, array or map with attributes beside its type, logical types among them. Records,
  /// enums and fixed types carry their attributes themselves.
  case annotated(AvroSchema, AvroProperties)
}

extension AvroSchema {
  /// The schema without attributes beside it.
  public var bare: AvroSchema {
    if case .annotated(let base, _) = self { return base.bare }
    return self
  }

  /// Attributes that are not part of Avro's own grammar, in the order written.
  public var properties: AvroProperties {
    switch self {
    case .annotated(_, let properties): properties
    case .record(let type): type.properties
    case .enumeration(let type): type.properties
    case .fixed(let type): type.properties
    default: AvroProperties()
    }
  }

  /// The definition of a record, enum or fixed type.
  public var name: AvroName? {
    switch self {
    case .record(let type): type.name
    case .enumeration(let type): type.name
    case .fixed(let type): type.name
    case .annotated(let base, _): base.name
    default: nil
    }
  }

  /// The record this schema defines, if it is one.
  public var asRecord: AvroRecord? {
    if case .record(let record) = bare { return record }
    return nil
  }

  /// `["null", schema]`.
  public static func nullable(_ schema: AvroSchema) -> AvroSchema { .union([.null, schema]) }

  /// For a union of null and exactly one other type: that type.
  public var nonNull: AvroSchema? {
    guard case .union(let branches) = bare, branches.count == 2 else { return nil }
    if branches[0].bare == .null { return branches[1].bare == .null ? nil : branches[1] }
    return branches[1].bare == .null ? branches[0] : nil
  }

  /// Whether null is a value of this schema.
  public var isNullable: Bool {
    switch bare {
    case .null: true
    case .union(let branches): branches.contains { $0.bare == .null }
    default: false
    }
  }

  /// Avro's word for the type: `int`, `record`, `union`, …; the full name of a reference.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .int: "int"
    case .long: "long"
    case .float: "float"
    case .double: "double"
    case .bytes: "bytes"
    case .string: "string"
    case .record: "record"
    case .enumeration: "enum"
    case .fixed: "fixed"
    case .array: "array"
    case .map: "map"
    case .union: "union"
    case .reference(let name): name
    case .annotated(let base, _): base.typeName
    }
  }

  /// Every named type defined in this schema, by full name.
  public var definitions: [String: AvroSchema] {
    var found: [String: AvroSchema] = [:]
    collect(&found)
    return found
  }

  private func collect(_ found: inout [String: AvroSchema]) {
    if let name { found[name.fullName] = self }
    switch self {
    case .record(let record): for field in record.fields { field.schema.collect(&found) }
    case .array(let items): items.collect(&found)
    case .map(let values): values.collect(&found)
    case .union(let branches): for branch in branches { branch.collect(&found) }
    case .annotated(let base, _): base.collect(&found)
    default: break
    }
  }
}

/// Attributes outside Avro's grammar, in the order written; `logicalType` and its companions are
/// some.
public struct AvroProperties: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    public let name: String
    public let value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
  }

  public var entries: [Entry]

  public init(_ entries: [Entry] = []) { self.entries = entries }

  public var isEmpty: Bool { entries.isEmpty }

  public subscript(name: String) -> JSONValue? { entries.first { $0.name == name }?.value }
}
