// Spec: 16-command-line. The verbs of `lake`.
import LakeBase

/// Every command, in the order of the overview.
enum CommandList {
  static let all: [CommandSpec] = [
    initialise, commit, read, changes, get, count, explain, log, show, describe, schema,
    partitions, slices, files, stats, inspect, help, version,
  ]

  /// The command of that verb. Throws `unknownCommand` with the nearest spelling.
  static func command(_ verb: String) throws(LakeError) -> CommandSpec {
    if let command = all.first(where: { $0.verb == verb }) { return command }
    let near = Spelling.nearest(to: verb, in: all.map(\.verb))
    throw LakeError(
      .unknownCommand, "there is no command \"\(verb)\"",
      hint: near.map { "did you mean \"lake \($0)\"?" } ?? "lake help")
  }

  static let help = CommandSpec(
    "help", "tell about lake or about one command",
    examples: [
      ("lake help", "list the commands"),
      ("lake help commit", "everything about one command"),
    ],
    operands: "[COMMAND]", count: 0...1, seeAlso: ["version"],
    run: { (session, arguments) throws(LakeError) in
      guard let verb = arguments.operands.first else {
        try session.output.lines(HelpPage.overview(all))
        return 0
      }
      try session.output.lines(HelpPage.command(try command(verb)))
      return 0
    })
}
