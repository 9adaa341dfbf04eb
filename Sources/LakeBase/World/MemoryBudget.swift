// Spec: 17-limits. What the readers of one question may hold together.
import Synchronization

/// Bytes that readers hold while they decode, counted for all threads of one question. [LIMIT-41]
public final class MemoryBudget: Sendable {
  /// Less than this is never asked for: the least that decoding takes.
  public static let least = 64 << 20

  public let limit: Int
  private let count = Atomic<Int>(0)

  /// - Parameter limit: bytes; at least `least`.
  public init(limit: Int) { self.limit = Swift.max(Self.least, limit) }

  /// Bytes held now.
  public var held: Int { count.load(ordering: .relaxed) }

  fileprivate func add(_ bytes: Int) throws(LakeError) {
    let (_, total) = count.add(bytes, ordering: .relaxed)
    if bytes > 0 && total > limit {
      count.subtract(bytes, ordering: .relaxed)
      throw LakeError(
        .memoryExhausted, "decoding takes more than the \(limit) bytes it may hold",
        hint: "more memory (--memory), fewer threads (--threads) or fewer columns (--select)")
    }
  }
}

/// What one reader holds of a budget; given back when it is forgotten. Owned by one worker.
public final class MemoryShare {
  private let budget: MemoryBudget?
  private var bytes = 0

  /// - Parameter budget: nil: nobody counts.
  public init(_ budget: MemoryBudget?) { self.budget = budget }

  deinit { try? budget?.add(-bytes) }

  /// Says what is held from now on. Throws `memoryExhausted` where it is more than is left; then
  /// the share stays as it was.
  public func resize(to newBytes: Int) throws(LakeError) {
    guard let budget, newBytes != bytes else { return }
    try budget.add(newBytes - bytes)
    bytes = newBytes
  }
}
