// Spec: 01-terms. Bits to row numbers, and batches without the other rows.
import LakeBase

extension Bitmap {
  /// The numbers of the set rows, ascending.
  public func selection() -> [Int32] {
    precondition(count <= Int(Int32.max), "row numbers are 32 bits wide")
    let total = setCount
    let source = aligned()
    return [Int32](unsafeUninitializedCapacity: total) { target, written in
      if let start = target.baseAddress {
        selectRows(source.buffer.pointer, count, start)
      }
      withExtendedLifetime(source) {}
      written = total
    }
  }
}

private func selectRows(
  _ bits: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutablePointer<Int32>
) {
  var row = 0
  var next = 0
  while row < count {
    let many = Swift.min(64, count &- row)
    var word: UInt64 = 0
    if many == 64 {
      word = (bits + row >> 3).loadUnaligned(as: UInt64.self)
    } else {
      var byte = 0
      while byte &* 8 < many {
        let value = bits.load(fromByteOffset: row >> 3 &+ byte, as: UInt8.self)
        word |= UInt64(value) << UInt64(byte &* 8)
        byte &+= 1
      }
      word &= (1 << UInt64(many)) &- 1
    }
    while word != 0 {
      target[next] = Int32(truncatingIfNeeded: row &+ word.trailingZeroBitCount)
      next &+= 1
      word &= word &- 1
    }
    row &+= 64
  }
}

extension RecordBatch {
  /// The rows whose bit is set; the batch itself when all are.
  public func filter(_ rows: Bitmap) -> RecordBatch {
    precondition(rows.count == count, "one bit a row")
    let kept = rows.setCount
    if kept == count { return self }
    if kept == 0 { return slice(0..<0) }
    return take(rows.selection())
  }
}

extension Column {
  /// The rows whose bit is set.
  public func filter(_ rows: Bitmap) -> Column {
    precondition(rows.count == count, "one bit a row")
    return rows.setCount == count ? self : take(rows.selection())
  }
}
