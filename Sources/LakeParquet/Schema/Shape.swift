// Spec: 06-base-files. How a column is assembled from leaves; older spellings of lists and maps.
import LakeBase
import LakeColumns

/// The resolved form of a node: a field and how its values come about.
struct Shape: Sendable {
  indirect enum Kind: Sendable {
    case leaf(Int)
    case structure([Shape])
    /// A list whose element is present at `definition`, repeated at `repetition`.
    case list(Shape, definition: Int, repetition: Int)
    case map(key: Shape, value: Shape, definition: Int, repetition: Int)
  }

  var field: Field
  let kind: Kind
  /// The definition level at which the value is not null.
  let definition: Int
  /// Leaves below, in order.
  let leaves: Range<Int>

  /// Resolves a node below the root or below a struct. [PQR-4]
  static func resolve(_ node: ParquetNode, _ leaves: [Leaf]) throws(LakeError) -> Shape {
    guard node.isRepeated else { return try present(node, leaves) }
    // A repeated node outside a list annotation: a list of what it is, never null.
    let element = try value(node, leaves, nullable: false)
    return Shape(
      field: named(node, .list(element.field), nullable: false),
      kind: .list(element, definition: node.definition, repetition: node.repetition),
      definition: node.definition - 1, leaves: element.leaves)
  }

  /// A node that is not repeated, or whose repetition was dealt with.
  private static func present(_ node: ParquetNode, _ leaves: [Leaf]) throws(LakeError) -> Shape {
    if node.leaf == nil {
      if isList(node.element), let list = try list(node, leaves) { return list }
      if isMap(node.element), let map = try map(node, leaves) { return map }
    }
    return try value(node, leaves, nullable: node.isOptional)
  }

  /// A leaf or a struct.
  private static func value(
    _ node: ParquetNode, _ leaves: [Leaf], nullable: Bool
  ) throws(LakeError) -> Shape {
    if let leaf = node.leaf {
      let type = leaves[leaf].type
      return Shape(
        field: named(node, type, nullable: nullable), kind: .leaf(leaf),
        definition: node.definition, leaves: leaf..<leaf + 1)
    }
    guard !node.children.isEmpty else {
      throw LakeError(
        .parquetUnsupported, "\"\(node.element.name)\" is a struct without fields")
    }
    var children: [Shape] = []
    for child in node.children { children.append(try resolve(child, leaves)) }
    return Shape(
      field: named(node, .structure(children.map(\.field)), nullable: nullable),
      kind: .structure(children), definition: node.definition, leaves: span(children))
  }

  private static func span(_ shapes: [Shape]) -> Range<Int> {
    let first = shapes.first?.leaves.lowerBound ?? 0
    return first..<(shapes.last?.leaves.upperBound ?? first)
  }

  private static func named(_ node: ParquetNode, _ type: ColumnType, nullable: Bool) -> Field {
    var metadata: [String: String] = [:]
    if let id = node.element.fieldID { metadata["parquet.id"] = String(id) }
    return Field(node.element.name, type, nullable: nullable, metadata: metadata)
  }

  private static func isList(_ element: SchemaElement) -> Bool {
    element.logicalType == .list
      || (element.logicalType == nil && element.convertedType == .list)
  }

  private static func isMap(_ element: SchemaElement) -> Bool {
    element.logicalType == .map
      || (element.logicalType == nil
        && (element.convertedType == .map || element.convertedType == .mapKeyValue))
  }

  /// The group annotated as a list, or nil where it has not the form of one.
  private static func list(_ node: ParquetNode, _ leaves: [Leaf]) throws(LakeError) -> Shape? {
    guard node.children.count == 1, let inner = node.children.first, inner.isRepeated else {
      return nil
    }
    let element = try listElement(inner, of: node, leaves)
    return Shape(
      field: named(node, .list(element.field), nullable: node.isOptional),
      kind: .list(element, definition: inner.definition, repetition: inner.repetition),
      definition: node.definition, leaves: element.leaves)
  }

  /// The element of a list whose repeated node is `inner`: itself in the two-level spellings, its
  /// only child in the three-level one.
  private static func listElement(
    _ inner: ParquetNode, of list: ParquetNode, _ leaves: [Leaf]
  ) throws(LakeError) -> Shape {
    guard inner.leaf == nil, inner.children.count == 1, let only = inner.children.first else {
      return try value(inner, leaves, nullable: false)
    }
    if isList(inner.element), let nested = try Shape.list(inner, leaves) {
      return nested.notNull
    }
    if isMap(inner.element), let nested = try Shape.map(inner, leaves) { return nested.notNull }
    let name = inner.element.name
    if only.isRepeated || name == "array" || name == list.element.name + "_tuple" {
      return try value(inner, leaves, nullable: false)
    }
    return try present(only, leaves)
  }

  private var notNull: Shape {
    var copy = self
    copy.field.nullable = false
    return copy
  }

  /// The group annotated as a map, or nil where it has not the form of one. Without values it is a
  /// list of its keys.
  private static func map(_ node: ParquetNode, _ leaves: [Leaf]) throws(LakeError) -> Shape? {
    guard node.children.count == 1, let inner = node.children.first, inner.isRepeated,
      inner.leaf == nil, inner.children.count == 1 || inner.children.count == 2
    else { return nil }
    let key = try resolve(inner.children[0], leaves)
    if inner.children.count == 1 {
      return Shape(
        field: named(node, .list(key.field), nullable: node.isOptional),
        kind: .list(key, definition: inner.definition, repetition: inner.repetition),
        definition: node.definition, leaves: key.leaves)
    }
    let value = try resolve(inner.children[1], leaves)
    return Shape(
      field: named(node, .map(key: key.field, value: value.field), nullable: node.isOptional),
      kind: .map(
        key: key, value: value, definition: inner.definition, repetition: inner.repetition),
      definition: node.definition, leaves: span([key, value]))
  }
}
