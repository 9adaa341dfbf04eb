// Spec: 05a-avro. Where one column's values collect while rows are decoded.
import LakeBase
import LakeColumns

/// The growing buffers of one column, nested ones included. Validity and booleans take a byte a row
/// here and become bits at the end: one store in the hot loop, eight rows a step afterwards.
struct RowSlot {
  enum Shape { case nothing, fixed, bool, bytes, list, structure }

  let type: ColumnType
  let nullable: Bool
  let shape: Shape
  let width: Int
  /// Slots of the children, in order.
  let children: [Int]
  var values = ByteStore()
  var offsets = ByteStore()
  var valid = ByteStore()

  init(_ field: Field, children: [Int]) {
    type = field.type
    nullable = field.nullable && field.type != .null
    width = field.type.fixedWidth ?? 0
    self.children = children
    switch field.type {
    case .null: shape = .nothing
    case .bool: shape = .bool
    case .string, .binary: shape = .bytes
    case .list, .map: shape = .list
    case .structure: shape = .structure
    default: shape = .fixed
    }
    if shape == .bytes || shape == .list { offsets.append(0 as Int32) }
  }

  var largestBuffer: Int { Swift.max(values.count, offsets.count) }
}

extension UnsafeMutablePointer<RowSlot> {
  /// One row without a value, down to the leaves.
  func appendNull(_ index: Int) {
    let slot = self + index
    if slot.pointee.nullable { slot.pointee.valid.append(0 as UInt8) }
    switch slot.pointee.shape {
    case .nothing: return
    case .fixed: slot.pointee.values.append(repeating: 0, count: slot.pointee.width)
    case .bool: slot.pointee.values.append(0 as UInt8)
    case .bytes, .list:
      let last = slot.pointee.offsets.count - 4
      slot.pointee.offsets.append(
        slot.pointee.offsets.base.load(fromByteOffset: last, as: Int32.self))
    case .structure:
      for child in slot.pointee.children { appendNull(child) }
    }
  }

  /// The column of a slot, which starts anew.
  func finish(_ index: Int, rows: Int) throws(LakeError) -> Column {
    let slot = self + index
    let type = slot.pointee.type
    var mask: Bitmap?
    var nulls = 0
    if slot.pointee.nullable {
      let (bits, ones) = packBits(slot.pointee.valid.base, rows)
      slot.pointee.valid.removeAll()
      nulls = rows - ones
      mask = nulls == 0 ? nil : bits
    }
    let layout: Column.Layout
    switch slot.pointee.shape {
    case .nothing: layout = .nothing
    case .fixed: layout = .fixed(slot.pointee.values.take())
    case .bool:
      layout = .bits(packBits(slot.pointee.values.base, rows).bits)
      slot.pointee.values.removeAll()
    case .bytes:
      let offsets = takeOffsets(slot)
      let data = slot.pointee.values.take()
      if type == .string { try checkText(offsets, data, rows) }
      layout = .bytes(offsets: offsets, data: data)
    case .list:
      let offsets = takeOffsets(slot)
      let ends = offsets.pointer.assumingMemoryBound(to: Int32.self)
      let child = try finish(slot.pointee.children[0], rows: Int(ends[rows]))
      layout = .list(offsets: offsets, child: child)
    case .structure:
      var parts: [Column] = []
      for child in slot.pointee.children { parts.append(try finish(child, rows: rows)) }
      layout = .structure(parts)
    }
    return Column(type, count: rows, validity: mask, nullCount: nulls, layout: layout)
  }

  private func takeOffsets(_ slot: UnsafeMutablePointer<RowSlot>) -> Buffer {
    defer { slot.pointee.offsets.append(0 as Int32) }
    return slot.pointee.offsets.take()
  }
}

/// Bytes of 0 and 1 into bits, and how many ones.
func packBits(_ source: UnsafeMutableRawPointer, _ count: Int) -> (bits: Bitmap, ones: Int) {
  let byteCount = (count + 7) / 8
  let memory = Memory(byteCount: byteCount)
  let target = memory.start.assumingMemoryBound(to: UInt8.self)
  var ones = 0
  var row = 0
  while row &+ 8 <= count {
    let eight = UInt64(littleEndian: (source + row).loadUnaligned(as: UInt64.self))
    // Byte i lands on bit 56 + i.
    let bits = UInt8(truncatingIfNeeded: (eight &* 0x0102_0408_1020_4080) &>> 56)
    target[row &>> 3] = bits
    ones &+= bits.nonzeroBitCount
    row &+= 8
  }
  if row < count {
    var bits: UInt8 = 0
    for position in row..<count {
      bits |= (source + position).load(as: UInt8.self) &<< UInt8(position & 7)
    }
    target[row &>> 3] = bits
    ones &+= bits.nonzeroBitCount
  }
  return (Bitmap(Buffer(memory, count: byteCount), count: count), ones)
}

/// All values of a string column are UTF-8 when the whole is and none starts inside a character.
private func checkText(_ offsets: Buffer, _ data: Buffer, _ rows: Int) throws(LakeError) {
  if let bad = UTF8Bytes.firstInvalid(data) {
    throw LakeError(.avroMalformed, "a string is not UTF-8 (byte \(bad) of its column)")
  }
  let base = data.pointer
  guard UTF8Bytes.firstNonASCII(base, from: 0, count: data.count) < data.count else { return }
  let ends = offsets.pointer.assumingMemoryBound(to: Int32.self)
  for row in 0..<rows {
    let start = Int(ends[row])
    if start < data.count, base.load(fromByteOffset: start, as: UInt8.self) & 0xC0 == 0x80 {
      throw LakeError(.avroMalformed, "a string is not UTF-8 (row \(row) of its batch)")
    }
  }
  withExtendedLifetime((offsets, data)) {}
}
