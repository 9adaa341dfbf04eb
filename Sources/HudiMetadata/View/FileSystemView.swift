// Spec: 12-queries. From names to file groups and slices.
import HudiModel
import LakeBase
import LakeStorage

/// The file groups of a table at a snapshot, each with its visible slices.
public struct FileSystemView: Sendable {
  /// Sorted by partition and file id; replaced groups and groups without visible slices left out.
  public let groups: [FileGroup]
  /// Base files that share group and instant with another: of these the one with the greatest write
  /// token is shown, unless `ViewInputs.passedOver` takes it out.
  public let contested: [FileGroupID: [BaseFileName]]

  public init(_ listing: TableListing, _ inputs: ViewInputs) {
    var groups: [FileGroup] = []
    var contested: [FileGroupID: [BaseFileName]] = [:]
    for partition in listing.partitions {
      groups += Self.groups(partition.path, partition.entries, inputs, &contested)
    }
    self.groups = groups.sorted { $0.id < $1.id }
    self.contested = contested
  }

  /// The newest slice of every group: what a snapshot reads. [VIEW-2]
  public var latestSlices: [FileSlice] { groups.compactMap(\.latest) }

  private struct Names {
    var bases: [BaseFile] = []
    var logs: [LogFile] = []
  }

  private static func groups(
    _ partition: PartitionPath, _ entries: [FileEntry], _ inputs: ViewInputs,
    _ contested: inout [FileGroupID: [BaseFileName]]
  ) -> [FileGroup] {
    var names: [FileID: Names] = [:]
    for entry in entries {
      switch DataFileName(entry.name) {
      case .base(let name):
        names[name.fileID, default: Names()].bases.append(BaseFile(name, size: entry.size))
      case .log(let name):
        if name.isCDC { continue }
        names[name.fileID, default: Names()].logs.append(LogFile(name, size: entry.size))
      case .partitionMetadata, .foreign: continue
      }
    }
    var groups: [FileGroup] = []
    for (fileID, var names) in names {
      let id = FileGroupID(partition, fileID)
      if let passedOver = inputs.passedOver[id] {
        names.bases.removeAll { passedOver.contains($0.name) }
      }
      if names.bases.count > 1 {
        let rivals = rivals(names.bases)
        if !rivals.isEmpty { contested[id] = rivals }
      }
      if let replacedAt = inputs.replaced[id], inputs.filter.range.contains(replacedAt) { continue }
      let slices = slices(id, names, inputs)
      if !slices.isEmpty { groups.append(FileGroup(id, slices)) }
    }
    return groups
  }

  /// Those that have their instant in common with another.
  private static func rivals(_ bases: [BaseFile]) -> [BaseFileName] {
    let names = bases.map(\.name).sorted { $0.instant < $1.instant }
    return names.indices.filter { place in
      place > 0 && names[place - 1].instant == names[place].instant
        || place + 1 < names.count && names[place + 1].instant == names[place].instant
    }.map { names[$0] }
  }

  private static func slices(
    _ id: FileGroupID, _ names: Names, _ inputs: ViewInputs
  ) -> [FileSlice] {
    let pending = inputs.pendingCompactions[id]
    var bases: [InstantTime: BaseFile] = [:]
    for base in names.bases.sorted(by: { $0.name.token < $1.name.token }) {
      bases[base.name.instant] = base
    }
    var starts = SliceStarts(bases.keys.sorted())
    if let pending { starts.insert(pending) }
    var logs: [InstantTime: [LogFile]] = [:]
    for log in names.logs.sorted(by: { $0.name < $1.name }) {
      let start = sliceStart(log, starts, inputs)
      starts.insert(start)
      logs[start, default: []].append(log)
    }
    var slices: [FileSlice] = []
    for start in starts.times {
      // As of a moment, what lies behind a later barrier is out of sight, with earlier requests.
      if !inputs.filter.range.contains(start) { continue }
      let isPending = start == pending
      if inputs.layout == .one && !(inputs.filter.admits(start) || isPending) { continue }
      var base = bases[start]
      if isPending || !inputs.filter.admits(start) { base = nil }
      var kept = logs[start] ?? []
      if inputs.layout == .two { kept = kept.filter { inputs.filter.admits($0.name.instant) } }
      if base == nil && kept.isEmpty { continue }
      slices.append(FileSlice(id, start, base: base, logs: kept))
    }
    return joiningPending(slices, pending)
  }

  /// The base instant of the slice a log file belongs to. [VIEW-3]
  private static func sliceStart(
    _ log: LogFile, _ starts: SliceStarts, _ inputs: ViewInputs
  ) -> InstantTime {
    let written = log.name.instant
    if inputs.layout == .one { return written }
    guard let completed = inputs.completions[written] else {
      return inputs.filter.admits(written)
        ? starts.newest(through: written) ?? written : starts.times.last ?? written
    }
    return starts.newest(through: completed) ?? written
  }

  /// While a compaction is pending, what was logged since belongs to the slice before it. [VIEW-4]
  private static func joiningPending(
    _ slices: [FileSlice], _ pending: InstantTime?
  ) -> [FileSlice] {
    guard let pending, let last = slices.last, last.baseInstant == pending, slices.count > 1 else {
      return slices
    }
    let before = slices[slices.count - 2]
    let joined = FileSlice(
      before.group, before.baseInstant, base: before.base, logs: before.logs + last.logs)
    return slices.dropLast(2) + [joined]
  }
}

/// Base instants of a group's slices, ascending; found by halving, since a group may have as many
/// slices as files.
private struct SliceStarts {
  private(set) var times: [InstantTime]

  init(_ times: [InstantTime]) { self.times = times }

  /// How many are not after `time`.
  private func count(through time: InstantTime) -> Int {
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func newest(through time: InstantTime) -> InstantTime? {
    let count = count(through: time)
    return count == 0 ? nil : times[count - 1]
  }

  mutating func insert(_ time: InstantTime) {
    let count = count(through: time)
    if count == 0 || times[count - 1] != time { times.insert(time, at: count) }
  }
}
