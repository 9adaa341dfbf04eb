// Spec: 02-columns. Values as scalars: for tests, defaults and small things, never for data.
import LakeBase

extension ColumnBuilder {
  /// One value of any type. Throws `inputValueInvalid` when it does not fit the column's type.
  public func append(_ scalar: Scalar) throws(LakeError) {
    switch (type, scalar) {
    case (_, .null): appendNull()
    case (.bool, .bool(let value)): append(bool: value)
    case (.string, .string(let text)): try append(text: text)
    case (.binary, .binary(let bytes)): try append(bytes: bytes)
    case (.fixedBinary(let size), .binary(let bytes)):
      guard bytes.count == size else { throw misfit(scalar) }
      try append(bytes: bytes)
    case (.float32, .float(let value)): append(value)
    case (.float64, .double(let value)): append(value)
    case (.float16, .float(let value)): append(floatToHalf(value))
    case (.decimal, .decimal(let value)): append(value)
    case (.list, .list(let items)):
      for item in items { try children[0].append(item) }
      try endList()
    case (.map, .map(let entries)):
      for entry in entries {
        try children[0].children[0].append(entry.key)
        try children[0].children[1].append(entry.value)
      }
      try endList()
    case (.structure, .structure(let parts)):
      guard parts.count == children.count else { throw misfit(scalar) }
      for (child, part) in zip(children, parts) { try child.append(part) }
      endStructure()
    default: try appendInteger(scalar)
    }
  }

  private func appendInteger(_ scalar: Scalar) throws(LakeError) {
    switch type {
    case .int8: append(try exact(scalar, Int8.self))
    case .int16: append(try exact(scalar, Int16.self))
    case .int32, .date: append(try exact(scalar, Int32.self))
    case .int64, .timestamp: append(try exact(scalar, Int64.self))
    case .time:
      if width == 4 {
        append(try exact(scalar, Int32.self))
      } else {
        append(try exact(scalar, Int64.self))
      }
    case .uint8: append(try exact(scalar, UInt8.self))
    case .uint16: append(try exact(scalar, UInt16.self))
    case .uint32: append(try exact(scalar, UInt32.self))
    case .uint64: append(try exact(scalar, UInt64.self))
    default: throw misfit(scalar)
    }
  }

  private func exact<T: FixedWidthInteger>(_ scalar: Scalar, _: T.Type) throws(LakeError) -> T {
    let value: T? =
      switch scalar {
      case .int(let number): T(exactly: number)
      case .uint(let number): T(exactly: number)
      default: nil
      }
    guard let value else { throw misfit(scalar) }
    return value
  }

  private func misfit(_ scalar: Scalar) -> LakeError {
    LakeError(.inputValueInvalid, "\(scalar) is no value of \(type)")
  }
}

extension Column {
  /// A column of the given values.
  public init(_ type: ColumnType, scalars: [Scalar]) throws(LakeError) {
    let builder = ColumnBuilder(type, capacity: scalars.count)
    for scalar in scalars { try builder.append(scalar) }
    self = builder.finish()
  }
}

/// Single precision to IEEE half, to nearest, ties to even; works without a half type.
func floatToHalf(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
  let magnitude = bits & 0x7FFF_FFFF
  if magnitude > 0x7F80_0000 { return sign | 0x7E00 }
  if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
  if magnitude < 0x3880_0000 {
    // Below the smallest normal half: in units of its smallest step, 2^-24.
    let steps = (Float(bitPattern: magnitude) * 0x1p24).rounded(.toNearestOrEven)
    return sign | UInt16(steps)
  }
  let rebased = magnitude - (112 << 23)
  let rounded = rebased + 0xFFF + ((rebased >> 13) & 1)
  return sign | UInt16(truncatingIfNeeded: rounded >> 13)
}
