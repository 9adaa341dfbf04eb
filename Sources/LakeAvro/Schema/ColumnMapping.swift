// Spec: 05a-avro. Which column an Avro type becomes.
import LakeBase
import LakeColumns

extension AvroSchema {
  /// The columns of a record's fields. Throws `avroUnsupported` for a type that contains itself and
  /// for schemas that are no record, `typeUnsupported` for decimals of more than 38 digits,
  /// `limitExceeded` beyond `columnsMax` columns, nested ones included.
  public func columns(limits: Limits = .standard) throws(LakeError) -> Schema {
    var mapping = ColumnMapping(try SchemaGraph(self, limits: limits), limits)
    return Schema(try mapping.rootFields())
  }
}

/// Walks a schema without its cycles.
struct ColumnMapping {
  let graph: SchemaGraph
  private let limits: Limits
  /// Columns so far, nested ones included.
  private var columns = 0
  /// Records around the current place.
  private var open: Set<Int> = []

  init(_ graph: SchemaGraph, _ limits: Limits) {
    self.graph = graph
    self.limits = limits
  }

  mutating func rootFields() throws(LakeError) -> [Field] {
    guard case .record(let parts) = graph.nodes[0].kind,
      let record = graph.nodes[0].schema.asRecord
    else {
      throw LakeError(
        .avroUnsupported, "rows are records, not \(graph.nodes[0].schema.typeName) values")
    }
    return try fields(record, parts, at: 0)
  }

  private mutating func fields(
    _ record: AvroRecord, _ parts: [Int], at node: Int
  ) throws(LakeError) -> [Field] {
    guard open.insert(node).inserted else {
      throw LakeError(
        .avroUnsupported, "the record \"\(record.name.fullName)\" contains itself: no column can")
    }
    var fields: [Field] = []
    for (field, part) in zip(record.fields, parts) {
      fields.append(try column(part, named: field.name))
    }
    open.remove(node)
    return fields
  }

  /// The column of a node; a union with null makes it nullable.
  mutating func column(_ node: Int, named name: String) throws(LakeError) -> Field {
    guard case .union(let branches) = graph.nodes[node].kind else {
      let isNull = if case .null = graph.nodes[node].kind { true } else { false }
      let (type, metadata) = try type(of: node)
      return Field(name, type, nullable: isNull, metadata: metadata)
    }
    let others = graph.valueBranches(branches)
    let nullable = others.count < branches.count
    if others.isEmpty { return Field(name, .null, nullable: true) }
    if others.count == 1 {
      let (type, metadata) = try type(of: others[0])
      return Field(name, type, nullable: nullable, metadata: metadata)
    }
    var members: [Field] = []
    for (index, branch) in others.enumerated() {
      let (type, metadata) = try type(of: branch)
      members.append(Field("member\(index)", type, nullable: true, metadata: metadata))
    }
    return Field(name, .structure(members), nullable: nullable, metadata: ["avro.union": "true"])
  }

  /// The type of a node that is no union.
  mutating func type(of node: Int) throws(LakeError) -> (ColumnType, [String: String]) {
    columns += 1
    guard columns <= limits.columnsMax else {
      throw LakeError(.limitExceeded, "a schema of more than \(limits.columnsMax) columns")
    }
    let schema = graph.nodes[node].schema
    let metadata = schema.name.map { ["avro.name": $0.fullName] } ?? [:]
    switch graph.nodes[node].kind {
    case .array(let item): return (.list(try column(item, named: "element")), metadata)
    case .map(let value):
      let key = Field("key", .string, nullable: false)
      return (.map(key: key, value: try column(value, named: "value")), metadata)
    case .record(let parts):
      guard let record = schema.asRecord else { return (.null, metadata) }
      return (.structure(try fields(record, parts, at: node)), metadata)
    case .union: return (try column(node, named: "").type, metadata)
    default: break
    }
    if case .enumeration(let type) = schema.bare {
      let symbols = JSONWriter.text(.array(type.symbols.map { .string($0) }))
      return (.string, metadata.merging(["avro.symbols": symbols]) { $1 })
    }
    return (try leaf(graph.nodes[node].kind, schema), metadata)
  }

  private func leaf(
    _ kind: SchemaGraph.Kind, _ schema: AvroSchema
  ) throws(LakeError) -> ColumnType {
    if let logical = schema.logicalType {
      switch logical {
      case .decimal(let precision, let scale):
        guard precision <= limits.decimalPrecisionMax else {
          throw LakeError(.typeUnsupported, "decimal(\(precision),\(scale)) has too many digits")
        }
        return .decimal(precision: precision, scale: scale)
      case .date: return .date
      case .timeMillis: return .time(.milli)
      case .timeMicros: return .time(.micro)
      case .timestampMillis: return .timestamp(.milli, utc: true)
      case .timestampMicros: return .timestamp(.micro, utc: true)
      case .timestampNanos: return .timestamp(.nano, utc: true)
      case .localTimestampMillis: return .timestamp(.milli, utc: false)
      case .localTimestampMicros: return .timestamp(.micro, utc: false)
      case .localTimestampNanos: return .timestamp(.nano, utc: false)
      case .uuid, .duration: break
      }
    }
    switch kind {
    case .boolean: return .bool
    case .int: return .int32
    case .long: return .int64
    case .float: return .float32
    case .double: return .float64
    case .bytes: return .binary
    case .string: return .string
    case .fixed(let size): return .fixedBinary(size)
    default: return .null
    }
  }
}

extension SchemaGraph {
  /// The branches that are not null.
  func valueBranches(_ branches: [Int]) -> [Int] {
    branches.filter { if case .null = nodes[$0].kind { false } else { true } }
  }
}
