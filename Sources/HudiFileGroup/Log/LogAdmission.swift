// Spec: 07-log-files. Which blocks of a slice a reader may see.
import HudiModel

/// What a block's instant must be.
public struct LogAdmission: Sendable, Hashable {
  public var filter: InstantFilter
  /// Version 6: files hold blocks of several instants, failed ones too, so each block's instant
  /// must be admitted by `filter`. From version 8 on files are chosen by name and only the filter's
  /// range counts. [LOG-20]
  public var byBlock: Bool
  /// Admits the instants wanted; nil for all. For incremental reads.
  public var wanted: InstantFilter?

  public init(_ filter: InstantFilter, byBlock: Bool, wanted: InstantFilter? = nil) {
    self.filter = filter
    self.byBlock = byBlock
    self.wanted = wanted
  }

  /// Admits by the rules of a table version.
  public init(
    _ filter: InstantFilter, _ version: TableVersion, wanted: InstantFilter? = nil
  ) {
    self.init(filter, byBlock: version < .eight, wanted: wanted)
  }

  func admits(_ instant: InstantTime) -> Bool {
    if let wanted, !wanted.admits(instant) { return false }
    return byBlock ? filter.admits(instant) : filter.range.contains(instant)
  }
}
