// Spec: 06-base-files. From the bytes of plain values to the values of a column.
import LakeBase
import LakeColumns

/// How plain values of a leaf become values of its column.
enum Conversion: Equatable {
  /// The same bytes, so many each.
  case copy(Int)
  case int32To8, int32To16
  case int32ToDecimal, int64ToDecimal
  case fixedToDecimal(Int)
  case bytesToDecimal
  case int96(TimeUnit)
  case bits
  case bytes
  /// The column holds nulls only.
  case nothing

  init(_ leaf: Leaf) {
    let length = leaf.element.typeLength ?? 0
    switch (leaf.type, leaf.physicalType) {
    case (.null, _): self = .nothing
    case (_, .boolean): self = .bits
    case (.decimal, .int32): self = .int32ToDecimal
    case (.decimal, .int64): self = .int64ToDecimal
    case (.decimal, .fixedLenByteArray): self = .fixedToDecimal(length)
    case (.decimal, .byteArray): self = .bytesToDecimal
    case (.int8, .int32), (.uint8, .int32): self = .int32To8
    case (.int16, .int32), (.uint16, .int32): self = .int32To16
    case (.timestamp(let unit, _), .int96): self = .int96(unit)
    case (_, .int96): self = .int96(.nano)
    case (_, .int32), (_, .float): self = .copy(4)
    case (_, .int64), (_, .double): self = .copy(8)
    case (_, .fixedLenByteArray): self = .copy(length)
    case (_, .byteArray): self = .bytes
    }
  }

  /// Bytes of one value in the column; nil for bits, bytes and nothing.
  var outputWidth: Int? {
    switch self {
    case .copy(let width): width
    case .int32To8: 1
    case .int32To16: 2
    case .int32ToDecimal, .int64ToDecimal, .fixedToDecimal, .bytesToDecimal: 16
    case .int96: 8
    case .bits, .bytes, .nothing: nil
    }
  }
}

/// Converts `count` plain values of fixed width. False where one is beyond its column's range.
func convertPlain(
  _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int,
  _ conversion: Conversion
) -> Bool {
  switch conversion {
  case .copy(let width): target.copyMemory(from: source, byteCount: count &* width)
  case .int32To8:
    let out = target.assumingMemoryBound(to: UInt8.self)
    for k in 0..<count { out[k] = source.load(fromByteOffset: k &* 4, as: UInt8.self) }
  case .int32To16:
    let out = target.assumingMemoryBound(to: UInt16.self)
    for k in 0..<count {
      out[k] = source.loadUnaligned(fromByteOffset: k &* 4, as: UInt16.self)
    }
  case .int32ToDecimal:
    let out = target.assumingMemoryBound(to: Int128.self)
    for k in 0..<count {
      out[k] = Int128(source.loadUnaligned(fromByteOffset: k &* 4, as: Int32.self))
    }
  case .int64ToDecimal:
    let out = target.assumingMemoryBound(to: Int128.self)
    for k in 0..<count {
      out[k] = Int128(source.loadUnaligned(fromByteOffset: k &* 8, as: Int64.self))
    }
  case .fixedToDecimal(let width):
    return convertFixedDecimals(
      source, target.assumingMemoryBound(to: Int128.self), count, width: width)
  case .int96(let unit):
    return convertInt96(source, target.assumingMemoryBound(to: Int64.self), count, unit)
  case .bits, .bytes, .bytesToDecimal, .nothing: return false
  }
  return true
}

private func convertFixedDecimals(
  _ source: UnsafeRawPointer, _ out: UnsafeMutablePointer<Int128>, _ count: Int, width: Int
) -> Bool {
  if width <= 8 {
    // The first `width` bytes of a word are the value; the rest falls out to the right.
    let shift = Int64(64 &- width &* 8)
    for k in 0..<count {
      let word = source.loadUnaligned(fromByteOffset: k &* width, as: UInt64.self).bigEndian
      out[k] = Int128(Int64(bitPattern: word) &>> shift)
    }
    return true
  }
  for k in 0..<count {
    guard let value = bigEndianDecimal(source + k &* width, width) else { return false }
    out[k] = value
  }
  return true
}

/// A big-endian two's complement number of any length, or nil where it exceeds 128 bits.
func bigEndianDecimal(_ source: UnsafeRawPointer, _ width: Int) -> Int128? {
  if width == 0 { return 0 }
  let negative = source.load(as: UInt8.self) >= 0x80
  var value: Int128 = negative ? -1 : 0
  let skipped = max(0, width &- 16)
  let filler: UInt8 = negative ? 0xFF : 0
  for k in 0..<skipped where source.load(fromByteOffset: k, as: UInt8.self) != filler {
    return nil
  }
  for k in skipped..<width {
    value = (value &<< 8) | Int128(source.load(fromByteOffset: k, as: UInt8.self))
  }
  return (value < 0) == negative ? value : nil
}

/// Nanoseconds of the day and Julian day to a timestamp; false where it does not fit 64 bits.
/// Microseconds wrap around instead: Spark's sums do, and it writes its extreme values that way.
/// [PQR-10]
private func convertInt96(
  _ source: UnsafeRawPointer, _ out: UnsafeMutablePointer<Int64>, _ count: Int, _ unit: TimeUnit
) -> Bool {
  let perSecond = unit.perSecond
  let perTick = 1_000_000_000 / perSecond
  let perDay = perSecond &* 86_400
  for k in 0..<count {
    let nanos = source.loadUnaligned(fromByteOffset: k &* 12, as: Int64.self)
    let day = source.loadUnaligned(fromByteOffset: k &* 12 &+ 8, as: Int32.self)
    // 2440588 is the Julian day of 1970-01-01. Rounds down, also before 1970.
    let ticks = nanos >= 0 ? nanos / perTick : 0 &- ((0 &- (nanos &+ 1)) / perTick) &- 1
    let (whole, over) = (Int64(day) &- 2_440_588).multipliedReportingOverflow(by: perDay)
    let (sum, overSum) = whole.addingReportingOverflow(ticks)
    if (over || overSum) && unit != .micro { return false }
    out[k] = sum
  }
  return true
}

/// Gathers `count` values of `width` bytes by code; every code was checked against the dictionary.
func gather(
  _ dictionary: UnsafeRawPointer, _ codes: UnsafePointer<UInt32>,
  _ target: UnsafeMutableRawPointer, _ count: Int, width: Int
) {
  switch width {
  case 1: gather(dictionary, codes, target, count, as: UInt8.self)
  case 2: gather(dictionary, codes, target, count, as: UInt16.self)
  case 4: gather(dictionary, codes, target, count, as: UInt32.self)
  case 8: gather(dictionary, codes, target, count, as: UInt64.self)
  case 16: gather(dictionary, codes, target, count, as: SIMD2<UInt64>.self)
  default:
    for k in 0..<count {
      (target + k &* width).copyMemory(
        from: dictionary + Int(codes[k]) &* width, byteCount: width)
    }
  }
}

private func gather<T: BitwiseCopyable>(
  _ dictionary: UnsafeRawPointer, _ codes: UnsafePointer<UInt32>,
  _ target: UnsafeMutableRawPointer, _ count: Int, as _: T.Type
) {
  let values = dictionary.assumingMemoryBound(to: T.self)
  let out = target.assumingMemoryBound(to: T.self)
  for k in 0..<count { out[k] = values[Int(codes[k])] }
}

/// Values `from..<from + count` of a page of `total` values whose bytes are split into streams.
func mergeStreams(
  _ streams: UnsafeRawPointer, total: Int, from: Int, _ target: UnsafeMutableRawPointer,
  _ count: Int, width: Int
) {
  for stream in 0..<width {
    let source = (streams + (stream &* total &+ from)).assumingMemoryBound(to: UInt8.self)
    let out = (target + stream).assumingMemoryBound(to: UInt8.self)
    for k in 0..<count { out[k &* width] = source[k] }
  }
}
