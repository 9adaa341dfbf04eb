// Spec: 13-concurrency. The critical section of a table: our gate, and the lock that other engines
// know.
import HudiModel
import LakeBase
import LakeStorage

/// Runs work alone among all writers of a table.
public struct TableLock: Sendable {
  /// How long to wait for the gate, in milliseconds.
  public static let wait: Int64 = 60_000
  /// Milliseconds between two looks at a foreign lock file.
  private static let pause: Int64 = 20

  private let storage: any Storage
  private let world: World
  private let policy: WriterPolicy

  public init(_ storage: any Storage, _ config: TableConfig, _ world: World) {
    self.storage = storage
    self.world = world
    policy = WriterPolicy(config)
  }

  /// Runs `body` inside the gate and, where the table asks for it, with Hudi's lock file held.
  /// Throws `lockBusy` after `milliseconds`. Not re-entrant. [TIME-16] [TIME-25]
  public func with<T>(
    wait milliseconds: Int64 = TableLock.wait, _ body: () throws(LakeError) -> T
  ) throws(LakeError) -> T {
    try storage.withGate(wait: milliseconds) { () throws(LakeError) -> T in
      guard case .fileLock(let directory) = policy else { return try body() }
      let path = try lockPath(directory)
      try acquire(path, milliseconds)
      let result: T
      do throws(LakeError) {
        result = try body()
      } catch {
        _ = try? storage.delete(path)
        throw error
      }
      try storage.delete(path)
      return result
    }
  }

  private func lockPath(_ directory: String) throws(LakeError) -> StoragePath {
    do throws(LakeError) {
      return try StoragePath(directory).appending("lock")
    } catch {
      throw LakeError(
        .tableFeatureUnsupported,
        "the lock directory \(directory.debugDescription) does not lie below the table",
        facts: [(TableConfig.Key.lakeWriters, policy.text ?? "")])
    }
  }

  /// Exclusive creation is the lock; its file is never taken for stale, since expiring lock files
  /// let several writers in.
  private func acquire(_ path: StoragePath, _ milliseconds: Int64) throws(LakeError) {
    let start = world.clock.monotonic()
    while true {
      try world.cancellation.check()
      if try create(path) { return }
      if world.clock.monotonic() - start >= milliseconds {
        throw LakeError(
          .lockBusy, "another engine holds the table's lock", path: path.text,
          hint: "if no writer is running, delete the file")
      }
      world.clock.sleep(milliseconds: Self.pause)
    }
  }

  private func create(_ path: StoragePath) throws(LakeError) -> Bool {
    do throws(LakeError) {
      let sink = try storage.create(path)
      _ = try sink.finish()
      return true
    } catch {
      if error.code == .fileExists { return false }
      throw error
    }
  }
}
