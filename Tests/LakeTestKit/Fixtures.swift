// Where the files of other programs lie; read in place, never copied into the project.
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The folder of foreign fixtures: `LAKE_FIXTURES`, else `../shared/fixtures` from the project's
/// root.
public enum Fixtures {
  public static let root: String = {
    if let given = getenv("LAKE_FIXTURES") { return String(cString: given) }
    return projectRoot + "/../shared/fixtures"
  }()

  /// The folder of format notes with vectors and Avro schemas, beside the fixtures.
  public static var format: String { root + "/../format" }

  /// The project's root, found from this file's place in it.
  public static let projectRoot: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  public static var arePresent: Bool { access(root, R_OK) == 0 }

  /// The whole content of a file, for tests.
  public static func bytes(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw FixtureError(path: path) }
    defer { fclose(file) }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      all.append(contentsOf: chunk[0..<count])
    }
    return all
  }

  /// Names in a folder, sorted by bytes, without `.` and `..`.
  public static func names(_ folder: String) throws -> [String] {
    guard let directory = opendir(folder) else { throw FixtureError(path: folder) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  /// Prints how many cases a fixture test ran, so that a silent skip cannot pass for a success.
  public static func report(_ name: String, cases: Int) {
    print("fixtures: \(name): \(cases) cases")
  }
}

public struct FixtureError: Error, CustomStringConvertible {
  public let path: String
  public var description: String { "fixture not readable: \(path)" }
}
