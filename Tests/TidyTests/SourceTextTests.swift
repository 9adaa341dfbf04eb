// The tidy rules can only be as good as their eyes.
import Testing

@Suite struct SourceTextTests {
  private func words(_ text: String) -> [String] {
    SourceFile(path: "Sources/X/A.swift", bytes: Array(text.utf8)).tokens().map { $0.text }
  }

  @Test("Comments and strings are no code")
  func blanks() {
    #expect(words("a // b\nc /* d /* e */ f */ g") == ["a", "c", "g"])
    #expect(words(#"a = "b \" c" + d"#) == ["a", "=", "+", "d"])
    #expect(words(##"a(#"b " c \#(d("e")) f"#) + g"##) == ["a", "(", ")", "+", "g"])
    #expect(words("a = \"\"\"\n  b \"c\" // d\n  \"\"\" + e") == ["a", "=", "+", "e"])
    #expect(words(#""\(x ?? "y")" + z"#) == ["+", "z"])
    #expect(words("#if os(Linux)\n@main\nlet é = 1") == [
      "#if", "os", "(", "Linux", ")", "@main", "let", "é", "=", "1",
    ])
  }

  @Test("Tokens know their lines")
  func lines() {
    let file = SourceFile(path: "A.swift", bytes: Array("a\n\"\"\"\nb\n\"\"\"\nc".utf8))
    #expect(file.tokens().map { $0.line } == [1, 5])
    #expect(file.lines.count == 5)
  }

  @Test("Identifiers of sentences")
  func identifiers() {
    #expect(Spec.identifiers("so. [LIMIT-3]", open: "[", close: "]") == ["LIMIT-3"])
    #expect(Spec.identifiers("so. [A-1, BC-2]", open: "[", close: "]") == [])
    #expect(Spec.identifiers("so. [AB-1, BC-2]", open: "[", close: "]") == ["AB-1", "BC-2"])
    #expect(Spec.identifiers("x[i-1] [UTF-8x] [ab-1]", open: "[", close: "]") == [])
    #expect(Spec.identifiers(#""AB-1", "AB-2""#, open: "\"", close: "\"") == ["AB-1", "AB-2"])
  }
}
