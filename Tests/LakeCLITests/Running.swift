// Whole commands in memory: words in, status and text out.
import LakeBase
import LakeStorage

@testable import LakeCLI

/// What one run of `lake` left behind.
struct Run {
  let status: Int32
  let out: String
  let err: String

  var lines: [String] { out.split(separator: "\n").map(String.init) }
}

/// Runs `lake` with these words; off a terminal unless told otherwise.
func lake(
  _ words: [String], terminal: Bool = false, width: Int = 80, variables: [String: String] = [:]
) -> Run {
  let console = MemoryConsole(terminal: terminal, width: width, variables: variables)
  let status = Program.run(words, console)
  return Run(status: status, out: console.text(.output), err: console.text(.error))
}

/// Runs `lake` with words that contain no spaces themselves.
func lake(_ line: String, terminal: Bool = false, width: Int = 80) -> Run {
  lake(line.split(separator: " ").map(String.init), terminal: terminal, width: width)
}
