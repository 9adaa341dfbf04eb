// Spec: 04-timeline. A stretch of times, for incremental reads and log blocks.

/// Times after one bound up to another; a missing bound is open-ended.
public struct InstantRange: Sendable, Hashable {
  /// Excluded.
  public var after: InstantTime?
  /// Included.
  public var through: InstantTime?

  public init(after: InstantTime? = nil, through: InstantTime? = nil) {
    self.after = after
    self.through = through
  }

  /// Every time there is.
  public static let everything = InstantRange()

  public func contains(_ time: InstantTime) -> Bool {
    if let after, time <= after { return false }
    if let through, time > through { return false }
    return true
  }
}
