// Spec: 10-merging. Row numbers as keys of eight bytes, for merges that go by position.
import LakeBase

extension Column {
  /// Each number as a binary value: its eight bytes, lowest first.
  public static func positionKeys(_ positions: [Int64]) -> Column {
    precondition(positions.count < Int(Int32.max) / 8, "offsets are 32 bits wide")
    let offsets = GrowingBuffer(capacity: (positions.count + 1) * 4)
    for index in 0...positions.count { offsets.append(littleEndian: UInt32(index * 8)) }
    let data = positions.withUnsafeBytes { Buffer(copying: $0) }
    return Column(
      .binary, count: positions.count, layout: .bytes(offsets: offsets.take(), data: data))
  }
}
