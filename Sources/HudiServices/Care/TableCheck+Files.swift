// Spec: 13-concurrency. Files against the timeline, both ways.
import HudiMetadata
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeStorage

extension TableCheck {
  /// Every file that a completed write names exists with its size and bytes, unless a clean or a
  /// replace commit allows it to be gone; no other data file exists but those of pending instants.
  /// [CARE-2]
  func files(
    _ snapshot: Snapshot, _ stats: [String: WriteStat]
  ) throws(LakeError) -> [CheckFinding] {
    var findings: [CheckFinding] = []
    let listing = try TableListing(context.storage, context.world.workers)
    var sizes: [String: Int] = [:]
    let pending = Set(snapshot.timeline.pending.map(\.requested))
    let start = snapshot.timeline.start
    for partition in listing.partitions {
      for entry in partition.entries {
        guard case .base(let name) = DataFileName(entry.name) else { continue }
        let path = partition.path.appending(entry.name)
        sizes[path] = entry.size
        if stats[path] != nil || pending.contains(name.instant) { continue }
        if let start, name.instant < start { continue }
        findings.append(
          CheckFinding(.noOrphans, "no completed write names this file", path: path))
      }
    }
    findings += missing(snapshot, stats, sizes)
    findings += try leftovers(snapshot)
    if readsData { findings += try checksums(snapshot, sizes) }
    return findings
  }

  private func missing(
    _ snapshot: Snapshot, _ stats: [String: WriteStat], _ sizes: [String: Int]
  ) -> [CheckFinding] {
    let wasCleaned = snapshot.timeline.completed.contains { $0.action == .clean }
    var findings: [CheckFinding] = []
    for (path, stat) in stats.sorted(by: { $0.key < $1.key }) {
      guard let size = sizes[path] else {
        if !wasCleaned {
          findings.append(CheckFinding(.filesExist, "the file is missing", path: path))
        }
        continue
      }
      if let told = stat.fileSizeInBytes, told != Int64(size) {
        findings.append(
          CheckFinding(
            .filesExist, "the file has \(size) bytes, the commit says \(told)", path: path))
      }
    }
    return findings
  }

  /// Markers and signs of life of instants that are neither pending nor completed.
  private func leftovers(_ snapshot: Snapshot) throws(LakeError) -> [CheckFinding] {
    var findings: [CheckFinding] = []
    let known = Set(snapshot.timeline.instants.map(\.requested))
    for folder in [".hoodie/.temp", ".hoodie/.heartbeat"] {
      let entries: [FileEntry]
      do throws(LakeError) { entries = try context.storage.list(StoragePath(folder)) } catch {
        if error.code == .fileNotFound { continue }
        throw error
      }
      for entry in entries {
        guard let time = InstantTime(entry.name), !known.contains(time) else { continue }
        findings.append(
          CheckFinding(
            .noOrphans, "left behind by an instant that is gone", path: "\(folder)/\(entry.name)"))
      }
    }
    return findings
  }

  /// Bytes against the CRC-32C that each commit keeps of its files.
  private func checksums(
    _ snapshot: Snapshot, _ sizes: [String: Int]
  ) throws(LakeError) -> [CheckFinding] {
    var findings: [CheckFinding] = []
    for instant in snapshot.writes {
      guard let metadata = try? context.commits.metadata(of: instant) else { continue }
      for (path, told) in metadata.fileChecksums where sizes[path] != nil {
        let found = try checksum(path)
        if found != told.whole {
          findings.append(CheckFinding(.bytesIntact, "the bytes were changed", path: path))
        }
      }
    }
    return findings
  }

  private func checksum(_ path: String) throws(LakeError) -> UInt32 {
    let source = try context.storage.open(StoragePath(path))
    var state = CRC32C()
    var at = 0
    while at < source.count {
      let end = Swift.min(at + 1 << 20, source.count)
      state.update(try source.read(at..<end))
      at = end
    }
    return state.value
  }
}
