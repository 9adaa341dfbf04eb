// The steps of a publication, the gate and the signs of life on a simulated disk.
import LakeBase
import LakeStorage

extension SimStorage {
  public func writeWhole(_ bytes: Buffer, at path: StoragePath) throws(LakeError) {
    let number = try newFile(.create, path)
    let all = bytes.bytes
    let half = Array(all.prefix(all.count / 2))
    do {
      if !all.isEmpty {
        try step(.write, path, half: { $0.nodes[number]?.bytes = half }) {
          state throws(LakeError) in
          state.nodes[number]?.bytes = all
        }
        try step(.sync, path) { state throws(LakeError) in state.sync(file: number) }
      }
      let isObject = disk.profile == .object
      try step(.finish, path) { state throws(LakeError) in
        state.nodes[number]?.writer = nil
        if isObject { state.nodes[number]?.durable = all }
      }
    } catch {
      discard(path)
      throw error
    }
  }

  public func linkName(_ path: StoragePath, as other: StoragePath) throws(LakeError) {
    try step(.link, other) { state throws(LakeError) in
      guard let number = state.find(path) else { throw Self.missing(path) }
      let folder = try Self.folder(other.parent, state)
      guard state.find(other) == nil else {
        throw LakeError(.fileExists, "File exists", path: other.text)
      }
      state.change(folder, remove: nil, add: (SimName(text: other.name), number))
    }
  }

  public func renameName(
    _ path: StoragePath, to other: StoragePath, replacing: Bool
  ) throws(LakeError) {
    let copies = disk.profile == .object
    try step(.rename, other) { state throws(LakeError) in
      guard let number = state.find(path) else { throw Self.missing(path) }
      let folder = try Self.folder(other.parent, state)
      if !replacing && state.find(other) != nil {
        throw LakeError(.fileExists, "File exists", path: other.text)
      }
      let old = copies ? nil : SimName(text: path.name)
      state.change(folder, remove: old, add: (SimName(text: other.name), number))
    }
    if copies { try delete(path) }
  }

  public func isSameFile(_ path: StoragePath, _ other: StoragePath) throws(LakeError) -> Bool {
    try step(.look, other) { state throws(LakeError) in
      guard let one = state.find(path), let two = state.find(other) else { return false }
      return one == two
    }
  }

  public func holds(_ bytes: Buffer, at path: StoragePath) throws(LakeError) -> Bool? {
    try step(.compare, path) { state throws(LakeError) in
      guard let number = state.find(path), let node = state.nodes[number] else { return nil }
      return node.bytes == bytes.bytes
    }
  }

  public func settleNames(in directory: StoragePath) throws(LakeError) {
    try step(.syncFolder, directory) { state throws(LakeError) in
      state.sync(folder: try Self.folder(directory, state))
    }
  }

  public func discard(_ path: StoragePath) { _ = try? delete(path) }

  // MARK: Gate

  public func withGate<T>(
    wait milliseconds: Int64, _ body: () throws(LakeError) -> T
  ) throws(LakeError) -> T {
    let gate = try StoragePath(TableNames.gate)
    let process = process
    var waited: Int64 = 0
    while true {
      let entered = try step(.gate, gate) { state throws(LakeError) in
        guard state.gateHolder == nil else { return false }
        state.gateHolder = process
        return true
      }
      if entered { break }
      guard waited < milliseconds else {
        throw LakeError(
          .lockBusy, "the table is locked by another process; nothing was committed",
          path: gate.text)
      }
      let disk = disk
      if let scheduler, scheduler.isTask {
        try scheduler.wait { disk.state.withLock { $0.gateHolder == nil } }
      }
      world.clock.sleep(milliseconds: 1)
      waited += 1
    }
    defer {
      disk.state.withLock { state in
        if state.gateHolder == process { state.gateHolder = nil }
      }
    }
    return try body()
  }

  // MARK: Signs of life

  public func heartbeat(_ instant: String) throws(LakeError) -> any Heartbeat {
    let path = try StoragePath(TableNames.heartbeats).appending(instant)
    let identifier = world.random.uuid()
    let prepared = try StoragePath(TableNames.locks).appending(identifier + ".beat")
    try makeDirectory(path.parent)
    try makeDirectory(prepared.parent)
    try writeWhole(Buffer(utf8: TableNames.writerMark + identifier + "\n"), at: prepared)
    let process = process
    let number = try step(.heartbeat, path) { state throws(LakeError) in
      guard let number = state.find(prepared) else { throw Self.missing(prepared) }
      state.nodes[number]?.locker = process
      return number
    }
    defer { discard(prepared) }
    // An object mount has no link: it creates the name itself.
    if guarantees.contains(.link) {
      try linkName(prepared, as: path)
    } else {
      try renameName(prepared, to: path, replacing: false)
    }
    return SimHeartbeat(self, path, number)
  }

  public func writerIsDead(_ instant: String) throws(LakeError) -> Bool {
    let path = try StoragePath(TableNames.heartbeats).appending(instant)
    return try step(.writerIsDead, path) { state throws(LakeError) in
      guard let number = state.find(path), let node = state.nodes[number] else { return true }
      guard node.bytes.starts(with: TableNames.writerMark.utf8) else { return false }
      return node.locker == nil
    }
  }
}

private final class SimHeartbeat: Heartbeat {
  private let storage: SimStorage
  private let path: StoragePath
  private let number: Int

  init(_ storage: SimStorage, _ path: StoragePath, _ number: Int) {
    self.storage = storage
    self.path = path
    self.number = number
  }

  func beat() throws(LakeError) {
    let (path, number) = (path, number)
    let isOurs = try storage.step(.beat, path) { state throws(LakeError) in
      state.find(path) == number
    }
    if isOurs { return }
    throw LakeError(.writeAborted, "the heartbeat was removed", path: path.text)
  }

  func stop() {
    if (try? beat()) != nil { storage.discard(path) }
    let number = number
    storage.disk.state.withLock { $0.nodes[number]?.locker = nil }
  }
}
