// Spec: 10-merging. Which version of a row wins.
import HudiModel
import LakeBase

/// How two versions of a key become one.
public enum MergePolicy: Sendable, Hashable {
  /// The later write wins. [MERGE-1]
  case commitTime
  /// The greater ordering value wins, ties go to the later write. [MERGE-2]
  case eventTime([String])

  /// The ordering columns; none for commit time.
  public var orderingFields: [String] {
    if case .eventTime(let fields) = self { fields } else { [] }
  }
}
