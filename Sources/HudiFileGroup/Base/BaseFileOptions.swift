// Spec: 06-base-files. What a writer may choose about a base file.
import LakeBase
import LakeCodecs

/// Choices about new base files; every default stands in Spec 06.
public struct BaseFileOptions: Sendable {
  public var codec: Codec = .zstd(level: 3)
  /// Size at which a file is closed and the next one begun. [BASE-40]
  public var targetBytes = 120 << 20
  /// Files below this size take new rows first. [BASE-40]
  public var smallBytes = 100 << 20
  /// Rows of one row group: small enough that a merge leaves most groups of a file untouched.
  public var rowGroupRows = 131_072
  /// Share of false answers of the key filter; nil writes none. [BASE-42]
  public var filterRate: Double? = 0.001
  public var workers = Workers(width: 1)

  public init() {}
}
