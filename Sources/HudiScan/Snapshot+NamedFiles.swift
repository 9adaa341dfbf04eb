// Spec: 12-queries. A base file that is gone takes its rows along in silence, unless somebody asks.
import HudiModel
import HudiTimeline
import LakeBase

extension Snapshot {
  private struct Named {
    let instant: InstantTime
    let path: String
  }

  /// The newest base file that the commits of the snapshot name for a group is among `slices`, or a
  /// newer one is (R35). [QUERY-10]
  func requireNamedFiles(
    _ slices: [FileSlice], in partitions: Set<PartitionPath>?
  ) throws(LakeError) {
    var named = try namedFiles(partitions)
    for slice in slices {
      guard let base = slice.base, let wanted = named[slice.group] else { continue }
      if base.name.instant >= wanted.instant { named[slice.group] = nil }
    }
    guard let missing = named.values.map(\.path).min() else { return }
    let now = try context.store.load()
    let isCleaned = asOf != nil && now.instants.contains { $0.action == .clean && $0.isCompleted }
    if isCleaned || now.latestWrite?.requested != timeline.latestWrite?.requested {
      throw LakeError(
        .snapshotExpired, "the file was removed since the snapshot was current", path: missing,
        hint: "read a newer snapshot")
    }
    throw LakeError(
      .dataFileMissing, "a commit wrote this file, nothing replaced it, and it is not there",
      path: missing, hint: "bring the file back from a backup: its rows are in no other file")
  }

  /// The newest base file of every group that is not replaced, as the stats of the writes tell it.
  private func namedFiles(
    _ partitions: Set<PartitionPath>?
  ) throws(LakeError) -> [FileGroupID: Named] {
    let cache = context.commits
    let commits = try context.world.workers.map(writes) { instant throws(LakeError) in
      try cache.metadata(of: instant)
    }
    var named: [FileGroupID: Named] = [:]
    for metadata in commits {
      for stat in metadata.stats {
        guard let path = stat.path, case .base(let name) = DataFileName(Self.lastSegment(path))
        else { continue }
        let partition = try PartitionPath(
          String(path.dropLast(name.text.count)).trimmingOneSlash)
        if let partitions, !partitions.contains(partition) { continue }
        let group = FileGroupID(partition, name.fileID)
        if let replaced = inputs.replaced[group], inputs.filter.range.contains(replaced) {
          continue
        }
        if let known = named[group], known.instant > name.instant { continue }
        named[group] = Named(instant: name.instant, path: path)
      }
    }
    return named
  }

  private static func lastSegment(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

extension String {
  fileprivate var trimmingOneSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
