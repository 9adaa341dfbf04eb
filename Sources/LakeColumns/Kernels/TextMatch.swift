// Spec: 10-merging. Rows whose text is a certain one: marks of deletes and of values left out.
import LakeBase

extension Column {
  /// A bit for every row of a string or binary column that equals `bytes`; nulls equal nothing.
  public func rows(equalTo bytes: [UInt8]) -> Bitmap {
    let plain = decoded()
    var builder = BitmapBuilder(capacity: plain.count)
    plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      bytes.withUnsafeBufferPointer { (wanted: UnsafeBufferPointer<UInt8>) in
        for row in 0..<plain.count {
          let from = Int(starts[row])
          let size = Int(starts[row &+ 1]) &- from
          let isSame =
            size == bytes.count && compareBytes(data + from, size, wanted.baseAddress, size) == 0
          builder.append((isSame || size == 0 && bytes.isEmpty) && !plain.isNull(row))
        }
      }
    }
    return builder.take()
  }
}
