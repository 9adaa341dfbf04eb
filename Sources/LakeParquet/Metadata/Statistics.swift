// Spec: 06-base-files. What a writer says about the values of a chunk or page.
import LakeBase

/// Statistics as they stand in the file; `ParquetPruning` decides what may be believed.
public struct Statistics: Sendable, Equatable {
  /// Deprecated: compared as signed whatever the type.
  public var max: Buffer?
  /// Deprecated: compared as signed whatever the type.
  public var min: Buffer?
  public var nullCount: Int?
  public var distinctCount: Int?
  public var maxValue: Buffer?
  public var minValue: Buffer?
  public var isMaxValueExact: Bool?
  public var isMinValueExact: Bool?

  public init(
    max: Buffer? = nil, min: Buffer? = nil, nullCount: Int? = nil, distinctCount: Int? = nil,
    maxValue: Buffer? = nil, minValue: Buffer? = nil, isMaxValueExact: Bool? = nil,
    isMinValueExact: Bool? = nil
  ) {
    self.max = max
    self.min = min
    self.nullCount = nullCount
    self.distinctCount = distinctCount
    self.maxValue = maxValue
    self.minValue = minValue
    self.isMaxValueExact = isMaxValueExact
    self.isMinValueExact = isMinValueExact
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> Statistics {
    var statistics = Statistics()
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: statistics.max = try reader.binary(field)
      case 2: statistics.min = try reader.binary(field)
      case 3: statistics.nullCount = try reader.integer(field)
      case 4: statistics.distinctCount = try reader.integer(field)
      case 5: statistics.maxValue = try reader.binary(field)
      case 6: statistics.minValue = try reader.binary(field)
      case 7: statistics.isMaxValueExact = try reader.bool(field)
      case 8: statistics.isMinValueExact = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
    return statistics
  }
}

/// Level histograms and unencoded sizes of a chunk or page.
public struct SizeStatistics: Sendable, Equatable {
  public var unencodedByteArrayDataBytes: Int?
  public var repetitionLevelHistogram: [Int]?
  public var definitionLevelHistogram: [Int]?

  public init(
    unencodedByteArrayDataBytes: Int? = nil, repetitionLevelHistogram: [Int]? = nil,
    definitionLevelHistogram: [Int]? = nil
  ) {
    self.unencodedByteArrayDataBytes = unencodedByteArrayDataBytes
    self.repetitionLevelHistogram = repetitionLevelHistogram
    self.definitionLevelHistogram = definitionLevelHistogram
  }

  public static func read(from reader: inout CompactReader) throws(LakeError) -> SizeStatistics {
    var sizes = SizeStatistics()
    try reader.begin()
    while let field = try reader.field() {
      switch field.id {
      case 1: sizes.unencodedByteArrayDataBytes = try reader.integer(field)
      case 2: sizes.repetitionLevelHistogram = try reader.integers(field)
      case 3: sizes.definitionLevelHistogram = try reader.integers(field)
      default: try reader.skip(field)
      }
    }
    return sizes
  }
}
