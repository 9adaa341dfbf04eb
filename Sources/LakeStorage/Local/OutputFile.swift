// Spec: 16-command-line. A file that a person asked for, outside any table: whole or not at all.
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Writes beside the wanted name and takes the name when it is finished. A name that belongs to a
/// device or a pipe is written directly.
public final class OutputFile: ByteSink {
  private let name: String
  private let partial: String?
  private let replaces: Bool
  private let directory: Descriptor
  private let file: Descriptor
  private let path: StoragePath
  private let buffer = GrowingBuffer()
  private var isEnded = false
  public private(set) var count = 0

  /// - Parameter replaces: whether an existing file gives way.
  /// - Throws: `outputExists`, `fileNotFound` for a directory that is not there,
  /// `permissionDenied`.
  public init(_ path: String, replaces: Bool) throws(LakeError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    self.path = try StoragePath(name)
    self.name = name
    self.replaces = replaces
    do throws(SystemFailure) {
      directory = try Syscalls.root(folder)
      let existing = try? Syscalls.status(in: directory, name)
      if let existing, existing.kind == .other {
        partial = nil
        file = try Syscalls.openOrCreate(directory, name)
      } else if existing != nil && (!replaces || existing?.kind == .directory) {
        throw SystemFailure(EEXIST)
      } else {
        let own = ".\(name).partial-\(Syscalls.processNumber())"
        partial = own
        try? Syscalls.unlink(directory, own)
        file = try Syscalls.createNew(directory, own)
      }
    } catch {
      let taken = error.number == EEXIST
      let told = LakeError(
        taken ? .outputExists : error.code,
        taken ? "the file exists already" : "cannot write: \(error.text)", path: path,
        hint: taken ? "another name, or --yes to replace it" : nil)
      throw told
    }
  }

  deinit { abandon() }

  public func write(_ bytes: UnsafeRawBufferPointer) throws(LakeError) {
    precondition(!isEnded, "a sink takes no bytes after its end")
    if buffer.count + bytes.count > 1 << 20 { try flush() }
    if bytes.count >= 1 << 20 {
      try doing { () throws(SystemFailure) in try Syscalls.writeAll(file, bytes) }
    } else {
      buffer.append(bytes)
    }
    count += bytes.count
  }

  public func finish() throws(LakeError) -> Int {
    precondition(!isEnded, "a sink ends once")
    try flush()
    try doing { () throws(SystemFailure) in
      try file.close()
      guard let partial else { return }
      if replaces {
        try Syscalls.rename(directory, partial, name)
      } else {
        try Syscalls.link(directory, partial, directory, name)
        try Syscalls.unlink(directory, partial)
      }
    }
    isEnded = true
    return count
  }

  public func abandon() {
    if isEnded { return }
    isEnded = true
    try? file.close()
    if let partial { try? Syscalls.unlink(directory, partial) }
  }

  private func flush() throws(LakeError) {
    if buffer.count == 0 { return }
    try doing { () throws(SystemFailure) in try Syscalls.writeAll(file, buffer.view) }
    buffer.removeAll()
  }

  private func doing(_ body: () throws(SystemFailure) -> Void) throws(LakeError) {
    do throws(SystemFailure) { try body() } catch {
      abandon()
      let taken = error.number == EEXIST
      throw LakeError(
        taken ? .outputExists : error.code, "cannot write: \(error.text)", path: path.text)
    }
  }
}
