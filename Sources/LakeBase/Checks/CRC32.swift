// Spec: 01-terms. The checksum of gzip, of Parquet pages, of Avro's snappy blocks and of table
// names.
import CZlib

/// CRC-32 with the polynomial of IEEE 802.3, as zlib computes it. [CHECK-1]
public enum CRC32 {
  /// The checksum of `bytes`; pass the result of the bytes before as `crc` to continue.
  public static func checksum(
    _ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0
  ) -> UInt32 {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return crc }
    let first = start.assumingMemoryBound(to: UInt8.self)
    return UInt32(truncatingIfNeeded: crc32_z(UInt(crc), first, bytes.count))
  }

  public static func checksum(_ bytes: Buffer, continuing crc: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> UInt32 in
      checksum(raw, continuing: crc)
    }
  }

  public static func checksum(_ bytes: [UInt8], continuing crc: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0, continuing: crc) }
  }
}
