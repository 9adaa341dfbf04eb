// Spec: 06-base-files. The values of one leaf of one batch, dense and in the form that is stored.
import LakeBase
import LakeColumns

/// How a leaf's values pass through the encoders.
enum Lane: Sendable {
  /// Nothing but nulls.
  case none
  case bits
  /// INT32 and FLOAT.
  case words4
  /// INT64, DOUBLE and decimals of up to 18 digits.
  case words8
  /// BYTE_ARRAY and FIXED_LEN_BYTE_ARRAY.
  case bytes
}

extension WriteLeaf {
  var lane: Lane {
    switch type {
    case .null, .list, .map, .structure: .none
    case .bool: .bits
    case .int8, .int16, .int32, .uint8, .uint16, .uint32, .float32, .date: .words4
    case .time(let unit): unit == .second || unit == .milli ? .words4 : .words8
    case .int64, .uint64, .float64, .timestamp: .words8
    case .decimal(let precision, _): precision <= 18 ? .words8 : .bytes
    case .string, .binary, .fixedBinary, .float16: .bytes
    }
  }

  /// Width of the big-endian form where words are decimals.
  var bigEndianWidth: Int? {
    if case .decimal = type, lane == .words8 { return typeLength }
    return nil
  }
}

/// Dense values: row by row without the nulls. Pointers live as long as `owners` and the scratch.
struct LeafValues {
  var count = 0
  var words: UnsafeRawPointer?
  var ranges: ByteRanges?
  /// The column of a boolean leaf; `rows` picks the values where it is not nil.
  var bits: Bitmap?
  var rows: UnsafePointer<Int32>?
  /// Codes into `dictionary`, where the column came as one.
  var codes: UnsafePointer<Int32>?
  var dictionary: Column?
  var owners: [Column] = []
}

/// Brings columns into the form that is stored; its scratch memory is reused from batch to batch.
final class LeafConverter {
  private let leaf: WriteLeaf
  private let lane: Lane
  private let picked = GrowingBuffer()
  private let converted = GrowingBuffer()
  private let starts = GrowingBuffer()
  private let ends = GrowingBuffer()
  private let rowNumbers = GrowingBuffer()

  init(_ leaf: WriteLeaf) {
    self.leaf = leaf
    lane = leaf.lane
  }

  /// The rows of a flat column that have a value, as Int32 row numbers.
  func validRows(_ validity: Bitmap, count: Int) -> UnsafePointer<Int32> {
    rowNumbers.removeAll()
    rowNumbers.reserve(count * 4 + 4)
    let target = rowNumbers.pointer.assumingMemoryBound(to: Int32.self)
    let bits = validity.aligned()
    bits.buffer.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Void in
      if let base = raw.baseAddress { listSetBits(base, bits.count, target, count) }
    }
    rowNumbers.setCount(count * 4)
    return UnsafePointer(target)
  }

  /// - Parameter rows: the rows that count, or nil for all of them.
  func values(
    _ given: Column, rows: UnsafePointer<Int32>?, count: Int
  ) throws(LakeError) -> LeafValues {
    var column = given
    if case .dictionary = given.layout, lane != .bytes || !isVariable { column = given.decoded() }
    var values = LeafValues()
    values.count = count
    values.owners = [column]
    switch lane {
    case .none: break
    case .bits:
      guard case .bits(let bits) = column.layout else { throw mismatch(given) }
      values.bits = bits
      values.rows = rows
    case .words4, .words8:
      guard case .fixed(let buffer) = column.layout, column.type == leaf.type else {
        throw mismatch(given)
      }
      values.words = try words(buffer.pointer, column.count, rows, count)
    case .bytes:
      try fillBytes(&values, column, rows, count)
    }
    return values
  }

  private var isVariable: Bool { leaf.physical == .byteArray }

  private func mismatch(_ column: Column) -> LakeError {
    LakeError(
      .schemaMismatch,
      "column \"\(leaf.name)\" is declared \(leaf.type) and arrives as \(column.type)")
  }

  private func pick<T: BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ rows: UnsafePointer<Int32>?, _ count: Int, _: T.Type
  ) -> UnsafePointer<T> {
    let values = source.assumingMemoryBound(to: T.self)
    guard let rows else { return values }
    picked.removeAll()
    picked.reserve(count * MemoryLayout<T>.size)
    let target = picked.pointer.assumingMemoryBound(to: T.self)
    for index in 0..<count { target[index] = values[Int(rows[index])] }
    return UnsafePointer(target)
  }

  private func room<T: BitwiseCopyable>(_ count: Int, _: T.Type) -> UnsafeMutablePointer<T> {
    converted.removeAll()
    converted.reserve(count * MemoryLayout<T>.size)
    return converted.pointer.assumingMemoryBound(to: T.self)
  }

  private func words(
    _ source: UnsafeRawPointer, _ rowCount: Int, _ rows: UnsafePointer<Int32>?, _ count: Int
  ) throws(LakeError) -> UnsafeRawPointer {
    switch leaf.type {
    case .int8: return widen(pick(source, rows, count, Int8.self), count)
    case .int16: return widen(pick(source, rows, count, Int16.self), count)
    case .uint8: return widen(pick(source, rows, count, UInt8.self), count)
    case .uint16: return widen(pick(source, rows, count, UInt16.self), count)
    case .decimal(let precision, _):
      return try narrow(pick(source, rows, count, Int128.self), count, precision)
    case .time(.second):
      let values = pick(source, rows, count, Int32.self)
      let target = room(count, Int32.self)
      for index in 0..<count {
        let (product, overflow) = values[index].multipliedReportingOverflow(by: 1000)
        if overflow { throw outOfRange("\(values[index]) s") }
        target[index] = product
      }
      return UnsafeRawPointer(target)
    case .timestamp(.second, _):
      let values = pick(source, rows, count, Int64.self)
      let target = room(count, Int64.self)
      for index in 0..<count {
        let (product, overflow) = values[index].multipliedReportingOverflow(by: 1000)
        if overflow { throw outOfRange("\(values[index]) s") }
        target[index] = product
      }
      return UnsafeRawPointer(target)
    default:
      return lane == .words4
        ? UnsafeRawPointer(pick(source, rows, count, UInt32.self))
        : UnsafeRawPointer(pick(source, rows, count, UInt64.self))
    }
  }

  private func outOfRange(_ value: String) -> LakeError {
    LakeError(.inputValueInvalid, "column \"\(leaf.name)\": \(value) does not fit \(leaf.type)")
  }

  private func widen<T: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafePointer<T>, _ count: Int
  ) -> UnsafeRawPointer {
    let target = room(count, Int32.self)
    for index in 0..<count { target[index] = Int32(truncatingIfNeeded: values[index]) }
    return UnsafeRawPointer(target)
  }

  private func narrow(
    _ values: UnsafePointer<Int128>, _ count: Int, _ precision: Int
  ) throws(LakeError) -> UnsafeRawPointer {
    let target = room(count, Int64.self)
    let (least, greatest) = narrowDecimals(values, count, target)
    try checkDigits(least, greatest, precision)
    return UnsafeRawPointer(target)
  }

  private func checkDigits(
    _ least: Int128, _ greatest: Int128, _ precision: Int
  ) throws(LakeError) {
    var bound = Int128(1)
    for _ in 0..<precision { bound *= 10 }
    if least <= -bound { throw outOfRange("the unscaled value \(least)") }
    if greatest >= bound { throw outOfRange("the unscaled value \(greatest)") }
  }

  // MARK: Bytes

  private func fillBytes(
    _ values: inout LeafValues, _ column: Column, _ rows: UnsafePointer<Int32>?, _ count: Int
  ) throws(LakeError) {
    switch column.layout {
    case .bytes(let offsets, let data) where isVariable:
      values.ranges = spread(offsets, data, rows, count)
    case .dictionary(let codes, let dictionary):
      guard case .bytes = dictionary.layout else { throw mismatch(column) }
      values.codes = pick(codes.pointer, rows, count, Int32.self)
      values.dictionary = dictionary
    case .fixed(let buffer) where !isVariable && column.type == leaf.type:
      if case .decimal(let precision, _) = leaf.type {
        let numbers = pick(buffer.pointer, rows, count, Int128.self)
        var least: Int128 = 0
        var greatest: Int128 = 0
        for index in 0..<count {
          least = Swift.min(least, numbers[index])
          greatest = Swift.max(greatest, numbers[index])
        }
        try checkDigits(least, greatest, precision)
        let width = leaf.typeLength ?? 16
        converted.removeAll()
        PlainEncoder.appendBigEndian(numbers, count: count, width: width, to: converted)
        values.ranges = stride(converted.pointer, converted.count, width, nil, count)
      } else {
        let width = leaf.typeLength ?? 0
        values.ranges = try strideChecked(buffer, width, rows, count)
      }
    default: throw mismatch(column)
    }
  }

  private func spread(
    _ offsets: Buffer, _ data: Buffer, _ rows: UnsafePointer<Int32>?, _ count: Int
  ) -> ByteRanges {
    let old = offsets.pointer.assumingMemoryBound(to: Int32.self)
    let bytes = data.pointer.assumingMemoryBound(to: UInt8.self)
    guard let rows else {
      return ByteRanges(
        starts: old, ends: old + 1, data: bytes, dataCount: data.count, isContiguous: true)
    }
    let (from, to) = rangeRoom(count)
    for index in 0..<count {
      from[index] = old[Int(rows[index])]
      to[index] = old[Int(rows[index]) &+ 1]
    }
    return ByteRanges(
      starts: from, ends: to, data: bytes, dataCount: data.count, isContiguous: false)
  }

  private func rangeRoom(_ count: Int) -> (UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>)
  {
    starts.removeAll()
    ends.removeAll()
    starts.reserve(count * 4)
    ends.reserve(count * 4)
    return (
      starts.pointer.assumingMemoryBound(to: Int32.self),
      ends.pointer.assumingMemoryBound(to: Int32.self)
    )
  }

  private func strideChecked(
    _ buffer: Buffer, _ width: Int, _ rows: UnsafePointer<Int32>?, _ count: Int
  ) throws(LakeError) -> ByteRanges {
    guard buffer.count <= Int(Int32.max) else {
      throw LakeError(.limitExceeded, "column \"\(leaf.name)\" has more than 2 GiB in one batch")
    }
    return stride(buffer.pointer, buffer.count, width, rows, count)
  }

  private func stride(
    _ source: UnsafeRawPointer, _ byteCount: Int, _ width: Int, _ rows: UnsafePointer<Int32>?,
    _ count: Int
  ) -> ByteRanges {
    let (from, to) = rangeRoom(count)
    for index in 0..<count {
      let row = rows.map { Int($0[index]) } ?? index
      from[index] = Int32(truncatingIfNeeded: row &* width)
      to[index] = Int32(truncatingIfNeeded: (row &+ 1) &* width)
    }
    return ByteRanges(
      starts: from, ends: to, data: source.assumingMemoryBound(to: UInt8.self),
      dataCount: byteCount, isContiguous: rows == nil)
  }

  /// The ranges that a dictionary column's codes stand for.
  func spell(
    _ codes: UnsafePointer<Int32>, _ count: Int, _ dictionary: Column
  ) throws(LakeError) -> ByteRanges {
    guard case .bytes(let offsets, let data) = dictionary.layout else { throw mismatch(dictionary) }
    return spread(offsets, data, codes, count)
  }
}

private func listSetBits(
  _ bits: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutablePointer<Int32>, _ expected: Int
) {
  var written = 0
  var base = 0
  while base < count {
    var word: UInt64 = 0
    let byteCount = Swift.min(8, (count &- base &+ 7) / 8)
    if byteCount == 8 {
      word = (bits + base / 8).loadUnaligned(as: UInt64.self).littleEndian
    } else {
      for byte in 0..<byteCount {
        word |=
          UInt64(bits.load(fromByteOffset: base / 8 &+ byte, as: UInt8.self)) &<< UInt64(byte * 8)
      }
    }
    if count &- base < 64 { word &= (1 &<< UInt64(truncatingIfNeeded: count &- base)) &- 1 }
    while word != 0 && written < expected {
      target[written] = Int32(truncatingIfNeeded: base &+ word.trailingZeroBitCount)
      written &+= 1
      word &= word &- 1
    }
    base &+= 64
  }
}

private func narrowDecimals(
  _ values: UnsafePointer<Int128>, _ count: Int, _ target: UnsafeMutablePointer<Int64>
) -> (Int128, Int128) {
  var least: Int128 = 0
  var greatest: Int128 = 0
  for index in 0..<count {
    let value = values[index]
    if value < least { least = value }
    if value > greatest { greatest = value }
    target[index] = Int64(truncatingIfNeeded: value)
  }
  return (least, greatest)
}
