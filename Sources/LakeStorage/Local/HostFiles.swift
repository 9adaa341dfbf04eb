// Spec: 14-text-rows. Files of the user, outside any table: read only, links are followed.
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Files and folders named on a command line.
public enum HostFiles {
  public enum Kind: Sendable {
    case file, directory
    /// A pipe, a socket or a device: bytes that can be read once.
    case stream
  }

  /// What is at `path`; nil when there is nothing.
  public static func kind(_ path: String) throws(LakeError) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemFailure(errno).hostError("cannot look at the input", path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    default: return .stream
    }
  }

  /// A regular file with random access; throws `inputNotFound`, `permissionDenied`.
  public static func open(_ path: String) throws(LakeError) -> any ByteSource {
    do throws(SystemFailure) {
      let file = try descriptor(path)
      let status = try Syscalls.status(of: file)
      return LocalFile(file, .root, count: status.size)
    } catch { throw error.hostError("cannot open the input", path) }
  }

  /// The bytes of a pipe or device, chunk by chunk; nil at the end.
  public static func stream(
    _ path: String, _ cancellation: Cancellation
  ) throws(LakeError) -> () throws(LakeError) -> Buffer? {
    let file: Descriptor
    do throws(SystemFailure) { file = try descriptor(path) } catch {
      throw error.hostError("cannot open the input", path)
    }
    return { () throws(LakeError) in
      let input = StandardInput(cancellation, descriptor: file.number)
      let chunk = try input.read(upTo: 1 << 20)
      withExtendedLifetime(file) {}
      return chunk.isEmpty ? nil : chunk
    }
  }

  /// The names in a folder in the order of their bytes, hidden ones left out.
  public static func names(_ folder: String) throws(LakeError) -> [String] {
    do throws(SystemFailure) {
      let directory = try Syscalls.root(folder)
      return try Syscalls.names(in: directory).filter { $0.first != 0x2E }
        .sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    } catch { throw error.hostError("cannot list the folder", folder) }
  }

  private static func descriptor(_ path: String) throws(SystemFailure) -> Descriptor {
    while true {
      #if canImport(Glibc)
        let number = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      #else
        let number = Musl.open(path, O_RDONLY | O_CLOEXEC)
      #endif
      if number >= 0 { return Descriptor(number) }
      if errno != EINTR { throw SystemFailure(errno) }
    }
  }
}

extension SystemFailure {
  fileprivate func hostError(_ operation: String, _ path: String) -> LakeError {
    LakeError(
      number == ENOENT ? .inputNotFound : code, "\(operation): \(text)", path: path)
  }
}
