// Spec: 12b-schema. Two schemas compared, column by column and field by field.
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns

/// One difference between two schemas.
public struct SchemaChange: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case added(ColumnType)
    case dropped(ColumnType)
    case renamed(to: String)
    case type(from: ColumnType, to: ColumnType)
    case nullable(Bool)
    /// Nothing but the order of columns, or of the fields of a struct.
    case moved
    case doc(from: String?, to: String?)
  }

  /// The column or nested field by its name in the older schema, or in the newer one where the
  /// older has none: `a.b`, `list.element`, `map.value`.
  public let path: String
  public let kind: Kind

  /// The difference as a line for people. [SCHEMA-32]
  public var text: String {
    switch kind {
    case .added(let type): "\(path) added: \(type)"
    case .dropped(let type): "\(path) dropped: \(type)"
    case .renamed(let name): "\(path) renamed to \(name)"
    case .type(let old, let new): "\(path) changed from \(old) to \(new)"
    case .nullable(let isNullable): "\(path) is \(isNullable ? "nullable" : "not null") now"
    case .moved: "\(path) moved"
    case .doc: "\(path) has another comment"
    }
  }
}

/// The differences between two schemas, in the order of the older one, additions last at each
/// level. Columns are matched by number where both schemas have numbers, else by name. [SCHEMA-31]
public struct SchemaDiff: Sendable, Equatable {
  public private(set) var changes: [SchemaChange] = []

  public var isEmpty: Bool { changes.isEmpty }

  public init(
    from old: TableSchema, to new: TableSchema, numbers: (NumberedSchema, NumberedSchema)? = nil
  ) {
    let oldRecord = old.avro.asRecord?.fields ?? []
    let newRecord = new.avro.asRecord?.fields ?? []
    compare(
      Level(old.columns.fields, oldRecord, numbers?.0.fields),
      Level(new.columns.fields, newRecord, numbers?.1.fields), "")
  }

  /// The fields of a record, with what Avro and numbers say of them.
  private struct Level {
    let fields: [Field]
    let avro: [String: AvroField]
    let numbers: [String: NumberedSchema.Numbered]?

    init(_ fields: [Field], _ avro: [AvroField], _ numbers: [NumberedSchema.Numbered]?) {
      self.fields = fields
      self.avro = Dictionary(avro.map { ($0.name, $0) }) { first, _ in first }
      self.numbers = numbers.map {
        Dictionary($0.map { ($0.name, $0) }) { first, _ in first }
      }
    }
  }

  private mutating func add(_ path: String, _ kind: SchemaChange.Kind) {
    changes.append(SchemaChange(path: path, kind: kind))
  }

  private mutating func compare(_ old: Level, _ new: Level, _ prefix: String) {
    var partners: [String: Field] = [:]
    for field in old.fields {
      partners[field.name] = Self.partner(of: field, old, new)
    }
    let taken = Set(partners.values.map(\.name))
    let kept = old.fields.filter { partners[$0.name] != nil }
    let moved = Self.moved(kept.compactMap { partners[$0.name]?.name }, new.fields.map(\.name))
    for field in old.fields {
      let path = prefix + field.name
      guard let partner = partners[field.name] else {
        add(path, .dropped(field.type))
        continue
      }
      if partner.name != field.name { add(path, .renamed(to: partner.name)) }
      if moved.contains(partner.name) { add(path, .moved) }
      if partner.nullable != field.nullable { add(path, .nullable(partner.nullable)) }
      let docs = (old.avro[field.name]?.doc ?? "", new.avro[partner.name]?.doc ?? "")
      if docs.0 != docs.1 {
        add(path, .doc(from: docs.0.isEmpty ? nil : docs.0, to: docs.1.isEmpty ? nil : docs.1))
      }
      compare(
        Node(field.type, old.avro[field.name]?.schema, old.numbers?[field.name]?.shape),
        Node(partner.type, new.avro[partner.name]?.schema, new.numbers?[partner.name]?.shape),
        path)
    }
    for field in new.fields where !taken.contains(field.name) {
      add(prefix + field.name, .added(field.type))
    }
  }

  private static func partner(of field: Field, _ old: Level, _ new: Level) -> Field? {
    guard let numbers = old.numbers, let others = new.numbers, let id = numbers[field.name]?.id
    else { return new.fields.first { $0.name == field.name } }
    guard let name = others.values.first(where: { $0.id == id })?.name else { return nil }
    return new.fields.first { $0.name == name }
  }

  /// The names that change places: those outside the longest run that keeps its order.
  private static func moved(_ kept: [String], _ order: [String]) -> Set<String> {
    let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
    let sequence = kept.compactMap { places[$0] }
    if sequence == sequence.sorted() { return [] }
    // Beyond this the search below takes too long, and nobody reads so many lines.
    if sequence.count > 4_000 { return Set(kept) }
    // The longest ascending subsequence, by the length and the predecessor at each place.
    var lengths = [Int](repeating: 1, count: sequence.count)
    var before = [Int?](repeating: nil, count: sequence.count)
    for place in sequence.indices {
      for earlier in 0..<place where sequence[earlier] < sequence[place] {
        if lengths[earlier] + 1 > lengths[place] {
          lengths[place] = lengths[earlier] + 1
          before[place] = earlier
        }
      }
    }
    var stays: Set<Int> = []
    var next = lengths.indices.max { lengths[$0] < lengths[$1] }
    while let place = next {
      stays.insert(sequence[place])
      next = before[place]
    }
    return Set(kept.filter { places[$0].map { !stays.contains($0) } ?? false })
  }

  /// A type with what Avro and numbers say of it.
  private struct Node {
    let type: ColumnType
    let avro: AvroSchema?
    let shape: NumberedSchema.Shape?

    init(_ type: ColumnType, _ avro: AvroSchema?, _ shape: NumberedSchema.Shape?) {
      self.type = type
      self.avro = avro.map { $0.nonNull ?? $0 }?.bare
      self.shape = shape
    }

    var level: Level? {
      guard case .structure(let fields) = type else { return nil }
      var numbers: [NumberedSchema.Numbered]?
      if case .structure(let found) = shape { numbers = found }
      return Level(fields, avro?.asRecord?.fields ?? [], numbers)
    }

    /// The element of a list, the value of a map.
    var inner: (name: String, field: Field, node: Node)? {
      switch type {
      case .list(let element):
        var schema: AvroSchema?
        if case .array(let items) = avro { schema = items }
        var inside: NumberedSchema.Shape?
        if case .list(let found) = shape { inside = found }
        return ("element", element, Node(element.type, schema, inside))
      case .map(_, let value):
        var schema: AvroSchema?
        if case .map(let values) = avro { schema = values }
        var inside: NumberedSchema.Shape?
        if case .map(_, let found) = shape { inside = found }
        return ("value", value, Node(value.type, schema, inside))
      default: return nil
      }
    }
  }

  private mutating func compare(_ old: Node, _ new: Node, _ path: String) {
    if let left = old.level, let right = new.level {
      compare(left, right, path + ".")
    } else if let left = old.inner, let right = new.inner, left.name == right.name {
      let inside = path + "." + left.name
      if left.field.nullable != right.field.nullable {
        add(inside, .nullable(right.field.nullable))
      }
      compare(left.node, right.node, inside)
    } else if old.type != new.type {
      add(path, .type(from: old.type, to: new.type))
    }
  }
}
