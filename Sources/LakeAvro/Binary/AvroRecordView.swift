// Spec: 05a-avro. A record's values by field name.
import LakeBase

/// A record value with its schema: fields by name, unions looked through.
public struct AvroRecordView: Sendable {
  public let record: AvroRecord
  public let values: [AvroValue]
  private let names: [String: AvroSchema]

  /// Nil unless `schema` is a record and `value` one of it (or a union's branch that is).
  public init?(_ value: AvroValue, _ schema: AvroSchema) {
    self.init(value, schema, schema.definitions)
  }

  private init?(_ value: AvroValue, _ schema: AvroSchema, _ names: [String: AvroSchema]) {
    var schema = schema
    var value = value
    while true {
      if case .reference(let name) = schema.bare {
        guard let known = names[name] else { return nil }
        schema = known
      } else if case .union(let branches) = schema.bare,
        case .union(let branch, let inner) = value
      {
        guard branches.indices ~= branch else { return nil }
        schema = branches[branch]
        value = inner
      } else {
        break
      }
    }
    guard let record = schema.asRecord, case .record(let values) = value,
      values.count == record.fields.count
    else { return nil }
    self.record = record
    self.values = values
    self.names = names
  }

  /// The value of a field, outside any union; null when there is no such field.
  public subscript(name: String) -> AvroValue {
    record.index(of: name).map { values[$0].unwrapped } ?? .null
  }

  /// Whether the schema has that field.
  public func has(_ name: String) -> Bool { record.index(of: name) != nil }

  public func string(_ name: String) -> String? { self[name].asString }
  public func long(_ name: String) -> Int64? { self[name].asLong }
  public func int(_ name: String) -> Int32? { self[name].asInt }
  public func bool(_ name: String) -> Bool? { self[name].asBool }
  public func double(_ name: String) -> Double? { self[name].asDouble }
  public func bytes(_ name: String) -> [UInt8]? { self[name].asBytes }

  /// The symbol of an enum field.
  public func symbol(_ name: String) -> String? {
    guard case .enumeration(let position) = self[name], let schema = schema(of: name),
      case .enumeration(let type) = schema, type.symbols.indices ~= position
    else { return nil }
    return type.symbols[position]
  }

  /// A nested record.
  public func record(_ name: String) -> AvroRecordView? {
    guard let index = record.index(of: name) else { return nil }
    return AvroRecordView(values[index], record.fields[index].schema, names)
  }

  /// The records of an array field; nil when it is null or holds something else.
  public func records(_ name: String) -> [AvroRecordView]? {
    guard let items = self[name].asArray, case .array(let item)? = schema(of: name) else {
      return nil
    }
    let views = items.compactMap { AvroRecordView($0, item, names) }
    return views.count == items.count ? views : nil
  }

  /// The entries of a map of records; nil when it is null or holds something else.
  public func recordMap(_ name: String) -> [(key: String, value: AvroRecordView)]? {
    guard let entries = self[name].asMap, case .map(let item)? = schema(of: name) else {
      return nil
    }
    var views: [(key: String, value: AvroRecordView)] = []
    for entry in entries {
      guard let view = AvroRecordView(entry.value, item, names) else { return nil }
      views.append((entry.key, view))
    }
    return views
  }

  /// A view of a value that is of some part of this record's schema, for nesting not covered above.
  public func view(_ value: AvroValue, _ schema: AvroSchema) -> AvroRecordView? {
    AvroRecordView(value, schema, names)
  }

  /// A field's type behind null, attributes and references.
  private func schema(of name: String) -> AvroSchema? {
    guard let index = record.index(of: name) else { return nil }
    var schema = record.fields[index].schema
    if case .union(let branches) = schema.bare, case .union(let branch, _) = values[index],
      branches.indices ~= branch
    {
      schema = branches[branch]
    }
    if case .reference(let full) = schema.bare, let known = names[full] { schema = known }
    return schema.bare
  }
}
