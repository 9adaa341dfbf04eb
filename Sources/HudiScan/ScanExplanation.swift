// Spec: 12c-pruning. What a scan reads and what not, with the reason, for people.
import LakeBase

/// The decisions of a scan's plan, level by level.
public struct ScanExplanation: Sendable, Equatable {
  /// Where something was decided, from the coarse to the fine.
  public enum Level: String, Sendable, CaseIterable {
    case partition
    case index
    case file
    case rowGroup = "row group"
    case page
  }

  /// Why something is read or not.
  public enum Reason: Sendable, Hashable {
    /// There is no condition that could exclude it.
    case noCondition
    /// The scan believes no statistics, filters and indexes.
    case notBelieved
    /// Nothing that is known of it excludes rows that meet the condition.
    case mayMatch
    /// Every row meets the condition.
    case allMatch
    /// Log files may change the rows of the base file, so its statistics do not judge them.
    case hasLogs
    /// The values in the partition's path do not meet the condition.
    case partitionValues
    /// Bounds of the partition in the metadata table do not meet the condition.
    case partitionStatistics
    /// The record index names other file groups for the record keys.
    case recordIndex
    /// A secondary index of these columns leads to other file groups.
    case secondaryIndex(String)
    /// Log files may change the rows, so all rows with the wanted keys are merged.
    case keysOfLogs
    /// Bounds in the metadata table do not meet the condition.
    case columnStatistics
    /// Bounds in the footer do not meet the condition.
    case footerStatistics
    /// A bloom filter of these columns does not have the value.
    case valueFilter(String)
    /// The key filter of the file does not have the key.
    case keyFilter
    /// Everything below it was excluded.
    case nothingLeft
    /// Bounds of the pages: this many rows of so many are left.
    case pageIndex(rows: Int, of: Int)
    /// It holds no rows.
    case empty

    /// The sentence that explains. [PRUNE-20]
    public var text: String {
      switch self {
      case .noCondition: "no condition to judge it by"
      case .notBelieved: "skipping is switched off"
      case .mayMatch: "may hold matching rows"
      case .allMatch: "every row matches"
      case .hasLogs: "has log files: read whole and merged"
      case .partitionValues: "the partition's values exclude the condition"
      case .partitionStatistics:
        "partition statistics of the metadata table exclude the condition"
      case .recordIndex: "the record index names other file groups"
      case .secondaryIndex(let column): "the index of \"\(column)\" names other file groups"
      case .keysOfLogs: "has log files: merged for the wanted keys alone"
      case .columnStatistics: "column statistics of the metadata table exclude the condition"
      case .footerStatistics: "statistics in the footer exclude the condition"
      case .valueFilter(let column): "the bloom filter of \"\(column)\" lacks the value"
      case .keyFilter: "the key filter of the file lacks the key"
      case .nothingLeft: "no row group is left"
      case .pageIndex(let rows, let all): "the page index leaves \(rows) of \(all) rows"
      case .empty: "holds no rows"
      }
    }
  }

  /// One decision.
  public struct Row: Sendable, Equatable {
    public let level: Level
    /// A partition path, a file's path, or a file's path with `#` and the row group's number.
    public let name: String
    public let isKept: Bool
    /// Bytes concerned: of files, or of the compressed columns that are read.
    public let bytes: Int
    public let reason: Reason
  }

  /// What a level comes to.
  public struct Total: Sendable, Equatable {
    public let level: Level
    public var kept = 0
    public var pruned = 0
    public var keptBytes = 0
    public var prunedBytes = 0
  }

  public private(set) var rows: [Row] = []
  /// Files that are opened when their turn comes; row groups and pages below them are judged then.
  public var unopened = 0

  public init() {}

  mutating func add(
    _ level: Level, _ name: String, _ isKept: Bool, bytes: Int, _ reason: Reason
  ) {
    rows.append(Row(level: level, name: name, isKept: isKept, bytes: bytes, reason: reason))
  }

  mutating func add(_ more: [Row]) { rows += more }

  /// One total for every level at which something was decided. [PRUNE-21]
  public var totals: [Total] {
    Level.allCases.compactMap { level in
      var total = Total(level: level)
      for row in rows where row.level == level {
        if row.isKept {
          total.kept += 1
          total.keptBytes += row.bytes
        } else {
          total.pruned += 1
          total.prunedBytes += row.bytes
        }
      }
      return total.kept + total.pruned == 0 ? nil : total
    }
  }
}
