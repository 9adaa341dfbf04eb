// Spec: 13-concurrency. Signs of life: a lock held as long as the writer lives (R26).
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A heartbeat file whose lock this process holds.
final class LocalHeartbeat: Heartbeat {
  private let storage: LocalStorage
  private let file: Descriptor
  private let path: StoragePath

  init(_ storage: LocalStorage, _ file: Descriptor, _ path: StoragePath) {
    self.storage = storage
    self.file = file
    self.path = path
  }

  func beat() throws(LakeError) {
    let isOurs = try storage.telling("cannot touch the heartbeat", path) {
      () throws(SystemFailure) in
      do throws(SystemFailure) {
        let parent = try storage.folder(path.parent)
        let named = try Syscalls.status(in: parent, path.name)
        let held = try Syscalls.status(of: file)
        guard named.inode == held.inode && named.device == held.device else { return false }
      } catch  where error.number == ENOENT {
        return false
      }
      try Syscalls.touch(file)
      return true
    }
    guard isOurs else {
      throw LakeError(
        .writeAborted, "the heartbeat was removed: another writer took this instant for dead",
        path: path.text)
    }
  }

  func stop() {
    // The name goes while the lock is held, so that nobody sees it unlocked.
    if (try? beat()) != nil { storage.discard(path) }
    try? file.close()
  }
}

extension LocalStorage {
  public func heartbeat(_ instant: String) throws(LakeError) -> any Heartbeat {
    let path = try StoragePath(TableNames.heartbeats).appending(instant)
    let identifier = world.random.uuid()
    // Prepared elsewhere and linked once it is locked: no observer ever sees it unlocked.
    let prepared = try StoragePath(TableNames.locks).appending(identifier + ".beat")
    try makeDirectory(path.parent)
    try makeDirectory(prepared.parent)
    let content = Array((TableNames.writerMark + identifier + "\n").utf8)
    let file = try telling("cannot start the heartbeat", path, writing: true) {
      () throws(SystemFailure) in
      let parent = try folder(prepared.parent, writing: true)
      let file = try Syscalls.createNew(parent, prepared.name)
      do throws(SystemFailure) {
        guard try Syscalls.tryLock(file) else { throw SystemFailure(EIO) }
        try Syscalls.writeAt(file, content, offset: 0)
        // Without this a power cut may leave the name with nothing in it, which looks foreign.
        if durability == .full { try Syscalls.sync(file) }
        return file
      } catch {
        try? Syscalls.unlink(parent, prepared.name)
        throw error
      }
    }
    defer { discard(prepared) }
    try linkName(prepared, as: path)
    return LocalHeartbeat(self, file, path)
  }

  public func writerIsDead(_ instant: String) throws(LakeError) -> Bool {
    let path = try StoragePath(TableNames.heartbeats).appending(instant)
    return try telling("cannot look at the heartbeat", path) { () throws(SystemFailure) in
      let file: Descriptor
      do throws(SystemFailure) {
        file = try Syscalls.openBeneath(root, path.text, O_RDONLY, by: resolution)
      } catch  where error.number == ENOENT {
        return true
      }
      guard try Syscalls.status(of: file).kind == .file else { throw SystemFailure(ENXIO) }
      let count = TableNames.writerMark.utf8.count
      let head = Memory(byteCount: count)
      let came = try Syscalls.read(file, into: head.start, count: count, at: 0)
      // Without our mark it is somebody else's, and only time can tell.
      guard Buffer(head, count: came).lossyText == TableNames.writerMark else { return false }
      // A shared lock: observers do not take each other for the writer.
      return try Syscalls.tryLock(file, shared: true)
    }
  }
}
