// Spec: 12-queries. A file that is gone takes its rows along in silence, unless somebody asks.
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase

extension Snapshot {
  /// How many of the newest writes are asked for the files they wrote: reading the metadata of all
  /// would cost a long timeline more than the query.
  static let writesAsked = 64

  /// A file that a commit wrote.
  private struct Named {
    let path: String
    let group: FileGroupID
    /// A slice with a base file after this instant no longer needs the file.
    let neededThrough: InstantTime
    /// So does one of this very instant: another attempt wrote the same base file.
    let isBase: Bool
  }

  /// Files that the newest writes of the snapshot name are listed, or no longer needed (R35).
  /// [QUERY-10]
  func requireNamedFiles(
    _ listing: TableListing, _ slices: [FileSlice], in partitions: Set<PartitionPath>?
  ) throws(LakeError) {
    let asked = Array(writes.suffix(Self.writesAsked))
    let range = inputs.filter.range
    let missing = try missingFile(asked, listing, slices, in: partitions) { range.contains($0) }
    guard let missing else { return }
    let now = try context.store.load()
    let isCleaned = asOf != nil && now.instants.contains { $0.action == .clean && $0.isCompleted }
    if isCleaned || now.latestWrite?.requested != timeline.latestWrite?.requested {
      throw LakeError(
        .snapshotExpired, "the file was removed since the snapshot was current", path: missing,
        hint: "read a newer snapshot")
    }
    throw Self.missing(missing)
  }

  static func missing(_ path: String) -> LakeError {
    LakeError(
      .dataFileMissing, "a commit wrote this file, nothing replaced it, and it is not there",
      path: path, hint: "bring the file back from a backup: its rows are in no other file")
  }

  /// The first of the files that `writes` name which is not listed, and which no base file among
  /// `slices` made needless, nor a replacement that `isReplacing`.
  func missingFile(
    _ writes: [Instant], _ listing: TableListing, _ slices: [FileSlice],
    in partitions: Set<PartitionPath>?, isReplacing: (InstantTime) -> Bool
  ) throws(LakeError) -> String? {
    var absent = try absentFiles(writes, listing, partitions)
    if absent.isEmpty { return nil }
    var bases: [FileGroupID: InstantTime] = [:]
    for slice in slices where slice.base != nil { bases[slice.group] = slice.baseInstant }
    absent.removeAll { named in
      if let replaced = inputs.replaced[named.group], isReplacing(replaced) { return true }
      guard let base = bases[named.group] else { return false }
      return base > named.neededThrough || named.isBase && base == named.neededThrough
    }
    return absent.map(\.path).min()
  }

  /// Files of the writes that the listing lacks.
  private func absentFiles(
    _ asked: [Instant], _ listing: TableListing, _ partitions: Set<PartitionPath>?
  ) throws(LakeError) -> [Named] {
    let cache = context.commits
    // The newest one tells how much there is to parse: a thread wants something to do.
    let files = try asked.last.map { (newest) throws(LakeError) in
      try cache.metadata(of: newest).stats.count + 4
    }
    let isLocal = context.storage.guarantees.storageClass == .local
    let threads = isLocal ? 1 + asked.count * (files ?? 0) / 64 : asked.count
    let commits = try context.world.workers.atMost(threads).map(asked) {
      instant throws(LakeError) in
      (instant, try cache.metadata(of: instant))
    }
    var listed: [PartitionPath: Set<String>] = [:]
    for partition in listing.partitions {
      listed[partition.path] = Set(partition.entries.map(\.name))
    }
    var absent: [Named] = []
    for (instant, metadata) in commits {
      for entry in metadata.partitionStats.entries {
        let partition = try PartitionPath(entry.key)
        if let partitions, !partitions.contains(partition) { continue }
        let names = listed[partition] ?? []
        for stat in entry.value {
          guard let name = stat.fileName, !names.contains(name) else { continue }
          if let named = named(name, partition, instant) { absent.append(named) }
        }
      }
    }
    return absent
  }

  private func named(_ name: String, _ partition: PartitionPath, _ writer: Instant) -> Named? {
    let path = partition.appending(name)
    switch DataFileName(name) {
    case .base(let base):
      return Named(
        path: path, group: FileGroupID(partition, base.fileID), neededThrough: base.instant,
        isBase: true)
    case .log(let log):
      if log.isCDC { return nil }
      // In layout 1 a name tells the slice; in layout 2 the completion of the writer does.
      return Named(
        path: path, group: FileGroupID(partition, log.fileID),
        neededThrough: timeline.layout == .one ? log.instant : writer.completionOrder,
        isBase: false)
    case .partitionMetadata, .foreign: return nil
    }
  }
}
