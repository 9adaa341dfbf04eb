// Spec: 10-merging. Row numbers as keys of eight bytes, for merges that go by position.
import LakeBase

extension Column {
  /// Each number as a binary value: its eight bytes, lowest first.
  public static func positionKeys(_ positions: [Int64]) -> Column {
    positions.withUnsafeBytes { positionKeys(Buffer(copying: $0), positions.count) }
  }

  /// The same for all numbers of a range.
  public static func positionKeys(_ range: Range<Int64>) -> Column {
    let memory = Memory(byteCount: range.count * 8)
    let target = memory.start.assumingMemoryBound(to: Int64.self)
    for index in 0..<range.count { target[index] = range.lowerBound &+ Int64(index) }
    return positionKeys(Buffer(memory, count: range.count * 8), range.count)
  }

  private static func positionKeys(_ data: Buffer, _ count: Int) -> Column {
    precondition(count < Int(Int32.max) / 8, "offsets are 32 bits wide")
    let memory = Memory(byteCount: (count + 1) * 4)
    let offsets = memory.start.assumingMemoryBound(to: Int32.self)
    for index in 0...count { offsets[index] = Int32(truncatingIfNeeded: index &* 8) }
    return Column(
      .binary, count: count,
      layout: .bytes(offsets: Buffer(memory, count: (count + 1) * 4), data: data))
  }
}
