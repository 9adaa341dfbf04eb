// Spec: 10-merging. Which of two versions of a row is the newer one, by the ordering columns.
import LakeBase

/// The ordering columns of many rows, made comparable once and then compared row against row.
///
/// Integers, dates, times and timestamps by value; floats as Java compares them (NaN greatest, −0
/// below 0); decimals by value; text by UTF-16 code units; binary by bytes. A null is lower than
/// every value.
public struct RowOrder: Sendable {
  private enum Keys: Sendable {
    case narrow([Int64], Bitmap?)
    case wide([Int128], Bitmap?)
    case text(Column)
  }

  private let keys: [Keys]

  /// No ordering columns: all rows are equal.
  public static let none = RowOrder()

  private init() { keys = [] }

  /// Throws `typeUnsupported` for a nested column.
  public init(_ columns: [Column]) throws(LakeError) {
    var keys: [Keys] = []
    for column in columns { keys.append(try Self.normalize(column.decoded())) }
    self.keys = keys
  }

  private static func normalize(_ column: Column) throws(LakeError) -> Keys {
    switch column.type {
    case .decimal: return .wide(widen(column), column.validity)
    case .string, .binary: return .text(column)
    case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32,
      .float64, .date, .time, .timestamp:
      return .narrow(narrow(column), column.validity)
    default:
      throw LakeError(.typeUnsupported, "a column of type \(column.type) cannot order rows")
    }
  }

  static func widen(_ column: Column) -> [Int128] {
    column.withValues(as: Int128.self) { (values: UnsafePointer<Int128>) -> [Int128] in
      Array(UnsafeBufferPointer(start: values, count: column.count))
    }
  }

  static func narrow(_ column: Column) -> [Int64] {
    func read<T: BitwiseCopyable>(_: T.Type, _ key: (T) -> Int64) -> [Int64] {
      column.withValues(as: T.self) { (values: UnsafePointer<T>) -> [Int64] in
        [Int64](unsafeUninitializedCapacity: column.count) { out, initialized in
          for row in 0..<column.count { out[row] = key(values[row]) }
          initialized = column.count
        }
      }
    }
    switch (column.type, column.type.fixedWidth) {
    case (.bool, _):
      guard case .bits(let bits) = column.layout else { return [] }
      return (0..<column.count).map { bits[$0] ? 1 : 0 }
    case (.uint8, _): return read(UInt8.self) { Int64($0) }
    case (.uint16, _): return read(UInt16.self) { Int64($0) }
    case (.uint32, _): return read(UInt32.self) { Int64($0) }
    case (.uint64, _): return read(UInt64.self) { Int64(bitPattern: $0 ^ (1 << 63)) }
    case (.float32, _): return read(Float.self) { orderedBits(Double($0)) }
    case (.float64, _): return read(Double.self) { orderedBits($0) }
    case (_, 1): return read(Int8.self) { Int64($0) }
    case (_, 2): return read(Int16.self) { Int64($0) }
    case (_, 4): return read(Int32.self) { Int64($0) }
    default: return read(Int64.self) { $0 }
    }
  }

  /// Negative, zero or positive as row `row` of this is before, equal to or after row `otherRow` of
  /// `other`. Both must have been made from columns of the same types.
  public func compare(_ row: Int, _ other: RowOrder, _ otherRow: Int) -> Int {
    for (mine, theirs) in zip(keys, other.keys) {
      let result: Int
      switch (mine, theirs) {
      case (.narrow(let a, let av), .narrow(let b, let bv)):
        result = order(a[row], av?[row] ?? true, b[otherRow], bv?[otherRow] ?? true)
      case (.wide(let a, let av), .wide(let b, let bv)):
        result = order(a[row], av?[row] ?? true, b[otherRow], bv?[otherRow] ?? true)
      case (.text(let a), .text(let b)): result = orderText(a, row, b, otherRow)
      default: preconditionFailure("ordering columns of the same types")
      }
      if result != 0 { return result }
    }
    return 0
  }

  /// For each pair of rows, whether the incoming row wins: it is newer, or equally new (ties go to
  /// the later write). [MERGE-2]
  public func incomingWins(
    _ incomingRows: [Int32], over base: RowOrder, _ baseRows: [Int32]
  ) -> [Bool] {
    zip(incomingRows, baseRows).map { compare(Int($0), base, Int($1)) >= 0 }
  }

  /// The winning row of every entry: the newest by order, the last of equally new ones; without
  /// ordering columns simply the last. Rows with entry −1 do not take part. [MERGE-3]
  public func latest(_ entries: [Int32], entryCount: Int) -> [Int32] {
    var winners = [Int32](repeating: -1, count: entryCount)
    for (row, entry) in entries.enumerated() where entry >= 0 {
      let current = winners[Int(entry)]
      if current < 0 || keys.isEmpty || compare(row, self, Int(current)) >= 0 {
        winners[Int(entry)] = Int32(row)
      }
    }
    return winners
  }
}

private func order<T: Comparable>(_ a: T, _ aValid: Bool, _ b: T, _ bValid: Bool) -> Int {
  if !aValid || !bValid { return (aValid ? 1 : 0) - (bValid ? 1 : 0) }
  return a < b ? -1 : a > b ? 1 : 0
}

private func orderText(_ a: Column, _ row: Int, _ b: Column, _ otherRow: Int) -> Int {
  if a.isNull(row) || b.isNull(otherRow) {
    return (a.isNull(row) ? 0 : 1) - (b.isNull(otherRow) ? 0 : 1)
  }
  return a.bytes(row).withUnsafeBytes { (x: UnsafeRawBufferPointer) -> Int in
    b.bytes(otherRow).withUnsafeBytes { (y: UnsafeRawBufferPointer) -> Int in
      a.type == .string ? UTF16Order.compare(x, y) : UTF16Order.compareBytes(x, y)
    }
  }
}

/// Doubles as integers in Java's order: −0 before 0, every NaN equal and after everything.
private func orderedBits(_ value: Double) -> Int64 {
  if value.isNaN { return Int64.max }
  let bits = Int64(bitPattern: value.bitPattern)
  return bits < 0 ? Int64.min &+ ~bits : bits
}
