// Spec: 02-columns. Whole columns at once: what concatenation is made of.
import LakeBase

extension ColumnBuilder {
  /// All rows of `column`, which has this builder's layout; a dictionary is replaced by its values.
  /// Throws `limitExceeded` beyond 2 GiB in one column.
  public func append(_ column: Column) throws(LakeError) {
    precondition(column.type.hasSameLayout(as: type), "a column of the builder's type")
    if case .dictionary = column.layout { return try append(column.decoded()) }
    if column.nullCount == column.count, column.count > 0 { return appendNulls(column.count) }
    if column.nullCount > 0 && nulls == 0 { startValidity() }
    switch column.layout {
    case .nothing: break
    case .fixed(let buffer): values.append(buffer.pointer, column.count * width)
    case .bits(let bitmap): bits.append(bitmap)
    case .structure(let parts):
      for (child, part) in zip(children, parts) { try child.append(part) }
    case .bytes(let from, let data): try append(offsets: from, data: data, rows: column.count)
    case .list(let from, let child): try append(offsets: from, child: child, rows: column.count)
    case .dictionary: break
    }
    withExtendedLifetime(column) {}
    finishRows(of: column)
  }

  private func finishRows(of column: Column) {
    rows += column.count
    if shape == .nothing {
      nulls += column.count
      return
    }
    if let mask = column.validity, column.nullCount > 0 {
      validity.append(mask)
    } else if nulls > 0 {
      validity.append(repeating: true, count: column.count)
    }
    nulls += column.nullCount
  }

  private func append(offsets from: Buffer, data: Buffer, rows many: Int) throws(LakeError) {
    let old = from.pointer.assumingMemoryBound(to: Int32.self)
    let first = Int(old[0])
    let size = Int(old[many]) - first
    guard size <= Int(Int32.max) - values.count else { throw tooLarge() }
    shift(old, many, by: values.count - first)
    values.append(data.pointer + first, size)
  }

  private func append(offsets from: Buffer, child: Column, rows many: Int) throws(LakeError) {
    let old = from.pointer.assumingMemoryBound(to: Int32.self)
    let first = Int(old[0])
    let last = Int(old[many])
    guard last - first <= Int(Int32.max) - children[0].rows else { throw tooLarge() }
    shift(old, many, by: children[0].rows - first)
    try children[0].append(child.slice(first..<last))
  }

  /// Appends `many` end offsets, each moved by `distance`.
  private func shift(_ old: UnsafePointer<Int32>, _ many: Int, by distance: Int) {
    offsets.reserve(many * 4)
    let target = (offsets.base + offsets.count).assumingMemoryBound(to: Int32.self)
    let step = Int32(truncatingIfNeeded: distance)
    for row in 0..<many { target[row] = old[row &+ 1] &+ step }
    offsets.count += many * 4
  }
}

extension ColumnType {
  /// Whether values of both types lie in memory in the same way, names and nullability aside.
  public func hasSameLayout(as other: ColumnType) -> Bool {
    switch (self, other) {
    case (.list(let a), .list(let b)): a.type.hasSameLayout(as: b.type)
    case (.map(let k1, let v1), .map(let k2, let v2)):
      k1.type.hasSameLayout(as: k2.type) && v1.type.hasSameLayout(as: v2.type)
    case (.structure(let a), .structure(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.type.hasSameLayout(as: $1.type) }
    default: self == other
    }
  }
}
