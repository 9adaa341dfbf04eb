// Spec: 15-storage. Reading a local file: small ones at once, mapped ones without a copy, others by
// pread.
import LakeBase

/// An open file read with `pread`; nothing is kept but the descriptor.
final class LocalFile: ByteSource {
  private let file: Descriptor
  private let path: StoragePath
  let count: Int

  init(_ file: Descriptor, _ path: StoragePath, count: Int) {
    self.file = file
    self.path = path
    self.count = count
  }

  func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw LakeError(
        .fileTruncated, "bytes \(range.lowerBound)..<\(range.upperBound) of \(count) asked for",
        path: path.text, offset: count)
    }
    if range.isEmpty { return Buffer() }
    let memory = Memory(byteCount: range.count)
    let came: Int
    do throws(SystemFailure) {
      came = try Syscalls.read(
        file, into: memory.start, count: range.count, at: range.lowerBound)
    } catch {
      throw error.lakeError("cannot read", path)
    }
    guard came == range.count else {
      throw LakeError(
        .fileTruncated, "the file became shorter while it was read", path: path.text,
        offset: range.lowerBound + came)
    }
    return Buffer(memory, count: range.count)
  }
}

/// A whole file mapped into memory; reads share the mapping. Only for immutable files of checked
/// size on class L (R39): a mapped file that shrinks ends the process.
final class MappedFile: ByteSource {
  private let whole: BufferSource
  /// As the mapping's, which `whole` keeps.
  nonisolated(unsafe) private let start: UnsafeMutableRawPointer
  private let path: StoragePath
  var count: Int { whole.count }

  init(_ file: Descriptor, _ path: StoragePath, count: Int) throws(SystemFailure) {
    start = try Syscalls.map(file, count: count)
    let memory = Memory(adopting: start, byteCount: count) { Syscalls.unmap($0, count: $1) }
    whole = BufferSource(Buffer(memory, count: count))
    self.path = path
  }

  func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    try naming(path.text) { () throws(LakeError) in try whole.read(range) }
  }

  /// [STORE-53]
  func release(_ range: Range<Int>) {
    Syscalls.forget(start, range.clamped(to: 0..<count))
    withExtendedLifetime(whole) {}
  }
}

/// A small file's bytes with its name, so that errors can tell it.
struct NamedSource: ByteSource {
  let whole: BufferSource
  let path: StoragePath
  var count: Int { whole.count }

  func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    try naming(path.text) { () throws(LakeError) in try whole.read(range) }
  }
}
