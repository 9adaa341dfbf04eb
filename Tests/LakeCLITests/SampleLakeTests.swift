import LakeTestKit
import Testing

@testable import LakeCLI

/// The project's small tables, read in place and never written.
@Suite("SampleLake")
struct SampleLakeTests {
  static let root = Fixtures.projectRoot + "/SampleLake"

  /// A command of the README and the lines below it, up to the next command or the fence.
  struct Shown: Sendable, CustomTestStringConvertible {
    let command: String
    let output: [String]
    var testDescription: String { command }
  }

  static let shown: [Shown] = {
    var found: [Shown] = []
    var isOpen = false
    for line in text(root + "/README.md").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isOpen.toggle()
      } else if isOpen, line.hasPrefix("$ lake ") {
        found.append(Shown(command: String(line.dropFirst(2)), output: []))
      } else if isOpen, let last = found.popLast() {
        found.append(Shown(command: last.command, output: last.output + [String(line)]))
      }
    }
    return found
  }()

  @Test("the README's commands print what it says", arguments: shown)
  func commands(_ shown: Shown) {
    let words = Self.words(shown.command).dropFirst()
    let run = lake(
      ["-C", Self.root] + words, variables: ["LAKE_TZ": "UTC", "LAKE_FORMAT": "table"])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.lines == shown.output.filter { !$0.isEmpty })
  }

  @Test("there are ten of them")
  func count() { #expect(Self.shown.count == 10) }

  /// The answers come from a naive model of the input, see Tools/Samples.
  @Test("snapshots are what the answers say", arguments: ["trips", "legacy"])
  func snapshots(_ name: String) {
    let table = Self.root + "/" + name
    let instants = lake(["log", table, "--format", "tsv"]).lines.dropFirst().compactMap {
      $0.split(separator: "\t").first.map(String.init)
    }
    #expect(instants.count == (name == "trips" ? 3 : 2))
    for instant in instants {
      let wanted = Self.text("\(Self.root)/expected/\(name)/snapshot@\(instant).csv")
      let run = lake(["read", "\(table)@\(instant)", "--format", "csv"])
      let rows = run.lines.prefix(1) + run.lines.dropFirst().sorted()
      #expect(rows.joined(separator: "\n") + "\n" == wanted, "\(instant): \(run.err)")
    }
  }

  /// Words as a shell sees them: quotation marks keep spaces.
  private static func words(_ line: String) -> [String] {
    var words = [""]
    var isQuoted = false
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == " " && !isQuoted {
        words.append("")
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words.filter { !$0.isEmpty }
  }

  private static func text(_ path: String) -> String {
    Scratch.text(path) ?? ""
  }
}
