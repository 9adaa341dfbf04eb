// The Spec and the tests hold each other: no sentence without a test, no test without its sentence.
import LakeBase
import LakeTestKit
import Testing

enum Spec {
  static let files: [SourceFile] = Project.markdown.filter { $0.path.hasPrefix("Spec/") }

  static let chapters: Set<String> = Set(
    files.filter { $0.folders.count == 1 }.map { String($0.name.dropLast(3)) })

  /// Identifier to where it ends a sentence. `open.md` defines none.
  static let sentences: [(identifier: String, file: SourceFile, line: Int)] = {
    var sentences: [(String, SourceFile, Int)] = []
    for file in files where file.name != "open.md" && file.folders.count == 1 {
      var isFenced = false
      for index in file.lines.indices {
        let line = file.line(index)
        if line.hasPrefix("```") { isFenced.toggle() }
        // An identifier between backquotes is an example, not the end of a sentence.
        if isFenced || line.contains("`[") { continue }
        for identifier in identifiers(line, open: "[", close: "]") {
          sentences.append((identifier, file, index + 1))
        }
      }
    }
    return sentences
  }()

  /// Identifiers that stand in `open.md`, one per line: `- ID: reason`.
  static let open: [(identifier: String, reason: String, line: Int)] = {
    guard let file = Project.file("Spec/open.md") else { return [] }
    return file.lines.indices.compactMap { index in
      let line = file.line(index)
      guard line.hasPrefix("- "), let colon = line.firstIndex(of: ":") else { return nil }
      let name = String(line[line.index(line.startIndex, offsetBy: 2)..<colon])
      guard isIdentifier(name) else { return nil }
      return (name, String(line[line.index(after: colon)...]), index + 1)
    }
  }()

  /// Identifiers that tests name in `.spec("…", "…")`, in their source text.
  static let tested: [(identifier: String, file: SourceFile, line: Int)] = {
    var tested: [(String, SourceFile, Int)] = []
    for file in Project.tests {
      for index in file.lines.indices {
        var rest = file.line(index)[...]
        while let place = rest.firstRange(of: ".spec(") {
          rest = rest[place.upperBound...]
          let inside = rest.prefix { $0 != ")" }
          for identifier in identifiers(String(inside), open: "\"", close: "\"") {
            tested.append((identifier, file, index + 1))
          }
        }
      }
    }
    return tested
  }()

  /// Identifiers that doc comments of Sources name.
  static let cited: [(identifier: String, file: SourceFile, line: Int)] = {
    Project.sources.flatMap { file in
      file.lines.indices.flatMap { index -> [(String, SourceFile, Int)] in
        guard let comment = file.line(index).firstRange(of: "//") else { return [] }
        let text = String(file.line(index)[comment.lowerBound...])
        return identifiers(text, open: "[", close: "]").map { ($0, file, index + 1) }
      }
    }
  }()

  /// `LIMIT-3`: capital letters, a hyphen, digits.
  static func isIdentifier(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[0].count >= 2 && !parts[1].isEmpty
      && parts[0].utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A }
      && parts[1].utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  static func identifiers(_ line: String, open: Character, close: Character) -> [String] {
    var found: [String] = []
    var rest = line[...]
    while let start = rest.firstIndex(of: open) {
      rest = rest[rest.index(after: start)...]
      let inside = rest.prefix { $0 != close }
      let parts = inside.split(separator: ",").map { String($0.filter { $0 != " " }) }
      if !parts.isEmpty && parts.allSatisfy({ isIdentifier($0) }) {
        found += parts
        rest = rest[inside.endIndex...].dropFirst()
      }
    }
    return found
  }

  static func isToCome(_ identifier: String) -> Bool {
    Exceptions.sentencesToCome.contains { identifier.hasPrefix($0 + "-") }
  }
}

@Suite struct SpecTests {
  @Test("No identifier stands for two sentences")
  func unique() {
    var found: [Violation] = []
    var seen: [String: String] = [:]
    for (identifier, file, line) in Spec.sentences {
      if let first = seen.updateValue("\(file.path):\(line)", forKey: identifier) {
        found.add(.sentence, file, line, "\(identifier) stands at \(first) already")
      }
    }
    #expect(found.report == "")
    #expect(Spec.sentences.count > 40)
  }

  @Test("Every sentence has a test, or stands in open.md with a reason")
  func proven() {
    let tested = Set(Spec.tested.map { $0.identifier })
    let open = Set(Spec.open.map { $0.identifier })
    var found: [Violation] = []
    for (identifier, file, line) in Spec.sentences
    where !tested.contains(identifier) && !open.contains(identifier) {
      found.add(.sentence, file, line, "no test names \(identifier)")
    }
    #expect(found.report == "")
  }

  @Test("Every sentence that a test or a source file names exists")
  func known() {
    let sentences = Set(Spec.sentences.map { $0.identifier })
    var found: [Violation] = []
    for (identifier, file, line) in Spec.tested + Spec.cited
    where !sentences.contains(identifier) && !Spec.isToCome(identifier) {
      found.add(.sentence, file, line, "no sentence of the Spec ends in \(identifier)")
    }
    #expect(found.report == "")
  }

  @Test("open.md lists real sentences that no test proves, each with a reason")
  func open() {
    let tested = Set(Spec.tested.map { $0.identifier })
    let sentences = Set(Spec.sentences.map { $0.identifier })
    var found: [String] = []
    for (identifier, reason, line) in Spec.open {
      let place = "Spec/open.md:\(line): \(identifier)"
      if tested.contains(identifier) { found.append("\(place) is proven; take it out") }
      if !sentences.contains(identifier) { found.append("\(place) is no sentence of the Spec") }
      if reason.count < 10 { found.append("\(place) has no reason") }
    }
    #expect(found.joined(separator: "\n") == "")
  }

  @Test("Every chapter is in the reading order, and the other way round")
  func readingOrder() throws {
    let order = try #require(Project.file("Spec/00-reading-order.md")).text
    for chapter in Spec.chapters.sorted()
    where chapter != "00-reading-order" && chapter != "open" {
      #expect(order.contains("| \(chapter) |"), "\(chapter) is missing")
    }
  }

  @Test("Spec/codes.md is the table of all codes, their kinds and exit statuses",
    .spec("CODE-1", "CODE-2", "CODE-3"))
  func codes() throws {
    let text = try #require(Project.file("Spec/codes.md"))
    var rows: [String] = []
    for index in text.lines.indices where text.line(index).hasPrefix("| LK") {
      let cells = text.line(index).split(separator: "|").map {
        String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
      #expect(cells.count == 5 && cells[4].count > 10, "\(text.line(index))")
      rows.append(cells.prefix(4).joined(separator: " "))
    }
    let expected = LakeCode.allCases.map { code in
      "\(code.text) \(code) \(code.kind.rawValue) \(code.kind.exitStatus)"
    }
    #expect(rows == expected)
    #expect(Set(LakeCode.allCases.map { $0.rawValue }).count == LakeCode.allCases.count)
  }
}
