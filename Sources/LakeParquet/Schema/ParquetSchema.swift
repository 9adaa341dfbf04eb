// Spec: 06-base-files. The tree of schema elements and what it stands for in columns.
import LakeBase
import LakeColumns

/// A node of the schema tree with its levels.
public struct ParquetNode: Sendable, Hashable {
  public let element: SchemaElement
  public let children: [ParquetNode]
  /// Set for leaves.
  public let leaf: Int?
  /// The definition level at which this node is present.
  public let definition: Int
  /// The repetition level of this node or of the innermost repeated node above it.
  public let repetition: Int

  public var isRepeated: Bool { element.repetition == .repeated }
  public var isOptional: Bool { element.repetition == .optional }
}

/// A file's schema: the elements, the tree, the leaves, and the columns they stand for.
public struct ParquetSchema: Sendable {
  /// Depth-first, the root first.
  public let elements: [SchemaElement]
  /// The nodes below the root.
  public let nodes: [ParquetNode]
  public let leaves: [Leaf]
  /// The columns, one per node below the root.
  public let schema: Schema
  /// How each column is assembled from leaves.
  let shapes: [Shape]

  /// Builds the tree. Throws `parquetMalformed` for a tree that does not close, `limitExceeded`
  /// beyond `schemaDepthMax` or `columnsMax`. [PQR-2]
  ///
  /// - Parameter int96Unit: the unit of INT96 timestamps.
  public init(
    _ elements: [SchemaElement], _ limits: Limits = .standard, int96Unit: TimeUnit = .nano
  ) throws(LakeError) {
    guard let root = elements.first else { throw Self.malformed("no root") }
    var builder = Builder(elements: elements, limits: limits, int96Unit: int96Unit)
    let count = root.childCount ?? 0
    guard count >= 0, count < elements.count || count == 0 else {
      throw Self.malformed("the root wants \(count) children")
    }
    nodes = try builder.children(
      count, depth: 1, definition: 0, repetition: 0, list: 0, path: [])
    guard builder.next == elements.count else {
      throw Self.malformed("\(elements.count - builder.next) elements belong to no group")
    }
    self.elements = elements
    leaves = builder.leaves
    var shapes: [Shape] = []
    for node in nodes { shapes.append(try Shape.resolve(node, leaves)) }
    self.shapes = shapes
    schema = Schema(shapes.map(\.field))
  }

  static func malformed(_ message: String) -> LakeError {
    LakeError(.parquetMalformed, "schema: \(message)")
  }
}

/// Walks the flat list of elements.
private struct Builder {
  let elements: [SchemaElement]
  let limits: Limits
  let int96Unit: TimeUnit
  var next = 1
  var leaves: [Leaf] = []

  mutating func children(
    _ count: Int, depth: Int, definition: Int, repetition: Int, list: Int, path: [String]
  ) throws(LakeError) -> [ParquetNode] {
    guard depth <= limits.schemaDepthMax else {
      throw LakeError(
        .limitExceeded, "the schema nests deeper than \(limits.schemaDepthMax) (schemaDepthMax)")
    }
    guard count <= elements.count - next else {
      throw ParquetSchema.malformed("a group wants \(count) children beyond the elements there are")
    }
    var nodes: [ParquetNode] = []
    nodes.reserveCapacity(count)
    for _ in 0..<count {
      nodes.append(
        try node(
          depth: depth, definition: definition, repetition: repetition, list: list, path: path))
    }
    return nodes
  }

  private mutating func node(
    depth: Int, definition: Int, repetition: Int, list: Int, path: [String]
  ) throws(LakeError) -> ParquetNode {
    guard next < elements.count else { throw ParquetSchema.malformed("elements end early") }
    let element = elements[next]
    next += 1
    guard let kind = element.repetition else {
      throw ParquetSchema.malformed("\"\(element.name)\" has no repetition")
    }
    let definition = definition + (kind == .required ? 0 : 1)
    let repetition = repetition + (kind == .repeated ? 1 : 0)
    let list = kind == .repeated ? definition : list
    let path = path + [element.name]
    if element.type != nil {
      guard element.childCount ?? 0 == 0 else {
        throw ParquetSchema.malformed("\"\(element.name)\" has a type and children")
      }
      guard leaves.count < limits.columnsMax else {
        throw LakeError(.limitExceeded, "more than \(limits.columnsMax) leaf columns (columnsMax)")
      }
      let leaf = Leaf(
        index: leaves.count, path: path, element: element, maxDefinition: definition,
        maxRepetition: repetition, listDefinition: list,
        type: try leafType(element, limits, int96Unit))
      leaves.append(leaf)
      return ParquetNode(
        element: element, children: [], leaf: leaf.index, definition: definition,
        repetition: repetition)
    }
    guard let count = element.childCount, count >= 0 else {
      throw ParquetSchema.malformed("\"\(element.name)\" has neither a type nor children")
    }
    return ParquetNode(
      element: element,
      children: try children(
        count, depth: depth + 1, definition: definition, repetition: repetition, list: list,
        path: path),
      leaf: nil, definition: definition, repetition: repetition)
  }
}
