// Spec: 06-base-files. Sequence numbers as text, a whole column at a time.
import LakeBase

extension Column {
  /// `prefix` followed by the decimal digits of `first`, `first + 1`, …
  public static func numbered(_ prefix: String, from first: Int, count: Int) -> Column {
    let head = Array(prefix.utf8)
    let digitsMax = 20
    let data = GrowingBuffer(capacity: count * (head.count + 8) + 64)
    let offsets = Memory(byteCount: (count + 1) * 4)
    let starts = offsets.start.assumingMemoryBound(to: Int32.self)
    var digits = [UInt8](repeating: 0, count: digitsMax)
    starts[0] = 0
    for row in 0..<count {
      data.append(head)
      var value = first + row
      var at = digitsMax
      repeat {
        at -= 1
        digits[at] = UInt8(truncatingIfNeeded: value % 10) + 0x30
        value /= 10
      } while value > 0
      digits.withUnsafeBytes { data.append(UnsafeRawBufferPointer(rebasing: $0[at...])) }
      precondition(data.count <= Int(Int32.max), "a batch's bytes stay below 2 GiB")
      starts[row + 1] = Int32(data.count)
    }
    return Column(
      .string, count: count,
      layout: .bytes(offsets: Buffer(offsets, count: (count + 1) * 4), data: data.take()))
  }
}
