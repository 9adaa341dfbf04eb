// Spec: 05a-avro. One datum as a tree: for small things, never for rows of data.
import LakeBase

/// A value of some schema. Record fields are by position, union values say which branch they are
/// of.
public enum AvroValue: Sendable {
  case null
  case boolean(Bool)
  case int(Int32)
  case long(Int64)
  case float(Float)
  case double(Double)
  case bytes([UInt8])
  case string(String)
  /// One value for each field, in the schema's order.
  case record([AvroValue])
  /// Position of the symbol.
  case enumeration(Int)
  case array([AvroValue])
  /// In the order of the bytes; names may repeat, as bytes allow it.
  case map([(key: String, value: AvroValue)])
  indirect case union(Int, AvroValue)
  case fixed([UInt8])
}

extension AvroValue {
  /// The value inside a union, itself otherwise.
  public var unwrapped: AvroValue {
    if case .union(_, let value) = self { return value.unwrapped }
    return self
  }

  public var isNull: Bool {
    if case .null = unwrapped { return true }
    return false
  }

  public var asBool: Bool? {
    if case .boolean(let value) = unwrapped { return value }
    return nil
  }

  /// An int or long.
  public var asLong: Int64? {
    switch unwrapped {
    case .int(let value): Int64(value)
    case .long(let value): value
    default: nil
    }
  }

  public var asInt: Int32? {
    if case .int(let value) = unwrapped { return value }
    return nil
  }

  /// A float or double.
  public var asDouble: Double? {
    switch unwrapped {
    case .float(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  public var asString: String? {
    if case .string(let value) = unwrapped { return value }
    return nil
  }

  /// Bytes or fixed bytes.
  public var asBytes: [UInt8]? {
    switch unwrapped {
    case .bytes(let value), .fixed(let value): value
    default: nil
    }
  }

  public var asArray: [AvroValue]? {
    if case .array(let items) = unwrapped { return items }
    return nil
  }

  public var asMap: [(key: String, value: AvroValue)]? {
    if case .map(let entries) = unwrapped { return entries }
    return nil
  }

  /// The fields of a record, by position.
  public var asFields: [AvroValue]? {
    if case .record(let fields) = unwrapped { return fields }
    return nil
  }
}

extension AvroValue: Hashable {
  /// Equal bytes: floats by bit pattern, text by its UTF-8.
  public static func == (left: AvroValue, right: AvroValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.long(let a), .long(let b)): a == b
    case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.bytes(let a), .bytes(let b)), (.fixed(let a), .fixed(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.record(let a), .record(let b)), (.array(let a), .array(let b)): a == b
    case (.enumeration(let a), .enumeration(let b)): a == b
    case (.union(let i, let a), .union(let j, let b)): i == j && a == b
    case (.map(let a), .map(let b)):
      a.count == b.count
        && zip(a, b).allSatisfy { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value }
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .boolean(let value): hasher.combine(value)
    case .int(let value): hasher.combine(value)
    case .long(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value.bitPattern)
    case .double(let value): hasher.combine(value.bitPattern)
    case .bytes(let value), .fixed(let value): hasher.combine(value)
    case .string(let value): hasher.combine(Array(value.utf8))
    case .record(let values), .array(let values): hasher.combine(values)
    case .enumeration(let index): hasher.combine(index)
    case .union(let branch, let value):
      hasher.combine(branch)
      hasher.combine(value)
    case .map(let entries):
      for entry in entries {
        hasher.combine(Array(entry.key.utf8))
        hasher.combine(entry.value)
      }
    }
  }
}
