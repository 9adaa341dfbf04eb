// Spec: 01-terms. The outside as a value: tests give another world.

/// Wall-clock time; injectable.
public protocol WallClock: Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  func now() -> Int64
  /// Milliseconds on a clock that never goes backwards; only differences mean something.
  func monotonic() -> Int64
  func sleep(milliseconds: Int64)
}

/// Randomness; injectable, so that equal seeds give equal bytes (I31).
public protocol RandomSource: Sendable {
  func next() -> UInt64
}

extension RandomSource {
  /// A random version-4 UUID in its lower-case text form.
  public func uuid() -> String {
    var high = next()
    var low = next()
    high = (high & ~0xF000) | 0x4000
    low = (low & ~(0b11 << 62)) | (0b10 << 62)
    let digits = hex(high) + hex(low)
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
      String(decoding: Array(digits.utf8)[range], as: UTF8.self)
    }
    return parts.joined(separator: "-")
  }

  private func hex(_ word: UInt64) -> String {
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}

/// Clock, randomness, threads, cancellation, temporary files and the place for progress and
/// decisions.
public struct World: Sendable {
  public var clock: any WallClock
  public var random: any RandomSource
  public var workers: Workers
  public var cancellation: Cancellation
  public var journal: Journal
  public var limits: Limits
  /// Where rows go that do not fit the memory; nil: the system's directory for temporary files.
  public var scratch: (any ScratchSpace)?

  public init(
    clock: any WallClock = SystemClock(), random: any RandomSource = SystemRandom(),
    workers: Workers = Workers(), cancellation: Cancellation = Cancellation(),
    journal: Journal = .silent, limits: Limits = .standard,
    scratch: (any ScratchSpace)? = nil
  ) {
    self.clock = clock
    self.random = random
    self.workers = workers
    self.cancellation = cancellation
    self.journal = journal
    self.limits = limits
    self.scratch = scratch
  }
}
