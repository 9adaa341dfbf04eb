// Spec: 03-table-config. How a table takes updates.

/// Whether updates rewrite base files or are logged beside them.
public enum TableType: String, Sendable, Hashable, CaseIterable {
  case copyOnWrite = "COPY_ON_WRITE"
  case mergeOnRead = "MERGE_ON_READ"

  /// The action of an ordinary write.
  public var writeAction: Action { self == .copyOnWrite ? .commit : .deltacommit }
}
