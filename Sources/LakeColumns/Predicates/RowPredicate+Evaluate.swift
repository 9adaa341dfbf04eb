// Spec: 12a-predicates. Whole batches to bits: true, false, or neither for unknown.
import LakeBase

extension RowPredicate {
  /// The rows for which the condition is true; unknown counts as not true.
  /// Throws `columnNotFound` or `predicateMalformed` when the batch's schema does not fit.
  public func evaluate(_ batch: RecordBatch) throws(LakeError) -> Bitmap {
    let bound = try bind(batch.schema)
    return TruthMask.evaluate(bound, batch).truth.bitmap
  }
}

/// 64 rows a word; bits beyond the last row are zero in results, anything in between.
struct RowBits {
  let count: Int
  var words: [UInt64]

  init(count: Int, _ value: Bool = false) {
    self.count = count
    words = [UInt64](repeating: value ? .max : 0, count: (count + 63) / 64)
  }

  init(_ bitmap: Bitmap) {
    self.init(count: bitmap.count)
    let aligned = bitmap.aligned()
    let source = aligned.buffer.pointer
    let byteCount = (count + 7) / 8
    words.withUnsafeMutableBytes { target in
      if let start = target.baseAddress { start.copyMemory(from: source, byteCount: byteCount) }
    }
    withExtendedLifetime(aligned) {}
  }

  var bitmap: Bitmap {
    var words = words
    if count & 63 != 0, let last = words.indices.last {
      words[last] &= (1 << UInt64(count & 63)) &- 1
    }
    let buffer = words.withUnsafeBytes { Buffer(copying: $0) }
    return Bitmap(buffer, count: count)
  }

  /// Fills the bits from a test of each row, eight at a time.
  @inline(__always)
  static func filled(_ count: Int, _ test: (Int) -> Bool) -> RowBits {
    var bits = RowBits(count: count)
    bits.words.withUnsafeMutableBufferPointer { words in
      withUnsafeTemporaryAllocation(byteCount: 64, alignment: 64) { space in
        guard let words = words.baseAddress, let bytes = space.baseAddress else { return }
        var word = 0
        var row = 0
        while row < count {
          let many = Swift.min(64, count &- row)
          if many < 64 { bytes.initializeMemory(as: UInt64.self, repeating: 0, count: 8) }
          for step in 0..<many {
            bytes.storeBytes(of: test(row &+ step) ? 1 : 0, toByteOffset: step, as: UInt8.self)
          }
          var packed: UInt64 = 0
          for lane in 0..<8 {
            // The product gathers the low bit of each of eight bytes in the top byte.
            let eight = bytes.load(fromByteOffset: lane &* 8, as: UInt64.self)
            packed |= ((eight &* 0x0102_0408_1020_4080) >> 56) << UInt64(lane &* 8)
          }
          words[word] = packed
          word &+= 1
          row &+= 64
        }
      }
    }
    return bits
  }

  mutating func formIntersection(_ other: RowBits) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  mutating func formUnion(_ other: RowBits) {
    for index in words.indices { words[index] |= other.words[index] }
  }
}

/// Two bits a row: surely true, surely false; neither is unknown.
struct TruthMask {
  var truth: RowBits
  var falsehood: RowBits

  init(constant: Bool?, _ count: Int) {
    truth = RowBits(count: count, constant == true)
    falsehood = RowBits(count: count, constant == false)
  }

  /// - Parameter validity: rows that have a value; nil when all have.
  init(_ truth: RowBits, validity: RowBits?) {
    self.truth = truth
    falsehood = truth
    for index in truth.words.indices {
      let known = validity?.words[index] ?? .max
      falsehood.words[index] = ~truth.words[index] & known
      self.truth.words[index] &= known
    }
  }

  static func evaluate(_ expression: BoundExpression, _ batch: RecordBatch) -> TruthMask {
    switch expression {
    case .constant(let value): return TruthMask(constant: value, batch.count)
    case .test(let path, _, _, let test):
      let (column, validity) = reach(path, batch)
      return TruthMask(test.evaluate(column), validity: validity)
    case .compareColumns(let left, let comparison, let right):
      let (leftColumn, leftValidity) = reach(left, batch)
      let (rightColumn, rightValidity) = reach(right, batch)
      var validity = leftValidity
      if let rightValidity {
        if validity == nil {
          validity = rightValidity
        } else {
          validity?.formIntersection(rightValidity)
        }
      }
      return TruthMask(
        ColumnPair(leftColumn, rightColumn).evaluate(comparison), validity: validity)
    case .isNull(let path, _):
      let (_, validity) = reach(path, batch)
      guard let validity else { return TruthMask(constant: false, batch.count) }
      return TruthMask(truth: validity.inverted, falsehood: validity)
    case .not(let inner):
      let mask = evaluate(inner, batch)
      return TruthMask(truth: mask.falsehood, falsehood: mask.truth)
    case .and(let parts):
      var mask = TruthMask(constant: true, batch.count)
      for part in parts {
        let next = evaluate(part, batch)
        mask.truth.formIntersection(next.truth)
        mask.falsehood.formUnion(next.falsehood)
      }
      return mask
    case .or(let parts):
      var mask = TruthMask(constant: false, batch.count)
      for part in parts {
        let next = evaluate(part, batch)
        mask.truth.formUnion(next.truth)
        mask.falsehood.formIntersection(next.falsehood)
      }
      return mask
    }
  }

  private init(truth: RowBits, falsehood: RowBits) {
    self.truth = truth
    self.falsehood = falsehood
  }

  /// The column at a path, and the rows where it and all structs around it have a value.
  private static func reach(_ path: [Int], _ batch: RecordBatch) -> (Column, RowBits?) {
    var column = batch.columns[path[0]]
    var validity = rows(of: column)
    for index in path.dropFirst() {
      guard case .structure(let children) = column.layout else { break }
      column = children[index]
      if let inner = rows(of: column) {
        if validity == nil { validity = inner } else { validity?.formIntersection(inner) }
      }
    }
    return (column, validity)
  }

  private static func rows(of column: Column) -> RowBits? {
    if column.type == .null { return RowBits(count: column.count) }
    return column.validity.map { RowBits($0) }
  }
}

extension RowBits {
  var inverted: RowBits {
    var result = self
    for index in result.words.indices { result.words[index] = ~result.words[index] }
    return result
  }
}

extension ValueTest {
  /// One bit a row; rows without a value get any bit.
  func evaluate(_ column: Column) -> RowBits {
    switch column.layout {
    case .nothing, .list, .structure: return RowBits(count: column.count)
    case .dictionary(let codes, let values):
      let known = evaluate(values).words
      return known.withUnsafeBufferPointer { known in
        gathered(
          codes.pointer.assumingMemoryBound(to: Int32.self), column.count, known.baseAddress,
          values.count)
      }
    case .bits(let bits):
      switch self {
      case .bool(true): return RowBits(bits)
      case .bool(false): return RowBits(bits).inverted
      case .whole(let range): return RowBits(count: column.count, range != nil)
      default: return RowBits(count: column.count)
      }
    case .bytes(let offsets, let data):
      defer { withExtendedLifetime((offsets, data)) {} }
      return evaluateBytes(
        offsets.pointer.assumingMemoryBound(to: Int32.self),
        data.pointer.assumingMemoryBound(to: UInt8.self), column.count)
    case .fixed(let buffer):
      defer { withExtendedLifetime(buffer) {} }
      return evaluateFixed(buffer.pointer, column)
    }
  }

  private func evaluateFixed(_ start: UnsafeRawPointer, _ column: Column) -> RowBits {
    let count = column.count
    switch column.type {
    case .int8: return wholeBits(start.assumingMemoryBound(to: Int8.self), count)
    case .int16: return wholeBits(start.assumingMemoryBound(to: Int16.self), count)
    case .int32, .date: return wholeBits(start.assumingMemoryBound(to: Int32.self), count)
    case .int64, .timestamp: return wholeBits(start.assumingMemoryBound(to: Int64.self), count)
    case .uint8: return wholeBits(start.assumingMemoryBound(to: UInt8.self), count)
    case .uint16: return wholeBits(start.assumingMemoryBound(to: UInt16.self), count)
    case .uint32: return wholeBits(start.assumingMemoryBound(to: UInt32.self), count)
    case .uint64: return wholeBits(start.assumingMemoryBound(to: UInt64.self), count)
    case .decimal: return wholeBits(start.assumingMemoryBound(to: Int128.self), count)
    case .time:
      return column.type.fixedWidth == 4
        ? wholeBits(start.assumingMemoryBound(to: Int32.self), count)
        : wholeBits(start.assumingMemoryBound(to: Int64.self), count)
    case .float32: return floatBits(start.assumingMemoryBound(to: Float.self), count)
    case .float64: return floatBits(start.assumingMemoryBound(to: Double.self), count)
    case .float16:
      let halves = start.assumingMemoryBound(to: UInt16.self)
      let singles = (0..<count).map { halfToFloat(halves[$0]) }
      return singles.withUnsafeBufferPointer { singles in
        guard let start = singles.baseAddress else { return RowBits(count: 0) }
        return floatBits(start, count)
      }
    case .fixedBinary(let width):
      let offsets = (0...count).map { Int32(truncatingIfNeeded: $0 * width) }
      return offsets.withUnsafeBufferPointer { offsets in
        guard let first = offsets.baseAddress else { return RowBits(count: 0) }
        return evaluateBytes(first, start.assumingMemoryBound(to: UInt8.self), count)
      }
    default: return RowBits(count: count)
    }
  }

  private func wholeBits<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ count: Int) -> RowBits
  {
    switch self {
    case .whole(let range?):
      guard range.upperBound >= Int128(T.min), range.lowerBound <= Int128(T.max) else {
        return RowBits(count: count)
      }
      let low = T(Swift.max(range.lowerBound, Int128(T.min)))
      let high = T(Swift.min(range.upperBound, Int128(T.max)))
      return RowBits.filled(count) { (values[$0] >= low) && (values[$0] <= high) }
    case .wholeSet(let wanted):
      let set = wanted.compactMap { T(exactly: $0) }
      return set.withUnsafeBufferPointer { set in
        guard let first = set.baseAddress, set.count > 0 else { return RowBits(count: count) }
        let many = set.count
        return RowBits.filled(count) { contains(first, many, values[$0]) }
      }
    default: return RowBits(count: count)
    }
  }

  private func floatBits<T: BinaryFloatingPoint>(
    _ values: UnsafePointer<T>, _ count: Int
  ) -> RowBits {
    switch self {
    case .floating(let range):
      let low = T(range.low)
      let high = T(range.high)
      switch (range.isLowOpen, range.isHighOpen) {
      case (false, false):
        return RowBits.filled(count) { (values[$0] >= low) && (values[$0] <= high) }
      case (true, _): return RowBits.filled(count) { (values[$0] > low) && (values[$0] <= high) }
      case (_, true): return RowBits.filled(count) { (values[$0] >= low) && (values[$0] < high) }
      }
    case .floatingSet(let wanted):
      let set = wanted.map { T($0) }
      return RowBits.filled(count) { set.contains(values[$0]) }
    default: return RowBits(count: count)
    }
  }

  private func evaluateBytes(
    _ offsets: UnsafePointer<Int32>, _ data: UnsafePointer<UInt8>, _ count: Int
  ) -> RowBits {
    switch self {
    case .like(let pattern):
      return RowBits.filled(count) { row in
        pattern.matches(data + Int(offsets[row]), Int(offsets[row &+ 1] &- offsets[row]))
      }
    case .bytes(let range): return rangeBits(range, offsets, data, count)
    case .bytesSet(let wanted):
      return RowBits.filled(count) { row in
        let start = data + Int(offsets[row])
        let length = Int(offsets[row &+ 1] &- offsets[row])
        var low = 0
        var high = wanted.count
        while low < high {
          let middle = (low &+ high) / 2
          let order = wanted[middle].withUnsafeBufferPointer {
            compareBytes($0.baseAddress, $0.count, start, length)
          }
          if order == 0 { return true }
          if order < 0 { low = middle &+ 1 } else { high = middle }
        }
        return false
      }
    default: return RowBits(count: count)
    }
  }

  private func rangeBits(
    _ range: ByteRange, _ offsets: UnsafePointer<Int32>, _ data: UnsafePointer<UInt8>, _ count: Int
  ) -> RowBits {
    if let low = range.low, let high = range.high, low == high {
      return low.withUnsafeBufferPointer { wanted in
        let start = wanted.baseAddress
        let length = Int32(truncatingIfNeeded: wanted.count)
        return RowBits.filled(count) { row in
          offsets[row &+ 1] &- offsets[row] == length
            && compareBytes(start, Int(length), data + Int(offsets[row]), Int(length)) == 0
        }
      }
    }
    return (range.low ?? []).withUnsafeBufferPointer { low in
      (range.high ?? []).withUnsafeBufferPointer { high in
        let above = range.isLowOpen ? 1 : 0
        let below = range.isHighOpen ? -1 : 0
        let isBounded = range.high != nil
        return RowBits.filled(count) { row in
          let start = data + Int(offsets[row])
          let length = Int(offsets[row &+ 1] &- offsets[row])
          if compareBytes(start, length, low.baseAddress, low.count) < above { return false }
          return !isBounded || compareBytes(start, length, high.baseAddress, high.count) <= below
        }
      }
    }
  }
}

private func contains<T: Comparable>(_ sorted: UnsafePointer<T>, _ count: Int, _ value: T) -> Bool {
  var low = 0
  var high = count
  while low < high {
    let middle = (low &+ high) / 2
    if sorted[middle] < value { low = middle &+ 1 } else { high = middle }
  }
  return low < count && sorted[low] == value
}

private func gathered(
  _ codes: UnsafePointer<Int32>, _ count: Int, _ known: UnsafePointer<UInt64>?, _ values: Int
) -> RowBits {
  guard let known, values > 0 else { return RowBits(count: count) }
  return RowBits.filled(count) { row in
    let code = Int(codes[row])
    return known[code >> 6] >> UInt64(code & 63) & 1 == 1
  }
}
