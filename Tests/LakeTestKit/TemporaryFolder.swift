// A directory of its own for a test, removed when the test is done.
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A fresh directory below `TMPDIR`, else `/tmp`; removed with everything in it at the end.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init(_ name: String = "test") {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/lake-\(name)-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? base + "/lake-\(name)"
  }

  deinit { Self.remove(path) }

  /// Removes a file or a directory with everything in it, following no link.
  public static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    for name in (try? Fixtures.names(path)) ?? [] { remove(path + "/" + name) }
    rmdir(path)
  }
}
