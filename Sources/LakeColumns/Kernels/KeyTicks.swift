// Spec: 11-keys-and-indexes. Columns of any number type as whole numbers, for time-based
// partitions.
import LakeBase

extension KeyText {
  /// Every value truncated to a whole number; 0 where it is null or does not fit 64 bits. Nil for
  /// types that are no numbers.
  public static func wholeNumbers(_ column: Column) -> [Int64]? {
    let plain = column.decoded()
    switch plain.type {
    case .int8: return widened(plain, Int8.self)
    case .int16: return widened(plain, Int16.self)
    case .int32, .date: return widened(plain, Int32.self)
    case .int64, .timestamp: return widened(plain, Int64.self)
    case .uint8: return widened(plain, UInt8.self)
    case .uint16: return widened(plain, UInt16.self)
    case .uint32: return widened(plain, UInt32.self)
    case .uint64: return widened(plain, UInt64.self)
    case .float32:
      return mapped(plain, Float.self) { Int64(exactly: $0.rounded(.towardZero)) ?? 0 }
    case .float64:
      return mapped(plain, Double.self) { Int64(exactly: $0.rounded(.towardZero)) ?? 0 }
    case .decimal(_, let scale):
      var divisor: Int128 = 1
      for _ in 0..<Swift.max(0, Swift.min(scale, 38)) { divisor *= 10 }
      return mapped(plain, Int128.self) { Int64(exactly: $0 / divisor) ?? 0 }
    default: return nil
    }
  }

  private static func widened<T: FixedWidthInteger & BitwiseCopyable>(
    _ column: Column, _: T.Type
  ) -> [Int64] {
    mapped(column, T.self) { Int64(exactly: $0) ?? 0 }
  }

  private static func mapped<T: BitwiseCopyable>(
    _ column: Column, _: T.Type, _ number: (T) -> Int64
  ) -> [Int64] {
    column.withValues(as: T.self) { (values: UnsafePointer<T>) -> [Int64] in
      (0..<column.count).map { column.isNull($0) ? 0 : number(values[$0]) }
    }
  }
}
