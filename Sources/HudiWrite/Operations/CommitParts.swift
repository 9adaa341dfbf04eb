// Spec: 05-commit-metadata, 15-storage. From written files to the metadata of a commit.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeStorage

/// A file that a write made, with its stat.
struct WrittenFile: Sendable {
  let stat: WriteStat
  let group: FileGroupID
  let path: String
  let checksum: FileChecksum
  var counts = FileGroupMerge.Counts()
}

/// Builds the metadata of a commit.
enum CommitParts {
  static func metadata(
    _ operation: WriteOperation, _ files: [WrittenFile], schema: TableSchema?,
    extra: [(key: String, value: String)]
  ) -> CommitMetadata {
    var metadata = CommitMetadata(operation)
    for file in files { metadata.add(file.stat) }
    metadata.schema = schema?.text
    for pair in extra { metadata.extraMetadata[pair.key] = pair.value }
    metadata.fileChecksums = Dictionary(
      files.map { ($0.path, $0.checksum) }, uniquingKeysWith: { first, _ in first })
    metadata.extraMetadata[CommitDigest.key] = CommitDigest.blank
    return metadata
  }

  /// Makes the directories of partitions that have no files yet, each with its metafile. [TXN-8]
  static func preparePartitions(
    _ partitions: Set<PartitionPath>, _ context: TableContext, _ instant: InstantTime
  ) throws(LakeError) {
    for partition in partitions.sorted() {
      let directory = try StoragePath(partition.text)
      try context.storage.makeDirectory(directory)
      let path = try directory.appending(PartitionMetadata.fileName)
      if try context.storage.entry(path) != nil { continue }
      let content = PartitionMetadata(commitTime: instant, depth: partition.depth)
      _ = try context.storage.publish(
        content.encode(now: context.world.clock.now()), at: path, .ifAbsent)
    }
  }
}
