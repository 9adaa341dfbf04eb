// Spec: 11-keys-and-indexes. Java compares text by UTF-16 code units; so must ranges of keys.
import LakeBase

/// Comparison of UTF-8 texts in the order of their UTF-16 code units.
public enum UTF16Order {
  /// Negative, zero or positive. Differs from byte order only where one text has a character beyond
  /// U+FFFF and the other one from U+E000 to U+FFFF.
  public static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let common = Swift.min(a.count, b.count)
    for at in 0..<common where a[at] != b[at] {
      let x = a[at]
      let y = b[at]
      if x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0) { return x >= 0xF0 ? -1 : 1 }
      return x < y ? -1 : 1
    }
    return a.count - b.count
  }

  /// Plain order of unsigned bytes.
  public static func compareBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let common = Swift.min(a.count, b.count)
    for at in 0..<common where a[at] != b[at] { return a[at] < b[at] ? -1 : 1 }
    return a.count - b.count
  }
}

extension Column {
  /// Lowest and highest value of a string column in UTF-16 order, nulls left out; nil without
  /// values.
  public func textRange() -> (lowest: Buffer, highest: Buffer)? {
    let plain = decoded()
    return plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      func bytes(_ row: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
          start: UnsafeRawPointer(data) + Int(starts[row]),
          count: Int(starts[row + 1]) - Int(starts[row]))
      }
      var lowest = -1
      var highest = -1
      for row in 0..<plain.count where !plain.isNull(row) {
        if lowest < 0 || UTF16Order.compare(bytes(row), bytes(lowest)) < 0 { lowest = row }
        if highest < 0 || UTF16Order.compare(bytes(row), bytes(highest)) > 0 { highest = row }
      }
      return lowest < 0
        ? nil : (Buffer(copying: bytes(lowest)), Buffer(copying: bytes(highest)))
    }
  }
}
