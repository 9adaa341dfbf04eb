// Spec: 03-table-config. Which of two rows with one key wins.

/// How rows of one key are merged.
public enum MergeMode: String, Sendable, Hashable, CaseIterable {
  case eventTime = "EVENT_TIME_ORDERING"
  case commitTime = "COMMIT_TIME_ORDERING"
  case custom = "CUSTOM"

  /// The merge strategy's identifier in the properties; custom modes bear their own.
  public var strategyID: String? {
    switch self {
    case .eventTime: "eeb8d96f-b1e4-49fd-bbf8-28ac514178e5"
    case .commitTime: "ce9acb64-bde0-424c-9b91-f6ebba25356d"
    case .custom: nil
    }
  }

  /// The identifier of payload classes as strategy.
  public static let payloadStrategyID = "00000000-0000-0000-0000-000000000000"
}
