// Spec: 09-metadata-table. The listing that the metadata table keeps, in place of directories.
import HudiModel
import LakeBase
import LakeStorage

extension TableListing {
  /// - Parameter partitions: data directories with their files, sorted by path.
  public init(_ partitions: [(path: PartitionPath, entries: [FileEntry])]) {
    self.partitions = partitions
  }

  /// The listing as the metadata table tells it. [MDT-11]
  ///
  /// - Parameter only: nil: all partitions; those it does not know are left out.
  public init(
    _ table: MetadataTable, only paths: [PartitionPath]? = nil
  ) throws(LakeError) {
    let files = try table.partition("files")
    let wanted: [PartitionPath]
    if let paths { wanted = paths.sorted() } else { wanted = try Self.partitions(files) }
    let found = try files.lookup(wanted.map { MetadataKeys.name(of: $0) })
    var partitions: [(path: PartitionPath, entries: [FileEntry])] = []
    for (path, content) in zip(wanted, found) {
      guard let content else {
        // A partition without files has no record.
        if paths == nil { partitions.append((path, [])) }
        continue
      }
      guard case .files(let names) = content else {
        throw LakeError(
          .metadataTableMalformed, "the record of partition \(path) is of type \(content.type)",
          path: MetadataTable.directory + "/files")
      }
      partitions.append((path, try Self.entries(names)))
    }
    self.partitions = partitions
  }

  private static func partitions(_ files: MetadataPartition) throws(LakeError) -> [PartitionPath] {
    guard case .partitions(let names)? = try files.lookup([MetadataKeys.allPartitions])[0] else {
      throw LakeError(
        .metadataTableMalformed, "there is no record of the partitions",
        path: MetadataTable.directory + "/files")
    }
    var paths: [PartitionPath] = []
    for (name, entry) in names where !entry.isDeleted {
      paths.append(try MetadataKeys.path(name.text))
    }
    return paths.sorted()
  }

  private static func entries(
    _ names: [ExactText: ListedFile]
  ) throws(LakeError) -> [FileEntry] {
    var entries: [FileEntry] = []
    for name in names.keys.sorted() {
      guard let file = names[name], !file.isDeleted else { continue }
      guard let size = Int(exactly: file.size), !name.text.isEmpty, !name.text.contains("/") else {
        throw LakeError(
          .metadataTableMalformed, "\(name.text.debugDescription) names no file",
          path: MetadataTable.directory + "/files")
      }
      entries.append(FileEntry(name: name.text, size: size, kind: .file))
    }
    return entries
  }
}
