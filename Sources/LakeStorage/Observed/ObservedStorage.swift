// Spec: 15-storage. A storage that counts what is asked of another one: the cost tests read it.
import LakeBase
import Synchronization

/// What a path below a table is, by its name alone.
public enum PathKind: String, Sendable, CaseIterable {
  case properties, timeline, metadataTable, marker, heartbeat, lake, partitionMetadata, base, log
  case other

  public init(_ path: StoragePath) {
    let text = path.text
    let name = path.name
    self =
      if text.hasPrefix(".hoodie/metadata/") {
        .metadataTable
      } else if text.hasPrefix(".hoodie/hoodie.properties") {
        .properties
      } else if text.hasPrefix(".hoodie/.temp/") {
        .marker
      } else if text.hasPrefix(".hoodie/.heartbeat") {
        .heartbeat
      } else if text.hasPrefix(".hoodie/.locks") || text.hasPrefix(".hoodie/.aux") {
        .lake
      } else if text.hasPrefix(".hoodie/") || text == ".hoodie" {
        .timeline
      } else if name.hasPrefix(".hoodie_partition_metadata") {
        .partitionMetadata
      } else if name.hasSuffix(".parquet") {
        .base
      } else if name.hasPrefix("."), name.contains(".log.") {
        .log
      } else {
        .other
      }
  }
}

/// How often each operation was asked for, and how many bytes went which way.
public struct StorageCounts: Sendable, Equatable {
  public enum Operation: String, Sendable, CaseIterable {
    case open, read, list, entry, create, write, finish, publish, makeDirectory, delete, settle
    case settleAll, gate, heartbeat, beat, writerIsDead
  }

  public private(set) var calls: [Operation: [PathKind: Int]] = [:]
  public private(set) var bytesRead: [PathKind: Int] = [:]
  public private(set) var bytesWritten: [PathKind: Int] = [:]

  public init() {}

  public func calls(_ operation: Operation, _ kind: PathKind? = nil) -> Int {
    let counts = calls[operation] ?? [:]
    return kind.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
  }

  public func bytesRead(_ kind: PathKind? = nil) -> Int {
    kind.map { bytesRead[$0] ?? 0 } ?? bytesRead.values.reduce(0, +)
  }

  public func bytesWritten(_ kind: PathKind? = nil) -> Int {
    kind.map { bytesWritten[$0] ?? 0 } ?? bytesWritten.values.reduce(0, +)
  }

  fileprivate mutating func note(_ operation: Operation, _ kind: PathKind, read: Int, written: Int)
  {
    calls[operation, default: [:]][kind, default: 0] += 1
    if read > 0 { bytesRead[kind, default: 0] += read }
    if written > 0 { bytesWritten[kind, default: 0] += written }
  }
}

/// Another storage, observed. It changes nothing. [STORE-50]
public final class ObservedStorage: Storage {
  private let base: any Storage
  private let tally = Mutex(StorageCounts())

  public init(_ base: any Storage) { self.base = base }

  /// Everything since the beginning or the last `reset`.
  public var counts: StorageCounts { tally.withLock { $0 } }

  public func reset() { tally.withLock { $0 = StorageCounts() } }

  fileprivate func note(
    _ operation: StorageCounts.Operation, _ path: StoragePath, read: Int = 0, written: Int = 0
  ) {
    tally.withLock { $0.note(operation, PathKind(path), read: read, written: written) }
  }

  public var guarantees: StorageGuarantees { base.guarantees }
  public var identity: StorageIdentity { base.identity }
  public var rootDescription: String { base.rootDescription }
  public func describeStorage() -> StorageReport { base.describeStorage() }
  public func probeStorage() throws(LakeError) -> StorageReport { try base.probeStorage() }

  public func open(_ path: StoragePath, expectedSize: Int?) throws(LakeError) -> any ByteSource {
    note(.open, path)
    return ObservedSource(self, path, try base.open(path, expectedSize: expectedSize))
  }

  public func list(_ directory: StoragePath) throws(LakeError) -> [FileEntry] {
    note(.list, directory)
    return try base.list(directory)
  }

  public func listNames(_ directory: StoragePath) throws(LakeError) -> FileNames {
    note(.list, directory)
    return try base.listNames(directory)
  }

  public func entry(_ path: StoragePath) throws(LakeError) -> FileEntry? {
    note(.entry, path)
    return try base.entry(path)
  }

  public func create(_ path: StoragePath) throws(LakeError) -> any ByteSink {
    note(.create, path)
    return ObservedSink(self, path, try base.create(path))
  }

  public func publish(
    _ bytes: Buffer, at path: StoragePath, _ mode: PublishMode
  ) throws(LakeError) -> PublishOutcome {
    note(.publish, path, written: bytes.count)
    return try base.publish(bytes, at: path, mode)
  }

  public func makeDirectory(_ path: StoragePath) throws(LakeError) {
    note(.makeDirectory, path)
    try base.makeDirectory(path)
  }

  @discardableResult
  public func delete(_ path: StoragePath) throws(LakeError) -> Bool {
    note(.delete, path)
    return try base.delete(path)
  }

  public func settle(_ directory: StoragePath) throws(LakeError) {
    note(.settle, directory)
    try base.settle(directory)
  }

  public func settleAll() throws(LakeError) {
    note(.settleAll, .root)
    try base.settleAll()
  }

  public func withGate<T>(
    wait milliseconds: Int64, _ body: () throws(LakeError) -> T
  ) throws(LakeError) -> T {
    note(.gate, .root)
    return try base.withGate(wait: milliseconds, body)
  }

  public func heartbeat(_ instant: String) throws(LakeError) -> any Heartbeat {
    note(.heartbeat, .root)
    return ObservedHeartbeat(self, try base.heartbeat(instant))
  }

  public func writerIsDead(_ instant: String) throws(LakeError) -> Bool {
    note(.writerIsDead, .root)
    return try base.writerIsDead(instant)
  }
}

private struct ObservedSource: ByteSource {
  let storage: ObservedStorage
  let path: StoragePath
  let base: any ByteSource

  init(_ storage: ObservedStorage, _ path: StoragePath, _ base: any ByteSource) {
    self.storage = storage
    self.path = path
    self.base = base
  }

  var count: Int { base.count }

  func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    storage.note(.read, path, read: range.count)
    return try base.read(range)
  }

  func release(_ range: Range<Int>) { base.release(range) }
}

private final class ObservedSink: ByteSink {
  private let storage: ObservedStorage
  private let path: StoragePath
  private let base: any ByteSink

  init(_ storage: ObservedStorage, _ path: StoragePath, _ base: any ByteSink) {
    self.storage = storage
    self.path = path
    self.base = base
  }

  var count: Int { base.count }

  func write(_ bytes: UnsafeRawBufferPointer) throws(LakeError) {
    storage.note(.write, path, written: bytes.count)
    try base.write(bytes)
  }

  func finish() throws(LakeError) -> Int {
    storage.note(.finish, path)
    return try base.finish()
  }

  func abandon() { base.abandon() }
}

private final class ObservedHeartbeat: Heartbeat {
  private let storage: ObservedStorage
  private let base: any Heartbeat

  init(_ storage: ObservedStorage, _ base: any Heartbeat) {
    self.storage = storage
    self.base = base
  }

  func beat() throws(LakeError) {
    storage.note(.beat, .root)
    try base.beat()
  }

  func stop() { base.stop() }
}
