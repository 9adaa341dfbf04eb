// Length, layout and forbidden words.
import Testing

@Suite struct StyleTests {
  static let swift: [SourceFile] =
    Project.sources + Project.tests + Project.tools + [Project.package].compactMap { $0 }

  @Test("There is a project to look at")
  func present() {
    #expect(Project.sources.count > 40)
    #expect(Project.tests.count > 10)
    #expect(Project.package != nil)
  }

  @Test("Lines have at most 100 columns, no tabs, no blanks at their end")
  func layout() {
    var found: [Violation] = []
    for file in Self.swift {
      for (index, line) in file.lines.enumerated() {
        // A column is a character, so bytes that continue a UTF-8 sequence do not count.
        let columns = line.count { $0 & 0xC0 != 0x80 }
        if columns > 100 { found.add(.columns, file, index + 1, "\(columns) columns") }
        if line.contains(0x09) { found.add(.layout, file, index + 1, "a tab") }
        if line.last == 0x20 || line.last == 0x0D {
          found.add(.layout, file, index + 1, "blanks at the end of the line")
        }
      }
      if let last = file.bytes.last, last != 0x0A {
        found.add(.layout, file, file.lines.count, "no line end at the end")
      }
    }
    #expect(found.report == "")
  }

  @Test("Files have at most 600 lines")
  func fileLength() {
    var found: [Violation] = []
    for file in Self.swift where file.lines.count > 600 {
      found.add(.fileLength, file, 1, "\(file.lines.count) lines")
    }
    #expect(found.report == "")
  }

  @Test("Functions have at most 70 lines")
  func functionLength() {
    var found: [Violation] = []
    for file in Self.swift {
      let tokens = file.tokens()
      for (index, token) in tokens.enumerated() where token.text == "func" || token.text == "init" {
        guard let end = bodyEnd(tokens, index) else { continue }
        let length = tokens[end].line - token.line + 1
        if length > 70 {
          let name = index + 1 < tokens.count ? tokens[index + 1].text : ""
          found.add(.functionLength, file, token.line, "\(token.text) \(name): \(length) lines")
        }
      }
    }
    #expect(found.report == "")
  }

  /// The index of the brace that closes the body of the function whose keyword stands at `start`;
  /// nil for a call of an initializer or a requirement without body.
  private func bodyEnd(_ tokens: [Token], _ start: Int) -> Int? {
    if tokens[start].text == "init" && start > 0 && tokens[start - 1].text == "." { return nil }
    var depth = 0
    var at = start + 1
    while at < tokens.count {
      switch tokens[at].text {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "{" where depth == 0: return closing(tokens, at)
      case "}" where depth <= 0: return nil
      case "func", "var", "let", "case", "init", "struct", "class", "enum":
        if depth == 0 { return nil }
      default: break
      }
      if depth < 0 { return nil }
      at += 1
    }
    return nil
  }

  private func closing(_ tokens: [Token], _ start: Int) -> Int? {
    var depth = 0
    for at in start..<tokens.count {
      if tokens[at].text == "{" { depth += 1 }
      if tokens[at].text == "}" {
        depth -= 1
        if depth == 0 { return at }
      }
    }
    return nil
  }

  /// Words that may not stand in code at all, and why.
  static let words: [String: String] = [
    "fatalError": "bad input must never trap",
    "NSObject": "no Foundation", "NSString": "no Foundation",
    "Date": "time comes from the world", "UUID": "randomness comes from the world",
    "Thread": "threads come from the workers", "DispatchQueue": "threads come from the workers",
    "MainActor": "the core is synchronous", "@MainActor": "the core is synchronous",
  ]

  @Test("No traps, no untyped throws, no printing, no clocks and threads of one's own")
  func forbidden() {
    var found: [Violation] = []
    for file in Project.sources {
      let tokens = file.tokens()
      for (index, token) in tokens.enumerated() {
        if let why = Self.words[token.text] {
          found.add(.forbidden, file, token.line, "\(token.text): \(why)")
        }
        let next = index + 1 < tokens.count ? tokens[index + 1] : nil
        if token.text == "throws" && next?.text != "(" {
          found.add(.forbidden, file, token.line, "throws without a type")
        }
        if token.text == "print" && next?.text == "(" && file.module != "LakeCLI" {
          found.add(.forbidden, file, token.line, "print outside the command")
        }
        if token.text == "Task" && (next?.text == "{" || next?.text == ".") {
          found.add(.forbidden, file, token.line, "Task: the core is synchronous")
        }
        if token.text == "!", let what = forced(tokens, index) {
          found.add(.forbidden, file, token.line, what)
        }
      }
    }
    #expect(found.report == "")
  }

  /// `!` right behind a word or a closing bracket, and not the beginning of `!=`.
  private func forced(_ tokens: [Token], _ index: Int) -> String? {
    guard index > 0 else { return nil }
    let before = tokens[index - 1]
    guard before.end == tokens[index].start else { return nil }
    if index + 1 < tokens.count, tokens[index + 1].text == "=",
      tokens[index + 1].start == tokens[index].end
    {
      return nil
    }
    if before.text == "try" || before.text == "as" { return before.text + "!" }
    guard let last = before.text.utf8.last else { return nil }
    return isWord(last) || [0x29, 0x5D, 0x7D].contains(last) ? "a force unwrap" : nil
  }

  @Test("Names say what a thing is")
  func names() {
    let banned = ["Util", "Helper", "Manager", "Common", "Data2"]
    var found: [Violation] = []
    for file in Project.sources {
      for word in banned where file.name.contains(word) {
        found.add(.names, file, 1, "\(word) in the name of a file")
      }
      let tokens = file.tokens()
      let kinds: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
      for (index, token) in tokens.enumerated() where kinds.contains(token.text) {
        guard index + 1 < tokens.count else { continue }
        for word in banned where tokens[index + 1].text.contains(word) {
          found.add(.names, file, token.line, "\(word) in \(tokens[index + 1].text)")
        }
      }
    }
    #expect(found.report == "")
  }

  @Test("Markdown has one title, on its first line")
  func markdown() {
    var found: [Violation] = []
    for file in Project.markdown {
      var titles = 0
      var isFenced = false
      for index in file.lines.indices {
        let line = file.line(index)
        if line.hasPrefix("```") { isFenced.toggle() }
        if !isFenced && line.hasPrefix("# ") { titles += 1 }
      }
      if titles != 1 { found.add(.markdown, file, 1, "\(titles) titles") }
      if !(file.lines.first.map { String(decoding: $0, as: UTF8.self) } ?? "").hasPrefix("# ") {
        found.add(.markdown, file, 1, "the first line is no title")
      }
    }
    #expect(found.report == "")
  }

  @Test("Nothing speaks of one machine")
  func machine() {
    // Spelled in two parts, so that this file does not find itself.
    let places = ["/wo" + "rk/", "/tm" + "p/lk", "/tm" + "p/wt", "/ro" + "ot/", "/ho" + "me/"]
    var found: [Violation] = []
    for file in Project.all {
      for index in file.lines.indices {
        let line = file.line(index)
        for place in places where line.contains(place) {
          found.add(.machine, file, index + 1, "a path of one machine: \(place)")
        }
      }
    }
    #expect(found.report == "")
  }
}
