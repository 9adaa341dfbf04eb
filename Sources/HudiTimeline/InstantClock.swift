// Spec: 04-timeline, 13-concurrency. Times that only grow, whatever the clock does (R18).
import HudiModel
import LakeBase

/// Chooses requested and completion times. Call it inside the critical section only.
public struct InstantClock: Sendable {
  /// How far the newest time on the timeline may be ahead of the clock before waiting is no answer.
  public static let waitedAheadMax: Int64 = 2_000
  /// How far it may be ahead on a table that only this project writes.
  public static let aloneAheadMax: Int64 = 600_000
  /// What other engines wait for clocks that differ.
  public static let foreignSkew: Int64 = 200

  private let clock: any WallClock
  private let zoneOffset: @Sendable (Int64) -> Int64
  private let isAlone: Bool
  private let sharesLock: Bool

  /// - Parameter zoneOffset: milliseconds that the table's zone is ahead of UTC at a moment.
  public init(
    _ config: TableConfig, _ clock: any WallClock,
    zoneOffset: @escaping @Sendable (Int64) -> Int64 = LocalZone.offset(at:)
  ) {
    self.clock = clock
    let utc: @Sendable (Int64) -> Int64 = { _ in 0 }
    self.zoneOffset = config.isUTC ? utc : zoneOffset
    let writers = WriterPolicy(config)
    isAlone = writers == .lakeOnly
    sharesLock = writers.sharesLock
  }

  /// The civil time in the table's zone at a moment in milliseconds since 1970.
  public func civil(_ milliseconds: Int64) -> Int64 {
    milliseconds &+ zoneOffset(milliseconds)
  }

  /// A time later than every time of `timeline` and than `floor`, and not before now. Waits for a
  /// clock that is at most two seconds behind; throws `clockBehind` (S07) beyond what is allowed.
  /// [TIME-14]
  public func next(
    after timeline: Timeline, floor: InstantTime? = nil
  ) throws(LakeError) -> InstantTime {
    if sharesLock { clock.sleep(milliseconds: Self.foreignSkew) }
    var now = civil(clock.now())
    guard let newest = [timeline.newestTime, floor].compactMap({ $0 }).max() else {
      return try spell(now)
    }
    guard let newestCivil = newest.civilMilliseconds else {
      // Digits that are no calendar time: in order only if the clock is past them anyway.
      let time = try spell(now)
      if time > newest { return time }
      throw LakeError(.clockBehind, "clock: the newest instant \(newest) is no time of a calendar")
    }
    let ahead = newestCivil - now
    if ahead > 0 {
      if ahead <= Self.waitedAheadMax {
        clock.sleep(milliseconds: ahead + 1)
        now = civil(clock.now())
      } else if !isAlone || ahead > Self.aloneAheadMax {
        throw LakeError(
          .clockBehind,
          "clock: the newest instant is \(newest), now is \(try spell(now)), "
            + "\(ahead / 1000) s earlier",
          hint: "set this machine's clock; a write now would vanish behind that instant",
          facts: [("newest", newest.text)])
      }
    }
    return try spell(Swift.max(now, newestCivil + 1))
  }

  private func spell(_ civil: Int64) throws(LakeError) -> InstantTime {
    guard let time = InstantTime(civilMilliseconds: civil) else {
      throw LakeError(
        .clockBehind, "clock: \(civil) ms since 1970 lies outside the years 1 to 9999")
    }
    return time
  }
}

/// Who else may write the table, as `lake.writers` says.
public enum WriterPolicy: Sendable, Hashable {
  case lakeOnly
  /// Hudi's file-system lock in that directory below the table, besides our own gate (R24).
  case fileLock(directory: String)
  /// Never said: a table of another engine.
  case unsaid

  public init(_ config: TableConfig) {
    let text = config[TableConfig.Key.lakeWriters] ?? ""
    if text == "lake-only" {
      self = .lakeOnly
    } else if text == "file-lock" {
      self = .fileLock(directory: ".hoodie")
    } else if text.hasPrefix("file-lock:") {
      self = .fileLock(directory: String(text.dropFirst("file-lock:".count)))
    } else {
      self = .unsaid
    }
  }

  var sharesLock: Bool {
    if case .fileLock = self { true } else { false }
  }

  /// The value of the property.
  public var text: String? {
    switch self {
    case .lakeOnly: "lake-only"
    case .fileLock(".hoodie"): "file-lock"
    case .fileLock(let directory): "file-lock:\(directory)"
    case .unsaid: nil
    }
  }

  /// Throws `foreignWriters` (S06) when nobody said who else writes. [TIME-15]
  public func requireSaid() throws(LakeError) {
    guard self == .unsaid else { return }
    throw LakeError(
      .foreignWriters,
      "storage: this table does not say who writes it, and without a common lock two engines would "
        + "overwrite each other",
      hint: "say --writers lake-only, or --writers file-lock to share Hudi's file-system lock")
  }
}
