// Spec: 12-queries. The partitions of a table and their files, by walking its directories.
import HudiModel
import LakeBase
import LakeStorage

/// All data directories of a table with their entries.
public struct TableListing: Sendable {
  public let partitions: [(path: PartitionPath, entries: [FileEntry])]

  /// Walks everything outside `.hoodie`; a directory is a partition when it holds a partition
  /// metafile. [VIEW-1]
  public init(_ storage: any Storage, _ workers: Workers) throws(LakeError) {
    var found: [(path: PartitionPath, entries: [FileEntry])] = []
    var level: [PartitionPath] = [.none]
    while !level.isEmpty {
      let listed = try workers.map(level) { path throws(LakeError) in
        (path, try storage.list(StoragePath(path.text)))
      }
      var next: [PartitionPath] = []
      for (path, entries) in listed {
        if entries.contains(where: { $0.name.hasPrefix(PartitionMetadata.fileName) }) {
          found.append((path, entries.filter { $0.kind == .file }))
        }
        for entry in entries where entry.kind == .directory {
          if path.isNone && entry.name == ".hoodie" { continue }
          next.append(try PartitionPath(path.appending(entry.name)))
        }
      }
      level = next
    }
    partitions = found.sorted { $0.path < $1.path }
  }

  /// Only the named partitions, those that do not exist left out.
  public init(
    _ storage: any Storage, _ workers: Workers, only paths: [PartitionPath]
  ) throws(LakeError) {
    let listed = try workers.map(paths.sorted()) {
      path throws(LakeError) -> (path: PartitionPath, entries: [FileEntry])? in
      do throws(LakeError) {
        let entries = try storage.list(StoragePath(path.text))
        return (path, entries.filter { $0.kind == .file })
      } catch {
        if error.code == .fileNotFound { return nil }
        throw error
      }
    }
    partitions = listed.compactMap { $0 }
  }
  private init(partitions: [(path: PartitionPath, entries: [FileEntry])]) {
    self.partitions = partitions
  }

  /// Without the files whose name does not pass.
  public func filter(_ isKept: (DataFileName) -> Bool) -> TableListing {
    TableListing(
      partitions: partitions.map { partition in
        (partition.path, partition.entries.filter { isKept(DataFileName($0.name)) })
      })
  }
}
