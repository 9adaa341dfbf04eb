// Runs a workload once for every operation it makes and every way in which that operation can go
// wrong.
import LakeBase
import LakeStorage
import Testing

/// How one run is disturbed.
public struct Disturbance: Sendable, Hashable, CustomStringConvertible {
  public let fault: FaultMode
  /// What the crash leaves; nil when the process lives on.
  public let crash: SimCrash?

  public init(_ fault: FaultMode, _ crash: SimCrash? = nil) {
    self.fault = fault
    self.crash = crash
  }

  public var description: String {
    crash.map { "\(fault)/\($0)" } ?? "\(fault)"
  }

  /// The modes of T2: error before, error after, torn, lose all, keep all, three random crashes.
  public static func standard(seed: UInt64) -> [Disturbance] {
    [
      Disturbance(.errorBefore(.ioFailed)), Disturbance(.errorBefore(.diskFull)),
      Disturbance(.errorAfter(.ioFailed)), Disturbance(.lateApply),
      Disturbance(.crashBefore, .kill), Disturbance(.crashTorn, .kill),
      Disturbance(.crashAfter, .kill), Disturbance(.crashAfter, .loseAll),
      Disturbance(.crashAfter, .keepAll), Disturbance(.crashTorn, .random(seed)),
      Disturbance(.crashAfter, .random(seed &+ 1)), Disturbance(.crashAfter, .random(seed &+ 2)),
    ]
  }
}

/// What became of the disturbed command.
public enum CommandOutcome: Sendable {
  case succeeded
  case failed(LakeError)
  case crashed

  /// What the caller was told.
  public var isSuccess: Bool { if case .succeeded = self { true } else { false } }
}

/// One run, for messages and for repeating it.
public struct ExploredCase: Sendable, CustomStringConvertible {
  public let profile: SimProfile
  public let k: Int
  public let mode: Disturbance
  public let seed: UInt64
  public let step: StorageStep?

  public var description: String {
    "seed=\(seed) profile=\(profile.rawValue) k=\(k) mode=\(mode)"
      + (step.map { " at \($0)" } ?? "")
  }
}

/// Explores every operation of a workload.
public struct CrashExplorer: Sendable {
  public var profiles: [SimProfile]
  public var seed: UInt64
  /// Take every `stride`-th operation; 1 takes all.
  public var stride: Int
  public var modes: [Disturbance]

  public init(
    profiles: [SimProfile] = [.strict, .ext4], seed: UInt64 = 1, stride: Int = 1,
    modes: [Disturbance]? = nil
  ) {
    self.profiles = profiles
    self.seed = seed
    self.stride = max(1, stride)
    self.modes = modes ?? Disturbance.standard(seed: seed)
  }

  /// - Parameters:
  ///   - prepare: brings a fresh disk into the state before the command; nothing goes wrong here.
  ///   - command: what is disturbed.
  ///   - check: looks at the disk afterwards, in a new process; throws or records when it is wrong.
  /// - Returns: how many runs there were.
  @discardableResult
  public func explore(
    prepare: (SimStorage) throws -> Void,
    command: (SimStorage) throws(LakeError) -> Void,
    check: (SimStorage, CommandOutcome, ExploredCase) throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> Int {
    var runs = 0
    for profile in profiles {
      let ground = SimDisk(profile)
      do { try prepare(SimStorage(ground, world: TestWorld.make(seed: seed))) } catch {
        Issue.record("profile \(profile.rawValue): prepare failed: \(error)")
        continue
      }
      ground.settle()
      for mode in modes {
        var k = 1
        while true {
          let plan = FaultPlan(mode.fault, at: k)
          let disk = ground.copy()
          let storage = SimStorage(disk, world: TestWorld.make(seed: seed &+ 7), plan: plan)
          var outcome = CommandOutcome.succeeded
          do throws(LakeError) { try command(storage) } catch { outcome = .failed(error) }
          if plan.fired == 0 { break }
          if storage.isDead { outcome = .crashed }
          if let crash = mode.crash { disk.crash(crash) } else { storage.kill() }
          let about = ExploredCase(
            profile: profile, k: k, mode: mode, seed: seed,
            step: plan.log.first { $0.number == k })
          let fresh = SimStorage(
            disk,
            world: TestWorld.make(
              seed: seed &+ 99, clock: SteppingClock(1_735_690_600_000)))
          do { try check(fresh, outcome, about) } catch {
            Issue.record("\(about), outcome \(outcome): \(error)", sourceLocation: sourceLocation)
          }
          runs += 1
          k += stride
        }
      }
    }
    return runs
  }
}
