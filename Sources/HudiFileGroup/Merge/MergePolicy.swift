// Spec: 10-merging. Which version of a row wins, and what a winner takes over from the loser.
import HudiModel
import LakeBase
import LakeColumns

/// How two versions of a key become one.
public struct MergePolicy: Sendable, Hashable {
  /// What a winning row takes from the row it beats.
  public enum PartialUpdate: Sendable, Hashable {
    /// Columns that hold their default. [MERGE-12]
    case ignoreDefaults
    /// Text that is this mark. [MERGE-13]
    case fillUnavailable(mark: String)
  }

  /// A row whose column spells this text is a delete. [MERGE-11]
  public struct DeleteMark: Sendable, Hashable {
    public let column: String
    public let text: String

    public init(column: String, text: String) {
      self.column = column
      self.text = text
    }
  }

  /// The ordering columns; none: the later write wins.
  public var orderingFields: [String]
  public var partialUpdate: PartialUpdate?
  public var deleteMark: DeleteMark?
  /// Entries of delete blocks win whatever ordering value they carry. [MERGE-15]
  public var deletesAreFinal = false
  /// Where a losing row can fill gaps, the meta columns are those of the later write all the same.
  /// [MERGE-15]
  public var showsLatestWrite = false
  /// Per column, the default that `ignoreDefaults` takes for a gap; null where a column is not
  /// named. [MERGE-12]
  public var fillers: [String: Scalar] = [:]

  public init(
    orderingFields: [String] = [], partialUpdate: PartialUpdate? = nil,
    deleteMark: DeleteMark? = nil
  ) {
    self.orderingFields = orderingFields
    self.partialUpdate = partialUpdate
    self.deleteMark = deleteMark
  }

  /// The later write wins. [MERGE-1]
  public static let commitTime = MergePolicy()

  /// The greater ordering value wins, ties go to the later write. [MERGE-2]
  public static func eventTime(_ fields: [String]) -> MergePolicy {
    MergePolicy(orderingFields: fields)
  }
}
