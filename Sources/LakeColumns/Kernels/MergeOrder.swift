// Spec: 10-merging. Ordering values of log records and base rows, made comparable once.
import LakeBase

/// The ordering values of records that arrive batch by batch. Unlike `RowOrder` it grows, and a
/// null counts as 0 in numbers, dates and times, and as the lowest value in text. [MERGE-14]
public struct MergeOrder: Sendable {
  private enum Keys: Sendable {
    case narrow([Int64])
    case wide([Int128])
    case text(TextKeys)
  }

  private let types: [ColumnType]
  private var keys: [Keys] = []
  public private(set) var count = 0

  /// Throws `typeUnsupported` for a nested type.
  public init(_ types: [ColumnType]) throws(LakeError) {
    self.types = types
    for type in types { keys.append(try Self.empty(type)) }
  }

  private static func empty(_ type: ColumnType) throws(LakeError) -> Keys {
    switch type {
    case .decimal: .wide([])
    case .string, .binary: .text(TextKeys(isText: type == .string))
    case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32,
      .float64, .date, .time, .timestamp:
      .narrow([])
    default: throw LakeError(.typeUnsupported, "a column of type \(type) cannot order rows")
    }
  }

  /// Adds `rows` records; one column per ordering field, of its type.
  public mutating func append(_ columns: [Column], rows: Int) {
    precondition(columns.count == keys.count, "one column per ordering field")
    for (place, column) in columns.enumerated() {
      precondition(column.type == types[place] && column.count == rows, "the field's type")
      let plain = column.decoded()
      // Taken out and put back, so that growing does not copy.
      let old = keys[place]
      keys[place] = .narrow([])
      keys[place] = Self.grown(old, plain)
    }
    count += rows
  }

  private static func grown(_ old: consuming Keys, _ column: Column) -> Keys {
    switch old {
    case .narrow(var values):
      let first = values.count
      values.append(contentsOf: RowOrder.narrow(column))
      if column.nullCount > 0 {
        for row in 0..<column.count where column.isNull(row) { values[first + row] = 0 }
      }
      return .narrow(values)
    case .wide(var values):
      let first = values.count
      values.append(contentsOf: RowOrder.widen(column))
      if column.nullCount > 0 {
        for row in 0..<column.count where column.isNull(row) { values[first + row] = 0 }
      }
      return .wide(values)
    case .text(var texts):
      texts.append(column)
      return .text(texts)
    }
  }

  /// Negative, zero or positive as record `row` is before, equal to or after `otherRow` of `other`,
  /// which has the same types.
  public func compare(_ row: Int, _ other: MergeOrder, _ otherRow: Int) -> Int {
    for place in keys.indices {
      let result: Int
      switch (keys[place], other.keys[place]) {
      case (.narrow(let a), .narrow(let b)): result = order(a[row], b[otherRow])
      case (.wide(let a), .wide(let b)): result = order(a[row], b[otherRow])
      case (.text(let a), .text(let b)): result = a.compare(row, b, otherRow)
      default: preconditionFailure("ordering columns of the same types")
      }
      if result != 0 { return result }
    }
    return 0
  }

  /// The values where one field of a plain type orders the records: the usual case, worth a loop
  /// of its own.
  public var singleValues: [Int64]? {
    if keys.count == 1, case .narrow(let values) = keys[0] { values } else { nil }
  }

  /// For each pair of records, whether the one of this side is at least as new.
  public func isAtLeast(_ rows: [Int32], _ other: MergeOrder, _ otherRows: [Int32]) -> [Bool] {
    if let a = singleValues, let b = other.singleValues {
      return zip(rows, otherRows).map { a[Int($0)] >= b[Int($1)] }
    }
    return zip(rows, otherRows).map { compare(Int($0), other, Int($1)) >= 0 }
  }

  /// The records at `rows`, in that order.
  public func take(_ rows: [Int32]) -> MergeOrder {
    var taken = self
    taken.count = rows.count
    for place in keys.indices {
      switch keys[place] {
      case .narrow(let values): taken.keys[place] = .narrow(rows.map { values[Int($0)] })
      case .wide(let values): taken.keys[place] = .wide(rows.map { values[Int($0)] })
      case .text(let texts): taken.keys[place] = .text(texts.take(rows))
      }
    }
    return taken
  }

  /// Bytes held, for budgets.
  public var byteCount: Int {
    keys.reduce(0) { sum, keys in
      switch keys {
      case .narrow(let values): sum + values.count * 8
      case .wide(let values): sum + values.count * 16
      case .text(let texts): sum + texts.byteCount
      }
    }
  }
}

private func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }

/// Texts one after the other; a null is lower than every text.
private struct TextKeys: Sendable {
  let isText: Bool
  private var bytes: [UInt8] = []
  /// Start of each text, and the end of the last one.
  private var starts: [Int] = [0]
  private var nulls: [Bool] = []

  init(isText: Bool) { self.isText = isText }

  var byteCount: Int { bytes.count + starts.count * 9 }

  mutating func append(_ column: Column) {
    column.withBytes { (ends: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      for row in 0..<column.count {
        let from = Int(ends[row])
        let size = Int(ends[row + 1]) - from
        bytes.append(contentsOf: UnsafeBufferPointer(start: data + from, count: size))
        starts.append(bytes.count)
        nulls.append(column.isNull(row))
      }
    }
  }

  func compare(_ row: Int, _ other: TextKeys, _ otherRow: Int) -> Int {
    if nulls[row] || other.nulls[otherRow] {
      return (nulls[row] ? 0 : 1) - (other.nulls[otherRow] ? 0 : 1)
    }
    return bytes.withUnsafeBytes { (a: UnsafeRawBufferPointer) -> Int in
      other.bytes.withUnsafeBytes { (b: UnsafeRawBufferPointer) -> Int in
        let left = UnsafeRawBufferPointer(rebasing: a[starts[row]..<starts[row + 1]])
        let right = UnsafeRawBufferPointer(
          rebasing: b[other.starts[otherRow]..<other.starts[otherRow + 1]])
        return isText
          ? UTF16Order.compare(left, right) : UTF16Order.compareBytes(left, right)
      }
    }
  }

  func take(_ rows: [Int32]) -> TextKeys {
    var taken = TextKeys(isText: isText)
    for row in rows {
      taken.bytes.append(contentsOf: bytes[starts[Int(row)]..<starts[Int(row) + 1]])
      taken.starts.append(taken.bytes.count)
      taken.nulls.append(nulls[Int(row)])
    }
    return taken
  }
}
