// Spec: 09-metadata-table. One record of the metadata table as a value, and how records merge.
import HudiModel
import LakeBase

/// What a record says of a file.
public struct ListedFile: Sendable, Hashable {
  public let size: Int64
  public let isDeleted: Bool

  public init(size: Int64, isDeleted: Bool = false) {
    self.size = size
    self.isDeleted = isDeleted
  }
}

/// Where the record index says a record lives.
public struct RecordLocation: Sendable, Hashable {
  public let partition: PartitionPath
  public let fileID: FileID
  /// Milliseconds since 1970 of the instant's digits read in the writer's zone: for people only.
  public let instantMilliseconds: Int64
  /// 0: the file id is kept as a UUID and a number; 1: as text.
  public let encoding: Int
}

/// A bloom filter as the metadata table stores it.
public struct IndexedBloomFilter: Sendable, Hashable {
  /// `SIMPLE` or `DYNAMIC_V0`.
  public let type: String
  public let timestamp: String
  /// The text that base files carry in their footer.
  public let filter: Buffer
  public let isDeleted: Bool

  public static func == (left: IndexedBloomFilter, right: IndexedBloomFilter) -> Bool {
    left.type == right.type && left.timestamp == right.timestamp && left.filter == right.filter
      && left.isDeleted == right.isDeleted
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    hasher.combine(timestamp)
  }
}

/// A record of the metadata table.
public struct MetadataRecord: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    /// Type 1: partition names.
    case partitions([ExactText: ListedFile])
    /// Type 2: file names of one partition.
    case files([ExactText: ListedFile])
    /// Type 3.
    case columnStats(ColumnStatistics)
    /// Type 4.
    case bloomFilter(IndexedBloomFilter)
    /// Type 5.
    case location(RecordLocation)
    /// Type 6.
    case partitionStats(ColumnStatistics)
    /// Type 7.
    case secondary(isDeleted: Bool)

    /// The number of the record's kind in the file.
    public var type: Int {
      switch self {
      case .partitions: 1
      case .files: 2
      case .columnStats: 3
      case .bloomFilter: 4
      case .location: 5
      case .partitionStats: 6
      case .secondary: 7
      }
    }

    /// Whether the record says that there is nothing. [MDT-8]
    public var isDeleted: Bool {
      switch self {
      case .partitions, .files, .location: false
      case .columnStats(let statistics), .partitionStats(let statistics): statistics.isDeleted
      case .bloomFilter(let filter): filter.isDeleted
      case .secondary(let isDeleted): isDeleted
      }
    }
  }

  public let key: ExactText
  public let content: Content

  public init(key: ExactText, _ content: Content) {
    self.key = key
    self.content = content
  }
}

extension MetadataRecord.Content {
  /// This record over an older one of the same key; nil: nothing is known any more. [MDT-7]
  func merged(over old: MetadataRecord.Content?) throws(LakeError) -> MetadataRecord.Content? {
    guard let old else { return self }
    guard type == old.type else {
      throw LakeError(
        .metadataTableMalformed, "a record of type \(type) follows one of type \(old.type)")
    }
    switch (self, old) {
    case (.partitions(let new), .partitions(let old)): return .partitions(Self.merge(new, old))
    case (.files(let new), .files(let old)): return .files(Self.merge(new, old))
    case (.columnStats(let new), .columnStats(let old)):
      return new.merged(over: old).map { .columnStats($0) }
    case (.partitionStats(let new), .partitionStats(let old)):
      return new.merged(over: old).map { .partitionStats($0) }
    default: return self
    }
  }

  /// A deletion takes a live entry away; of nothing it stays as a tombstone. Sizes only grow.
  private static func merge(
    _ new: [ExactText: ListedFile], _ old: [ExactText: ListedFile]
  ) -> [ExactText: ListedFile] {
    var merged = old
    for (name, file) in new {
      guard let before = old[name], !before.isDeleted else {
        merged[name] = file
        continue
      }
      merged[name] =
        file.isDeleted ? nil : ListedFile(size: Swift.max(before.size, file.size))
    }
    return merged
  }
}
