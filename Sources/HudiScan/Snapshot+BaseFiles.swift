// Spec: 12-queries. The read-optimised view: base files only, and how stale that is.
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase

/// What a read-optimised query leaves out.
public struct Staleness: Sendable, Hashable {
  /// Requested time of the newest base file that is read.
  public let newestBase: InstantTime?
  /// Requested time of the table's newest completed write.
  public let newestWrite: InstantTime?
  /// Log files that are not read.
  public let logFiles: Int
  public let logBytes: Int

  /// Every completed write is in the rows.
  public var isCurrent: Bool { logFiles == 0 }
}

extension Snapshot {
  /// For each file group its newest base file without log files; groups of log files only are left
  /// out. [QUERY-30]
  public func baseSlices(
    in partitions: [PartitionPath]? = nil
  ) throws(LakeError) -> (slices: [FileSlice], staleness: Staleness) {
    let found = try withListing(partitions) { (listing) throws(LakeError) in
      let view = try self.view(of: listing)
      try requireNamedFiles(listing, view.latestSlices, in: partitions.map { Set($0) })
      return view
    }
    var slices: [FileSlice] = []
    var logs: [LogFile] = []
    for group in found.groups {
      for slice in group.slices {
        logs += slice.logs
        guard let base = slice.base else { continue }
        slices.append(FileSlice(slice.group, base.name.instant, base: base))
        break
      }
    }
    let staleness = Staleness(
      newestBase: slices.map(\.baseInstant).max(), newestWrite: writes.last?.requested,
      logFiles: logs.count, logBytes: logs.reduce(0) { $0 + ($1.size ?? 0) })
    return (slices, staleness)
  }

  /// The listing of all or some partitions, and all visible slices of it.
  func listedView(
    _ partitions: [PartitionPath]?
  ) throws(LakeError) -> (listing: TableListing, view: FileSystemView) {
    let listing: TableListing
    if let partitions {
      listing = try TableListing(context.storage, context.world.workers, only: partitions)
    } else {
      listing = try TableListing(context.storage, context.world.workers)
    }
    return (listing, try view(of: listing))
  }

  /// The slices that a scan reads.
  public func slices(_ options: ScanOptions) throws(LakeError) -> [FileSlice] {
    if let slices = options.slices {
      guard let partitions = options.partitions else { return slices }
      let wanted = Set(partitions)
      return slices.filter { wanted.contains($0.partition) }
    }
    switch options.mode {
    case .readOptimized: return try baseSlices(in: options.partitions).slices
    case .snapshot:
      if let partitions = options.partitions { return try slices(in: partitions) }
      return try slices()
    }
  }
}
