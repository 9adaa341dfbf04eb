// The walls: who may import whom, who may touch memory and files, and what a door looks like.
import Testing

@Suite struct ModuleTests {
  /// Module to what its row in Package.swift names.
  static let rows: [String: [String]] = {
    guard let package = Project.package else { return [:] }
    var rows: [String: [String]] = ["LakeCLI": ["Lake"]]
    for index in package.lines.indices {
      let words = package.line(index).split(separator: "\"", omittingEmptySubsequences: false)
      guard words.count >= 3, words[0].hasSuffix("room(") else { continue }
      // Every second piece stands between quotes.
      let names = stride(from: 1, to: words.count, by: 2).map { String(words[$0]) }
      rows[names[0]] = Array(names.dropFirst())
    }
    return rows
  }()

  /// Everything below a module, the system libraries only where its own row names them.
  static func reach(_ module: String) -> Set<String> {
    var reach: Set<String> = []
    var open = rows[module] ?? []
    while let next = open.popLast() {
      if reach.insert(next).inserted { open += (rows[next] ?? []).filter { !isC($0) } }
    }
    return reach
  }

  private static func isC(_ name: String) -> Bool {
    name == "CZlib" || name == "CZstd" || name == "CIntrinsics" || name == "CArrow"
  }

  @Test("The rows of Package.swift are understood")
  func understood() {
    #expect(Self.rows["LakeBase"] == ["CIntrinsics", "CZlib"])
    #expect(Self.rows["HudiScan"] == ["HudiMetadata"])
    #expect(Self.reach("LakeParquet").contains("LakeBase"))
    #expect(!Self.reach("LakeParquet").contains("CZlib"))
  }

  @Test("A module imports what lies below it, and nothing else")
  func imports() {
    var found: [Violation] = []
    for file in Project.sources {
      let reach = Self.reach(file.module)
      for (line, name) in importedNames(file) {
        if reach.contains(name) || name == "Synchronization" || name == file.module { continue }
        if name == "Glibc" || name == "Musl" {
          let isAllowed =
            file.module == "LakeBase" || file.path.hasPrefix("Sources/LakeStorage/Local/")
          if isAllowed { continue }
        }
        found.add(.imports, file, line, "\(file.module) imports \(name)")
      }
    }
    #expect(found.report == "")
  }

  private func importedNames(_ file: SourceFile) -> [(Int, String)] {
    let tokens = file.tokens()
    return tokens.indices.compactMap { index in
      guard tokens[index].text == "import", index + 1 < tokens.count else { return nil }
      let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      let skip = kinds.contains(tokens[index + 1].text) ? 2 : 1
      guard index + skip < tokens.count else { return nil }
      return (tokens[index].line, tokens[index + skip].text)
    }
  }

  @Test("No Foundation anywhere")
  func foundation() {
    var found: [Violation] = []
    for file in Project.sources + Project.tests {
      for (line, name) in importedNames(file) where name.hasPrefix("Foundation") {
        found.add(.imports, file, line, name)
      }
    }
    #expect(found.report == "")
  }

  @Test("Tables and faces touch no raw memory")
  func unsafe() {
    var found: [Violation] = []
    for file in Project.sources {
      let isSafe =
        file.module.hasPrefix("Hudi") || file.module == "Lake" || file.module == "LakeCLI"
      if !isSafe { continue }
      for token in file.tokens() where token.text.lowercased().contains("unsafe") {
        found.add(.unsafe, file, token.line, token.text)
      }
    }
    #expect(found.report == "")
  }

  @Test("Only LakeStorage touches the file system")
  func files() {
    let calls: Set<String> = [
      "fopen", "opendir", "readdir", "pread", "pwrite", "openat", "O_CREAT", "O_RDONLY", "mmap",
      "rename", "unlink", "mkdir", "FileManager", "FileHandle", "fsync",
    ]
    var found: [Violation] = []
    for file in Project.sources where file.module != "LakeStorage" {
      let tokens = file.tokens()
      for (index, token) in tokens.enumerated() where calls.contains(token.text) {
        let isCall = index + 1 < tokens.count && tokens[index + 1].text == "("
        let isOwn = index > 0 && [".", "func"].contains(tokens[index - 1].text)
        if isCall && !isOwn { found.add(.files, file, token.line, token.text) }
      }
    }
    #expect(found.report == "")
  }

  @Test("@unchecked Sendable stands in named files only")
  func unchecked() {
    let named: Set<String> = ["Memory.swift", "MappedFile.swift", "Handles.swift"]
    var found: [Violation] = []
    for file in Project.sources where !named.contains(file.name) {
      for token in file.tokens() where token.text == "@unchecked" {
        found.add(.unsafe, file, token.line, "@unchecked")
      }
    }
    #expect(found.report == "")
  }

  @Test("Every module has a door: prose, the types to know, no code")
  func doors() {
    var found: [Violation] = []
    let modules = Set(Project.sources.map { $0.module }).filter { Self.rows[$0] != nil }
    for module in modules.sorted() where module != "LakeCLI" {
      let path = "Sources/\(module)/\(module).swift"
      guard let door = Project.sources.first(where: { $0.path == path }) else {
        found.append(Violation(rule: .door, path: path, line: 1, what: "no door"))
        continue
      }
      if let first = door.tokens().first(where: { $0.text != "typealias" }),
        !door.tokens().contains(where: { $0.text == "typealias" })
      {
        found.add(.door, door, first.line, "code in a door")
      }
      if !door.line(0).hasPrefix("// \(module): ") || door.lines.count < 8 {
        found.add(.door, door, 1, "a door says in prose what lives here")
      }
    }
    #expect(found.report == "")
  }

  @Test("Every source file names its chapter in its first comment")
  func chapters() {
    var found: [Violation] = []
    for file in Project.sources where file.name != file.module + ".swift" {
      let first = file.lines.isEmpty ? "" : file.line(0)
      guard first.hasPrefix("// Spec: ") else {
        found.add(.chapter, file, 1, "the first line names no chapter")
        continue
      }
      let names = first.dropFirst(9).prefix { $0 != "." }.split(separator: ",")
      for name in names.map({ $0.filter { $0 != " " } })
      where !Spec.chapters.contains(name) && !Exceptions.chaptersToCome.contains(name) {
        found.add(.chapter, file, 1, "there is no Spec/\(name).md")
      }
    }
    #expect(found.report == "")
  }
}
