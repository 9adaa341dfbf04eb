// A world that repeats: its clock steps, its randomness has a seed, its workers are one.
import LakeBase
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A clock that moves one millisecond at each look, and by what is slept.
public final class SteppingClock: WallClock {
  private let time: Mutex<Int64>
  private let step: Int64
  private let scheduler: SimScheduler?

  /// - Parameter start: milliseconds since 1970; the default is 2025-01-01T00:00:00Z.
  public init(
    _ start: Int64 = 1_735_689_600_000, step: Int64 = 1, scheduler: SimScheduler? = nil
  ) {
    time = Mutex(start)
    self.step = step
    self.scheduler = scheduler
  }

  private func look() -> Int64 {
    time.withLock { time in
      time += step
      return time
    }
  }

  public func now() -> Int64 { look() }
  public func monotonic() -> Int64 { look() }

  public func sleep(milliseconds: Int64) {
    time.withLock { $0 += max(0, milliseconds) }
    scheduler?.yield()
  }

  /// Moves the clock, backwards too.
  public func move(by milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}

/// Where seeds of random tests begin: `LAKE_SEED`, else 1. A soak run counts it up.
public let firstSeed: UInt64 = getenv("LAKE_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1

/// Worlds for tests: equal seeds give equal bytes (I31).
public enum TestWorld {
  public static func make(
    seed: UInt64 = 1, clock: any WallClock = SteppingClock(), limits: Limits = .standard
  ) -> World {
    World(
      clock: clock, random: SeededRandom(seed), workers: Workers(width: 1), limits: limits)
  }
}
