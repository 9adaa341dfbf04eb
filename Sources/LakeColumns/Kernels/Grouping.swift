// Spec: 01-terms. Row numbers by group: how a batch is split without sorting.
import LakeBase

/// Row numbers of one batch, split by group.
public enum Grouping {
  /// For each group 0..<count, the rows of that group in order; rows of group −1 are left out.
  public static func rows(_ groups: [Int32], count: Int) -> [[Int32]] {
    var sizes = [Int](repeating: 0, count: count)
    for group in groups where group >= 0 { sizes[Int(group)] += 1 }
    var result = sizes.map { size -> [Int32] in
      var rows: [Int32] = []
      rows.reserveCapacity(size)
      return rows
    }
    for (row, group) in groups.enumerated() where group >= 0 {
      result[Int(group)].append(Int32(row))
    }
    return result
  }
}

extension Column {
  /// A column of `count` times the same text, as a dictionary of one value.
  public static func constant(_ text: String, count: Int) -> Column {
    let bytes = Buffer(utf8: text)
    let offsets = GrowingBuffer(capacity: 8)
    offsets.append(littleEndian: UInt32(0))
    offsets.append(littleEndian: UInt32(bytes.count))
    let values = Column(.string, count: 1, layout: .bytes(offsets: offsets.take(), data: bytes))
    return Column(
      .string, count: count, layout: .dictionary(codes: zeros(count * 4), values: values))
  }
}
