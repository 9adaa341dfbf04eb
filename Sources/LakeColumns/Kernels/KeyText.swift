// Spec: 11-keys-and-indexes. Columns of any key type to the text that keys and partition paths
// consist of.
import LakeBase

/// How key fields become text, a column at a time. Nulls stay nulls.
public enum KeyText {
  /// How timestamps are spelled: writers of other engines disagree. [KEY-1]
  public enum TimestampStyle: Sendable, Hashable {
    /// The stored number.
    case number
    /// `yyyy-mm-dd hh:mm:ss.f…` in UTC, at least one and at most nine fraction digits.
    case text
  }

  /// The text of every value. Throws `typeUnsupported` for nested types, which cannot be keys.
  public static func text(
    _ column: Column, timestamps: TimestampStyle = .number
  ) throws(LakeError) -> Column {
    let plain = column.decoded()
    switch plain.type {
    case .string: return plain
    case .bool: return spelled(plain, 5) { row, out in boolText(plain, row, out) }
    case .int8: return integers(plain, Int8.self)
    case .int16: return integers(plain, Int16.self)
    case .int32: return integers(plain, Int32.self)
    case .int64: return integers(plain, Int64.self)
    case .uint8: return integers(plain, UInt8.self)
    case .uint16: return integers(plain, UInt16.self)
    case .uint32: return integers(plain, UInt32.self)
    case .uint64: return unsigned(plain)
    case .time(let unit):
      return unit == .second || unit == .milli
        ? integers(plain, Int32.self) : integers(plain, Int64.self)
    case .timestamp(let unit, _):
      if timestamps == .number { return integers(plain, Int64.self) }
      return described(plain, Int64.self) { JavaText.timestamp($0, unit) }
    case .date: return described(plain, Int32.self) { JavaText.date(Int64($0)) }
    case .float32: return described(plain, Float.self) { JavaText.float($0) }
    case .float64: return described(plain, Double.self) { JavaText.double($0) }
    case .decimal(_, let scale):
      return described(plain, Int128.self) { JavaText.decimal($0, scale: scale) }
    case .binary: return spelledBytes(plain) { Hex.text($0) }
    case .fixedBinary: return spelledBytes(plain) { JavaText.byteArray($0.bytes) }
    case .float16, .null, .list, .map, .structure:
      throw LakeError(.typeUnsupported, "a key cannot be made of the type \(plain.type)")
    }
  }

  private static func spelled(
    _ column: Column, _ widest: Int, _ write: (Int, UnsafeMutablePointer<UInt8>) -> Int
  ) -> Column {
    let offsets = Memory(byteCount: (column.count + 1) * 4)
    let data = Memory(byteCount: column.count * widest)
    let starts = offsets.start.assumingMemoryBound(to: Int32.self)
    let bytes = data.start.assumingMemoryBound(to: UInt8.self)
    var at = 0
    starts[0] = 0
    for row in 0..<column.count {
      if !column.isNull(row) { at &+= write(row, bytes + at) }
      starts[row &+ 1] = Int32(truncatingIfNeeded: at)
    }
    return Column(
      .string, count: column.count, validity: column.validity, nullCount: column.nullCount,
      layout: .bytes(
        offsets: Buffer(offsets, count: (column.count + 1) * 4), data: Buffer(data, count: at)))
  }

  private static func boolText(
    _ column: Column, _ row: Int, _ out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    guard case .bits(let bits) = column.layout else { return 0 }
    let text: StaticString = bits[row] ? "true" : "false"
    out.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    return text.utf8CodeUnitCount
  }

  private static func integers<T: FixedWidthInteger & BitwiseCopyable>(
    _ column: Column, _: T.Type
  ) -> Column {
    column.withValues(as: T.self) { (values: UnsafePointer<T>) -> Column in
      spelled(column, 20) { row, out in writeDecimal(Int64(truncatingIfNeeded: values[row]), out) }
    }
  }

  private static func unsigned(_ column: Column) -> Column {
    column.withValues(as: UInt64.self) { (values: UnsafePointer<UInt64>) -> Column in
      spelled(column, 20) { row, out in writeDigits(values[row], out) }
    }
  }

  /// For types whose text is made by way of a `String`; dates and floats are rare in keys.
  private static func described<T: BitwiseCopyable>(
    _ column: Column, _: T.Type, _ text: (T) -> String
  ) -> Column {
    collected(column) { row in text(column.value(row, as: T.self)) }
  }

  private static func spelledBytes(_ column: Column, _ text: (Buffer) -> String) -> Column {
    collected(column) { row in text(column.bytes(row)) }
  }

  private static func collected(_ column: Column, _ text: (Int) -> String) -> Column {
    let offsets = GrowingBuffer(capacity: (column.count + 1) * 4)
    let data = GrowingBuffer(capacity: column.count * 16)
    offsets.append(littleEndian: UInt32(0))
    for row in 0..<column.count {
      if !column.isNull(row) { data.append(utf8: text(row)) }
      offsets.append(littleEndian: UInt32(truncatingIfNeeded: data.count))
    }
    return Column(
      .string, count: column.count, validity: column.validity, nullCount: column.nullCount,
      layout: .bytes(offsets: offsets.take(), data: data.take()))
  }
}

/// Writes a signed number in decimal; returns the bytes written, at most 20.
@inline(__always)
private func writeDecimal(_ value: Int64, _ out: UnsafeMutablePointer<UInt8>) -> Int {
  if value >= 0 { return writeDigits(UInt64(value), out) }
  out[0] = 0x2D
  return 1 &+ writeDigits(value.magnitude, out + 1)
}

@inline(__always)
private func writeDigits(_ value: UInt64, _ out: UnsafeMutablePointer<UInt8>) -> Int {
  var width = 1
  var rest = value
  while rest >= 10 {
    rest /= 10
    width &+= 1
  }
  rest = value
  var at = width
  while at > 0 {
    at &-= 1
    out[at] = 0x30 | UInt8(truncatingIfNeeded: rest % 10)
    rest /= 10
  }
  return width
}
