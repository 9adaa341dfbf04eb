// Spec: 01-terms. Repeatable randomness: `--seed N` and every generated test.
import Synchronization

/// SplitMix64: equal seeds give equal numbers.
public final class SeededRandom: RandomSource {
  private let state: Mutex<UInt64>
  public init(_ seed: UInt64) { state = Mutex(seed) }

  public func next() -> UInt64 {
    state.withLock { value in
      value &+= 0x9E37_79B9_7F4A_7C15
      var mixed = value
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}
