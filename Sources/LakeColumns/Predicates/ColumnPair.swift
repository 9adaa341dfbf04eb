// Spec: 12a-predicates. Two columns compared row by row.
import LakeBase

/// Two columns of comparable types.
struct ColumnPair {
  let left: Column
  let right: Column

  init(_ left: Column, _ right: Column) {
    self.left = left.decoded()
    self.right = right.decoded()
  }

  private enum Family { case whole, real, bytes, time, instant, none }

  private static func family(_ type: ColumnType) -> Family {
    switch type {
    case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .decimal: .whole
    case .float16, .float32, .float64: .real
    case .string, .binary, .fixedBinary: .bytes
    case .time: .time
    case .date, .timestamp: .instant
    case .null, .list, .map, .structure: .none
    }
  }

  /// Numbers with numbers, text with text, bytes with bytes, times with times, dates with dates,
  /// instants with instants, local times with local times.
  static func areComparable(_ left: ColumnType, _ right: ColumnType) -> Bool {
    switch (family(left), family(right)) {
    case (.whole, .whole): (left == .bool) == (right == .bool)
    case (.real, .real): true
    case (.real, .whole): right != .bool
    case (.whole, .real): left != .bool
    case (.bytes, .bytes): (left == .string) == (right == .string)
    case (.time, .time): true
    case (.instant, .instant):
      switch (left, right) {
      case (.date, .date): true
      case (.timestamp(_, let a), .timestamp(_, let b)): a == b
      default: false
      }
    default: false
    }
  }

  func evaluate(_ comparison: RowPredicate.Comparison) -> RowBits {
    let signs = signs()
    switch comparison {
    case .equal: return RowBits.filled(left.count) { signs[$0] == 0 }
    case .less: return RowBits.filled(left.count) { signs[$0] == -1 }
    case .lessOrEqual: return RowBits.filled(left.count) { signs[$0] == -1 || signs[$0] == 0 }
    case .greater: return RowBits.filled(left.count) { signs[$0] == 1 }
    case .greaterOrEqual: return RowBits.filled(left.count) { signs[$0] == 1 || signs[$0] == 0 }
    }
  }

  /// -1, 0, 1, or 2 when one side is not a number.
  private func signs() -> [Int8] {
    if Self.family(left.type) == .bytes {
      return (0..<left.count).map { row in
        let a = left.bytes(row)
        let b = right.bytes(row)
        defer { withExtendedLifetime((a, b)) {} }
        let order = compareBytes(
          a.pointer.assumingMemoryBound(to: UInt8.self), a.count,
          b.pointer.assumingMemoryBound(to: UInt8.self), b.count)
        return Int8(order.signum())
      }
    }
    if Self.family(left.type) != .real && Self.family(right.type) != .real,
      let a = Self.wholes(left), let b = Self.wholes(right)
    {
      return (0..<left.count).map { a[$0] < b[$0] ? -1 : a[$0] == b[$0] ? 0 : 1 }
    }
    let a = Self.doubles(left)
    let b = Self.doubles(right)
    return (0..<left.count).map {
      a[$0] < b[$0] ? -1 : a[$0] == b[$0] ? 0 : a[$0] > b[$0] ? 1 : 2
    }
  }

  /// Numbers at 18 decimals, times in nanoseconds; nil when one does not fit.
  private static func wholes(_ column: Column) -> [Int128]? {
    var tens = 18
    switch column.type {
    case .decimal(_, let scale): tens = 18 - scale
    case .time(let unit), .timestamp(let unit, _): tens = 9 - unit.digits
    default: break
    }
    guard tens >= 0 else { return nil }
    let factor = ValueText.powerOfTen(tens)
    var values: [Int128] = []
    values.reserveCapacity(column.count)
    for row in 0..<column.count {
      let whole: Int128
      switch column.scalar(row) {
      case .int(let value): whole = Int128(value)
      case .uint(let value): whole = Int128(value)
      case .decimal(let value): whole = value
      case .bool(let value): whole = value ? 1 : 0
      default: whole = 0
      }
      let (product, over) = whole.multipliedReportingOverflow(by: factor)
      if over { return nil }
      values.append(product)
    }
    return values
  }

  private static func doubles(_ column: Column) -> [Double] {
    (0..<column.count).map { row in
      switch column.scalar(row) {
      case .int(let value): return Double(value)
      case .uint(let value): return Double(value)
      case .float(let value): return Double(value)
      case .double(let value): return value
      case .decimal(let value):
        guard case .decimal(_, let scale) = column.type else { return Double(value) }
        return Double(value) / Double(ValueText.powerOfTen(scale))
      default: return 0
      }
    }
  }
}
