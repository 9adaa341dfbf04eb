// Spec: 01-terms. A JSON text as a value: numbers keep their spelling, objects their order.

/// A JSON value.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// A number as it was spelled.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([(name: String, value: JSONValue)])

  public static func integer(_ value: Int64) -> JSONValue { .number(String(value)) }

  /// The member of this name; of several, the last. Linear in the number of members.
  public subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// The element at this index, if this is an array that has one.
  public subscript(_ index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  public var isNull: Bool { if case .null = self { true } else { false } }

  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  public var string: String? { if case .string(let text) = self { text } else { nil } }

  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  public var object: [(name: String, value: JSONValue)]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The number as an integer; nil for a fraction, an exponent or a value beyond 64 bits.
  public var int64: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }

  /// The number as an integer; nil as for `int64`.
  public var int: Int? { int64.flatMap { Int(exactly: $0) } }

  /// The number as a double; nil when it is too large for one.
  public var double: Double? {
    guard case .number(let text) = self, let value = Double(text), value.isFinite else {
      return nil
    }
    return value
  }
}

extension JSONValue: Equatable {
  /// Equal spelling and equal order.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self = .string(text) }
}
