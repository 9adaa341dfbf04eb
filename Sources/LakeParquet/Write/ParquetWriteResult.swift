// Spec: 06-base-files. What is known about a file once it is written.
import LakeBase
import LakeColumns

/// One leaf of a finished file.
public struct ParquetLeafSummary: Sendable {
  /// Names from below the root to the leaf.
  public let path: [String]
  public let type: ColumnType
  /// Slots: rows, or list elements together with empty and null lists.
  public let slotCount: Int
  /// Slots without a value; nil where a copied row group does not say.
  public let nullCount: Int?
  /// Least and greatest value in full length, NaN left out; nil where there is none, or where row
  /// groups were copied from a file that does not say exactly.
  public let least: Scalar?
  public let greatest: Scalar?
  /// Pages with their headers.
  public let compressedBytes: Int
  public let uncompressedBytes: Int
}

/// What `ParquetWriter.finish` returns.
public struct ParquetWriteResult: Sendable {
  /// Size of the file in bytes.
  public let byteCount: Int
  public let metadata: FileMetadata
  /// Bytes of the footer, without its length and the closing magic.
  public let footerByteCount: Int
  /// Everything behind the last data page: filters, indexes, footer, length and magic.
  public let tail: Range<Int>
  /// CRC-32C of `tail`.
  public let tailChecksum: UInt32
  /// In leaf order.
  public let leaves: [ParquetLeafSummary]
}
