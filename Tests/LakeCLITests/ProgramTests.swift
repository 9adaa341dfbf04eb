import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("The command")
struct ProgramTests {
  @Test("global options before and after the verb", .spec("CLI-2"))
  func globals() {
    let wanted = lake("version --json").out
    #expect(lake("--json version").out == wanted)
    #expect(lake("--format tsv version --json").out == wanted)
    #expect(lake("--version --json").out == wanted)
    #expect(lake("--json version --format csv").out == wanted)
  }

  @Test("unknown words", .spec("CLI-4"))
  func unknown() {
    let cases = [
      ("verson", "LK1002", "did you mean \"lake version\"?"), ("frobnicate", "LK1002", "lake help"),
      ("version --jsno", "LK1003", "did you mean --json?"),
      ("--formt x", "LK1003", "did you mean --format?"),
      ("version extra", "LK1001", "lake help version"),
      ("version --format yaml", "LK1004", "one of table, tsv, csv, ndjson, json, md"),
      ("version --threads many", "LK1004", ""), ("version --tz Moon/Base", "LK1004", "+08:00"),
      ("version --memory 5", "LK1004", ""), ("version --clock yesterday", "LK1004", "--clock"),
    ]
    for (words, code, hint) in cases {
      let run = lake(words)
      #expect(run.status == 2, "\(words)")
      #expect(run.err.hasPrefix("error[\(code)]: "), "\(words): \(run.err)")
      #expect(run.err.contains(hint), "\(words): \(run.err)")
      #expect(run.out.isEmpty, "\(words)")
    }
  }

  @Test("settings from the environment", .spec("CLI-5"))
  func environment() {
    let wanted = lake("version --json").out
    #expect(lake(["version"], variables: ["LAKE_FORMAT": "json"]).out == wanted)
    #expect(
      lake(["version", "--format", "tsv"], variables: ["LAKE_FORMAT": "json"]).out == "lake 0.1.0\n"
    )
    #expect(lake(["version"], variables: ["LAKE_THREADS": "none"]).status == 2)
    #expect(lake(["version", "--threads", "2"], variables: ["LAKE_THREADS": "none"]).status == 0)
  }

  @Test("every command has help of the same shape", .spec("CLI-10"))
  func help() {
    for command in CommandList.all {
      let page = lake(["help", command.verb])
      #expect(page.status == 0 && page.err.isEmpty)
      #expect(lake([command.verb, "--help"]).out == page.out)
      #expect(command.examples.count >= 2, "\(command.verb)")
      let lines = page.lines
      #expect(lines[0] == "lake \(command.verb): \(command.summary)")
      for (index, example) in command.examples.enumerated() {
        #expect(lines[index + 1].contains("lake \(command.verb)"), "\(command.verb)")
        #expect(lines[index + 1].contains(example.command))
      }
      #expect(page.out.contains("usage: lake \(command.verb)"))
      for option in command.options {
        #expect(page.out.contains(option.synopsis), "\(command.verb)")
      }
      #expect(page.out.contains("\nExit codes\n"))
      for status in [0, 1, 2] + command.exits {
        #expect(page.out.contains("\n  \(status) "), "\(command.verb)")
      }
      #expect(lines.allSatisfy { HumanText.width($0) <= 100 }, "\(command.verb)")
      for other in command.seeAlso {
        #expect(CommandList.all.contains { $0.verb == other }, "\(other)")
      }
    }
  }

  @Test("where help goes", .spec("CLI-11"))
  func overview() {
    let asked = lake("help")
    #expect(asked.status == 0 && asked.err.isEmpty)
    for command in CommandList.all { #expect(asked.out.contains("  \(command.verb) ")) }
    #expect(lake("--help").out == asked.out)
    let bare = lake([])
    #expect(bare.status == 2 && bare.out.isEmpty && bare.err == asked.out)
  }

  @Test("the exit status of every kind", .spec("CLI-23"))
  func statuses() {
    let wanted: [LakeError.Kind: Int32] = [
      .usage: 2, .alreadyExists: 2, .invalidInput: 6, .rejected: 6, .notFound: 7, .unsupported: 8,
      .limitExceeded: 8, .conflict: 5, .busy: 9, .outcomeUnknown: 10, .expired: 11, .corrupted: 12,
      .resources: 13, .unavailable: 1, .permissionDenied: 1, .defect: 1, .cancelled: 130,
    ]
    #expect(wanted.count == LakeError.Kind.allCases.count)
    for (kind, status) in wanted { #expect(kind.exitStatus == status, "\(kind)") }
  }

  @Test("JSON ends with a summary and does not look at the surroundings", .spec("CLI-15", "CLI-16"))
  func json() {
    let piped = lake("version --features --json")
    let shown = lake("version --features --json --tz +08:00", terminal: true, width: 33)
    #expect(piped.out == shown.out)
    #expect(piped.lines.allSatisfy { $0.hasPrefix("{\"type\":\"") && $0.contains("\"v\":1") })
    #expect(piped.lines.last?.hasPrefix("{\"type\":\"summary\",\"v\":1,") == true)
  }
}
