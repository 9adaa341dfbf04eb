// Spec: 04-timeline. What an instant does.

/// The kinds of instants; the raw value is the word in file names.
public enum Action: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case commit
  case deltacommit
  case replacecommit
  case clustering
  case compaction
  case logcompaction
  case clean
  case rollback
  case savepoint
  case restore
  case indexing

  /// The action that the completed file bears: services that rewrite complete as writes. [TIME-3]
  public var completed: Action {
    switch self {
    case .compaction: .commit
    case .logcompaction: .deltacommit
    case .clustering: .replacecommit
    default: self
    }
  }

  /// Whether a completed instant of this action changes which files a snapshot consists of.
  public var isWrite: Bool {
    switch self {
    case .commit, .deltacommit, .replacecommit, .clustering, .compaction, .logcompaction: true
    default: false
    }
  }

  /// Whether a pending instant of this action is a promise that survives its writer. [TIME-4]
  public var isPlanned: Bool {
    switch self {
    case .compaction, .logcompaction, .clustering, .indexing: true
    default: false
    }
  }

  public var description: String { rawValue }
}

/// Where a table keeps its instants and how it names them.
public enum TimelineLayout: Int, Sendable, Hashable {
  /// Version 6: in `.hoodie`, completed files named by the requested time alone.
  case one = 1
  /// Versions 8 and 9: in `.hoodie/timeline`, completed files also bear the completion time.
  case two = 2
}
