// Spec: 12a-predicates. The bounds of a column, as statistics state them.
import LakeBase

extension Column {
  /// Least and greatest value with the counts of nulls and rows. NaN is left out; a zero bound is
  /// -0 below and 0 above. Nested and null columns have counts only.
  public func bounds() -> ColumnBounds {
    var result = ColumnBounds(nullCount: nullCount, rowCount: count)
    guard nullCount < count else { return result }
    switch layout {
    case .nothing, .list, .structure: break
    case .dictionary: return decoded().bounds()
    case .bits:
      for row in 0..<count where !isNull(row) { widen(&result, scalar(row)) }
    case .bytes: boundRows { compareRows($0, $1) < 0 }.map { result.set(scalar($0), scalar($1)) }
    case .fixed(let buffer):
      boundFixed(buffer.pointer, &result)
      withExtendedLifetime(buffer) {}
    }
    return result
  }

  private func widen(_ result: inout ColumnBounds, _ value: Scalar) {
    guard case .bool(let bit) = value else { return }
    if result.min == nil || !bit { result.min = value }
    if result.max == nil || bit { result.max = value }
  }

  private func boundFixed(_ start: UnsafeRawPointer, _ result: inout ColumnBounds) {
    let rows: (Int, Int)?
    switch type {
    case .int8: rows = boundRows(start, Int8.self)
    case .int16: rows = boundRows(start, Int16.self)
    case .int32, .date: rows = boundRows(start, Int32.self)
    case .int64, .timestamp: rows = boundRows(start, Int64.self)
    case .time:
      rows = type.fixedWidth == 4 ? boundRows(start, Int32.self) : boundRows(start, Int64.self)
    case .uint8: rows = boundRows(start, UInt8.self)
    case .uint16: rows = boundRows(start, UInt16.self)
    case .uint32: rows = boundRows(start, UInt32.self)
    case .uint64: rows = boundRows(start, UInt64.self)
    case .decimal: rows = boundRows(start, Int128.self)
    case .fixedBinary: rows = boundRows { compareRows($0, $1) < 0 }
    case .float16, .float32, .float64: return boundFloats(&result)
    default: rows = nil
    }
    if let rows { result.set(scalar(rows.0), scalar(rows.1)) }
  }

  private func boundFloats(_ result: inout ColumnBounds) {
    var low = Double.infinity
    var high = -Double.infinity
    var hasValue = false
    for row in 0..<count where !isNull(row) {
      let value: Double
      switch scalar(row) {
      case .float(let single): value = Double(single)
      case .double(let double): value = double
      default: continue
      }
      if value.isNaN { continue }
      hasValue = true
      if value < low { low = value }
      if value > high { high = value }
    }
    guard hasValue else { return }
    if low == 0 { low = -0.0 }
    if high == 0 { high = 0.0 }
    if type == .float64 {
      result.set(.double(low), .double(high))
    } else {
      result.set(.float(Float(low)), .float(Float(high)))
    }
  }

  /// The rows of the least and the greatest value.
  private func boundRows<T: FixedWidthInteger & BitwiseCopyable>(
    _ start: UnsafeRawPointer, _: T.Type
  ) -> (Int, Int)? {
    let values = start.assumingMemoryBound(to: T.self)
    return boundRows { values[$0] < values[$1] }
  }

  @inline(__always)
  private func boundRows(_ isBefore: (Int, Int) -> Bool) -> (Int, Int)? {
    var low = -1
    var high = -1
    for row in 0..<count where !isNull(row) {
      if low < 0 || isBefore(row, low) { low = row }
      if high < 0 || isBefore(high, row) { high = row }
    }
    return low < 0 ? nil : (low, high)
  }

  private func compareRows(_ left: Int, _ right: Int) -> Int {
    switch layout {
    case .bytes(let offsets, let data):
      let at = offsets.pointer.assumingMemoryBound(to: Int32.self)
      let start = data.pointer.assumingMemoryBound(to: UInt8.self)
      return compareBytes(
        start + Int(at[left]), Int(at[left + 1] - at[left]),
        start + Int(at[right]), Int(at[right + 1] - at[right]))
    case .fixed(let buffer):
      let width = type.fixedWidth ?? 0
      let start = buffer.pointer.assumingMemoryBound(to: UInt8.self)
      return compareBytes(start + left * width, width, start + right * width, width)
    default: return 0
    }
  }
}

extension ColumnBounds {
  fileprivate mutating func set(_ low: Scalar, _ high: Scalar) {
    min = low
    max = high
  }

  /// Bounds of both sets of rows together; unknown where one side's are, or where the two cannot be
  /// compared.
  public func merged(_ other: ColumnBounds) -> ColumnBounds {
    func sum(_ a: Int?, _ b: Int?) -> Int? {
      guard let a, let b else { return nil }
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? nil : sum
    }
    var both = ColumnBounds(
      nullCount: sum(nullCount, other.nullCount), rowCount: sum(rowCount, other.rowCount))
    // A side without values has no bounds to widen the other's.
    guard mayHaveValues && other.mayHaveValues else {
      let side = mayHaveValues ? self : other
      (both.min, both.max) = (side.min, side.max)
      return both
    }
    if let a = min, let b = other.min, let isLess = b.precedes(a) { both.min = isLess ? b : a }
    if let a = max, let b = other.max, let isLess = a.precedes(b) { both.max = isLess ? b : a }
    return both
  }

  /// Whether the lower bound is above the upper, cannot be compared with it, or one is NaN: then
  /// they are no bounds.
  public var isCrossed: Bool {
    guard let min, let max else { return false }
    return max.precedes(min) ?? true || min.isNaN || max.isNaN
  }
}

extension Scalar {
  fileprivate var isNaN: Bool {
    switch self {
    case .float(let value): value.isNaN
    case .double(let value): value.isNaN
    default: false
    }
  }

  /// The order of values of one type; nil for kinds without an order.
  fileprivate func precedes(_ other: Scalar) -> Bool? {
    switch (self, other) {
    case (.bool(let a), .bool(let b)): !a && b
    case (.int(let a), .int(let b)): a < b
    case (.uint(let a), .uint(let b)): a < b
    case (.float(let a), .float(let b)): a < b
    case (.double(let a), .double(let b)): a < b
    case (.decimal(let a), .decimal(let b)): a < b
    case (.string(let a), .string(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.binary(let a), .binary(let b)): a.lexicographicallyPrecedes(b)
    default: nil
    }
  }
}
