// Spec: 13-concurrency. Something about a table that should not be so.

/// One violated invariant, with the place where it shows.
public struct CheckFinding: Sendable, Hashable, CustomStringConvertible {
  /// What is promised; the names are those of Spec 13. [CARE-1]
  public enum Invariant: String, Sendable, CaseIterable {
    /// A requested instant ends at most once.
    case endsOnce
    /// A completed instant is whole and names files that exist with the recorded size.
    case filesExist
    /// Requested and completion times are unique and increasing.
    case timesIncrease
    /// A key occurs at most once in a snapshot.
    case keysUnique
    /// No file of a failed write remains once it was rolled back.
    case noOrphans
    /// Bytes are what was written.
    case bytesIntact
    /// Rows are as many as the commit says.
    case rowsCounted
  }

  public let invariant: Invariant
  public let path: String?
  public let message: String

  public init(_ invariant: Invariant, _ message: String, path: String? = nil) {
    self.invariant = invariant
    self.message = message
    self.path = path
  }

  public var description: String {
    "\(invariant.rawValue): \(message)" + (path.map { " [\($0)]" } ?? "")
  }
}
