// Spec: 17-limits. What a column holds, for budgets.
import LakeBase

extension Column {
  /// Bytes of the values and validity of this column's rows; shared buffers are counted by their
  /// part.
  public var byteCount: Int {
    let bits = validity == nil ? 0 : (count + 7) / 8
    switch layout {
    case .nothing: return bits
    case .fixed(let values): return bits + values.count
    case .bits: return bits + (count + 7) / 8
    case .bytes(let offsets, _):
      let starts = offsets.pointer.assumingMemoryBound(to: Int32.self)
      defer { withExtendedLifetime(offsets) {} }
      return bits + (count + 1) * 4 + Int(starts[count]) - Int(starts[0])
    case .list(_, let child): return bits + (count + 1) * 4 + child.byteCount
    case .structure(let children): return bits + children.reduce(0) { $0 + $1.byteCount }
    case .dictionary(_, let values): return bits + count * 4 + values.byteCount
    }
  }
}

extension RecordBatch {
  /// Bytes of all columns.
  public var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }
}
