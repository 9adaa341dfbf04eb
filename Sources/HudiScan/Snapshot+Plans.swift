// Spec: 12-queries. Which file groups the plans of pending services name.
import HudiModel
import HudiTimeline
import LakeBase

extension Snapshot {
  /// Groups with a pending compaction and its requested time: a barrier for their log files.
  static func pendingCompactions(
    _ context: TableContext, _ timeline: Timeline
  ) throws(LakeError) -> [FileGroupID: InstantTime] {
    var groups: [FileGroupID: InstantTime] = [:]
    for instant in timeline.pendingCompactions {
      for group in try compacted(context, instant) {
        groups[group] = Swift.max(groups[group] ?? instant.requested, instant.requested)
      }
    }
    return groups
  }

  private static func compacted(
    _ context: TableContext, _ instant: Instant
  ) throws(LakeError) -> [FileGroupID] {
    let bytes = try context.store.plan(of: instant)
    let plan = try planned(context, instant) { () throws(LakeError) in
      try CompactionPlan(parsing: bytes, limits: context.world.limits)
    }
    return try planned(context, instant) { () throws(LakeError) in
      var groups: [FileGroupID] = []
      for operation in plan.operations ?? [] { groups.append(try operation.group()) }
      return groups
    }
  }

  private static func planned<T>(
    _ context: TableContext, _ instant: Instant, _ body: () throws(LakeError) -> T
  ) throws(LakeError) -> T {
    let name = instant.fileName(context.store.layout, in: .requested)
    return try naming(context.config.timelineDirectory + "/" + name, body)
  }

  /// Groups that a pending log compaction names, with its requested time. No barrier: its result
  /// stays in the slice.
  public func pendingLogCompactions() throws(LakeError) -> [FileGroupID: InstantTime] {
    var groups: [FileGroupID: InstantTime] = [:]
    for instant in timeline.pendingLogCompactions {
      for group in try Self.compacted(context, instant) { groups[group] = instant.requested }
    }
    return groups
  }

  /// Groups that a pending clustering will replace, with its requested time.
  public func pendingClusterings() throws(LakeError) -> [FileGroupID: InstantTime] {
    var groups: [FileGroupID: InstantTime] = [:]
    for instant in timeline.pendingClusterings {
      let bytes = try context.store.plan(of: instant)
      if bytes.isEmpty { continue }
      let found = try Self.planned(context, instant) {
        () throws(LakeError) -> [FileGroupID] in
        let request = try RequestedReplaceMetadata(
          parsing: bytes, limits: context.world.limits)
        var found: [FileGroupID] = []
        for slice in (request.clusteringPlan?.inputGroups ?? []).flatMap({ $0.slices ?? [] }) {
          found.append(try slice.group())
        }
        return found
      }
      for group in found { groups[group] = instant.requested }
    }
    return groups
  }
}
