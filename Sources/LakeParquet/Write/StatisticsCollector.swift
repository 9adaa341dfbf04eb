// Spec: 06-base-files. The least and greatest value of a page and of a chunk.
import LakeBase
import LakeColumns

/// Bounds of some values of a leaf. NaN is no bound; zeros are bounded by -0 and +0.
struct ValueBounds: Sendable {
  /// Order-preserving keys of words; meaningless while `isEmpty`.
  var least: Int64 = 0
  var greatest: Int64 = 0
  var leastBytes: [UInt8] = []
  var greatestBytes: [UInt8] = []
  var isEmpty = true
}

/// Collects bounds for one leaf.
struct StatisticsCollector: Sendable {
  let order: ValueOrder
  private let typeLength: Int?
  private(set) var page = ValueBounds()
  private(set) var chunk = ValueBounds()

  init(_ leaf: WriteLeaf) {
    // Bounds of long fixed values help nobody.
    order = leaf.physical == .fixedLenByteArray && (leaf.typeLength ?? 0) > 64 ? .none : leaf.order
    typeLength = leaf.typeLength
  }

  // MARK: Collecting

  /// Four- or eight-byte words as they are stored.
  mutating func add(words: UnsafeRawPointer, count: Int) {
    guard count > 0 else { return }
    switch order {
    case .signed32:
      let (low, high) = extremes(words.assumingMemoryBound(to: Int32.self), count)
      add(Int64(low), Int64(high))
    case .unsigned32:
      let (low, high) = extremes(words.assumingMemoryBound(to: UInt32.self), count)
      add(Int64(low), Int64(high))
    case .signed64, .decimal:
      let (low, high) = extremes(words.assumingMemoryBound(to: Int64.self), count)
      add(low, high)
    case .unsigned64:
      let (low, high) = extremes(words.assumingMemoryBound(to: UInt64.self), count)
      add(Int64(bitPattern: low ^ 1 << 63), Int64(bitPattern: high ^ 1 << 63))
    case .float32:
      let (low, high) = finiteExtremes(words.assumingMemoryBound(to: Float.self), count)
      if low <= high {
        add(
          Self.key(Int64(Int32(bitPattern: low.bitPattern)), 31),
          Self.key(Int64(Int32(bitPattern: high.bitPattern)), 31))
      }
    case .float64:
      let (low, high) = finiteExtremes(words.assumingMemoryBound(to: Double.self), count)
      if low <= high {
        add(
          Self.key(Int64(bitPattern: low.bitPattern), 63),
          Self.key(Int64(bitPattern: high.bitPattern), 63))
      }
    case .bool, .float16, .bytes, .none: break
    }
  }

  /// A sign-extended IEEE pattern as a number in the order of the values; both zeros are 0.
  static func key(_ bits: Int64, _ magnitudeBits: Int64) -> Int64 {
    let magnitude = bits & (magnitudeBits == 63 ? Int64.max : (1 << magnitudeBits) - 1)
    return bits < 0 ? -magnitude : magnitude
  }

  mutating func add(bits trueCount: Int, of count: Int) {
    guard count > 0 else { return }
    add(trueCount == count ? 1 : 0, trueCount > 0 ? 1 : 0)
  }

  mutating func add(_ ranges: ByteRanges, count: Int) {
    guard count > 0 else { return }
    switch order {
    case .float16: addHalves(ranges, count)
    case .bytes, .decimal:
      let flip: UInt8 = order == .decimal ? 0x80 : 0
      let (low, high) = byteExtremes(ranges, count, flip)
      let least = Self.slice(ranges, low)
      let greatest = Self.slice(ranges, high)
      if page.isEmpty || precedes(least, page.leastBytes) { page.leastBytes = Array(least) }
      if page.isEmpty || precedes(page.greatestBytes, greatest) {
        page.greatestBytes = Array(greatest)
      }
      page.isEmpty = false
    default: break
    }
  }

  private static func slice(_ ranges: ByteRanges, _ index: Int) -> UnsafeBufferPointer<UInt8> {
    let start = Int(ranges.starts[index])
    return UnsafeBufferPointer(start: ranges.data + start, count: Int(ranges.ends[index]) - start)
  }

  private mutating func addHalves(_ ranges: ByteRanges, _ count: Int) {
    for index in 0..<count {
      let bits = UnsafeRawPointer(ranges.data + Int(ranges.starts[index]))
        .loadUnaligned(as: Int16.self).littleEndian
      if bits & 0x7FFF > 0x7C00 { continue }
      let key = Self.key(Int64(bits), 15)
      add(key, key)
    }
  }

  private mutating func add(_ low: Int64, _ high: Int64) {
    if page.isEmpty {
      page.least = low
      page.greatest = high
      page.isEmpty = false
    } else {
      page.least = Swift.min(page.least, low)
      page.greatest = Swift.max(page.greatest, high)
    }
  }

  private func precedes<A: Sequence<UInt8>, B: Sequence<UInt8>>(_ left: A, _ right: B) -> Bool {
    guard order == .decimal else { return left.lexicographicallyPrecedes(right) }
    return flipped(left).lexicographicallyPrecedes(flipped(right))
  }

  private func flipped<S: Sequence<UInt8>>(_ bytes: S) -> [UInt8] {
    var copy = Array(bytes)
    if !copy.isEmpty { copy[0] ^= 0x80 }
    return copy
  }

  /// Ends a page: its bounds, which now count for the chunk too.
  mutating func endPage() -> ValueBounds {
    let ended = page
    page = ValueBounds()
    chunk = merged(chunk, ended)
    return ended
  }

  /// Bounds of the values of both.
  func merged(_ left: ValueBounds, _ right: ValueBounds) -> ValueBounds {
    if right.isEmpty { return left }
    if left.isEmpty { return right }
    var both = left
    both.least = Swift.min(left.least, right.least)
    both.greatest = Swift.max(left.greatest, right.greatest)
    if precedes(right.leastBytes, left.leastBytes) { both.leastBytes = right.leastBytes }
    if precedes(left.greatestBytes, right.greatestBytes) {
      both.greatestBytes = right.greatestBytes
    }
    return both
  }

  /// Ends a chunk.
  mutating func endChunk() -> ValueBounds {
    let ended = chunk
    chunk = ValueBounds()
    return ended
  }
}

private func extremes<T: FixedWidthInteger & BitwiseCopyable>(
  _ values: UnsafePointer<T>, _ count: Int
) -> (T, T) {
  var low = T.max
  var high = T.min
  for index in 0..<count {
    low = Swift.min(low, values[index])
    high = Swift.max(high, values[index])
  }
  return (low, high)
}

/// The extremes without NaN; the first is greater than the second where all are NaN.
private func finiteExtremes<T: BinaryFloatingPoint & BitwiseCopyable>(
  _ values: UnsafePointer<T>, _ count: Int
) -> (T, T) {
  var low = T.infinity
  var high = -T.infinity
  for index in 0..<count {
    let value = values[index]
    low = value < low ? value : low
    high = value > high ? value : high
  }
  return (low, high)
}

/// Positions of the least and the greatest byte string; `flip` is exclusive-ored to first bytes.
private func byteExtremes(_ ranges: ByteRanges, _ count: Int, _ flip: UInt8) -> (Int, Int) {
  let data = UnsafeRawPointer(ranges.data)
  let mask = UInt64(flip) << 56
  var low = 0
  var high = 0
  var lowPrefix =
    prefix(data + Int(ranges.starts[0]), Int(ranges.ends[0] - ranges.starts[0])) ^ mask
  var highPrefix = lowPrefix
  for index in 1..<Swift.max(1, count) {
    let start = Int(ranges.starts[index])
    let length = Int(ranges.ends[index]) &- start
    let word = prefix(data + start, length) ^ mask
    if word <= lowPrefix {
      if word < lowPrefix || follows(ranges, low, index) {
        low = index
        lowPrefix = word
      }
    } else if word >= highPrefix {
      if word > highPrefix || follows(ranges, index, high) {
        high = index
        highPrefix = word
      }
    }
    // Where all words so far are equal, one value may be a new greatest and not a new least.
    if word == highPrefix && word == lowPrefix && follows(ranges, index, high) { high = index }
  }
  return (low, high)
}

/// The first eight bytes, big-endian, zeros behind the end.
private func prefix(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
  if count >= 8 { return start.loadUnaligned(as: UInt64.self).bigEndian }
  var word: UInt64 = 0
  for position in 0..<count {
    word |=
      UInt64(start.load(fromByteOffset: position, as: UInt8.self))
      &<< UInt64(truncatingIfNeeded: 56 &- position &* 8)
  }
  return word
}

/// Whether the value at `left` comes after the one at `right`, their first eight bytes being equal.
private func follows(_ ranges: ByteRanges, _ left: Int, _ right: Int) -> Bool {
  let data = UnsafeRawPointer(ranges.data)
  let leftStart = Int(ranges.starts[left])
  let rightStart = Int(ranges.starts[right])
  let leftCount = Int(ranges.ends[left]) &- leftStart
  let rightCount = Int(ranges.ends[right]) &- rightStart
  let shared = Swift.min(leftCount, rightCount)
  var position = 8
  while position &+ 8 <= shared {
    let a = (data + leftStart + position).loadUnaligned(as: UInt64.self)
    let b = (data + rightStart + position).loadUnaligned(as: UInt64.self)
    if a != b { return a.bigEndian > b.bigEndian }
    position &+= 8
  }
  if shared >= 8 {
    let a = (data + leftStart + (shared &- 8)).loadUnaligned(as: UInt64.self).bigEndian
    let b = (data + rightStart + (shared &- 8)).loadUnaligned(as: UInt64.self).bigEndian
    if a != b { return a > b }
  }
  return leftCount > rightCount
}
