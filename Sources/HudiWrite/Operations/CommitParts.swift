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
  let checksum: UInt32
  var counts = FileGroupMerge.Counts()
}

/// Builds the metadata of a commit.
public enum CommitParts {
  /// Extra metadata key under which the CRC-32C of every written file is kept (R13). [TXN-7]
  public static let checksumsKey = "lake.crc32c"

  static func metadata(
    _ operation: WriteOperation, _ files: [WrittenFile], schema: TableSchema?,
    extra: [(key: String, value: String)]
  ) -> CommitMetadata {
    var metadata = CommitMetadata(operation)
    for file in files { metadata.add(file.stat) }
    metadata.schema = schema?.text
    for pair in extra { metadata.extraMetadata[pair.key] = pair.value }
    if !files.isEmpty { metadata.extraMetadata[checksumsKey] = checksums(files) }
    return metadata
  }

  /// `path=8 hexadecimal digits` a line, in the order of the stats.
  private static func checksums(_ files: [WrittenFile]) -> String {
    files.map { file in
      let digits = String(file.checksum, radix: 16)
      return file.path + "=" + String(repeating: "0", count: 8 - digits.count) + digits
    }.joined(separator: "\n")
  }

  /// The checksums that a commit keeps of its files, by path; lines that are none are passed over.
  public static func checksums(of metadata: CommitMetadata) -> [(path: String, crc: UInt32)] {
    let lines = metadata.extraMetadata[checksumsKey]?.split(separator: "\n") ?? []
    return lines.compactMap { line in
      guard let sign = line.lastIndex(of: "="),
        let crc = UInt32(line[line.index(after: sign)...], radix: 16)
      else { return nil }
      return (String(line[..<sign]), crc)
    }
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
