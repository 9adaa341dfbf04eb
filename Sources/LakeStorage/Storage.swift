// Spec: 15-storage, 13-concurrency. The one door to files.
import LakeBase

/// How a small file becomes visible.
public enum PublishMode: Sendable {
  /// Exactly once: the commit point. An existing name is never touched (R16).
  case ifAbsent
  /// The few files that are replaced in place (`hoodie.properties`, R36): readers see old or new.
  case replacing
}

/// What became of a publication (R17).
public enum PublishOutcome: Sendable, Equatable {
  /// The name holds our bytes, durably.
  case done
  /// The name was there before and holds other bytes.
  case exists
  /// The store did not say; only reading the name again can tell.
  case unknown
}

/// Which storage this is: equal for two paths of one mount of one boot.
public struct StorageIdentity: Sendable, Hashable, CustomStringConvertible {
  public let device: UInt64
  public let mount: String
  public let boot: String
  public let host: String

  public init(device: UInt64, mount: String, boot: String, host: String) {
    self.device = device
    self.mount = mount
    self.boot = boot
    self.host = host
  }

  public var description: String { "\(host) \(mount) (device \(device))" }
}

/// A running writer's sign of life (R26). It ends when `stop` is called or the process dies.
public protocol Heartbeat: AnyObject, Sendable {
  /// Touches the file; throws when the sign of life was lost and the writer must abort.
  func beat() throws(LakeError)
  /// Ends it and deletes the file.
  func stop()
}

/// Files below one root. All calls are safe from several threads; all paths are below the root, and
/// no call follows a symbolic link out of it (H10).
public protocol Storage: Sendable {
  var guarantees: StorageGuarantees { get }
  var identity: StorageIdentity { get }
  /// How people call the root, for messages.
  var rootDescription: String { get }
  /// The root as other engines would write it: an absolute path where there is one.
  var absoluteRoot: String { get }

  /// An immutable regular file. `expectedSize`, where the caller knows it, is checked (R34):
  /// smaller is `fileTruncated`, larger is left to the caller.
  func open(_ path: StoragePath, expectedSize: Int?) throws(LakeError) -> any ByteSource
  /// The entries of a directory sorted by name bytes; an absent directory is `fileNotFound`.
  func list(_ directory: StoragePath) throws(LakeError) -> [FileEntry]
  /// The same in any order and without sizes and times, which can cost a call a name: for
  /// directories of many files that are known by their names.
  func listNames(_ directory: StoragePath) throws(LakeError) -> FileNames
  /// The entry at `path`, or nil when there is none.
  func entry(_ path: StoragePath) throws(LakeError) -> FileEntry?
  /// A new data file; an existing name is `fileExists`. Unreferenced until a commit names it.
  func create(_ path: StoragePath) throws(LakeError) -> any ByteSink
  /// Makes a small file visible whole or not at all, durably (R16, R17).
  func publish(_ bytes: Buffer, at path: StoragePath, _ mode: PublishMode) throws(LakeError)
    -> PublishOutcome
  /// Makes a directory and those above it; an existing one is fine.
  func makeDirectory(_ path: StoragePath) throws(LakeError)
  /// Removes a file or an empty directory. Returns false when there was none.
  @discardableResult
  func delete(_ path: StoragePath) throws(LakeError) -> Bool
  /// Makes the names in a directory durable.
  func settle(_ directory: StoragePath) throws(LakeError)
  /// The barrier of R12: everything written through this storage is durable afterwards.
  func settleAll() throws(LakeError)
  /// Runs `body` alone among all writers of this table (R14). Waits at most `milliseconds`, then
  /// `lockBusy`.
  func withGate<T>(wait milliseconds: Int64, _ body: () throws(LakeError) -> T) throws(LakeError)
    -> T
  /// Starts a sign of life for an instant of ours.
  func heartbeat(_ instant: String) throws(LakeError) -> any Heartbeat
  /// Whether the writer of that instant is certainly gone: no heartbeat of ours, or its lock can be
  /// taken (R26).
  func writerIsDead(_ instant: String) throws(LakeError) -> Bool
  /// What is known of the store and whether it may be written to; touches nothing (R4).
  func describeStorage() -> StorageReport
  /// The same after trying the store out, or with the result of an earlier trial (R2). Writes.
  func probeStorage() throws(LakeError) -> StorageReport
}

extension Storage {
  public var absoluteRoot: String { rootDescription }

  public func listNames(_ directory: StoragePath) throws(LakeError) -> FileNames {
    FileNames(try list(directory))
  }

  public func open(_ path: StoragePath) throws(LakeError) -> any ByteSource {
    try open(path, expectedSize: nil)
  }

  public func probeStorage() throws(LakeError) -> StorageReport { describeStorage() }

  /// A report for stores that are what they say.
  public func describeStorage() -> StorageReport {
    StorageReport(
      storageClass: guarantees.storageClass, guarantees: guarantees,
      mountPoint: rootDescription, fileSystem: "memory")
  }

  /// The whole content of a small file, at most `limit` bytes.
  public func readAll(_ path: StoragePath, limit: Int) throws(LakeError) -> Buffer {
    let source = try open(path)
    guard source.count <= limit else {
      throw LakeError(
        .limitExceeded, "the file has \(source.count) bytes, more than \(limit)", path: path.text)
    }
    return try naming(path.text) { () throws(LakeError) in try source.read(0..<source.count) }
  }
}
