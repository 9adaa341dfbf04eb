// Spec: 05a-avro. Records, enums and fixed types: the schemas with names.
import LakeBase

/// A name and the namespace it lives in.
public struct AvroName: Sendable, Hashable {
  public let name: String
  /// Nil for the null namespace; never empty.
  public let namespace: String?

  /// - Parameter text: with dots a full name, whatever `namespace` says; without, a name in it.
  public init(_ text: String, namespace: String? = nil) {
    if let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")) {
      name = String(text[text.utf8.index(after: dot)...])
      let space = String(text[..<dot])
      self.namespace = space.isEmpty ? nil : space
    } else {
      name = text
      self.namespace = namespace.flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  public var fullName: String { namespace.map { $0 + "." + name } ?? name }

  /// The shortest spelling that means this name inside `space`.
  func text(inside space: String?) -> String {
    if namespace == space && !AvroName.typeWords.contains(name) { return name }
    return fullName
  }

  static let typeWords: Set<String> = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string", "record", "error",
    "enum", "array", "map", "union", "fixed",
  ]
}

/// A record type: named fields in the order of their bytes.
public struct AvroRecord: Sendable, Hashable {
  public var name: AvroName
  public var doc: String?
  public var fields: [AvroField]
  /// Full names under which earlier writers knew this type.
  public var aliases: [String]
  /// Spelled `error` instead of `record`; the bytes are the same.
  public var isError: Bool
  public var properties: AvroProperties

  public init(
    _ name: AvroName, fields: [AvroField], doc: String? = nil, aliases: [String] = [],
    isError: Bool = false, properties: AvroProperties = AvroProperties()
  ) {
    self.name = name
    self.fields = fields
    self.doc = doc
    self.aliases = aliases
    self.isError = isError
    self.properties = properties
  }

  public func index(of field: String) -> Int? { fields.firstIndex { $0.name == field } }
}

/// A field of a record.
public struct AvroField: Sendable, Hashable {
  public enum Order: String, Sendable, Hashable { case ascending, descending, ignore }

  public var name: String
  public var schema: AvroSchema
  public var doc: String?
  /// As written; a union's default is a value of its first branch.
  public var defaultValue: JSONValue?
  public var order: Order
  public var aliases: [String]
  public var properties: AvroProperties

  public init(
    _ name: String, _ schema: AvroSchema, doc: String? = nil, defaultValue: JSONValue? = nil,
    order: Order = .ascending, aliases: [String] = [],
    properties: AvroProperties = AvroProperties()
  ) {
    self.name = name
    self.schema = schema
    self.doc = doc
    self.defaultValue = defaultValue
    self.order = order
    self.aliases = aliases
    self.properties = properties
  }

  /// Equal fields hash equally; defaults do not count.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(schema)
  }
}

/// An enum type: symbols by position.
public struct AvroEnum: Sendable, Hashable {
  public var name: AvroName
  public var doc: String?
  public var symbols: [String]
  /// What a reader takes a symbol for that it does not know.
  public var defaultSymbol: String?
  public var aliases: [String]
  public var properties: AvroProperties

  public init(
    _ name: AvroName, symbols: [String], doc: String? = nil, defaultSymbol: String? = nil,
    aliases: [String] = [], properties: AvroProperties = AvroProperties()
  ) {
    self.name = name
    self.symbols = symbols
    self.doc = doc
    self.defaultSymbol = defaultSymbol
    self.aliases = aliases
    self.properties = properties
  }
}

/// A fixed number of bytes.
public struct AvroFixed: Sendable, Hashable {
  public var name: AvroName
  public var doc: String?
  public var size: Int
  public var aliases: [String]
  public var properties: AvroProperties

  public init(
    _ name: AvroName, size: Int, doc: String? = nil, aliases: [String] = [],
    properties: AvroProperties = AvroProperties()
  ) {
    self.name = name
    self.size = size
    self.doc = doc
    self.aliases = aliases
    self.properties = properties
  }
}
