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

  /// The place of the word among the words in the order of their bytes: cheaper to compare.
  public var place: UInt8 {
    switch self {
    case .clean: 0
    case .clustering: 1
    case .commit: 2
    case .compaction: 3
    case .deltacommit: 4
    case .indexing: 5
    case .logcompaction: 6
    case .replacecommit: 7
    case .restore: 8
    case .rollback: 9
    case .savepoint: 10
    }
  }

  /// The action that `word` spells, or nil. Its length and a letter leave one to compare with.
  init?(_ word: Span<UInt8>) {
    let candidate: Action
    switch word.count {
    case 5: candidate = .clean
    case 6: candidate = .commit
    case 7: candidate = .restore
    case 8: candidate = word[0] == 0x72 ? .rollback : .indexing
    case 9: candidate = .savepoint
    case 10: candidate = word[1] == 0x6C ? .clustering : .compaction
    case 11: candidate = .deltacommit
    case 13: candidate = word[0] == 0x72 ? .replacecommit : .logcompaction
    default: return nil
    }
    guard word.spells(candidate.rawValue) else { return nil }
    self = candidate
  }
}

extension Span<UInt8> {
  /// Whether these are the bytes of `text`.
  func spells(_ text: String) -> Bool {
    let wanted = text.utf8.span
    guard count == wanted.count else { return false }
    for place in 0..<count where self[place] != wanted[place] { return false }
    return true
  }
}

/// Where a table keeps its instants and how it names them.
public enum TimelineLayout: Int, Sendable, Hashable {
  /// Version 6: in `.hoodie`, completed files named by the requested time alone.
  case one = 1
  /// Versions 8 and 9: in `.hoodie/timeline`, completed files also bear the completion time.
  case two = 2
}
