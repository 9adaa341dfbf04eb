// Spec: 06-base-files. Which rows of which row groups are wanted.
import LakeBase

/// Sorted, disjoint row ranges per row group; a row group that is not named is wanted whole.
public struct RowSelection: Sendable, Equatable {
  private var ranges: [Int: [Range<Int>]] = [:]

  public init() {}

  /// The wanted rows of a row group, in any order; overlaps are merged, empty ranges dropped.
  public subscript(rowGroup: Int) -> [Range<Int>]? {
    get { ranges[rowGroup] }
    set { ranges[rowGroup] = newValue.map(Self.normalised) }
  }

  static func normalised(_ wanted: [Range<Int>]) -> [Range<Int>] {
    var merged: [Range<Int>] = []
    for range in wanted.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] =
          last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  /// Rows both want. A row group that only one names is that one's.
  public func intersection(_ other: RowSelection) -> RowSelection {
    var result = self
    for (group, theirs) in other.ranges {
      guard let ours = ranges[group] else {
        result.ranges[group] = theirs
        continue
      }
      var both: [Range<Int>] = []
      var left = 0
      var right = 0
      while left < ours.count && right < theirs.count {
        let common = ours[left].clamped(to: theirs[right])
        if !common.isEmpty { both.append(common) }
        if ours[left].upperBound < theirs[right].upperBound { left += 1 } else { right += 1 }
      }
      result.ranges[group] = both
    }
    return result
  }
}
