// Spec: 16-command-line. One command, declared once.
import LakeBase

/// A verb of `lake`.
struct CommandSpec: Sendable {
  struct Example: Sendable {
    let command: String
    let meaning: String
  }

  let verb: String
  /// One line for the overview.
  let summary: String
  /// At least two; help begins with them.
  let examples: [Example]
  /// The words after the verb, as usage shows them.
  let operands: String
  /// How many there may be.
  let operandCount: ClosedRange<Int>
  let options: [OptionSpec]
  /// Exit statuses other than 0 and 2.
  let exits: [Int32]
  let seeAlso: [String]
  /// Paragraphs between the options and the exit codes.
  let notes: [String]
  /// Runs the command and gives its exit status.
  let run: @Sendable (Session, Arguments) throws(LakeError) -> Int32

  init(
    _ verb: String, _ summary: String, examples: [(String, String)], operands: String,
    count: ClosedRange<Int>, options: [OptionSpec] = [], exits: [Int32] = [],
    seeAlso: [String] = [], notes: [String] = [],
    run: @escaping @Sendable (Session, Arguments) throws(LakeError) -> Int32
  ) {
    self.verb = verb
    self.summary = summary
    self.examples = examples.map { Example(command: $0.0, meaning: $0.1) }
    self.operands = operands
    operandCount = count
    self.options = options
    self.exits = exits
    self.seeAlso = seeAlso
    self.notes = notes
    self.run = run
  }
}
