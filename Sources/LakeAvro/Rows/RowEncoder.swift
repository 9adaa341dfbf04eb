// Spec: 05a-avro. Batches into rows of Avro bytes, compiled once for a schema and its columns.
import LakeBase
import LakeColumns

/// Encodes the rows of batches as data of a record schema. Owned by one worker.
public final class RowEncoder {
  public let schema: AvroSchema
  /// The columns a batch has, in order.
  public let columns: Schema
  private var nodes: [EncodeNode]
  private let roots: [Int]
  private let plan: EncodePlan
  private var scratch = ByteStore()

  /// Columns are matched to fields by name; further columns are ignored.
  ///
  /// Throws `columnNotFound` for a field that has neither a column nor null among its values,
  /// `typeUnsupported` where a column's values are none of the field's type, `avroUnsupported`.
  public init(
    _ schema: AvroSchema, columns: Schema, limits: Limits = .standard
  ) throws(LakeError) {
    self.schema = schema
    self.columns = columns
    var plan = EncodePlan(try SchemaGraph(schema, limits: limits))
    roots = try plan.rootNodes(columns)
    nodes = plan.nodes
    self.plan = plan
  }

  /// Appends rows `rows` of `batch` (all of them unless given).
  ///
  /// Throws `inputValueInvalid` for a null where the schema has none, a decimal that does not fit,
  /// a text that is no symbol; `limitExceeded` for a row above 2 GiB.
  public func encode(
    _ batch: RecordBatch, rows: Range<Int>? = nil, framing: RowFraming = .none,
    to out: GrowingBuffer
  ) throws(LakeError) {
    let rows = rows ?? 0..<batch.count
    precondition(rows.lowerBound >= 0 && rows.upperBound <= batch.count)
    precondition(batch.columns.count == columns.count, "the encoder's columns")
    let held = bind(batch)
    defer { withExtendedLifetime(held) {} }
    scratch.removeAll()
    var store = scratch
    try nodes.withUnsafeBufferPointer { (nodes) throws(LakeError) in
      guard let start = nodes.baseAddress else { return }
      let writer = RowWriter(nodes: start, pool: plan.pool, symbols: plan.symbols)
      for row in rows {
        let begin = store.count
        if framing == .lengthPrefixed { store.append(0 as UInt32) }
        for root in roots { try writer.write(root, row, &store) }
        if framing == .lengthPrefixed {
          guard let size = UInt32(exactly: store.count - begin - 4), size <= UInt32(Int32.max)
          else {
            throw LakeError(.limitExceeded, "a row of more than 2 GiB")
          }
          (store.base + begin).storeBytes(of: size.bigEndian, as: UInt32.self)
        }
        if store.count >= 1 << 20 {
          out.append(UnsafeRawBufferPointer(start: store.base, count: store.count))
          store.removeAll()
        }
      }
    }
    out.append(UnsafeRawBufferPointer(start: store.base, count: store.count))
    scratch = store
  }

  /// Points the nodes at the batch's memory; returns what must stay alive meanwhile.
  private func bind(_ batch: RecordBatch) -> [Column] {
    var held: [Column] = []
    for root in roots where nodes[root].source >= 0 {
      bind(root, batch.columns[nodes[root].source], &held)
    }
    return held
  }

  private func bind(_ index: Int, _ column: Column, _ held: inout [Column]) {
    let column = column.decoded()
    held.append(column)
    nodes[index].allNull = column.type == .null
    nodes[index].validity = column.validity.map {
      $0.buffer.pointer.assumingMemoryBound(to: UInt8.self)
    }
    nodes[index].validityOffset = column.validity?.offset ?? 0
    let children = nodes[index].children.map { plan.pool[$0] }
    switch column.layout {
    case .nothing, .dictionary: break
    case .fixed(let buffer): nodes[index].values = buffer.pointer
    case .bits(let bits):
      nodes[index].values = bits.buffer.pointer
      nodes[index].bitOffset = bits.offset
    case .bytes(let offsets, let data):
      nodes[index].offsets = offsets.pointer.assumingMemoryBound(to: Int32.self)
      nodes[index].values = data.pointer
    case .list(let offsets, let child):
      nodes[index].offsets = offsets.pointer.assumingMemoryBound(to: Int32.self)
      if nodes[index].code == .map, case .structure(let parts) = child.decoded().layout {
        for (node, part) in zip(children, parts) { bind(node, part, &held) }
        held.append(child)
      } else if let node = children.first {
        bind(node, child, &held)
      }
    case .structure(let parts):
      for node in children where nodes[node].source >= 0 {
        bind(node, parts[nodes[node].source], &held)
      }
    }
  }
}
