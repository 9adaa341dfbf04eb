// Spec: 02-layout-and-names. What a name in a partition directory stands for.

/// A name in a partition directory.
public enum DataFileName: Sendable, Hashable {
  case base(BaseFileName)
  case log(LogFileName)
  /// `.hoodie_partition_metadata`, with or without a format's extension.
  case partitionMetadata
  /// Nothing of the table's: invisible. [NAME-7]
  case foreign

  public init(_ name: String) {
    let name = NameBytes(name)
    let marked = PartitionMetadata.fileName.utf8.count
    if name.count >= marked, name.spells(0..<marked, PartitionMetadata.fileName) {
      self = .partitionMetadata
    } else if let log = LogFileName(name) {
      self = .log(log)
    } else if let base = BaseFileName(name) {
      self = .base(base)
    } else {
      self = .foreign
    }
  }
}
