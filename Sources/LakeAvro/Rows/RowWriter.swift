// Spec: 05a-avro. The row loop of encoding: one value at a time from bound columns.
import LakeBase
import LakeColumns

/// Writes values of bound nodes.
struct RowWriter {
  let nodes: UnsafePointer<EncodeNode>
  let pool: [Int]
  let symbols: [[[UInt8]: Int]]

  @inline(__always)
  private func isNull(_ node: UnsafePointer<EncodeNode>, _ row: Int) -> Bool {
    guard let validity = node.pointee.validity else { return node.pointee.allNull }
    let bit = node.pointee.validityOffset &+ row
    return validity[bit &>> 3] & (1 &<< UInt8(bit & 7)) == 0
  }

  @inline(__always)
  private func put(varint value: UInt64, _ out: inout ByteStore) {
    out.reserve(10)
    let start = out.base + out.count
    if value < 0x80 {
      start.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
      out.count &+= 1
      return
    }
    var rest = value
    var at = 0
    while rest >= 0x80 {
      start.storeBytes(
        of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: at, as: UInt8.self)
      rest &>>= 7
      at &+= 1
    }
    start.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: at, as: UInt8.self)
    out.count &+= at &+ 1
  }

  @inline(__always)
  private func put(zigzag value: Int64, _ out: inout ByteStore) {
    put(varint: UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)), &out)
  }

  @inline(__always)
  private func load<T: BitwiseCopyable>(
    _ node: UnsafePointer<EncodeNode>, _ row: Int, _: T.Type
  ) -> T {
    let values = node.pointee.values.unsafelyUnwrapped
    return (values + row &* MemoryLayout<T>.size).loadUnaligned(as: T.self)
  }

  func write(_ index: Int, _ row: Int, _ out: inout ByteStore) throws(LakeError) {
    let node = nodes + index
    if node.pointee.code == .nothing || isNull(node, row) {
      let branch = node.pointee.nullBranch
      if branch >= 0 { return put(zigzag: Int64(branch), &out) }
      if node.pointee.code == .nothing { return }
      throw refused("a null where the schema has none", node)
    }
    let branch = node.pointee.valueBranch
    if branch >= 0 { put(zigzag: Int64(branch), &out) }
    switch node.pointee.code {
    case .int32: put(zigzag: Int64(load(node, row, Int32.self)), &out)
    case .int64: put(zigzag: load(node, row, Int64.self), &out)
    case .double: out.append(load(node, row, UInt64.self))
    case .float: out.append(load(node, row, UInt32.self))
    case .bytes: put(bytes: node, row, &out)
    case .boolean:
      let bit = node.pointee.bitOffset &+ row
      let bits = node.pointee.values.unsafelyUnwrapped
      let byte = bits.load(fromByteOffset: bit &>> 3, as: UInt8.self)
      out.append((byte &>> UInt8(bit & 7)) & 1)
    default: try rare(node, row, &out)
    }
  }

  @inline(__always)
  private func put(bytes node: UnsafePointer<EncodeNode>, _ row: Int, _ out: inout ByteStore) {
    let offsets = node.pointee.offsets.unsafelyUnwrapped
    let start = Int(offsets[row])
    let size = Int(offsets[row &+ 1]) &- start
    put(zigzag: Int64(size), &out)
    out.append(node.pointee.values.unsafelyUnwrapped + start, size)
  }

  @inline(never)
  private func rare(
    _ node: UnsafePointer<EncodeNode>, _ row: Int, _ out: inout ByteStore
  ) throws(LakeError) {
    switch node.pointee.code {
    case .int8: put(zigzag: Int64(load(node, row, Int8.self)), &out)
    case .int16: put(zigzag: Int64(load(node, row, Int16.self)), &out)
    case .uint8: put(zigzag: Int64(load(node, row, UInt8.self)), &out)
    case .uint16: put(zigzag: Int64(load(node, row, UInt16.self)), &out)
    case .uint32: put(zigzag: Int64(load(node, row, UInt32.self)), &out)
    case .half: out.append(halfToFloat(load(node, row, UInt16.self)).bitPattern)
    case .floatAsDouble:
      out.append(Double(Float(bitPattern: load(node, row, UInt32.self))).bitPattern)
    case .fixed:
      let size = node.pointee.size
      out.append(node.pointee.values.unsafelyUnwrapped + row * size, size)
    case .decimalFixed: try put(decimal: node, row, node.pointee.size, &out)
    case .decimalBytes:
      let value = load(node, row, Int128.self)
      let bits = 128 - (value < 0 ? ~value : value).leadingZeroBitCount + 1
      put(zigzag: Int64((bits + 7) / 8), &out)
      try put(decimal: node, row, (bits + 7) / 8, &out)
    case .enumeration: try put(symbol: node, row, &out)
    case .structure: for child in node.pointee.children { try write(pool[child], row, &out) }
    case .members: try put(member: node, row, &out)
    case .list, .map: try put(items: node, row, &out)
    default: return
    }
  }

  private func put(
    items node: UnsafePointer<EncodeNode>, _ row: Int, _ out: inout ByteStore
  ) throws(LakeError) {
    let offsets = node.pointee.offsets.unsafelyUnwrapped
    let items = Int(offsets[row])..<Int(offsets[row + 1])
    if !items.isEmpty {
      put(zigzag: Int64(items.count), &out)
      for item in items {
        for child in node.pointee.children { try write(pool[child], item, &out) }
      }
    }
    out.append(0 as UInt8)
  }

  private func put(
    member node: UnsafePointer<EncodeNode>, _ row: Int, _ out: inout ByteStore
  ) throws(LakeError) {
    for child in node.pointee.children where !isNull(nodes + pool[child], row) {
      return try write(pool[child], row, &out)
    }
    guard node.pointee.nullBranch >= 0 else {
      throw refused("a null where the schema has none", node)
    }
    put(zigzag: Int64(node.pointee.nullBranch), &out)
  }

  private func put(
    symbol node: UnsafePointer<EncodeNode>, _ row: Int, _ out: inout ByteStore
  ) throws(LakeError) {
    let offsets = node.pointee.offsets.unsafelyUnwrapped
    let start = node.pointee.values.unsafelyUnwrapped + Int(offsets[row])
    let text = [UInt8](
      UnsafeRawBufferPointer(start: start, count: Int(offsets[row + 1] - offsets[row])))
    guard let position = symbols[node.pointee.table][text] else {
      throw refused("\"\(String(decoding: text, as: UTF8.self))\" is no symbol", node)
    }
    put(zigzag: Int64(position), &out)
  }

  /// Big-endian two's complement in exactly `size` bytes.
  private func put(
    decimal node: UnsafePointer<EncodeNode>, _ row: Int, _ size: Int, _ out: inout ByteStore
  ) throws(LakeError) {
    let value = load(node, row, Int128.self)
    if size < 16 {
      let rest = value >> Int128(Swift.max(0, 8 * size - 1))
      guard size > 0, rest == 0 || rest == -1 else {
        throw refused("a decimal that does not fit \(size) bytes", node)
      }
    }
    for index in stride(from: size - 1, through: 0, by: -1) {
      out.append(UInt8(truncatingIfNeeded: value >> Int128(Swift.min(127, 8 * index))))
    }
  }

  @inline(never)
  private func refused(_ what: String, _ node: UnsafePointer<EncodeNode>) -> LakeError {
    LakeError(.inputValueInvalid, "the column \"\(node.pointee.name)\" holds \(what)")
  }
}
