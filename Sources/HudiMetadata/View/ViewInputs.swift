// Spec: 12-queries. What the timeline contributes to the view of the files.
import HudiModel
import LakeBase

/// The timeline's part of a file-system view, as values.
public struct ViewInputs: Sendable {
  public let layout: TimelineLayout
  public let filter: InstantFilter
  /// Completion times of completed writes by requested time; empty for layout 1.
  public let completions: [InstantTime: InstantTime]
  /// Groups that a completed replace commit replaced, with its requested time.
  public let replaced: [FileGroupID: InstantTime]
  /// Groups with a pending compaction, with its requested time.
  public let pendingCompactions: [FileGroupID: InstantTime]
  /// Base files that are listed and do not belong to the table: remains of attempts. [VIEW-7]
  public private(set) var passedOver: [FileGroupID: Set<BaseFileName>] = [:]

  public init(
    layout: TimelineLayout, filter: InstantFilter,
    completions: [InstantTime: InstantTime] = [:], replaced: [FileGroupID: InstantTime] = [:],
    pendingCompactions: [FileGroupID: InstantTime] = [:]
  ) {
    self.layout = layout
    self.filter = filter
    self.completions = completions
    self.replaced = replaced
    self.pendingCompactions = pendingCompactions
  }

  /// The same without these base files.
  public func passing(over files: [FileGroupID: Set<BaseFileName>]) -> ViewInputs {
    var inputs = self
    inputs.passedOver = files
    return inputs
  }
}
