// Spec: 16-command-line. Help, rendered from the same tables as parsing.

/// The pages of `lake help`.
enum HelpPage {
  /// What each exit status means.
  static let exits: [Int32: String] = [
    0: "done, or nothing to do",
    1: "failed: input/output, permission or a defect; nothing visible changed",
    2: "usage: bad arguments, or it exists already",
    5: "conflict: another writer won; try again",
    6: "rejected: the input breaks a rule; nothing visible changed",
    7: "not found: table, instant or input",
    8: "unsupported: table version, feature, codec or limit",
    9: "busy: the lock was not obtained in time; try again",
    10: "unknown: whether the commit is published cannot be decided now",
    11: "expired: what was asked for is no longer kept",
    12: "damaged: stored data fails its checksum or cannot be decoded",
    13: "resources: disk full, memory too small",
    130: "interrupted (SIGINT); 143 for SIGTERM",
  ]

  static func overview(_ commands: [CommandSpec]) -> [String] {
    var lines = [
      "lake: tables in Apache Hudi's format, from the command line", "",
      "  lake init trips --key id --partition day      make a table",
      "  lake commit trips january.csv.gz              put rows into it",
      "  lake read trips                               see them", "",
      "usage: lake [options] COMMAND …", "", "Commands",
    ]
    lines += twoColumns(commands.map { ($0.verb, $0.summary) })
    lines += optionGroups(GlobalOptions.all)
    lines += ["", "lake help COMMAND tells more about one command."]
    return lines
  }

  static func command(_ command: CommandSpec) -> [String] {
    var lines = ["lake \(command.verb): \(command.summary)", ""]
    let width = command.examples.map(\.command.count).max() ?? 0
    for example in command.examples {
      let padding = String(repeating: " ", count: width - example.command.count)
      lines.append("  \(example.command)\(padding)   \(example.meaning)")
    }
    let operands = command.operands.isEmpty ? "" : " " + command.operands
    lines += ["", "usage: lake \(command.verb)\(operands) [options]"]
    let own = Set(command.options.map(\.long))
    lines += optionGroups(
      command.options + GlobalOptions.all.filter { $0.long.isEmpty || !own.contains($0.long) })
    for note in command.notes { lines += [""] + wrapped(note, 78) }
    lines += ["", "Exit codes"]
    lines += twoColumns(
      ([0, 1, 2, 130] + command.exits).sorted().map { (String($0), exits[$0] ?? "") })
    if !command.seeAlso.isEmpty {
      lines += [
        "", "See also: " + command.seeAlso.map { "lake help \($0)" }.joined(separator: ", "),
      ]
    }
    return lines
  }

  private static func optionGroups(_ options: [OptionSpec]) -> [String] {
    var groups: [String] = []
    for option in options where !groups.contains(option.group) { groups.append(option.group) }
    var lines: [String] = []
    for group in groups {
      lines += ["", group]
      lines += twoColumns(options.filter { $0.group == group }.map { ($0.synopsis, $0.help) })
    }
    return lines
  }

  private static func twoColumns(_ rows: [(String, String)]) -> [String] {
    let width = Swift.min(30, rows.map { $0.0.count }.max() ?? 0)
    var lines: [String] = []
    for (left, right) in rows {
      let texts = wrapped(right, 96 - width)
      var first = left + String(repeating: " ", count: Swift.max(0, width - left.count))
      if left.count > width {
        lines.append("  " + left)
        first = String(repeating: " ", count: width)
      }
      for (index, text) in texts.enumerated() {
        let margin = index == 0 ? first : String(repeating: " ", count: width)
        lines.append("  " + margin + "  " + text)
      }
    }
    return lines
  }

  private static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty && line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    return lines + [line]
  }
}
