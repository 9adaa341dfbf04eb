// Spec: 12-queries. Which commits an incremental pull is asked for.
import HudiModel
import HudiTimeline
import LakeBase

/// From where to where a pull goes.
public struct IncrementalRange: Sendable, Hashable {
  /// Where a pull starts.
  public enum Start: Sendable, Hashable {
    /// Before the first commit.
    case earliest
    /// Excluded; a completion time, in layout 1 a requested time.
    case after(InstantTime)
    /// Where an earlier pull ended.
    case position(IncrementalPosition)
  }

  public var start: Start
  /// Included, in the same times; nil: everything that is completed.
  public var through: InstantTime?

  public init(_ start: Start = .earliest, through: InstantTime? = nil) {
    self.start = start
    self.through = through
  }

  public init(after: InstantTime?, through: InstantTime? = nil) {
    start = after.map { .after($0) } ?? .earliest
    self.through = through
  }

  /// Whether a completed write belongs to the range. [TIME-13] [QUERY-37]
  func contains(_ instant: Instant) -> Bool {
    if let through, instant.completionOrder > through { return false }
    switch start {
    case .earliest: return true
    case .after(let time): return instant.completionOrder > time
    case .position(let position): return position.isBefore(instant)
    }
  }

  /// A completion time that no write of the range is before or at.
  var lowerBound: InstantTime? {
    switch start {
    case .earliest: nil
    case .after(let time): time
    case .position(let position): position.lowerBound
    }
  }
}
