// Spec: 01-terms. One value, for people, predicates and statistics; never on the data path.
import LakeBase

/// One value of any type.
public indirect enum Scalar: Sendable, Hashable {
  case null
  case bool(Bool)
  /// Integers of every width, dates (days), times and timestamps (in their unit).
  case int(Int64)
  case uint(UInt64)
  case float(Float)
  case double(Double)
  /// Unscaled; the scale is the column type's.
  case decimal(Int128)
  case string(String)
  case binary([UInt8])
  case list([Scalar])
  case map([(key: Scalar, value: Scalar)])
  case structure([Scalar])

  public static func == (left: Scalar, right: Scalar) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.uint(let a), .uint(let b)): a == b
    case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.decimal(let a), .decimal(let b)): a == b
    case (.string(let a), .string(let b)): Array(a.utf8) == Array(b.utf8)
    case (.binary(let a), .binary(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.map(let a), .map(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    case (.structure(let a), .structure(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(value)
    case .uint(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value.bitPattern)
    case .double(let value): hasher.combine(value.bitPattern)
    case .decimal(let value): hasher.combine(value)
    case .string(let value): hasher.combine(Array(value.utf8))
    case .binary(let value): hasher.combine(value)
    case .list(let values), .structure(let values): hasher.combine(values)
    case .map(let entries):
      for entry in entries {
        hasher.combine(entry.key)
        hasher.combine(entry.value)
      }
    }
  }
}

extension Column {
  /// The value of a row.
  public func scalar(_ row: Int) -> Scalar {
    if isNull(row) { return .null }
    switch layout {
    case .nothing: return .null
    case .bits(let bits): return .bool(bits[row])
    case .bytes: return type == .string ? .string(string(row)) : .binary(bytes(row).bytes)
    case .fixed: return fixedScalar(row)
    case .structure(let children): return .structure(children.map { $0.scalar(row) })
    case .dictionary(let codes, let values):
      return values.scalar(Int(codes.pointer.assumingMemoryBound(to: Int32.self)[row]))
    case .list(let offsets, let child):
      let pointer = offsets.pointer.assumingMemoryBound(to: Int32.self)
      let rows = Int(pointer[row])..<Int(pointer[row + 1])
      guard case .map = type else { return .list(rows.map { child.scalar($0) }) }
      return .map(
        rows.map { entry in
          guard case .structure(let pair) = child.scalar(entry) else { return (.null, .null) }
          return (pair[0], pair[1])
        })
    }
  }

  private func fixedScalar(_ row: Int) -> Scalar {
    switch type {
    case .int8: .int(Int64(value(row, as: Int8.self)))
    case .int16: .int(Int64(value(row, as: Int16.self)))
    case .int32, .date: .int(Int64(value(row, as: Int32.self)))
    case .int64, .timestamp: .int(value(row, as: Int64.self))
    case .time(let unit):
      unit == .second || unit == .milli
        ? .int(Int64(value(row, as: Int32.self))) : .int(value(row, as: Int64.self))
    case .uint8: .uint(UInt64(value(row, as: UInt8.self)))
    case .uint16: .uint(UInt64(value(row, as: UInt16.self)))
    case .uint32: .uint(UInt64(value(row, as: UInt32.self)))
    case .uint64: .uint(value(row, as: UInt64.self))
    case .float16: .float(halfToFloat(value(row, as: UInt16.self)))
    case .float32: .float(value(row, as: Float.self))
    case .float64: .double(value(row, as: Double.self))
    case .decimal: .decimal(value(row, as: Int128.self))
    case .fixedBinary: .binary(bytes(row).bytes)
    default: .null
    }
  }
}

/// IEEE half precision to single, exactly; works on processors without a half type.
public func halfToFloat(_ bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let exponent = UInt32(bits >> 10) & 0x1F
  let fraction = UInt32(bits & 0x3FF)
  if exponent == 31 { return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13) }
  if exponent == 0 {
    let magnitude = Float(fraction) * 0x1p-24
    return sign == 0 ? magnitude : -magnitude
  }
  return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
}
