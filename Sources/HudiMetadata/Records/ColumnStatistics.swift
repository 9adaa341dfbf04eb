// Spec: 09-metadata-table. What the metadata table knows of one column in one file or partition.
import LakeBase
import LakeColumns

/// A bound as it is stored: its wrapper says the type.
public struct StatisticsValue: Sendable, Hashable {
  public enum Wrapper: String, Sendable, Hashable {
    case boolean = "BooleanWrapper"
    case int = "IntWrapper"
    case long = "LongWrapper"
    case float = "FloatWrapper"
    case double = "DoubleWrapper"
    case bytes = "BytesWrapper"
    case string = "StringWrapper"
    case date = "DateWrapper"
    /// Always of scale 15.
    case decimal = "DecimalWrapper"
    case timeMicros = "TimeMicrosWrapper"
    case timestampMicros = "TimestampMicrosWrapper"
    case localDate = "LocalDateWrapper"
  }

  public let wrapper: Wrapper
  public let value: Scalar

  public init(_ wrapper: Wrapper, _ value: Scalar) {
    self.wrapper = wrapper
    self.value = value
  }

  /// Whether this is below `other`; nil where the two cannot be compared.
  func precedes(_ other: StatisticsValue) -> Bool? {
    switch (value, other.value) {
    case (.int(let a), .int(let b)): a < b
    case (.bool(let a), .bool(let b)): !a && b
    case (.float(let a), .float(let b)): a < b
    case (.double(let a), .double(let b)): a < b
    case (.float(let a), .double(let b)): Double(a) < b
    case (.double(let a), .float(let b)): a < Double(b)
    case (.decimal(let a), .decimal(let b)): a < b
    case (.string(let a), .string(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    default: nil
    }
  }
}

/// Statistics of one column: in one file (`column_stats`) or in one partition (`partition_stats`).
public struct ColumnStatistics: Sendable, Hashable {
  /// The kind of value that newer writers note beside the bounds.
  public struct ValueType: Sendable, Hashable {
    public let ordinal: Int
    /// `precision,scale` of decimals.
    public let additionalInfo: String?
  }

  /// Name of the file without its directory; of partition statistics, the partition path.
  public var fileName: String
  public var columnName: String
  public var min: StatisticsValue?
  public var max: StatisticsValue?
  /// Rows, nulls included.
  public var valueCount: Int64
  public var nullCount: Int64
  public var totalSize: Int64
  public var totalUncompressedSize: Int64
  public var isDeleted: Bool
  public var isTightBound: Bool
  public var valueType: ValueType?

  /// These statistics over older ones of the same key; nil when they cannot be put together: then
  /// nothing is known. [MDT-7]
  func merged(over old: ColumnStatistics) -> ColumnStatistics? {
    if isDeleted || old.isDeleted || isTightBound { return self }
    var merged = self
    switch (min, old.min) {
    case (let a?, let b?):
      guard let isLess = b.precedes(a) else { return nil }
      merged.min = isLess ? b : a
    case (nil, let b): merged.min = b
    default: break
    }
    switch (max, old.max) {
    case (let a?, let b?):
      guard let isLess = a.precedes(b) else { return nil }
      merged.max = isLess ? b : a
    case (nil, let b): merged.max = b
    default: break
    }
    func sum(_ a: Int64, _ b: Int64) -> Int64? {
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? nil : sum
    }
    guard let values = sum(valueCount, old.valueCount), let nulls = sum(nullCount, old.nullCount),
      let size = sum(totalSize, old.totalSize),
      let plain = sum(totalUncompressedSize, old.totalUncompressedSize)
    else { return nil }
    merged.valueCount = values
    merged.nullCount = nulls
    merged.totalSize = size
    merged.totalUncompressedSize = plain
    return merged
  }
}
