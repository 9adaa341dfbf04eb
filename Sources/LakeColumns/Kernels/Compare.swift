// Spec: 12a-predicates. The order of bytes and of values.
import LakeBase

/// Negative, zero or positive as `left` is before, equal to or after `right`, byte by byte unsigned;
/// a prefix comes first.
@inlinable
public func compareBytes(
  _ left: UnsafePointer<UInt8>?, _ leftCount: Int, _ right: UnsafePointer<UInt8>?, _ rightCount: Int
) -> Int {
  guard let left, let right else { return leftCount &- rightCount }
  let common = leftCount < rightCount ? leftCount : rightCount
  var at = 0
  while at &+ 8 <= common {
    let a = (UnsafeRawPointer(left) + at).loadUnaligned(as: UInt64.self)
    let b = (UnsafeRawPointer(right) + at).loadUnaligned(as: UInt64.self)
    if a != b { return a.bigEndian < b.bigEndian ? -1 : 1 }
    at &+= 8
  }
  while at < common {
    if left[at] != right[at] { return left[at] < right[at] ? -1 : 1 }
    at &+= 1
  }
  return leftCount &- rightCount
}

extension Column {
  /// The order of pairs of rows of two columns of one type: -1, 0 or 1 for `rows[i]` of this column
  /// against `others[i]` of `other`. Nulls come first; NaN comes last and equals itself; -0 is below 0.
  public func order(
    _ rows: UnsafeBufferPointer<Int32>, _ other: Column, _ others: UnsafeBufferPointer<Int32>
  ) -> [Int8] {
    precondition(type == other.type && rows.count == others.count, "pairs of one type")
    var result = [Int8](repeating: 0, count: rows.count)
    switch (layout, other.layout) {
    case (.fixed(let left), .fixed(let right)):
      orderFixed(left.pointer, right.pointer, rows, others, &result)
      withExtendedLifetime((left, right)) {}
    case (.bytes(let leftOffsets, let leftData), .bytes(let rightOffsets, let rightData)):
      let a = leftOffsets.pointer.assumingMemoryBound(to: Int32.self)
      let b = rightOffsets.pointer.assumingMemoryBound(to: Int32.self)
      let aData = leftData.pointer.assumingMemoryBound(to: UInt8.self)
      let bData = rightData.pointer.assumingMemoryBound(to: UInt8.self)
      for index in 0..<rows.count {
        let i = Int(rows[index])
        let j = Int(others[index])
        let sign = compareBytes(
          aData + Int(a[i]), Int(a[i + 1] - a[i]), bData + Int(b[j]), Int(b[j + 1] - b[j]))
        result[index] = Int8(sign.signum())
      }
      withExtendedLifetime((leftOffsets, leftData, rightOffsets, rightData)) {}
    case (.dictionary, _), (_, .dictionary):
      return decoded().order(rows, other.decoded(), others)
    case (.bits(let left), .bits(let right)):
      for index in 0..<rows.count {
        let a: Int8 = left[Int(rows[index])] ? 1 : 0
        result[index] = a - (right[Int(others[index])] ? 1 : 0)
      }
    default: break
    }
    if nullCount > 0 || other.nullCount > 0 {
      for index in 0..<rows.count {
        let a = isNull(Int(rows[index]))
        let b = other.isNull(Int(others[index]))
        if a || b { result[index] = a == b ? 0 : a ? -1 : 1 }
      }
    }
    return result
  }

  private func orderFixed(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ rows: UnsafeBufferPointer<Int32>,
    _ others: UnsafeBufferPointer<Int32>, _ result: inout [Int8]
  ) {
    switch type {
    case .int8: orderValues(left, right, rows, others, &result, Int8.self)
    case .int16: orderValues(left, right, rows, others, &result, Int16.self)
    case .int32, .date: orderValues(left, right, rows, others, &result, Int32.self)
    case .int64, .timestamp: orderValues(left, right, rows, others, &result, Int64.self)
    case .uint8: orderValues(left, right, rows, others, &result, UInt8.self)
    case .uint16: orderValues(left, right, rows, others, &result, UInt16.self)
    case .uint32: orderValues(left, right, rows, others, &result, UInt32.self)
    case .uint64: orderValues(left, right, rows, others, &result, UInt64.self)
    case .decimal: orderValues(left, right, rows, others, &result, Int128.self)
    case .time:
      if type.fixedWidth == 4 {
        orderValues(left, right, rows, others, &result, Int32.self)
      } else {
        orderValues(left, right, rows, others, &result, Int64.self)
      }
    case .float16, .float32, .float64:
      for index in 0..<rows.count {
        let a = totalOrder(left, Int(rows[index]))
        let b = totalOrder(right, Int(others[index]))
        result[index] = a < b ? -1 : a == b ? 0 : 1
      }
    case .fixedBinary(let width):
      let a = left.assumingMemoryBound(to: UInt8.self)
      let b = right.assumingMemoryBound(to: UInt8.self)
      for index in 0..<rows.count {
        let sign = compareBytes(
          a + Int(rows[index]) * width, width, b + Int(others[index]) * width, width)
        result[index] = Int8(sign.signum())
      }
    default: break
    }
  }

  /// An integer whose order is that of the floating-point values.
  private func totalOrder(_ start: UnsafeRawPointer, _ row: Int) -> Int64 {
    let value: Double
    switch type {
    case .float16: value = Double(halfToFloat(start.load(fromByteOffset: row * 2, as: UInt16.self)))
    case .float32: value = Double(start.load(fromByteOffset: row * 4, as: Float.self))
    default: value = start.load(fromByteOffset: row * 8, as: Double.self)
    }
    if value.isNaN { return .max }
    let bits = Int64(bitPattern: value.bitPattern)
    return bits < 0 ? bits ^ .max : bits
  }
}

private func orderValues<T: FixedWidthInteger>(
  _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ rows: UnsafeBufferPointer<Int32>,
  _ others: UnsafeBufferPointer<Int32>, _ result: inout [Int8], _: T.Type
) {
  let a = left.assumingMemoryBound(to: T.self)
  let b = right.assumingMemoryBound(to: T.self)
  for index in 0..<rows.count {
    let i = a[Int(rows[index])]
    let j = b[Int(others[index])]
    result[index] = i < j ? -1 : i == j ? 0 : 1
  }
}
