// Spec: 13-concurrency. What a write did.
import HudiModel
import LakeBase

/// What became of a write, in numbers.
public struct CommitReport: Sendable {
  public enum Outcome: String, Sendable {
    case committed
    /// There was nothing to do: no instant was made.
    case nothing
    /// `--dry-run`: the numbers tell what would have happened.
    case planned
  }

  public var outcome: Outcome
  public var operation: WriteOperation
  /// nil unless committed.
  public var instant: Instant?
  public var rowsIn = 0
  public var inserted = 0
  public var updated = 0
  public var deleted = 0
  /// Rows that lost against newer rows of the table.
  public var stale = 0
  /// Rows that another row of the same input with the same key replaced.
  public var duplicates = 0
  /// Deletes of keys that the table does not have.
  public var notFound = 0
  public var filesAdded = 0
  public var fileGroupsTouched = 0
  public var fileGroups = 0
  public var bytesWritten = 0

  public init(_ outcome: Outcome, _ operation: WriteOperation) {
    self.outcome = outcome
    self.operation = operation
  }
}
