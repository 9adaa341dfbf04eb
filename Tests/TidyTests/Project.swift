// The project's files, read from disk once.
import LakeTestKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

enum Project {
  static let sources = swift("Sources")
  static let tests = swift("Tests")
  static let tools = swift("Tools")
  static let package = file("Package.swift")

  /// Every Markdown file.
  static let markdown: [SourceFile] = all.filter { $0.name.hasSuffix(".md") }

  /// Every text file that belongs to the project.
  static let all: [SourceFile] = {
    var files = [".gitignore", ".swift-format"].compactMap { file($0) }
    for name in names("") where !name.hasPrefix(".") {
      if isFolder(name) { files += walk(name) } else if let one = file(name) { files.append(one) }
    }
    return files.filter { !$0.bytes.contains(0) }
  }()

  private static func swift(_ folder: String) -> [SourceFile] {
    all.filter { $0.path.hasPrefix(folder + "/") && $0.name.hasSuffix(".swift") }
  }

  static func file(_ path: String) -> SourceFile? {
    guard let bytes = try? Fixtures.bytes(Fixtures.projectRoot + "/" + path) else { return nil }
    return SourceFile(path: path, bytes: bytes)
  }

  private static func names(_ folder: String) -> [String] {
    (try? Fixtures.names(Fixtures.projectRoot + "/" + folder)) ?? []
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    guard lstat(Fixtures.projectRoot + "/" + path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  private static let skipped: Set<String> = ["SampleLake", "__pycache__"]

  private static func walk(_ folder: String) -> [SourceFile] {
    if skipped.contains(folder) { return [] }
    var files: [SourceFile] = []
    for name in names(folder) where !name.hasPrefix(".") && !skipped.contains(name) {
      let path = folder + "/" + name
      if isFolder(path) { files += walk(path) } else if let one = file(path) { files.append(one) }
    }
    return files
  }
}

/// A broken rule and where.
struct Violation: CustomStringConvertible {
  let rule: Rule
  let path: String
  let line: Int
  let what: String
  var description: String { "\(path):\(line): \(what) [\(rule.rawValue)]" }
}

enum Rule: String {
  case columns, fileLength, functionLength, layout, forbidden, imports, unsafe, files, door
  case chapter, names, markdown, machine, sentence
}

extension [Violation] {
  /// What is not in the table of exceptions, one line each.
  var report: String {
    filter { violation in
      !Exceptions.table.contains { entry in
        entry.rule == violation.rule && violation.path.hasPrefix(entry.path)
      }
    }.map { $0.description }.joined(separator: "\n")
  }

  mutating func add(_ rule: Rule, _ file: SourceFile, _ line: Int, _ what: String) {
    append(Violation(rule: rule, path: file.path, line: line, what: what))
  }
}
