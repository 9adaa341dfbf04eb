// Spec: 15-storage. Files in memory, for tests and embedders. Nothing fails, nothing survives.
import LakeBase
import Synchronization

/// A storage that keeps everything in this process.
public final class MemoryStorage: Storage {
  private enum Node {
    case folder
    case file(Buffer)
  }

  private struct State {
    var nodes: [StoragePath: Node] = [.root: .folder]
    var isGateHeld = false
    var beats: [String: Int] = [:]
    var nextBeat = 0
  }

  private let state = Mutex(State())
  private let world: World
  public let rootDescription: String
  public let identity: StorageIdentity

  public init(_ name: String = "memory", world: World = World()) {
    self.world = world
    rootDescription = name
    identity = StorageIdentity(device: 0, mount: name, boot: "memory", host: "memory")
  }

  public var guarantees: StorageGuarantees {
    [
      .exclusiveCreate, .link, .atomicRename, .renameWithoutReplace, .durableSync,
      .closeIsDurable, .listsAfterWrite, .ordersFiles, .locks, .isVolatile,
    ]
  }

  private static func missing(_ operation: String, _ path: StoragePath) -> LakeError {
    LakeError(.fileNotFound, "\(operation): No such file or directory", path: path.text)
  }

  private static func requireFolder(
    _ path: StoragePath, _ operation: String, _ state: borrowing State
  ) throws(LakeError) {
    switch state.nodes[path] {
    case .folder?: return
    case .file?: throw LakeError(.notRegularFile, "\(operation): Not a directory", path: path.text)
    case nil: throw missing(operation, path)
    }
  }

  // MARK: Reading

  public func open(_ path: StoragePath, expectedSize: Int?) throws(LakeError) -> any ByteSource {
    let node = state.withLock { $0.nodes[path] }
    guard let node else { throw Self.missing("cannot open", path) }
    guard case .file(let bytes) = node else {
      throw LakeError(.notRegularFile, "not a regular file", path: path.isRoot ? "." : path.text)
    }
    if let expectedSize, bytes.count < expectedSize {
      throw LakeError(
        .fileTruncated, "the file has \(bytes.count) bytes; \(expectedSize) were recorded",
        path: path.text, offset: bytes.count)
    }
    return NamedSource(whole: BufferSource(bytes), path: path)
  }

  public func list(_ directory: StoragePath) throws(LakeError) -> [FileEntry] {
    try state.withLock { state throws(LakeError) in
      try Self.requireFolder(directory, "cannot list", state)
      return state.nodes.keys.filter { !$0.isRoot && $0.parent == directory }.sorted()
        .compactMap { path in state.nodes[path].map { Self.entry(path, $0) } }
    }
  }

  public func entry(_ path: StoragePath) throws(LakeError) -> FileEntry? {
    state.withLock { state in state.nodes[path].map { Self.entry(path, $0) } }
  }

  private static func entry(_ path: StoragePath, _ node: Node) -> FileEntry {
    switch node {
    case .folder: FileEntry(name: path.name, size: 0, kind: .directory)
    case .file(let bytes): FileEntry(name: path.name, size: bytes.count, kind: .file)
    }
  }

  // MARK: Writing

  public func create(_ path: StoragePath) throws(LakeError) -> any ByteSink {
    try state.withLock { state throws(LakeError) in
      try Self.requireFolder(path.parent, "cannot create", state)
      guard state.nodes[path] == nil else {
        throw LakeError(.fileExists, "cannot create: File exists", path: path.text)
      }
      state.nodes[path] = .file(Buffer())
    }
    return MemorySink(self, path)
  }

  fileprivate func put(_ bytes: Buffer, at path: StoragePath) {
    state.withLock { $0.nodes[path] = .file(bytes) }
  }

  public func publish(
    _ bytes: Buffer, at path: StoragePath, _ mode: PublishMode
  ) throws(LakeError) -> PublishOutcome {
    try state.withLock { state throws(LakeError) in
      try Self.requireFolder(path.parent, "cannot publish", state)
      switch (state.nodes[path], mode) {
      case (.folder?, _):
        throw LakeError(.notRegularFile, "cannot publish: Is a directory", path: path.text)
      case (.file(let old)?, .ifAbsent):
        return old == bytes && !bytes.isEmpty ? .done : .exists
      case (nil, _), (.file?, .replacing):
        state.nodes[path] = .file(bytes)
        return .done
      }
    }
  }

  public func makeDirectory(_ path: StoragePath) throws(LakeError) {
    try state.withLock { state throws(LakeError) in
      var here = path
      var missing: [StoragePath] = []
      while state.nodes[here] == nil {
        missing.append(here)
        here = here.parent
      }
      try Self.requireFolder(here, "cannot make the directory", state)
      for path in missing { state.nodes[path] = .folder }
    }
  }

  @discardableResult
  public func delete(_ path: StoragePath) throws(LakeError) -> Bool {
    try state.withLock { state throws(LakeError) in
      guard let node = state.nodes[path], !path.isRoot else { return false }
      if case .folder = node, state.nodes.keys.contains(where: { !$0.isRoot && $0.parent == path })
      {
        throw LakeError(.ioFailed, "cannot delete: Directory not empty", path: path.text)
      }
      state.nodes[path] = nil
      return true
    }
  }

  public func settle(_ directory: StoragePath) throws(LakeError) {
    try state.withLock { state throws(LakeError) in
      try Self.requireFolder(directory, "cannot make the directory durable", state)
    }
  }

  public func settleAll() throws(LakeError) {}

  // MARK: Writers

  public func withGate<T>(
    wait milliseconds: Int64, _ body: () throws(LakeError) -> T
  ) throws(LakeError) -> T {
    var waited: Int64 = 0
    while !tryGate() {
      guard waited < milliseconds else {
        throw LakeError(
          .lockBusy,
          "the table is locked by another thread; waited \(milliseconds) ms; nothing was committed",
          path: TableNames.gate)
      }
      world.clock.sleep(milliseconds: 1)
      waited += 1
    }
    defer { state.withLock { $0.isGateHeld = false } }
    return try body()
  }

  private func tryGate() -> Bool {
    state.withLock { state in
      if state.isGateHeld { return false }
      state.isGateHeld = true
      return true
    }
  }

  public func heartbeat(_ instant: String) throws(LakeError) -> any Heartbeat {
    let number: Int? = state.withLock { state in
      if state.beats[instant] != nil { return nil }
      state.nextBeat += 1
      state.beats[instant] = state.nextBeat
      return state.nextBeat
    }
    guard let number else {
      throw LakeError(
        .fileExists, "cannot start the heartbeat: File exists",
        path: TableNames.heartbeats + "/" + instant)
    }
    return MemoryHeartbeat(self, instant, number)
  }

  public func writerIsDead(_ instant: String) throws(LakeError) -> Bool {
    state.withLock { $0.beats[instant] == nil }
  }

  fileprivate func hasBeat(_ instant: String, _ number: Int) -> Bool {
    state.withLock { $0.beats[instant] == number }
  }

  fileprivate func endBeat(_ instant: String, _ number: Int) {
    state.withLock { state in
      if state.beats[instant] == number { state.beats[instant] = nil }
    }
  }
}

private final class MemoryHeartbeat: Heartbeat {
  private let storage: MemoryStorage
  private let instant: String
  private let number: Int

  init(_ storage: MemoryStorage, _ instant: String, _ number: Int) {
    self.storage = storage
    self.instant = instant
    self.number = number
  }

  deinit { storage.endBeat(instant, number) }

  func beat() throws(LakeError) {
    if storage.hasBeat(instant, number) { return }
    throw LakeError(
      .writeAborted, "the heartbeat was removed: another writer took this instant for dead",
      path: TableNames.heartbeats + "/" + instant)
  }

  func stop() { storage.endBeat(instant, number) }
}

private final class MemorySink: ByteSink {
  private let storage: MemoryStorage
  private let path: StoragePath
  private let bytes = GrowingBuffer()
  private var isEnded = false

  init(_ storage: MemoryStorage, _ path: StoragePath) {
    self.storage = storage
    self.path = path
  }

  deinit { abandon() }

  var count: Int { bytes.count }

  func write(_ raw: UnsafeRawBufferPointer) throws(LakeError) {
    precondition(!isEnded, "a sink takes no bytes after its end")
    bytes.append(raw)
  }

  func finish() throws(LakeError) -> Int {
    precondition(!isEnded, "a sink ends once")
    isEnded = true
    let size = bytes.count
    storage.put(bytes.take(), at: path)
    return size
  }

  func abandon() {
    if isEnded { return }
    isEnded = true
    _ = try? storage.delete(path)
  }
}
