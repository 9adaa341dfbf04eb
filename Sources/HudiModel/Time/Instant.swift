// Spec: 04-timeline. One action on a table, from its announcement to its completion.

/// An instant: an action, its requested time (its identity), its state, and its completion time.
public struct Instant: Sendable, Hashable, CustomStringConvertible {
  /// How far an instant has come; a later state adds a file and keeps the earlier ones.
  public enum State: Int, Sendable, Hashable, Comparable, CustomStringConvertible {
    case requested, inflight, completed

    public static func < (left: State, right: State) -> Bool { left.rawValue < right.rawValue }

    public var description: String {
      switch self {
      case .requested: "requested"
      case .inflight: "inflight"
      case .completed: "completed"
      }
    }
  }

  public let requested: InstantTime
  /// Known for completed instants of layout 2 (for legacy names the file's modification time); nil
  /// for pending ones and in layout 1.
  public let completed: InstantTime?
  /// A completed compaction is a `commit`, a completed clustering a `replacecommit`.
  public let action: Action
  public let state: State
  /// A completed file in a layout 2 directory without completion time in its name, left there by an
  /// upgrade: its content is in the form of layout 1.
  public let isLegacy: Bool
  /// The action under which the instant was planned, where pending files tell: `compaction` for a
  /// completed compaction, whose `action` is `commit`.
  public let origin: Action

  public init(
    _ requested: InstantTime, _ action: Action, _ state: State, completed: InstantTime? = nil,
    isLegacy: Bool = false, origin: Action? = nil
  ) {
    self.requested = requested
    self.origin = origin ?? action
    self.action = action
    self.state = state
    self.completed = completed
    self.isLegacy = isLegacy
  }

  public var isCompleted: Bool { state == .completed }
  public var isPending: Bool { state != .completed }

  /// What orders instants by completion: the completion time, in layout 1 the requested time.
  /// [TIME-5]
  public var completionOrder: InstantTime { completed ?? requested }

  /// The same instant in another state.
  public func with(_ state: State, completed: InstantTime? = nil) -> Instant {
    Instant(
      requested, state == .completed ? origin.completed : origin, state, completed: completed,
      origin: origin)
  }

  public var description: String { "\(requested) \(action) \(state)" }
}
