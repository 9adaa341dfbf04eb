// Spec: 01-terms. The real outside: the only place that asks the system for time and randomness.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The system's clocks.
public struct SystemClock: WallClock {
  public init() {}

  private func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  public func now() -> Int64 { read(CLOCK_REALTIME) }
  public func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }

  public func sleep(milliseconds: Int64) {
    guard milliseconds > 0 else { return }
    var wanted = timespec(
      tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
    var rest = timespec()
    while nanosleep(&wanted, &rest) != 0 && errno == EINTR { wanted = rest }
  }
}

/// A clock that stands still unless it is moved; `--clock FIXED` and tests.
public struct FixedClock: WallClock {
  public let milliseconds: Int64
  public init(_ milliseconds: Int64) { self.milliseconds = milliseconds }
  public func now() -> Int64 { milliseconds }
  public func monotonic() -> Int64 { milliseconds }
  public func sleep(milliseconds: Int64) {}
}

/// The system's randomness.
public struct SystemRandom: RandomSource {
  public init() {}
  public func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}
