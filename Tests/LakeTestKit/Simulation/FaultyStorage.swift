// Any storage, with one operation gone wrong. Each call of the protocol is one operation.
import LakeBase
import LakeStorage
import Synchronization

/// Wraps a storage and disturbs it as a plan says.
public final class FaultyStorage: Storage {
  private struct State {
    var isDead = false
    var late: [@Sendable () -> Void] = []
  }

  private let base: any Storage
  public let plan: FaultPlan
  private let scheduler: SimScheduler?
  private let state = Mutex(State())

  public init(_ base: any Storage, plan: FaultPlan, scheduler: SimScheduler? = nil) {
    self.base = base
    self.plan = plan
    self.scheduler = scheduler
  }

  /// Whether the plan ended this process.
  public var isDead: Bool { state.withLock { $0.isDead } }

  public var guarantees: StorageGuarantees { base.guarantees }
  public var identity: StorageIdentity { base.identity }
  public var rootDescription: String { base.rootDescription }
  public func describeStorage() -> StorageReport { base.describeStorage() }
  public func probeStorage() throws(LakeError) -> StorageReport { try base.probeStorage() }

  /// One operation. `late` is what is done afterwards when the plan says so; nil does it not at
  /// all.
  func step<T>(
    _ kind: StorageStep.Kind, _ path: StoragePath, late: (@Sendable () -> Void)? = nil,
    half: (() -> Void)? = nil, _ body: () throws(LakeError) -> T
  ) throws(LakeError) -> T {
    scheduler?.yield()
    if isDead { throw SimStorage.dead(path) }
    let waiting = state.withLock { state in
      defer { state.late = [] }
      return state.late
    }
    for apply in waiting { apply() }
    switch plan.next(kind, path) {
    case nil: return try body()
    case .shortRead?: throw LakeError.planned(.fileTruncated, kind, path)
    case .errorBefore(let code)?: throw LakeError.planned(code, kind, path)
    case .errorAfter(let code)?:
      _ = try body()
      throw LakeError.planned(code, kind, path)
    case .lateApply?:
      if let late { state.withLock { $0.late.append(late) } }
      throw LakeError.planned(.ioFailed, kind, path)
    case .crashBefore?: break
    case .crashTorn?: if let half { half() } else { _ = try? body() }
    case .crashAfter?: _ = try? body()
    }
    state.withLock { $0.isDead = true }
    throw SimStorage.dead(path)
  }

  public func open(_ path: StoragePath, expectedSize: Int?) throws(LakeError) -> any ByteSource {
    try step(.open, path) { () throws(LakeError) in
      FaultySource(storage: self, path: path, base: try base.open(path, expectedSize: expectedSize))
    }
  }

  public func list(_ directory: StoragePath) throws(LakeError) -> [FileEntry] {
    try step(.list, directory) { () throws(LakeError) in try base.list(directory) }
  }

  public func entry(_ path: StoragePath) throws(LakeError) -> FileEntry? {
    try step(.entry, path) { () throws(LakeError) in try base.entry(path) }
  }

  public func create(_ path: StoragePath) throws(LakeError) -> any ByteSink {
    try step(.create, path) { () throws(LakeError) in
      FaultySink(self, path, try base.create(path))
    }
  }

  /// A lost answer of a publication is the outcome `unknown`, not an error (R17).
  public func publish(
    _ bytes: Buffer, at path: StoragePath, _ mode: PublishMode
  ) throws(LakeError) -> PublishOutcome {
    let base = base
    let fired = plan.fired
    do {
      return try step(
        .publish, path, late: { _ = try? base.publish(bytes, at: path, mode) }
      ) { () throws(LakeError) in
        try base.publish(bytes, at: path, mode)
      }
    } catch  where error.code == .ioFailed && plan.fired > fired && !isDead {
      return .unknown
    }
  }

  public func makeDirectory(_ path: StoragePath) throws(LakeError) {
    let base = base
    try step(.makeDirectory, path, late: { try? base.makeDirectory(path) }) {
      () throws(LakeError) in try base.makeDirectory(path)
    }
  }

  @discardableResult
  public func delete(_ path: StoragePath) throws(LakeError) -> Bool {
    let base = base
    return try step(.delete, path, late: { _ = try? base.delete(path) }) {
      () throws(LakeError) in try base.delete(path)
    }
  }

  public func settle(_ directory: StoragePath) throws(LakeError) {
    try step(.settle, directory) { () throws(LakeError) in try base.settle(directory) }
  }

  public func settleAll() throws(LakeError) {
    try step(.settleAll, .root) { () throws(LakeError) in try base.settleAll() }
  }

  public func withGate<T>(
    wait milliseconds: Int64, _ body: () throws(LakeError) -> T
  ) throws(LakeError) -> T {
    try step(.gate, .root) { () throws(LakeError) in }
    return try base.withGate(wait: milliseconds, body)
  }

  public func heartbeat(_ instant: String) throws(LakeError) -> any Heartbeat {
    try step(.heartbeat, .root) { () throws(LakeError) in
      FaultyHeartbeat(self, try base.heartbeat(instant))
    }
  }

  public func writerIsDead(_ instant: String) throws(LakeError) -> Bool {
    try step(.writerIsDead, .root) { () throws(LakeError) in try base.writerIsDead(instant) }
  }
}

private struct FaultySource: ByteSource {
  let storage: FaultyStorage
  let path: StoragePath
  let base: any ByteSource
  var count: Int { base.count }

  func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    try storage.step(.read, path) { () throws(LakeError) in try base.read(range) }
  }
}

private final class FaultySink: ByteSink {
  private let storage: FaultyStorage
  private let path: StoragePath
  private let base: any ByteSink

  init(_ storage: FaultyStorage, _ path: StoragePath, _ base: any ByteSink) {
    self.storage = storage
    self.path = path
    self.base = base
  }

  var count: Int { base.count }

  func write(_ bytes: UnsafeRawBufferPointer) throws(LakeError) {
    let first = UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2))
    try storage.step(.write, path, half: { try? self.base.write(first) }) {
      () throws(LakeError) in try base.write(bytes)
    }
  }

  func finish() throws(LakeError) -> Int {
    try storage.step(.finish, path) { () throws(LakeError) in try base.finish() }
  }

  /// A dead process cleans nothing up.
  func abandon() { if !storage.isDead { base.abandon() } }
}

private final class FaultyHeartbeat: Heartbeat {
  private let storage: FaultyStorage
  private let base: any Heartbeat

  init(_ storage: FaultyStorage, _ base: any Heartbeat) {
    self.storage = storage
    self.base = base
  }

  func beat() throws(LakeError) {
    try storage.step(.beat, .root) { () throws(LakeError) in try base.beat() }
  }

  func stop() { if !storage.isDead { base.stop() } }
}
