// Spec: 10-merging. Two columns of one type become one, row by row: the output side of a merge.
import LakeBase

extension Column {
  /// Rows picked from two columns of the same type: a pick ≥ 0 is a row of `first`, a negative pick
  /// `p` is row `−1 − p` of `second`. Runs of consecutive rows are copied as blocks.
  public static func interleave(_ first: Column, _ second: Column, _ picks: [Int32]) -> Column {
    Interleaving(picks).column(first, second)
  }
}

/// Picks from two sides, prepared once for all columns of a batch.
public struct Interleaving: Sendable {
  private let picks: [Int32]
  private let runs: PickRuns
  /// How many picks are rows of the second column.
  private let secondCount: Int

  /// - Parameter picks: as for `Column.interleave`.
  public init(_ picks: [Int32]) {
    self.picks = picks
    runs = PickRuns(picks)
    secondCount = runs.runs.reduce(0) { $0 + ($1.second ? $1.count : 0) }
  }

  /// The picked rows of two columns of one type. Where the first has a dictionary of few values, so
  /// has the result.
  public func column(_ first: Column, _ second: Column) -> Column {
    precondition(first.type.hasSameLayout(as: second.type), "columns of one type")
    if let coded = coded(first, second) { return coded }
    let a = first.decoded()
    let b = second.decoded()
    let validity = interleaveValidity(a, b, runs, picks.count)
    let layout: Column.Layout
    switch (a.layout, b.layout) {
    case (.nothing, _): layout = .nothing
    case (.fixed(let x), .fixed(let y)):
      layout = .fixed(interleaveFixed(x, y, a.type.fixedWidth ?? 0, runs, picks.count))
    case (.bits(let x), .bits(let y)):
      layout = .bits(interleaveBits(x, y, runs, picks.count))
    case (.bytes(let xo, let xd), .bytes(let yo, let yd)):
      let (offsets, data) = interleaveBytes((xo, xd), (yo, yd), runs, picks.count)
      layout = .bytes(offsets: offsets, data: data)
    case (.structure(let x), .structure(let y)):
      layout = .structure(zip(x, y).map { column($0, $1) })
    case (.list(let xo, let xc), .list(let yo, let yc)):
      layout = interleaveLists((xo, xc), (yo, yc), a, b, picks)
    default: preconditionFailure("columns of one type have one layout once decoded")
    }
    return Column(a.type, count: picks.count, validity: validity, layout: layout)
  }

  /// The first column's codes over its dictionary, to which the picked rows of the second are
  /// added; nil where plain values cost less.
  private func coded(_ first: Column, _ second: Column) -> Column? {
    guard case .dictionary(let codes, let values) = first.layout, values.nullCount == 0,
      values.count + secondCount <= picks.count / 2
    else { return nil }
    var chosen: [Int32] = []
    chosen.reserveCapacity(values.count + secondCount)
    for code in 0..<values.count { chosen.append(Int32(truncatingIfNeeded: code)) }
    for run in runs.runs where run.second {
      for row in run.row..<run.row + run.count {
        chosen.append(-1 - Int32(truncatingIfNeeded: row))
      }
    }
    let all = Interleaving(chosen).column(values, second)
    let validity = interleaveValidity(first, second, runs, picks.count)
    return Column(
      first.type, count: picks.count, validity: validity,
      layout: .dictionary(
        codes: interleaveCodes(codes, values.count, runs, picks.count),
        values: Column(all.type, count: all.count, layout: all.layout)))
  }
}

/// Codes of the first side; a row of the second has the next code behind the `count` known ones.
private func interleaveCodes(
  _ codes: Buffer, _ known: Int, _ runs: PickRuns, _ count: Int
) -> Buffer {
  let memory = Memory(byteCount: count * 4)
  let out = memory.start.assumingMemoryBound(to: Int32.self)
  var row = 0
  var next = Int32(truncatingIfNeeded: known)
  for run in runs.runs {
    if run.second {
      for step in 0..<run.count {
        out[row &+ step] = next
        next &+= 1
      }
    } else {
      (memory.start + row * 4).copyMemory(
        from: codes.pointer + run.row * 4, byteCount: run.count * 4)
    }
    row += run.count
  }
  withExtendedLifetime(codes) {}
  return Buffer(memory, count: count * 4)
}

/// Consecutive picks from one side, so that most of a merge is block copies.
private struct PickRuns: Sendable {
  /// (from the second column?, first row, row count)
  var runs: [(second: Bool, row: Int, count: Int)] = []
  let picks: [Int32]
  /// Whether copying row by row is quicker than run by run.
  var areShort: Bool { runs.count > picks.count / 16 }

  init(_ picks: [Int32]) {
    self.picks = picks
    var at = 0
    while at < picks.count {
      let pick = picks[at]
      var length = 1
      if pick >= 0 {
        while at + length < picks.count && picks[at + length] == pick &+ Int32(length) {
          length += 1
        }
        runs.append((false, Int(pick), length))
      } else {
        while at + length < picks.count && picks[at + length] == pick &- Int32(length) {
          length += 1
        }
        runs.append((true, Int(-1 - pick), length))
      }
      at += length
    }
  }
}

private func interleaveValidity(
  _ a: Column, _ b: Column, _ runs: PickRuns, _ count: Int
) -> Bitmap? {
  guard a.nullCount > 0 || b.nullCount > 0 else { return nil }
  if runs.areShort {
    let first = a.validity ?? Bitmap(repeating: a.nullCount == 0, count: a.count)
    let second = b.validity ?? Bitmap(repeating: b.nullCount == 0, count: b.count)
    let bits = pickedBits(first, second, runs.picks)
    return bits.setCount == count ? nil : bits
  }
  var builder = BitmapBuilder(capacity: count)
  for run in runs.runs {
    let side = run.second ? b : a
    if let bits = side.validity {
      builder.append(bits.slice(run.row..<run.row + run.count))
    } else {
      builder.append(repeating: side.nullCount == 0, count: run.count)
    }
  }
  return builder.takeValidity()
}

private func interleaveFixed(
  _ a: Buffer, _ b: Buffer, _ width: Int, _ runs: PickRuns, _ count: Int
) -> Buffer {
  let memory = Memory(byteCount: count * width)
  defer { withExtendedLifetime((a, b)) {} }
  if runs.areShort, [1, 2, 4, 8, 16].contains(width) {
    runs.picks.withUnsafeBufferPointer { picks in
      switch width {
      case 1: pickFixed(UInt8.self, a.pointer, b.pointer, picks, memory.start)
      case 2: pickFixed(UInt16.self, a.pointer, b.pointer, picks, memory.start)
      case 4: pickFixed(UInt32.self, a.pointer, b.pointer, picks, memory.start)
      case 8: pickFixed(UInt64.self, a.pointer, b.pointer, picks, memory.start)
      default: pickFixed(SIMD2<UInt64>.self, a.pointer, b.pointer, picks, memory.start)
      }
    }
    return Buffer(memory, count: count * width)
  }
  let (first, second) = (a.pointer, b.pointer)
  var target = memory.start
  for run in runs.runs {
    target.copyMemory(
      from: (run.second ? second : first) + run.row * width, byteCount: run.count * width)
    target += run.count * width
  }
  return Buffer(memory, count: count * width)
}

/// Values of one width, row by row.
private func pickFixed<Value: BitwiseCopyable>(
  _: Value.Type, _ first: UnsafeRawPointer, _ second: UnsafeRawPointer,
  _ picks: UnsafeBufferPointer<Int32>, _ out: UnsafeMutableRawPointer
) {
  let width = MemoryLayout<Value>.size
  for row in 0..<picks.count {
    let pick = Int(picks[row])
    let source = pick >= 0 ? first + pick &* width : second + (-1 &- pick) &* width
    out.storeBytes(
      of: source.loadUnaligned(as: Value.self), toByteOffset: row &* width, as: Value.self)
  }
}

private func interleaveBits(_ a: Bitmap, _ b: Bitmap, _ runs: PickRuns, _ count: Int) -> Bitmap {
  if runs.areShort { return pickedBits(a, b, runs.picks) }
  var builder = BitmapBuilder(capacity: count)
  for run in runs.runs {
    builder.append((run.second ? b : a).slice(run.row..<run.row + run.count))
  }
  return builder.take()
}

private func pickedBits(_ a: Bitmap, _ b: Bitmap, _ picks: [Int32]) -> Bitmap {
  let byteCount = (picks.count + 7) / 8
  let memory = Memory(byteCount: byteCount)
  memory.start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  picks.withUnsafeBufferPointer { picks in
    pickBits(a.buffer.pointer, a.offset, b.buffer.pointer, b.offset, picks, memory.start)
  }
  withExtendedLifetime((a, b)) {}
  return Bitmap(Buffer(memory, count: byteCount), count: picks.count)
}

/// Bits, row by row, into bytes that are zero.
private func pickBits(
  _ first: UnsafeRawPointer, _ firstBit: Int, _ second: UnsafeRawPointer, _ secondBit: Int,
  _ picks: UnsafeBufferPointer<Int32>, _ out: UnsafeMutableRawPointer
) {
  for row in 0..<picks.count {
    let pick = Int(picks[row])
    let source = pick >= 0 ? first : second
    let bit = pick >= 0 ? firstBit &+ pick : secondBit &+ (-1 &- pick)
    let byte = source.load(fromByteOffset: bit >> 3, as: UInt8.self)
    let one = (byte &>> UInt8(truncatingIfNeeded: bit & 7)) & 1
    let target = out + (row >> 3)
    target.storeBytes(
      of: target.load(as: UInt8.self) | (one &<< UInt8(truncatingIfNeeded: row & 7)),
      as: UInt8.self)
  }
}

private func interleaveBytes(
  _ a: (Buffer, Buffer), _ b: (Buffer, Buffer), _ runs: PickRuns, _ count: Int
) -> (Buffer, Buffer) {
  let first = a.0.pointer.assumingMemoryBound(to: Int32.self)
  let second = b.0.pointer.assumingMemoryBound(to: Int32.self)
  let (firstBytes, secondBytes) = (a.1, b.1)
  let (firstStart, secondStart) = (firstBytes.pointer, secondBytes.pointer)
  var total = 0
  for run in runs.runs {
    let starts = run.second ? second : first
    total += Int(starts[run.row + run.count]) - Int(starts[run.row])
  }
  precondition(total <= Int(Int32.max), "a batch's bytes stay below 2 GiB")
  let offsets = Memory(byteCount: (count + 1) * 4)
  // Short texts are copied 16 bytes at a time, which may write beyond the last one.
  let data = Memory(byteCount: total + 16)
  let out = offsets.start.assumingMemoryBound(to: Int32.self)
  var row = 0
  var filled = 0
  out[0] = 0
  for run in runs.runs {
    let starts = run.second ? second : first
    let bytes = run.second ? secondStart : firstStart
    let limit = run.second ? secondBytes.count : firstBytes.count
    let from = Int(starts[run.row])
    let length = Int(starts[run.row + run.count]) - from
    if length <= 16 && from + 16 <= limit {
      (data.start + filled).storeBytes(
        of: (bytes + from).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
    } else {
      (data.start + filled).copyMemory(from: bytes + from, byteCount: length)
    }
    let shift = Int32(truncatingIfNeeded: filled - from)
    for step in 1...run.count { out[row &+ step] = starts[run.row &+ step] &+ shift }
    row += run.count
    filled += length
  }
  withExtendedLifetime((a, b)) {}
  return (Buffer(offsets, count: (count + 1) * 4), Buffer(data, count: total))
}

private func interleaveLists(
  _ a: (Buffer, Column), _ b: (Buffer, Column), _ first: Column, _ second: Column,
  _ picks: [Int32]
) -> Column.Layout {
  let x = a.0.pointer.assumingMemoryBound(to: Int32.self)
  let y = b.0.pointer.assumingMemoryBound(to: Int32.self)
  let offsets = Memory(byteCount: (picks.count + 1) * 4)
  let out = offsets.start.assumingMemoryBound(to: Int32.self)
  var children: [Int32] = []
  out[0] = 0
  for (position, pick) in picks.enumerated() {
    let row = pick >= 0 ? Int(pick) : Int(-1 - pick)
    let starts = pick >= 0 ? x : y
    if !(pick >= 0 ? first : second).isNull(row) {
      for child in starts[row]..<starts[row + 1] { children.append(pick >= 0 ? child : -1 - child) }
    }
    out[position + 1] = Int32(children.count)
  }
  withExtendedLifetime((a.0, b.0)) {}
  return .list(
    offsets: Buffer(offsets, count: (picks.count + 1) * 4),
    child: Column.interleave(a.1, b.1, children))
}
