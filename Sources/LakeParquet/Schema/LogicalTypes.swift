// Spec: 06-base-files. From a leaf's annotations to the type of its values in memory.
import LakeBase
import LakeColumns

/// The in-memory type of a leaf. An annotation that does not fit the physical type is passed over,
/// except a decimal beyond our digits, which is refused. [PQR-3]
func leafType(
  _ element: SchemaElement, _ limits: Limits, _ int96Unit: TimeUnit
) throws(LakeError) -> ColumnType {
  let length = element.typeLength ?? 0
  if element.type == .fixedLenByteArray {
    guard length >= 0, element.typeLength != nil else {
      throw ParquetSchema.malformed("\"\(element.name)\" is a fixed array without a length")
    }
    guard length <= limits.pageBytesMax else {
      throw LakeError(
        .limitExceeded, "\"\(element.name)\" has values of \(length) bytes (pageBytesMax)")
    }
  }
  if let logical = element.logicalType {
    if let type = try annotated(element, logical, length, limits) { return type }
  } else if let converted = element.convertedType,
    let type = try annotated(element, converted, length, limits)
  {
    return type
  }
  switch element.type {
  case .boolean: return .bool
  case .int32: return .int32
  case .int64: return .int64
  case .int96: return .timestamp(int96Unit, utc: true)
  case .float: return .float32
  case .double: return .float64
  case .fixedLenByteArray: return .fixedBinary(length)
  case .byteArray, nil: return .binary
  }
}

private func annotated(
  _ element: SchemaElement, _ logical: LogicalType, _ length: Int, _ limits: Limits
) throws(LakeError) -> ColumnType? {
  switch (logical, element.type) {
  case (.string, .byteArray), (.enumeration, .byteArray), (.json, .byteArray): return .string
  case (.decimal(let scale, let precision), _):
    return try decimal(element, precision, scale, length, limits)
  case (.date, .int32): return .date
  case (.time(.milli, _), .int32): return .time(.milli)
  case (.time(let unit, _), .int64): return unit == .milli ? nil : .time(unit)
  case (.timestamp(let unit, let utc), .int64): return .timestamp(unit, utc: utc)
  case (.integer(let bits, let signed), .int32): return integer(bits, signed)
  case (.integer(64, let signed), .int64): return signed ? .int64 : .uint64
  case (.unknown, _): return .null
  case (.uuid, .fixedLenByteArray): return .fixedBinary(length)
  case (.float16, .fixedLenByteArray): return length == 2 ? .float16 : nil
  default: return nil
  }
}

private func integer(_ bits: Int, _ signed: Bool) -> ColumnType? {
  switch bits {
  case 8: signed ? .int8 : .uint8
  case 16: signed ? .int16 : .uint16
  case 32: signed ? .int32 : .uint32
  default: nil
  }
}

private func annotated(
  _ element: SchemaElement, _ converted: ConvertedType, _ length: Int, _ limits: Limits
) throws(LakeError) -> ColumnType? {
  switch (converted, element.type) {
  case (.utf8, .byteArray), (.enumeration, .byteArray), (.json, .byteArray): return .string
  case (.decimal, _):
    return try decimal(element, element.precision ?? 0, element.scale ?? 0, length, limits)
  case (.date, .int32): return .date
  case (.timeMillis, .int32): return .time(.milli)
  case (.timeMicros, .int64): return .time(.micro)
  case (.timestampMillis, .int64): return .timestamp(.milli, utc: true)
  case (.timestampMicros, .int64): return .timestamp(.micro, utc: true)
  case (.int8, .int32): return .int8
  case (.int16, .int32): return .int16
  case (.int32, .int32): return .int32
  case (.int64, .int64): return .int64
  case (.uint8, .int32): return .uint8
  case (.uint16, .int32): return .uint16
  case (.uint32, .int32): return .uint32
  case (.uint64, .int64): return .uint64
  default: return nil
  }
}

private func decimal(
  _ element: SchemaElement, _ precision: Int, _ scale: Int, _ length: Int, _ limits: Limits
) throws(LakeError) -> ColumnType? {
  switch element.type {
  case .int32, .int64, .byteArray: break
  case .fixedLenByteArray: if length == 0 { return nil }
  default: return nil
  }
  guard precision > 0, scale >= 0, scale <= precision else {
    throw ParquetSchema.malformed(
      "\"\(element.name)\" is a decimal of precision \(precision) and scale \(scale)")
  }
  guard precision <= limits.decimalPrecisionMax, precision <= 38 else {
    throw LakeError(
      .limitExceeded,
      "\"\(element.name)\" is a decimal of \(precision) digits "
        + "(decimalPrecisionMax \(limits.decimalPrecisionMax))")
  }
  return .decimal(precision: precision, scale: scale)
}
