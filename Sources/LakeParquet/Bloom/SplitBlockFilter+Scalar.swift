// Spec: 06-base-files. Values as the bytes that Parquet's filters hash.
import LakeBase
import LakeColumns

extension SplitBlockFilter {
  /// Whether a value of the leaf's type may be there; true for types whose plain bytes are not
  /// known here. [PQR-11]
  public func mayContain(_ value: Scalar, _ leaf: Leaf) -> Bool {
    switch (value, leaf.physicalType) {
    case (.int(let number), .int32):
      guard let narrow = Int32(exactly: number) else { return false }
      return mayContain(UInt64(UInt32(bitPattern: narrow)), 4)
    case (.int(let number), .int64): return mayContain(UInt64(bitPattern: number), 8)
    case (.uint(let number), .int32):
      guard let narrow = UInt32(exactly: number) else { return false }
      return mayContain(UInt64(narrow), 4)
    case (.uint(let number), .int64): return mayContain(number, 8)
    case (.string(let text), .byteArray): return mayContain(hash: XXHash64.hash(Array(text.utf8)))
    case (.binary(let bytes), .byteArray), (.binary(let bytes), .fixedLenByteArray):
      return mayContain(hash: XXHash64.hash(bytes))
    default: return true
    }
  }

  private func mayContain(_ number: UInt64, _ width: Int) -> Bool {
    let bytes = (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    return mayContain(hash: XXHash64.hash(bytes))
  }
}

extension ParquetPruning {
  /// The filter of a chunk's values; nil where there is none, or none that we can read.
  public func filter(rowGroup: Int, leaf: Int) throws(LakeError) -> SplitBlockFilter? {
    guard let (header, bits) = try file.bloomFilter(rowGroup: rowGroup, leaf: leaf),
      header.isKnown
    else { return nil }
    return try SplitBlockFilter(bits)
  }
}
