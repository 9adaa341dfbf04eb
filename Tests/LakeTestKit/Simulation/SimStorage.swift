// A process's view of a simulated disk. Every step of every call counts as one operation.
import LakeBase
import LakeStorage
import Synchronization

/// A storage on a `SimDisk`: one per simulated process.
public final class SimStorage: Storage, PublishSteps {
  public let disk: SimDisk
  public let plan: FaultPlan
  let world: World
  let scheduler: SimScheduler?
  let process: Int
  /// What this process wrote since its last barrier.
  let unsettled = Mutex((files: [StoragePath](), folders: Set<StoragePath>()))

  public init(
    _ disk: SimDisk, world: World, plan: FaultPlan = .none(), scheduler: SimScheduler? = nil
  ) {
    self.disk = disk
    self.plan = plan
    self.world = world
    self.scheduler = scheduler
    process = disk.state.withLock { state in
      defer { state.processes += 1 }
      return state.processes
    }
  }

  public var rootDescription: String { "sim:\(disk.profile.rawValue)" }
  public var guarantees: StorageGuarantees { disk.profile.guarantees }
  public var identity: StorageIdentity {
    StorageIdentity(device: 1, mount: "/sim", boot: "sim", host: "sim")
  }

  /// Whether this process was killed.
  public var isDead: Bool {
    disk.state.withLock { $0.dead.contains(process) || $0.isDown }
  }

  /// Kills this process: every further call fails, its locks are free.
  public func kill() { disk.state.withLock { $0.kill(process) } }

  static func dead(_ path: StoragePath) -> LakeError {
    LakeError(.defect, "this simulated process is dead", path: path.isRoot ? "." : path.text)
  }

  /// One operation: counted, scheduled, and gone wrong where the plan says so.
  /// - Parameter half: what a torn operation leaves.
  func step<T: Sendable>(
    _ kind: StorageStep.Kind, _ path: StoragePath,
    half: (@Sendable (inout SimState) -> Void)? = nil,
    _ body: @escaping @Sendable (inout SimState) throws(LakeError) -> T
  ) throws(LakeError) -> T {
    scheduler?.yield()
    if isDead { throw Self.dead(path) }
    let fault = plan.next(kind, path)
    return try disk.state.withLock { state throws(LakeError) in
      let late = state.late
      state.late = []
      for apply in late { apply(&state) }
      switch fault {
      case nil: return try body(&state)
      case .shortRead?: throw LakeError.planned(.fileTruncated, kind, path)
      case .errorBefore(let code)?:
        if kind == .sync, let node = state.find(path) { state.nodes[node]?.isPoisoned = true }
        throw LakeError.planned(code, kind, path)
      case .errorAfter(let code)?:
        _ = try body(&state)
        throw LakeError.planned(code, kind, path)
      // The kernel gives a lock to a process that waits for it, never to one that has gone away.
      case .lateApply? where kind == .gate: throw LakeError.planned(.ioFailed, kind, path)
      case .lateApply?:
        state.late.append { _ = try? body(&$0) }
        throw LakeError.planned(.ioFailed, kind, path)
      case .crashBefore?: break
      case .crashTorn?:
        if let half { half(&state) } else { _ = try? body(&state) }
      case .crashAfter?: _ = try? body(&state)
      }
      state.kill(self.process)
      throw Self.dead(path)
    }
  }

  static func missing(_ path: StoragePath) -> LakeError {
    LakeError(.fileNotFound, "No such file or directory", path: path.isRoot ? "." : path.text)
  }

  static func folder(_ path: StoragePath, _ state: SimState) throws(LakeError) -> Int {
    guard let number = state.find(path) else { throw missing(path) }
    guard state.nodes[number]?.isFolder == true else {
      throw LakeError(.notRegularFile, "Not a directory", path: path.text)
    }
    return number
  }

  // MARK: Reading

  public func open(_ path: StoragePath, expectedSize: Int?) throws(LakeError) -> any ByteSource {
    let bytes = try step(.open, path) { state throws(LakeError) in
      guard let number = state.find(path), let node = state.nodes[number] else {
        throw Self.missing(path)
      }
      guard !node.isFolder else {
        throw LakeError(.notRegularFile, "not a regular file", path: path.isRoot ? "." : path.text)
      }
      return Buffer(node.bytes)
    }
    if let expectedSize, bytes.count < expectedSize {
      throw LakeError(
        .fileTruncated, "the file has \(bytes.count) bytes; \(expectedSize) were recorded",
        path: path.text, offset: bytes.count)
    }
    return SimSource(storage: self, path: path, bytes: bytes)
  }

  public func list(_ directory: StoragePath) throws(LakeError) -> [FileEntry] {
    try step(.list, directory) { state throws(LakeError) in
      let number = try Self.folder(directory, state)
      return (state.nodes[number]?.entries ?? [:]).sorted { $0.key < $1.key }.compactMap {
        name, child in
        state.nodes[child].map { Self.entry(name.text, $0) }
      }
    }
  }

  public func entry(_ path: StoragePath) throws(LakeError) -> FileEntry? {
    try step(.entry, path) { state throws(LakeError) in
      state.find(path).flatMap { state.nodes[$0] }.map { Self.entry(path.name, $0) }
    }
  }

  private static func entry(_ name: String, _ node: SimNode) -> FileEntry {
    FileEntry(
      name: name, size: node.isFolder ? 0 : node.bytes.count,
      kind: node.isFolder ? .directory : .file)
  }

  // MARK: Writing

  func newFile(_ kind: StorageStep.Kind, _ path: StoragePath) throws(LakeError) -> Int {
    let process = process
    return try step(kind, path) { state throws(LakeError) in
      let folder = try Self.folder(path.parent, state)
      guard state.find(path) == nil else {
        throw LakeError(.fileExists, "File exists", path: path.text)
      }
      let number = state.newNode(SimNode(isFolder: false, writer: process))
      state.change(folder, remove: nil, add: (SimName(text: path.name), number))
      return number
    }
  }

  public func create(_ path: StoragePath) throws(LakeError) -> any ByteSink {
    let number = try newFile(.create, path)
    unsettled.withLock { _ = $0.folders.insert(path.parent) }
    return SimSink(self, path, number)
  }

  public func makeDirectory(_ path: StoragePath) throws(LakeError) {
    var missing: [StoragePath] = []
    var here = path
    while !here.isRoot, disk.state.withLock({ $0.find(here) }) == nil {
      missing.append(here)
      here = here.parent
    }
    if missing.isEmpty {
      _ = try step(.entry, path) { state throws(LakeError) in try Self.folder(path, state) }
    }
    for path in missing.reversed() {
      try step(.makeDirectory, path) { state throws(LakeError) in
        let parent = try Self.folder(path.parent, state)
        if state.find(path) != nil { return }
        let number = state.newNode(SimNode(isFolder: true))
        state.change(parent, remove: nil, add: (SimName(text: path.name), number))
      }
      unsettled.withLock { _ = $0.folders.insert(path.parent) }
    }
  }

  @discardableResult
  public func delete(_ path: StoragePath) throws(LakeError) -> Bool {
    unsettled.withLock { $0.files.removeAll { $0 == path } }
    return try step(.delete, path) { state throws(LakeError) in
      guard !path.isRoot, let number = state.find(path), let parent = state.find(path.parent)
      else { return false }
      guard state.nodes[number]?.entries.isEmpty != false else {
        throw LakeError(.ioFailed, "Directory not empty", path: path.text)
      }
      state.change(parent, remove: SimName(text: path.name), add: nil)
      return true
    }
  }

  public func settle(_ directory: StoragePath) throws(LakeError) {
    try settleNames(in: directory)
    var here = directory
    while !here.isRoot {
      here = here.parent
      if unsettled.withLock({ $0.folders.contains(here) }) { try settleNames(in: here) }
    }
  }

  public func settleAll() throws(LakeError) {
    let (files, folders) = unsettled.withLock { ($0.files.sorted(), $0.folders) }
    for file in files { try sync(file) }
    var all = folders
    for folder in folders {
      var here = folder
      while !here.isRoot {
        here = here.parent
        all.insert(here)
      }
    }
    func depth(_ path: StoragePath) -> Int { path.isRoot ? -1 : path.text.utf8.count { $0 == 47 } }
    for folder in all.sorted(by: { (depth($0), $0) > (depth($1), $1) }) {
      do { try settleNames(in: folder) } catch  where error.code == .fileNotFound {}
    }
    unsettled.withLock { state in
      state.files.removeAll { files.contains($0) }
      state.folders.subtract(folders)
    }
  }

  private func sync(_ path: StoragePath) throws(LakeError) {
    try step(.sync, path) { state throws(LakeError) in
      guard let number = state.find(path) else { return }
      if state.nodes[number]?.isPoisoned == true {
        throw LakeError(.ioFailed, "an earlier sync failed", path: path.text)
      }
      state.sync(file: number)
    }
  }

  public func publish(
    _ bytes: Buffer, at path: StoragePath, _ mode: PublishMode
  ) throws(LakeError) -> PublishOutcome {
    try Publishing.publish(bytes, at: path, mode, on: self, identifier: world.random.uuid())
  }
}

private struct SimSource: ByteSource {
  let storage: SimStorage
  let path: StoragePath
  let bytes: Buffer
  var count: Int { bytes.count }

  func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    let bytes = bytes
    let path = path
    return try storage.step(.read, path) { _ throws(LakeError) in
      try naming(path.text) { () throws(LakeError) in try BufferSource(bytes).read(range) }
    }
  }
}

private final class SimSink: ByteSink {
  private let storage: SimStorage
  private let path: StoragePath
  private let number: Int
  private var isEnded = false
  private(set) var count = 0

  init(_ storage: SimStorage, _ path: StoragePath, _ number: Int) {
    self.storage = storage
    self.path = path
    self.number = number
  }

  deinit { abandon() }

  func write(_ bytes: UnsafeRawBufferPointer) throws(LakeError) {
    precondition(!isEnded, "a sink takes no bytes after its end")
    if bytes.isEmpty { return }
    let copy = Array(bytes)
    let number = number
    let half = Array(copy.prefix(copy.count / 2))
    do {
      try storage.step(.write, path, half: { $0.nodes[number]?.bytes += half }) {
        state throws(LakeError) in
        state.nodes[number]?.bytes += copy
      }
    } catch {
      abandon()
      throw error
    }
    count += copy.count
  }

  func finish() throws(LakeError) -> Int {
    if isEnded { throw LakeError(.ioFailed, "the sink failed before", path: path.text) }
    let number = number
    let isObject = storage.disk.profile == .object
    do {
      try storage.step(.finish, path) { state throws(LakeError) in
        state.nodes[number]?.writer = nil
        if isObject, let bytes = state.nodes[number]?.bytes { state.nodes[number]?.durable = bytes }
      }
    } catch {
      abandon()
      throw error
    }
    isEnded = true
    storage.unsettled.withLock { $0.files.append(path) }
    return count
  }

  func abandon() {
    if isEnded { return }
    isEnded = true
    _ = try? storage.delete(path)
  }
}
