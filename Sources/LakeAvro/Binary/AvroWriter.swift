// Spec: 05a-avro. Value trees into bytes.
import LakeBase

/// Writes `AvroValue`s of one schema. Immutable: one writer serves any number of threads.
public struct AvroWriter: Sendable {
  public let schema: AvroSchema
  private let graph: SchemaGraph

  public init(_ schema: AvroSchema, limits: Limits = .standard) throws(LakeError) {
    self.schema = schema
    graph = try SchemaGraph(schema, limits: limits)
  }

  init(_ schema: AvroSchema, _ graph: SchemaGraph) {
    self.schema = schema
    self.graph = graph
  }

  /// Appends one datum. Throws `inputValueInvalid`, naming the place, when the value is not of the
  /// schema; `bytes` then holds part of it.
  public func write(_ value: AvroValue, to bytes: GrowingBuffer) throws(LakeError) {
    try write(value, 0, bytes)
  }

  /// One datum as a buffer.
  public func bytes(of value: AvroValue) throws(LakeError) -> Buffer {
    let bytes = GrowingBuffer()
    try write(value, to: bytes)
    return bytes.take()
  }

  /// One value of the graph's node `index`.
  func write(
    _ value: AvroValue, _ index: Int, _ out: GrowingBuffer
  ) throws(LakeError) {
    switch (graph.nodes[index].kind, value) {
    case (.null, .null): return
    case (.boolean, .boolean(let flag)): out.append(byte: flag ? 1 : 0)
    case (.int, .int(let number)): out.append(zigzag: Int64(number))
    case (.long, .long(let number)): out.append(zigzag: number)
    case (.float, .float(let number)): out.append(littleEndian: number.bitPattern)
    case (.double, .double(let number)): out.append(littleEndian: number.bitPattern)
    case (.bytes, .bytes(let bytes)):
      out.append(zigzag: Int64(bytes.count))
      out.append(bytes)
    case (.string, .string(let text)): write(text: text, out)
    case (.fixed(let size), .fixed(let bytes)) where bytes.count == size: out.append(bytes)
    case (.enumeration(let count), .enumeration(let symbol)) where symbol >= 0 && symbol < count:
      out.append(zigzag: Int64(symbol))
    case (.union(let branches), .union(let branch, let inner)) where branches.indices ~= branch:
      out.append(zigzag: Int64(branch))
      try write(inner, branches[branch], out)
    case (.array(let item), .array(let items)):
      if !items.isEmpty {
        out.append(zigzag: Int64(items.count))
        for element in items { try write(element, item, out) }
      }
      out.append(byte: 0)
    case (.map(let node), .map(let entries)):
      if !entries.isEmpty {
        out.append(zigzag: Int64(entries.count))
        for entry in entries {
          write(text: entry.key, out)
          try write(entry.value, node, out)
        }
      }
      out.append(byte: 0)
    case (.record(let parts), .record(let fields)) where parts.count == fields.count:
      for (part, field) in zip(parts, fields) { try write(field, part, out) }
    default:
      throw LakeError(
        .inputValueInvalid,
        "\(value.kindName) is no value of \(graph.nodes[index].schema.typeName)")
    }
  }

  private func write(text: String, _ out: GrowingBuffer) {
    out.append(zigzag: Int64(text.utf8.count))
    out.append(utf8: text)
  }
}

extension AvroValue {
  /// Avro's word for what this is.
  var kindName: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .int: "int"
    case .long: "long"
    case .float: "float"
    case .double: "double"
    case .bytes: "bytes"
    case .string: "string"
    case .record(let fields): "a record of \(fields.count) fields"
    case .enumeration(let symbol): "symbol \(symbol)"
    case .array: "array"
    case .map: "map"
    case .union(let branch, _): "branch \(branch) of a union"
    case .fixed(let bytes): "fixed of \(bytes.count) bytes"
    }
  }
}
