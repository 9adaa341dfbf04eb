// Spec: 04-timeline, 05-commit-metadata. What instant files say, read whole or not at all (R32).
import HudiModel
import LakeBase
import LakeStorage

extension TimelineStore {
  /// How long a completed file that is empty or does not parse is given to become whole, in
  /// milliseconds. [TIME-22]
  var settleTime: Int64 {
    storage.guarantees.storageClass == .local ? 200 : 5_000
  }

  private static let settlePause: Int64 = 20

  /// The bytes of an instant's file in its present state.
  public func content(of instant: Instant) throws(LakeError) -> Buffer {
    try content(of: instant, in: instant.state)
  }

  /// The bytes of one of an instant's files. A completed file is never empty, except for the
  /// actions that change no row: old tables have empty cleans, rollbacks and savepoints.
  public func content(of instant: Instant, in state: Instant.State) throws(LakeError) -> Buffer {
    if state != .completed { return try read(instant, state) }
    return try whole(instant) { bytes throws(LakeError) in bytes }
  }

  /// The bytes of the plan with which an instant was requested.
  public func plan(of instant: Instant) throws(LakeError) -> Buffer {
    try content(of: instant, in: .requested)
  }

  /// The metadata of a completed write.
  public func commitMetadata(of instant: Instant) throws(LakeError) -> CommitMetadata {
    try whole(instant) { bytes throws(LakeError) in
      let metadata = try CommitMetadata(parsing: bytes, limits: self.world.limits)
      try metadata.validate()
      try CommitDigest.verify(bytes)
      return metadata
    }
  }

  private func read(_ instant: Instant, _ state: Instant.State) throws(LakeError) -> Buffer {
    let path = try self.path(instant.fileName(layout, in: state))
    return try storage.readAll(path, limit: world.limits.instantBytesMax)
  }

  /// Reads a completed file until `parse` accepts it or the time to settle is over. Never skips it.
  private func whole<T>(
    _ instant: Instant, _ parse: (Buffer) throws(LakeError) -> T
  ) throws(LakeError) -> T {
    let start = world.clock.monotonic()
    var waited: Int64 = 0
    while true {
      let failure: LakeError
      do throws(LakeError) {
        let bytes = try read(instant, .completed)
        if !bytes.isEmpty || !instant.action.isWrite { return try parse(bytes) }
        failure = LakeError(.timelineMalformed, "the completed instant \(instant) is empty")
      } catch {
        guard error.kind == .corrupted else { throw error }
        failure = error
      }
      // Counted besides the clock, so that a clock that stands still ends the wait too.
      if world.clock.monotonic() - start >= settleTime || waited >= settleTime {
        throw failure.at(try path(instant.fileName(layout)).text)
      }
      world.clock.sleep(milliseconds: Self.settlePause)
      waited += Self.settlePause
    }
  }
}
