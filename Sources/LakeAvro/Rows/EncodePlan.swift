// Spec: 05a-avro. What to write for each field: columns matched to a schema.
import LakeBase
import LakeColumns

/// How one field's values become bytes, and where they lie in the batch at hand.
struct EncodeNode {
  enum Code {
    /// Always null: no column, or one of nulls.
    case nothing
    case boolean, int8, int16, int32, uint8, uint16, uint32, int64
    case half, float, double, floatAsDouble
    case bytes
    /// size: bytes.
    case fixed
    case decimalFixed, decimalBytes
    /// table: which symbols.
    case enumeration
    case list, map, structure
    /// A struct of which one member has a value.
    case members
  }

  var code: Code
  var name: String
  /// Column of the batch, or child of the parent's column; -1 for none.
  var source = -1
  /// Branch to write for null, -1 where null is no value.
  var nullBranch = -1
  /// Branch to write before a value, -1 outside unions.
  var valueBranch = -1
  /// Positions in the plan's pool.
  var children = 0..<0
  var size = 0
  var table = 0

  var allNull = false
  var validity: UnsafePointer<UInt8>?
  var validityOffset = 0
  var bitOffset = 0
  var values: UnsafeRawPointer?
  var offsets: UnsafePointer<Int32>?
}

/// Nodes in a list, children by number.
struct EncodePlan {
  let graph: SchemaGraph
  private(set) var nodes: [EncodeNode] = []
  private(set) var pool: [Int] = []
  /// For each enum its symbols' positions.
  private(set) var symbols: [[[UInt8]: Int]] = []

  init(_ graph: SchemaGraph) { self.graph = graph }

  mutating func rootNodes(_ columns: Schema) throws(LakeError) -> [Int] {
    guard case .record = graph.nodes[0].kind else {
      throw LakeError(
        .avroUnsupported, "rows are records, not \(graph.nodes[0].schema.typeName) values")
    }
    return try nodes(of: 0, columns.fields, inside: "")
  }

  private mutating func nodes(
    of record: Int, _ fields: [Field], inside path: String
  ) throws(LakeError) -> [Int] {
    guard case .record(let parts) = graph.nodes[record].kind,
      let schema = graph.nodes[record].schema.asRecord
    else { return [] }
    var made: [Int] = []
    for (field, part) in zip(schema.fields, parts) {
      let name = path + field.name
      guard let source = fields.firstIndex(where: { $0.name == field.name }) else {
        made.append(try absent(part, name))
        continue
      }
      let node = try node(part, fields[source].type, name)
      nodes[node].source = source
      made.append(node)
    }
    return made
  }

  private mutating func absent(_ part: Int, _ name: String) throws(LakeError) -> Int {
    guard graph.nodes[part].schema.isNullable else {
      throw LakeError(.columnNotFound, "there is no column for the field \"\(name)\"")
    }
    return try node(part, .null, name)
  }

  private mutating func add(_ node: EncodeNode) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  private mutating func setChildren(_ node: Int, _ children: [Int]) {
    nodes[node].children = pool.count..<pool.count + children.count
    pool += children
  }

  /// The node that writes values of a column type as the schema's node `part`.
  private mutating func node(
    _ part: Int, _ type: ColumnType, _ name: String
  ) throws(LakeError) -> Int {
    guard case .union(let branches) = graph.nodes[part].kind else {
      return try plain(part, type, name)
    }
    let others = graph.valueBranches(branches)
    let nullBranch = branches.firstIndex { !others.contains($0) } ?? -1
    if type == .null || others.isEmpty {
      guard nullBranch >= 0 else { throw misfit(type, part, name) }
      return add(EncodeNode(code: .nothing, name: name, nullBranch: nullBranch))
    }
    if case .structure(let members) = type, others.count > 1, members.count == others.count {
      let node = add(EncodeNode(code: .members, name: name, nullBranch: nullBranch))
      var children: [Int] = []
      for (index, branch) in others.enumerated() {
        let child = try plain(branch, members[index].type, name + ".member\(index)")
        nodes[child].source = index
        nodes[child].valueBranch = branches.firstIndex(of: branch) ?? 0
        children.append(child)
      }
      setChildren(node, children)
      return node
    }
    var failure: LakeError?
    for branch in others {
      do {
        let node = try plain(branch, type, name)
        nodes[node].nullBranch = nullBranch
        nodes[node].valueBranch = branches.firstIndex(of: branch) ?? 0
        return node
      } catch { failure = failure ?? error }
    }
    throw failure ?? misfit(type, part, name)
  }

  private mutating func plain(
    _ part: Int, _ type: ColumnType, _ name: String
  ) throws(LakeError) -> Int {
    var node = EncodeNode(code: .nothing, name: name)
    switch (graph.nodes[part].kind, type) {
    case (.array(let item), .list(let element)):
      node.code = .list
      let index = add(node)
      setChildren(index, [try self.node(item, element.type, name + ".element")])
      return index
    case (.map(let item), .map(let key, let value)):
      guard key.type == .string else { throw misfit(type, part, name) }
      node.code = .map
      let index = add(node)
      let keys = add(EncodeNode(code: .bytes, name: name + ".key"))
      setChildren(index, [keys, try self.node(item, value.type, name + ".value")])
      return index
    case (.record, .structure(let fields)):
      node.code = .structure
      let index = add(node)
      setChildren(index, try nodes(of: part, fields, inside: name + "."))
      return index
    case (.enumeration, .string):
      guard case .enumeration(let schema) = graph.nodes[part].schema.bare else { break }
      node.code = .enumeration
      node.table = symbols.count
      var positions: [[UInt8]: Int] = [:]
      for (index, symbol) in schema.symbols.enumerated() { positions[Array(symbol.utf8)] = index }
      symbols.append(positions)
      return add(node)
    default: break
    }
    guard let (code, size) = leaf(part, type) else { throw misfit(type, part, name) }
    node.code = code
    node.size = size
    return add(node)
  }

  private func leaf(_ part: Int, _ type: ColumnType) -> (EncodeNode.Code, Int)? {
    let schema = graph.nodes[part].schema
    switch (graph.nodes[part].kind, type) {
    case (.null, .null): return (.nothing, 0)
    case (.boolean, .bool): return (.boolean, 0)
    case (.float, .float32): return (.float, 0)
    case (.float, .float16): return (.half, 0)
    case (.double, .float64): return (.double, 0)
    case (.double, .float32): return (.floatAsDouble, 0)
    case (.fixed(let size), .fixedBinary(let width)): return size == width ? (.fixed, size) : nil
    case (.fixed(let size), .decimal(_, let scale)):
      return schema.hasDecimalScale(scale) ? (.decimalFixed, size) : nil
    case (.bytes, .decimal(_, let scale)):
      return schema.hasDecimalScale(scale) ? (.decimalBytes, 0) : nil
    case (.bytes, .binary), (.bytes, .string), (.string, .string): return (.bytes, 0)
    case (.int, _), (.long, _): return integer(schema, type).map { ($0, 0) }
    default: return nil
    }
  }

  private func integer(_ schema: AvroSchema, _ type: ColumnType) -> EncodeNode.Code? {
    let logical = schema.logicalType
    switch (type, logical) {
    case (.date, .date), (.date, nil), (.time(.milli), .timeMillis), (.time(.milli), nil):
      return .int32
    case (.time(.micro), .timeMicros), (.timestamp(.milli, true), .timestampMillis),
      (.timestamp(.micro, true), .timestampMicros), (.timestamp(.nano, true), .timestampNanos),
      (.timestamp(.milli, false), .localTimestampMillis),
      (.timestamp(.micro, false), .localTimestampMicros),
      (.timestamp(.nano, false), .localTimestampNanos):
      return .int64
    case (.timestamp, nil), (.time(.micro), nil): return schema.bare == .long ? .int64 : nil
    case (.int8, nil): return .int8
    case (.int16, nil): return .int16
    case (.int32, nil): return .int32
    case (.uint8, nil): return .uint8
    case (.uint16, nil): return .uint16
    case (.uint32, nil): return schema.bare == .long ? .uint32 : nil
    case (.int64, nil): return schema.bare == .long ? .int64 : nil
    default: return nil
    }
  }

  private func misfit(_ type: ColumnType, _ part: Int, _ name: String) -> LakeError {
    LakeError(
      .typeUnsupported,
      "the column \"\(name)\" is \(type), the schema says \(graph.nodes[part].schema.jsonText)")
  }
}

extension AvroSchema {
  fileprivate func hasDecimalScale(_ scale: Int) -> Bool {
    guard case .decimal(_, let own) = logicalType else { return false }
    return own == scale
  }
}
