// Which operation goes wrong, and how.
import LakeBase
import LakeStorage
import Synchronization

/// What happens at the chosen operation.
public enum FaultMode: Sendable, Hashable, CustomStringConvertible {
  /// Not done, and an error says so.
  case errorBefore(LakeCode)
  /// Done, but an error is returned: a lost answer.
  case errorAfter(LakeCode)
  /// Done later, after the caller gave up.
  case lateApply
  /// The process ends instead of the operation.
  case crashBefore
  /// The process ends in the middle of it: a write does half; others as `crashAfter`.
  case crashTorn
  /// The process ends right after it.
  case crashAfter
  /// A read gives less than asked for.
  case shortRead

  public var description: String {
    switch self {
    case .errorBefore(let code): "error-before-\(code)"
    case .errorAfter(let code): "error-after-\(code)"
    case .lateApply: "late-apply"
    case .crashBefore: "crash-before"
    case .crashTorn: "crash-torn"
    case .crashAfter: "crash-after"
    case .shortRead: "short-read"
    }
  }

}

/// One operation of a store as a plan sees it.
public struct StorageStep: Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    case open, read, list, entry, create, write, finish, makeDirectory, delete
    case writeWhole, link, rename, look, compare, sync, syncFolder
    case publish, settle, settleAll, gate, heartbeat, beat, writerIsDead
  }

  public let number: Int
  public let kind: Kind
  public let path: StoragePath
  public var description: String { "\(number) \(kind.rawValue) \(path)" }
}

/// Counts operations and says which one goes wrong.
public final class FaultPlan: Sendable {
  private struct State {
    var count = 0
    var fired = 0
    var log: [StorageStep] = []
  }

  private let state = Mutex(State())
  private let mode: FaultMode
  private let isSticky: Bool
  private let chooses: @Sendable (StorageStep) -> Bool

  /// Nothing goes wrong; operations are counted.
  public static func none() -> FaultPlan { FaultPlan(.crashBefore) { _ in false } }

  /// - Parameter isSticky: the fault happens at every chosen operation, not at the first only.
  public init(
    _ mode: FaultMode, isSticky: Bool = false,
    where chooses: @escaping @Sendable (StorageStep) -> Bool
  ) {
    self.mode = mode
    self.isSticky = isSticky
    self.chooses = chooses
  }

  /// A fault at the `k`-th operation, counted from 1; a sticky one from there on (a disk that stays
  /// full).
  public convenience init(_ mode: FaultMode, at k: Int, isSticky: Bool = false) {
    self.init(mode, isSticky: isSticky) { isSticky ? $0.number >= k : $0.number == k }
  }

  /// How many operations there were.
  public var count: Int { state.withLock { $0.count } }
  /// How often the fault happened.
  public var fired: Int { state.withLock { $0.fired } }
  /// The operations so far, for messages.
  public var log: [StorageStep] { state.withLock { $0.log } }

  /// Counts one operation and says what goes wrong with it.
  public func next(_ kind: StorageStep.Kind, _ path: StoragePath) -> FaultMode? {
    state.withLock { state in
      state.count += 1
      let step = StorageStep(number: state.count, kind: kind, path: path)
      if state.log.count < 10_000 { state.log.append(step) }
      guard chooses(step), isSticky || state.fired == 0 else { return nil }
      state.fired += 1
      return mode
    }
  }
}

extension LakeError {
  /// An error made by a plan.
  static func planned(_ code: LakeCode, _ step: StorageStep.Kind, _ path: StoragePath) -> LakeError
  {
    LakeError(code, "planned fault at \(step.rawValue)", path: path.isRoot ? "." : path.text)
  }
}
