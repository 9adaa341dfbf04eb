// Spec: 17-limits. The compressions that lake reads and writes, and the names of those it refuses.
import LakeBase

/// How bytes are compressed.
public enum Codec: Sendable, Hashable {
  case none
  /// Raw snappy, without its framing format.
  case snappy
  /// Deflate in a gzip envelope; a zlib envelope is read too.
  case gzip
  /// Deflate without any envelope: Avro's `deflate`.
  case deflateRaw
  /// Zstandard; the level matters for writing only.
  case zstd(level: Int)
  /// One LZ4 block: Parquet's `LZ4_RAW`.
  case lz4Raw
  /// LZ4 blocks in Hadoop's frames: Parquet's deprecated `LZ4`.
  case lz4Hadoop

  /// Zstandard at the level that lake writes unless told otherwise.
  public static let zstd = Codec.zstd(level: 3)

  /// The codec of this name, as people and table properties spell it; case does not matter.
  ///
  /// Throws `codecUnsupported` for any other name, Brotli and LZO among them. [CODEC-1]
  public init(name: String) throws(LakeError) {
    switch name.lowercased() {
    case "none", "uncompressed", "null", "": self = .none
    case "snappy": self = .snappy
    case "gzip", "gz": self = .gzip
    case "deflate": self = .deflateRaw
    case "zstd", "zstandard", "zst": self = .zstd
    case "lz4_raw": self = .lz4Raw
    case "lz4": self = .lz4Hadoop
    default: throw Codec.unsupported(name)
    }
  }

  /// The error for a codec that lake does not have.
  public static func unsupported(_ name: String) -> LakeError {
    LakeError(.codecUnsupported, "compression \"\(name)\" is not supported")
  }

  /// The name for people.
  public var name: String {
    switch self {
    case .none: "none"
    case .snappy: "snappy"
    case .gzip: "gzip"
    case .deflateRaw: "deflate"
    case .zstd: "zstd"
    case .lz4Raw: "lz4_raw"
    case .lz4Hadoop: "lz4"
    }
  }
}
