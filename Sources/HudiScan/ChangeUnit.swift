// Spec: 12d-changes. What one commit did to one file group, and how that is found out.
import HudiFileGroup
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase

/// One file group in one commit.
public struct ChangeUnit: Sendable {
  /// Where the changes are found.
  public enum Kind: Sendable, Hashable {
    /// The commit wrote change logs: names and sizes.
    case recorded([ChangeLog])
    /// The base files before and after are compared; one of them may be missing.
    case compared
    /// Log files were written: the slices before and after are compared for their keys.
    case logged
  }

  /// A change log beside its base file.
  public struct ChangeLog: Sendable, Hashable {
    public let path: String
    public let size: Int?
  }

  public let instant: Instant
  public let group: FileGroupID
  public let kind: Kind
  /// nil: the group did not exist.
  public let before: FileSlice?
  /// nil: the group was replaced.
  public let after: FileSlice?
  /// How many writes of the range were completed before this one.
  let rank: Int
}

/// Makes the units of one commit.
struct ChangeUnitMaker {
  let instant: Instant
  let rank: Int
  let before: Snapshot
  let after: Snapshot
  let files: GroupFiles

  func units(
    _ metadata: CommitMetadata, _ partitions: Set<PartitionPath>?
  ) throws(LakeError) -> [ChangeUnit] {
    var units: [ChangeUnit] = []
    for group in try metadata.replacedGroups() {
      if let partitions, !partitions.contains(group.partition) { continue }
      guard let slice = files.slice(group, before) else {
        throw try before.cleaned(group.description)
      }
      units.append(unit(group, .compared, before: slice, after: nil))
    }
    var stats: [FileGroupID: [WriteStat]] = [:]
    for entry in metadata.partitionStats.entries {
      let partition = try PartitionPath(entry.key)
      if let partitions, !partitions.contains(partition) { continue }
      for stat in entry.value {
        guard let name = stat.fileName else { continue }
        switch DataFileName(name) {
        case .base(let base): stats[FileGroupID(partition, base.fileID), default: []].append(stat)
        case .log(let log): stats[FileGroupID(partition, log.fileID), default: []].append(stat)
        case .partitionMetadata, .foreign: continue
        }
      }
    }
    for (group, stats) in stats { units.append(try unit(group, stats)) }
    return units.sorted { $0.group < $1.group }
  }

  private func unit(
    _ group: FileGroupID, _ kind: ChangeUnit.Kind, before: FileSlice?, after: FileSlice?
  ) -> ChangeUnit {
    ChangeUnit(
      instant: instant, group: group, kind: kind, before: before, after: after,
      rank: rank)
  }

  private func unit(
    _ group: FileGroupID, _ stats: [WriteStat]
  ) throws(LakeError) -> ChangeUnit {
    let base = stats.first { !($0.fileName ?? "").hasPrefix(".") }
    let was = files.slice(group, before)
    let logs = try changeLogs(group, stats)
    if !logs.isEmpty {
      let mode = before.context.config[TableConfig.Key.cdcMode]?.lowercased()
      // What the change logs of a mode do not tell is looked up in the base files.
      if mode == "data_before" || mode == "op_key_only" { try requireWritten(stats, group) }
      if mode == "op_key_only" { try requirePrevious(base, was, group) }
      let slice = base.flatMap { written($0, group) }
      return unit(group, .recorded(logs), before: was, after: slice)
    }
    try requireWritten(stats, group)
    guard let base else {
      try requireNamed(stats, group)
      let slice = files.slice(group, after)
      return unit(group, .logged, before: was, after: slice)
    }
    try requirePrevious(base, was, group)
    // Logs of the same commit lie on top of its base file.
    let slice = stats.count > 1 ? files.slice(group, after) : written(base, group)
    return unit(group, .compared, before: was, after: slice)
  }

  /// The base file that a stat names, alone.
  private func written(_ stat: WriteStat, _ group: FileGroupID) -> FileSlice? {
    guard let name = stat.fileName.flatMap({ BaseFileName($0) }),
      files.has(name.text, in: group.partition)
    else { return nil }
    let file = BaseFile(name, size: files.size(of: name.text, in: group))
    return FileSlice(group, name.instant, base: file)
  }

  private func changeLogs(
    _ group: FileGroupID, _ stats: [WriteStat]
  ) throws(LakeError) -> [ChangeUnit.ChangeLog] {
    var logs: [ChangeUnit.ChangeLog] = []
    for entry in stats.flatMap({ $0.cdcStats?.entries ?? [] }) {
      let name =
        entry.key.lastIndex(of: "/").map { String(entry.key[$0...].dropFirst()) }
        ?? entry.key
      guard files.has(name, in: group.partition) else { throw try before.cleaned(entry.key) }
      logs.append(
        ChangeUnit.ChangeLog(
          path: group.partition.appending(name), size: Int(exactly: entry.value)))
    }
    return logs
  }

  private func requireWritten(_ stats: [WriteStat], _ group: FileGroupID) throws(LakeError) {
    for stat in stats {
      guard let name = stat.fileName, !files.has(name, in: group.partition) else { continue }
      throw try before.cleaned(group.partition.appending(name))
    }
  }

  /// The base file that was merged into.
  private func requirePrevious(
    _ base: WriteStat?, _ was: FileSlice?, _ group: FileGroupID
  ) throws(LakeError) {
    guard let previous = base?.prevCommit.flatMap({ InstantTime($0) }) else { return }
    if let found = was?.base?.name.instant, found >= previous { return }
    throw try before.cleaned("\(group) at \(previous.text)")
  }

  /// The files that a log was appended to.
  private func requireNamed(_ stats: [WriteStat], _ group: FileGroupID) throws(LakeError) {
    for stat in stats {
      var needed: [String] = []
      if let base = stat.baseFile, !base.isEmpty { needed.append(base) }
      for name in stat.logFiles ?? [] {
        guard case .log(let log) = DataFileName(name), !log.isCDC else { continue }
        let isSeen = before.timeline.layout == .one || before.inputs.filter.admits(log.instant)
        if isSeen && name != stat.fileName { needed.append(name) }
      }
      for name in needed where !files.has(name, in: group.partition) {
        throw try before.cleaned(group.partition.appending(name))
      }
    }
  }
}
