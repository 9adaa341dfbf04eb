// Spec: 15-storage, 13-concurrency. Writing files and names, and making them durable.
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension LocalStorage {
  public func create(_ path: StoragePath) throws(LakeError) -> any ByteSink {
    try telling("cannot create", path, writing: true) { () throws(SystemFailure) in
      let parent = try folder(path.parent, writing: true)
      let file = try Syscalls.createNew(parent, path.name)
      ledger.touched(path.parent)
      return LocalSink(file, in: parent, path, ledger)
    }
  }

  public func makeDirectory(_ path: StoragePath) throws(LakeError) {
    if path.isRoot { return }
    try telling("cannot make the directory", path, writing: true) { () throws(SystemFailure) in
      do throws(SystemFailure) {
        _ = try folder(path, writing: true)
        return
      } catch  where error.number == ENOENT {}
      try makeMissing(path)
    }
  }

  private func makeMissing(_ path: StoragePath) throws(SystemFailure) {
    if path.isRoot { return }
    let parent: Descriptor
    do throws(SystemFailure) {
      parent = try folder(path.parent, writing: true)
    } catch  where error.number == ENOENT {
      try makeMissing(path.parent)
      return try makeMissing(path)
    }
    do throws(SystemFailure) {
      try Syscalls.makeDirectory(parent, path.name)
    } catch  where error.number == EEXIST {
      // Somebody else made it, or it is no directory: opening tells which.
      _ = try folder(path, writing: true)
    }
    ledger.touched(path.parent)
  }

  @discardableResult
  public func delete(_ path: StoragePath) throws(LakeError) -> Bool {
    ledger.forget(path)
    return try telling("cannot delete", path) { () throws(SystemFailure) in
      do throws(SystemFailure) {
        let parent = try folder(path.parent, writing: true)
        do throws(SystemFailure) {
          try Syscalls.unlink(parent, path.name)
        } catch  where error.number == EISDIR {
          try Syscalls.unlink(parent, path.name, folder: true)
        }
        return true
      } catch  where error.number == ENOENT {
        return false
      }
    }
  }

  public func settle(_ directory: StoragePath) throws(LakeError) {
    if durability == .none { return }
    try telling("cannot make the directory durable", directory) { () throws(SystemFailure) in
      try Syscalls.sync(try folder(directory))
      // Directories above it that are new must not vanish with it.
      var here = directory
      while !here.isRoot {
        here = here.parent
        if ledger.isTouched(here) { try Syscalls.sync(try folder(here)) }
      }
    }
  }

  public func settleAll() throws(LakeError) {
    try ledger.settleAll { [self] directory throws(SystemFailure) in
      do throws(SystemFailure) { return try folder(directory) } catch  where error.number == ENOENT
      {
        return nil
      }
    }
  }

  public func publish(
    _ bytes: Buffer, at path: StoragePath, _ mode: PublishMode
  ) throws(LakeError) -> PublishOutcome {
    try Publishing.publish(bytes, at: path, mode, on: self, identifier: world.random.uuid())
  }
}

// The steps of a publication.
extension LocalStorage {
  public func writeWhole(_ bytes: Buffer, at path: StoragePath) throws(LakeError) {
    try telling("cannot write", path, writing: true) { () throws(SystemFailure) in
      let parent = try folder(path.parent, writing: true)
      let file = try Syscalls.createNew(parent, path.name)
      do throws(SystemFailure) {
        try bytes.withUnsafeBytes { (raw) throws(SystemFailure) in
          try Syscalls.writeAll(file, raw)
        }
        if durability == .full && !bytes.isEmpty { try Syscalls.sync(file) }
        try file.close()
      } catch {
        try? Syscalls.unlink(parent, path.name)
        throw error
      }
    }
  }

  public func linkName(_ path: StoragePath, as other: StoragePath) throws(LakeError) {
    try telling("cannot publish", other, writing: true) { () throws(SystemFailure) in
      let parent = try folder(path.parent, writing: true)
      let target = path.parent == other.parent ? parent : try folder(other.parent, writing: true)
      try Syscalls.link(parent, path.name, target, other.name)
    }
  }

  public func renameName(
    _ path: StoragePath, to other: StoragePath, replacing: Bool
  ) throws(LakeError) {
    precondition(path.parent == other.parent, "a publication stays in its directory")
    try telling("cannot publish", other, writing: true) { () throws(SystemFailure) in
      let parent = try folder(path.parent, writing: true)
      if replacing {
        try Syscalls.rename(parent, path.name, other.name)
      } else {
        try Syscalls.renameWithoutReplacing(parent, path.name, other.name)
      }
    }
  }

  public func isSameFile(_ path: StoragePath, _ other: StoragePath) throws(LakeError) -> Bool {
    try telling("cannot look at", other) { () throws(SystemFailure) in
      do throws(SystemFailure) {
        let one = try Syscalls.status(in: try folder(path.parent), path.name)
        let two = try Syscalls.status(in: try folder(other.parent), other.name)
        return one.device == two.device && one.inode == two.inode
      } catch  where error.number == ENOENT {
        return false
      }
    }
  }

  public func holds(_ bytes: Buffer, at path: StoragePath) throws(LakeError) -> Bool? {
    let source: any ByteSource
    do throws(LakeError) { source = try open(path) } catch  where error.code == .fileNotFound {
      return nil
    }
    guard source.count == bytes.count else { return false }
    return try source.read(0..<source.count) == bytes
  }

  public func settleNames(in directory: StoragePath) throws(LakeError) { try settle(directory) }

  public func discard(_ path: StoragePath) {
    guard let parent = try? folder(path.parent, writing: true) else { return }
    try? Syscalls.unlink(parent, path.name)
  }
}
