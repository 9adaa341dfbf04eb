// Spec: 14-text-rows. The loops over fields of text and of binary values.
import LakeBase
import LakeColumns

extension CellJob {
  /// Text: the bytes as they are, without quotes and escapes.
  func strings() throws(ParseFailure) -> Parsed {
    let rows = table.rows
    let total = byteCount()
    let offsetMemory = Memory(byteCount: (rows + 1) * 4)
    let offsets = offsetMemory.start.assumingMemoryBound(to: Int32.self)
    let data = Memory(byteCount: total + 64)
    let out = data.start
    var nulls = NullRows(rows)
    let base = UnsafeRawPointer(table.base)
    let isJSON = isJSON
    let width = table.width
    var cell = table.entries + index
    var written = 0
    offsets[0] = 0
    for row in 0..<rows {
      let entry = cell.pointee
      cell += width
      let start = FieldTable.start(entry)
      let count = FieldTable.end(entry) &- start
      if FieldTable.isQuoted(entry) {
        if FieldTable.isEscaped(entry) {
          written &+= try unescape(
            table.base, start, count,
            to: (out + written).assumingMemoryBound(to: UInt8.self))
        } else {
          copyWide(base + start, count, to: out + written)
          written &+= count
        }
      } else if parser.isNullWord(table.base + start, count) {
        nulls.insert(row)
      } else {
        if isJSON && table.base[start] > 0x39 {
          throw failure(row, "is not text")
        }
        copyWide(base + start, count, to: out + written)
        written &+= count
      }
      offsets[row &+ 1] = Int32(truncatingIfNeeded: written)
    }
    let layout = Column.Layout.bytes(
      offsets: Buffer(offsetMemory, count: (rows + 1) * 4), data: Buffer(data, count: written))
    return (layout, nulls)
  }

  /// Bytes of all fields of the column; never less than what they unescape to.
  private func byteCount() -> Int {
    var total = 0
    var cell = table.entries + index
    for _ in 0..<table.rows {
      let entry = cell.pointee
      total &+= FieldTable.end(entry) &- FieldTable.start(entry)
      cell += table.width
    }
    return total
  }

  /// Hexadecimal digits.
  func binaries() throws(ParseFailure) -> Parsed {
    let rows = table.rows
    let offsetMemory = Memory(byteCount: (rows + 1) * 4)
    let offsets = offsetMemory.start.assumingMemoryBound(to: Int32.self)
    let data = Memory(byteCount: byteCount() / 2 + rows)
    let out = data.start.assumingMemoryBound(to: UInt8.self)
    var nulls = NullRows(rows)
    var written = 0
    offsets[0] = 0
    for row in 0..<rows {
      let entry = entry(row)
      let start = FieldTable.start(entry)
      let count = FieldTable.end(entry) - start
      if !FieldTable.isQuoted(entry) && isNull(entry) {
        nulls.insert(row)
      } else {
        guard ValueText.hexadecimal(table.base + start, count, into: out + written) else {
          throw failure(row)
        }
        written += count / 2
      }
      offsets[row + 1] = Int32(truncatingIfNeeded: written)
    }
    let layout = Column.Layout.bytes(
      offsets: Buffer(offsetMemory, count: (rows + 1) * 4), data: Buffer(data, count: written))
    return (layout, nulls)
  }
}

/// Copies in steps of 16 bytes; both sides have 16 bytes to spare.
@inline(__always)
private func copyWide(
  _ source: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer
) {
  var at = 0
  while at < count {
    target.storeBytes(
      of: (source + at).loadUnaligned(as: SIMD16<UInt8>.self), toByteOffset: at,
      as: SIMD16<UInt8>.self)
    at &+= 16
  }
}
