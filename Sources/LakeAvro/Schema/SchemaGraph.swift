// Spec: 05a-avro. A schema with its references followed: nodes by number, cycles included.
import LakeBase

/// A schema compiled for reading and writing. Node 0 is the root.
struct SchemaGraph: Sendable {
  enum Kind: Sendable {
    case null, boolean, int, long, float, double, bytes, string
    case fixed(Int)
    case enumeration(symbols: Int)
    case array(Int)
    case map(Int)
    case union([Int])
    case record([Int])
  }

  struct Node: Sendable {
    var kind: Kind
    /// The definition, attributes included.
    var schema: AvroSchema
    /// Fewest bytes one value takes: what a declared count is held against.
    var leastBytes = 0
  }

  private(set) var nodes: [Node] = []
  private var named: [String: Int] = [:]

  /// Throws `avroSchemaInvalid` for an unknown reference or a record that contains itself without
  /// end, `limitExceeded` beyond the limits.
  init(_ schema: AvroSchema, limits: Limits = .standard) throws(LakeError) {
    _ = try add(schema, depth: 0, limits)
    var visiting = [UInt8](repeating: 0, count: nodes.count)
    for index in nodes.indices { _ = try measure(index, &visiting) }
  }

  private mutating func add(
    _ schema: AvroSchema, depth: Int, _ limits: Limits
  ) throws(LakeError) -> Int {
    guard depth <= limits.schemaDepthMax else {
      throw LakeError(.limitExceeded, "a schema nests deeper than \(limits.schemaDepthMax)")
    }
    if case .reference(let name) = schema.bare {
      guard let known = named[name] else {
        throw LakeError(.avroSchemaInvalid, "the type \"\(name)\" is not defined before its use")
      }
      return known
    }
    let index = nodes.count
    nodes.append(Node(kind: .null, schema: schema))
    if let name = schema.name {
      guard named.updateValue(index, forKey: name.fullName) == nil else {
        throw LakeError(.avroSchemaInvalid, "the type \"\(name.fullName)\" is defined twice")
      }
    }
    nodes[index].kind = try kind(of: schema.bare, depth: depth, limits)
    return index
  }

  private mutating func kind(
    of schema: AvroSchema, depth: Int, _ limits: Limits
  ) throws(LakeError) -> Kind {
    switch schema {
    case .null, .reference, .annotated: return .null
    case .boolean: return .boolean
    case .int: return .int
    case .long: return .long
    case .float: return .float
    case .double: return .double
    case .bytes: return .bytes
    case .string: return .string
    case .fixed(let type):
      guard type.size >= 0, type.size <= Int(Int32.max) else {
        throw LakeError(.avroSchemaInvalid, "fixed \"\(type.name.fullName)\" of \(type.size) bytes")
      }
      return .fixed(type.size)
    case .enumeration(let type): return .enumeration(symbols: type.symbols.count)
    case .array(let items): return .array(try add(items, depth: depth + 1, limits))
    case .map(let values): return .map(try add(values, depth: depth + 1, limits))
    case .union(let branches):
      var parts: [Int] = []
      for branch in branches { parts.append(try add(branch, depth: depth + 1, limits)) }
      return .union(parts)
    case .record(let record):
      var parts: [Int] = []
      for field in record.fields { parts.append(try add(field.schema, depth: depth + 1, limits)) }
      return .record(parts)
    }
  }

  private mutating func measure(
    _ index: Int, _ visiting: inout [UInt8]
  ) throws(LakeError) -> Int {
    if visiting[index] == 2 { return nodes[index].leastBytes }
    guard visiting[index] == 0 else {
      throw LakeError(
        .avroSchemaInvalid,
        "the record \"\(nodes[index].schema.name?.fullName ?? "")\" contains itself without end")
    }
    visiting[index] = 1
    var least: Int
    switch nodes[index].kind {
    case .null: least = 0
    case .float: least = 4
    case .double: least = 8
    case .fixed(let size): least = size
    case .record(let parts):
      least = 0
      for part in parts {
        least = Swift.min(least + (try measure(part, &visiting)), Int(Int32.max))
      }
    default: least = 1
    }
    nodes[index].leastBytes = least
    visiting[index] = 2
    return least
  }
}
