// Spec: 15-storage. Files below one directory of this machine (class L).
import LakeBase
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Whether writes are made durable.
public enum Durability: String, Sendable, CaseIterable {
  /// Success means stored: the default.
  case full
  /// No sync at all: for benchmarks and tables one can afford to lose.
  case none
}

/// A directory of a local file system. See Spec/15-storage.
public final class LocalStorage: Storage, PublishSteps {
  /// Files up to this size are read when they are opened, so that they hold no descriptor.
  static let smallFileBytes = 16 << 10

  public let rootDescription: String
  public let identity: StorageIdentity
  public let guarantees: StorageGuarantees
  let world: World
  let root: Descriptor
  let rootPath: String
  public var absoluteRoot: String { rootPath }
  let facts: StorageFacts
  let judgement: StorageJudgement
  let resolution: Resolution
  let durability: Durability
  let ledger: BarrierLedger
  let gate: Mutex<GateState>
  private let mapsFiles: Bool

  /// - Parameters:
  ///   - root: an absolute or relative path; the directory itself may be a symbolic link.
  ///   - createRoot: makes it, and those above it, when there is none.
  ///   - mapping: whether base files of known size are read through memory maps (R39).
  ///   - facts: what is known of the store; found out when nil, given by tests.
  /// - Throws: `fileNotFound`, `notRegularFile` when the root is no directory, `permissionDenied`.
  public init(
    root: String, world: World, createRoot: Bool = false, durability: Durability = .full,
    mapping: Bool = true, facts: StorageFacts? = nil
  ) throws(LakeError) {
    let text = root.isEmpty ? "." : root
    let descriptor: Descriptor
    do throws(SystemFailure) {
      if createRoot { try Syscalls.makeRoot(Self.trimmed(text)) }
      descriptor = try Syscalls.root(text)
    } catch {
      let why = LakeError(error.code, "cannot open the directory: \(error.text)", path: text)
      throw why
    }
    let found = facts ?? StorageFacts(of: descriptor)
    self.root = descriptor
    self.facts = found
    judgement = StorageJudgement(of: found)
    guarantees = judgement.guarantees
    rootDescription = text
    rootPath = text.hasPrefix("/") ? text : Syscalls.currentDirectory() + "/" + text
    resolution = Syscalls.resolution
    self.world = world
    self.durability = durability
    mapsFiles = mapping && judgement.storageClass == .local
    identity = StorageIdentity(
      device: (try? Syscalls.status(of: descriptor).device) ?? 0,
      mount: found.mount?.mountPoint ?? "?", boot: StorageFacts.bootIdentifier,
      host: Syscalls.hostName())
    ledger = BarrierLedger(
      isDurable: durability == .full,
      openFilesMax: Swift.max(4, Swift.min(64, Syscalls.descriptorLimit() / 8)),
      workers: world.workers)
    gate = Mutex(GateState())
  }

  private static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return path
  }

  // MARK: Doors below the root

  /// A directory below the root, opened for work on its names.
  /// - Parameter writing: refuses to cross into another file system (S08).
  func folder(_ path: StoragePath, writing: Bool = false) throws(SystemFailure) -> Descriptor {
    try Syscalls.openBeneath(
      root, path.text, O_RDONLY | O_DIRECTORY, sameMount: writing, by: resolution)
  }

  /// Runs `body` and names what it was doing when the system refuses.
  func telling<T>(
    _ operation: String, _ path: StoragePath, writing: Bool = false,
    _ body: () throws(SystemFailure) -> T
  ) throws(LakeError) -> T {
    do throws(SystemFailure) { return try body() } catch {
      throw error.lakeError(operation, path, writing: writing)
    }
  }

  // MARK: Reading

  public func open(_ path: StoragePath, expectedSize: Int?) throws(LakeError) -> any ByteSource {
    let (file, status) = try telling("cannot open", path) { () throws(SystemFailure) in
      let file = try Syscalls.openBeneath(root, path.text, O_RDONLY, by: resolution)
      return (file, try Syscalls.status(of: file))
    }
    guard status.kind == .file else {
      throw LakeError(.notRegularFile, "not a regular file", path: path.isRoot ? "." : path.text)
    }
    if let expectedSize, status.size < expectedSize {
      throw LakeError(
        .fileTruncated, "the file has \(status.size) bytes; \(expectedSize) were recorded",
        path: path.text, offset: status.size)
    }
    if status.size <= Self.smallFileBytes {
      let whole = LocalFile(file, path, count: status.size)
      return NamedSource(whole: BufferSource(try whole.read(0..<status.size)), path: path)
    }
    if mapsFiles && expectedSize == status.size {
      return try telling("cannot map", path) { () throws(SystemFailure) in
        try MappedFile(file, path, count: status.size)
      }
    }
    return LocalFile(file, path, count: status.size)
  }

  public func list(_ directory: StoragePath) throws(LakeError) -> [FileEntry] {
    try telling("cannot list", directory) { () throws(SystemFailure) in
      let opened = try folder(directory)
      var names = try Syscalls.names(in: opened)
      names.sort { $0.lexicographicallyPrecedes($1) }
      var entries: [FileEntry] = []
      entries.reserveCapacity(names.count)
      for name in names {
        if let entry = try Self.entry(in: opened, name) { entries.append(entry) }
      }
      return entries
    }
  }

  public func listNames(_ directory: StoragePath) throws(LakeError) -> FileNames {
    try telling("cannot list", directory) { () throws(SystemFailure) in
      let opened = try folder(directory)
      var names = FileNames()
      var untold: [[UInt8]] = []
      try Syscalls.eachName(in: opened) { name, kind in
        if let kind { names.append(name, kind) } else { untold.append(Array(name)) }
      }
      // Some file systems do not tell the kind in their directories.
      for name in untold {
        guard let entry = try Self.entry(in: opened, name) else { continue }
        names.append(name.span, entry.kind)
      }
      return names
    }
  }

  /// What one listed name is; nil when it vanished meanwhile.
  private static func entry(in directory: Descriptor, _ name: [UInt8])
    throws(SystemFailure) -> FileEntry?
  {
    guard let text = String(validating: name, as: UTF8.self) else {
      // No path can name it, so nobody opens it by mistake.
      return FileEntry(name: String(decoding: name, as: UTF8.self), size: 0, kind: .other)
    }
    do {
      return FileEntry(text, try Syscalls.status(in: directory, text))
    } catch  where error.number == ENOENT {
      return nil
    }
  }

  public func entry(_ path: StoragePath) throws(LakeError) -> FileEntry? {
    try telling("cannot look at", path) { () throws(SystemFailure) in
      do throws(SystemFailure) {
        if path.isRoot { return FileEntry("", try Syscalls.status(of: root)) }
        let parent = try folder(path.parent)
        return FileEntry(path.name, try Syscalls.status(in: parent, path.name))
      } catch  where error.number == ENOENT {
        return nil
      }
    }
  }
}

extension FileEntry {
  fileprivate init(_ name: String, _ status: FileStatus) {
    self.init(
      name: name, size: status.kind == .file ? status.size : 0, kind: status.kind,
      modified: status.modified)
  }
}
