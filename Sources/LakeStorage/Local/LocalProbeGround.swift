// Spec: 15-storage. The probe's operations on a local directory.
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A directory made for one probe.
struct LocalProbeGround: ProbeGround {
  let folder: Descriptor
  let resolution: Resolution

  private func open(_ name: String) throws(SystemFailure) -> Descriptor {
    try Syscalls.openBeneath(folder, name, O_RDWR, by: resolution)
  }

  func create(_ name: String) throws(SystemFailure) {
    try Syscalls.createNew(folder, name).close()
  }

  func link(_ name: String, _ other: String) throws(SystemFailure) {
    try Syscalls.link(folder, name, folder, other)
  }

  func renameWithoutReplacing(_ name: String, _ other: String) throws(SystemFailure) {
    try Syscalls.renameWithoutReplacing(folder, name, other)
  }

  func rewrite(_ name: String) throws(SystemFailure) {
    let file = try open(name)
    try Syscalls.writeAt(file, Array("0123456789".utf8), offset: 0)
    let back = Memory(byteCount: 10)
    let came = try Syscalls.read(file, into: back.start, count: 10, at: 0)
    guard Buffer(back, count: came) == Buffer(utf8: "0123456789") else { throw SystemFailure(EIO) }
    try Syscalls.writeAt(file, Array("abc".utf8), offset: 0)
    try file.close()
  }

  func sync(_ name: String) throws(SystemFailure) { try Syscalls.sync(try open(name)) }

  func syncFolder() throws(SystemFailure) { try Syscalls.sync(folder) }

  func lockExcludes(_ name: String) throws(SystemFailure) -> Bool {
    let first = try open(name)
    let second = try open(name)
    guard try Syscalls.tryLock(first) else { return false }
    return try !Syscalls.tryLock(second)
  }

  func names() throws(SystemFailure) -> [String] {
    try Syscalls.names(in: folder).map { String(decoding: $0, as: UTF8.self) }
  }

  func modified(_ name: String) throws(SystemFailure) -> Int64 {
    try Syscalls.status(in: folder, name).modified
  }
}
