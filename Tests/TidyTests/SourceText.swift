// Swift source as the tidy rules see it: comments and strings blanked, the rest as tokens.

/// A word, or one punctuation byte, of the code.
struct Token {
  let text: String
  /// Byte offset in the file.
  let start: Int
  /// From 1.
  let line: Int
  var end: Int { start + text.utf8.count }
}

/// One text file of the project.
struct SourceFile {
  /// Relative to the project's root.
  let path: String
  let bytes: [UInt8]
  let lines: [[UInt8]]

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    var lines: [[UInt8]] = []
    var start = 0
    for (at, byte) in bytes.enumerated() where byte == 0x0A {
      lines.append(Array(bytes[start..<at]))
      start = at + 1
    }
    if start < bytes.count { lines.append(Array(bytes[start...])) }
    self.lines = lines
  }

  var name: String { String(path.split(separator: "/").last ?? "") }
  var folders: [String] { path.split(separator: "/").map { String($0) }.dropLast() }
  /// `LakeBase` for everything below `Sources/LakeBase`.
  var module: String { folders.count > 1 ? folders[1] : "" }
  var text: String { String(decoding: bytes, as: UTF8.self) }

  func line(_ index: Int) -> String { String(decoding: lines[index], as: UTF8.self) }

  /// The code's tokens, comments and string contents left out.
  func tokens() -> [Token] {
    let code = blanked(bytes)
    var tokens: [Token] = []
    var line = 1
    var at = 0
    while at < code.count {
      let byte = code[at]
      if byte == 0x0A {
        line += 1
        at += 1
      } else if isWord(byte) || byte == 0x40 || byte == 0x23 {
        let start = at
        at += 1
        while at < code.count && isWord(code[at]) { at += 1 }
        let text = String(decoding: code[start..<at], as: UTF8.self)
        tokens.append(Token(text: text, start: start, line: line))
      } else {
        if byte > 0x20 && byte < 0x7F {
          let text = String(decoding: [byte], as: UTF8.self)
          tokens.append(Token(text: text, start: at, line: line))
        }
        at += 1
      }
    }
    return tokens
  }
}

func isWord(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
  default: byte >= 0x80
  }
}

/// The same bytes with everything inside comments and strings replaced by spaces. Code within an
/// interpolation counts as string.
func blanked(_ bytes: [UInt8]) -> [UInt8] {
  var blanker = Blanker(bytes: bytes)
  blanker.run()
  return blanker.output
}

private struct Blanker {
  let bytes: [UInt8]
  var output: [UInt8]
  var at = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
    output = bytes
  }

  private func has(_ text: StaticString, at place: Int) -> Bool {
    let size = text.utf8CodeUnitCount
    guard place + size <= bytes.count else { return false }
    for step in 0..<size where bytes[place + step] != text.utf8Start[step] { return false }
    return true
  }

  private mutating func blank() {
    if at < bytes.count && bytes[at] != 0x0A { output[at] = 0x20 }
    at += 1
  }

  mutating func run() {
    while at < bytes.count {
      if has("//", at: at) {
        while at < bytes.count && bytes[at] != 0x0A { blank() }
      } else if has("/*", at: at) {
        comment()
      } else if bytes[at] == 0x22 || (bytes[at] == 0x23 && poundsBeforeQuote(at) > 0) {
        string()
      } else {
        at += 1
      }
    }
  }

  private mutating func comment() {
    var depth = 0
    while at < bytes.count {
      if has("/*", at: at) {
        depth += 1
        blank()
        blank()
      } else if has("*/", at: at) {
        depth -= 1
        blank()
        blank()
        if depth == 0 { return }
      } else {
        blank()
      }
    }
  }

  private func poundsBeforeQuote(_ start: Int) -> Int {
    var place = start
    while place < bytes.count && bytes[place] == 0x23 { place += 1 }
    return place < bytes.count && bytes[place] == 0x22 ? place - start : 0
  }

  private func pounds(_ count: Int, at place: Int) -> Bool {
    guard place + count <= bytes.count else { return false }
    return bytes[place..<place + count].allSatisfy { $0 == 0x23 }
  }

  private mutating func string() {
    let raw = bytes[at] == 0x23 ? poundsBeforeQuote(at) : 0
    for _ in 0..<raw { blank() }
    let isLong = has("\"\"\"", at: at)
    let quotes = isLong ? 3 : 1
    for _ in 0..<quotes { blank() }
    while at < bytes.count {
      let closes = isLong ? has("\"\"\"", at: at) : bytes[at] == 0x22
      if closes && pounds(raw, at: at + quotes) {
        for _ in 0..<quotes + raw { blank() }
        return
      }
      if bytes[at] == 0x5C && pounds(raw, at: at + 1) {
        let next = at + 1 + raw
        if next < bytes.count && bytes[next] == 0x28 {
          for _ in 0..<raw + 2 { blank() }
          interpolation()
        } else {
          for _ in 0..<raw + 2 { blank() }
        }
        continue
      }
      blank()
    }
  }

  private mutating func interpolation() {
    var depth = 1
    while at < bytes.count && depth > 0 {
      if bytes[at] == 0x22 || (bytes[at] == 0x23 && poundsBeforeQuote(at) > 0) {
        string()
        continue
      }
      if bytes[at] == 0x28 { depth += 1 }
      if bytes[at] == 0x29 { depth -= 1 }
      blank()
    }
  }
}
