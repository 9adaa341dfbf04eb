import LakeTestKit
import Testing

@testable import LakeCLI

/// Text that would move the cursor, ring the bell or turn lines around.
@Suite("Bad input: what a terminal sees")
struct BadInputTerminalTests {
  private static let nasty = "a\nb\u{1b}[2J\u{7}\u{202e}c\u{9b}\u{200f}\u{2066}d\u{85}\u{2028}"

  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      $0 == "\n" || ($0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        && !(0x202A...0x202E).contains($0.value) && !(0x2066...0x2069).contains($0.value)
        && ![0x200E, 0x200F, 0x061C, 0x2028, 0x2029].contains($0.value))
    }
  }

  /// Text without the few colours that are our own.
  private static func bare(_ text: String) -> String {
    ["\u{1b}[1;31m", "\u{1b}[1m", "\u{1b}[0m"].reduce(text) { $0.replacing($1, with: "") }
  }

  @Test("names and values in messages", .spec("CLI-18"))
  func messages() {
    let victim = Victim()
    for (title, text) in [
      ("a column", "id,qty,note,\"\(Self.nasty)\"\n3,7,c,1\n"),
      ("a value", "id,qty,note\n3,\"\(Self.nasty)\",c\n"),
      ("a column twice", "id,\"\(Self.nasty)\",\"\(Self.nasty)\"\n"),
    ] {
      let file = victim.scratch.file("n\u{1b}[1m\u{202e}.csv", text)
      for terminal in [true, false] {
        let run = lake(["commit", victim.table, file], terminal: terminal)
        #expect(run.status == 6, "\(title): \(run.err)")
        #expect(Self.isPlain(Self.bare(run.err)), "\(title)")
        #expect(run.err.contains("\\u{202e}"), "\(title): \(run.err)")
      }
      let json = lake(["commit", victim.table, file, "--json"])
      #expect(!json.err.contains("\u{1b}") && !json.err.contains("\u{7}"), "\(title)")
      victim.isUnchanged()
    }
    let path = victim.scratch.path + "/" + Self.nasty
    for words in [["read", path], [Self.nasty], ["--" + Self.nasty]] {
      let run = lake(words, terminal: true)
      #expect(run.status != 0)
      #expect(Self.isPlain(Self.bare(run.err)), "\(run.err)")
    }
  }

  @Test("a name of 100,000 letters does not flood the terminal")
  func long() {
    let victim = Victim()
    let name = many("n", 100_000)
    let run = victim.refuses("l.csv", ascii("id,qty,note,\(name)\n3,7,c,1\n"), "LK1013", 6)
    #expect(run.err.split(separator: "\n").allSatisfy { $0.utf8.count < 110_000 })
    let error = run.err.split(separator: "\n").drop { !$0.hasPrefix("error") }
    #expect(error.allSatisfy { $0.utf8.count < 9000 })
  }

  @Test("keys, partitions, messages and authors in tables", .spec("CLI-18"))
  func tables() {
    let victim = Victim(
      ["--columns", "id string not null, p string", "--partition", "p"], rows: nil)
    let quoted = Self.nasty
    let file = victim.scratch.file("k.csv", "id,p\n\"\(quoted)\",\"\(quoted)\"\n")
    let run = lake(
      ["commit", victim.table, file, "-m", Self.nasty, "--author", Self.nasty], terminal: true,
      width: 400)
    #expect(run.status == 0, "\(run.err)")
    #expect(Self.isPlain(run.out) && Self.isPlain(run.err))
    for verb in ["read", "log", "files", "describe"] {
      let shown = lake([verb, victim.table], terminal: true, width: 4000)
      #expect(shown.status == 0, "\(verb): \(shown.err)")
      #expect(Self.isPlain(Self.bare(shown.out)), "\(verb): \(shown.out)")
    }
    #expect(lake(["read", victim.table], terminal: true, width: 400).out.contains("\\u{202e}"))
    // Off a terminal nothing is lost.
    let rows = lake(["read", victim.table, "--format", "json"])
    #expect(rows.lines.count == 1 && rows.out.contains("\\n") && rows.out.contains("\u{202e}"))
    victim.isInOrder()
  }
}
