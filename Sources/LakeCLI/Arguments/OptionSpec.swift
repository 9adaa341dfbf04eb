// Spec: 16-command-line. One option, declared once: parsing and help are rendered from it.

/// An option of a command.
struct OptionSpec: Sendable {
  /// The long name without dashes; empty for an option that has only a letter.
  let long: String
  let short: Character?
  /// The placeholder of the value in help; nil for a flag.
  let value: String?
  /// Whether several uses add up; otherwise the last one counts.
  let repeats: Bool
  /// The words the value may be; empty when anything goes to the command's own check.
  let choices: [String]
  /// The variable that stands in where the option is not given.
  let environment: String?
  /// The heading in help.
  let group: String
  let help: String

  /// An option without a value.
  static func flag(
    _ long: String, short: Character? = nil, repeats: Bool = false, group: String = "Options",
    _ help: String
  ) -> OptionSpec {
    OptionSpec(
      long: long, short: short, value: nil, repeats: repeats, choices: [], environment: nil,
      group: group, help: help)
  }

  /// An option with a value.
  static func value(
    _ long: String, _ placeholder: String, short: Character? = nil, repeats: Bool = false,
    choices: [String] = [], environment: String? = nil, group: String = "Options", _ help: String
  ) -> OptionSpec {
    OptionSpec(
      long: long, short: short, value: placeholder, repeats: repeats, choices: choices,
      environment: environment, group: group, help: help)
  }

  /// How the option is called in messages.
  var spelling: String { long.isEmpty ? "-\(short.map(String.init) ?? "")" : "--\(long)" }

  /// The name under which parsed values are kept.
  var name: String { long.isEmpty ? short.map(String.init) ?? "" : long }

  /// The left column in help: `-o, --op OP`.
  var synopsis: String {
    let letter = short.map { "-\($0)" }
    let name = long.isEmpty ? nil : "--\(long)"
    let names = [letter, name].compactMap { $0 }.joined(separator: ", ")
    let indent = letter == nil ? "    " : ""
    return indent + names + (value.map { " \($0)" } ?? "")
  }
}
