// Spec: 15-storage. Temporary files in a directory of this machine.
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Temporary files in one directory. A file loses its name as soon as it is open, so nothing is
/// left behind, not even by a killed process. [STORE-52]
public struct LocalScratch: ScratchSpace {
  public let directory: String

  /// - Parameter directory: nil for what `TMPDIR` names, else `/tmp`.
  public init(_ directory: String? = nil) {
    let named = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    self.directory = directory ?? (named.isEmpty ? "/tmp" : named)
  }

  /// Throws `diskFull`, `permissionDenied`, `fileNotFound` for a directory that is not there.
  public func makeFile() throws(LakeError) -> any ScratchFile {
    do throws(SystemFailure) {
      let folder = try Syscalls.root(directory)
      let name = ".lake-\(SystemRandom().uuid())"
      let file = try Syscalls.createNew(folder, name, mode: 0o600)
      try Syscalls.unlink(folder, name)
      return LocalScratchFile(file, directory)
    } catch { throw error.scratchError(directory) }
  }
}

private final class LocalScratchFile: ScratchFile {
  private let file: Descriptor
  private let directory: String
  private var count = 0

  init(_ file: Descriptor, _ directory: String) {
    self.file = file
    self.directory = directory
  }

  func append(_ bytes: Buffer) throws(LakeError) -> ScratchExtent {
    let failure: SystemFailure? = bytes.withUnsafeBytes { raw in
      do throws(SystemFailure) { try Syscalls.writeAll(file, raw) } catch { return error }
      return nil
    }
    if let failure { throw failure.scratchError(directory) }
    defer { count += bytes.count }
    return ScratchExtent(range: count..<count + bytes.count, checksum: Self.checksum(bytes))
  }

  func read(_ extent: ScratchExtent) throws(LakeError) -> Buffer {
    let size = extent.range.count
    precondition(extent.range.upperBound <= count, "bytes appended before")
    let memory = Memory(byteCount: size)
    do throws(SystemFailure) {
      let done = try Syscalls.read(
        file, into: memory.start, count: size, at: extent.range.lowerBound)
      if done != size { throw SystemFailure(EIO) }
    } catch { throw error.scratchError(directory) }
    let bytes = Buffer(memory, count: size)
    guard Self.checksum(bytes) == extent.checksum else {
      throw LakeError(
        .ioFailed, "a temporary file does not hold what was written to it", path: directory,
        offset: extent.range.lowerBound)
    }
    return bytes
  }

  private static func checksum(_ bytes: Buffer) -> UInt64 {
    defer { withExtendedLifetime(bytes) {} }
    return XXHash64.hash(bytes.pointer, count: bytes.count)
  }
}

extension SystemFailure {
  fileprivate func scratchError(_ directory: String) -> LakeError {
    LakeError(
      code, "a temporary file cannot be used: \(text)", path: directory,
      hint: "--tmp or TMPDIR names another directory, --memory allows more memory")
  }
}
