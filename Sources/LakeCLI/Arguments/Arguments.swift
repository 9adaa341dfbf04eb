// Spec: 16-command-line. What stands on a command line after parsing.
import LakeBase

/// Operands and option values, by the option's long name.
struct Arguments: Sendable {
  var operands: [String] = []
  private var given: [String: [String]] = [:]

  mutating func add(_ option: OptionSpec, _ value: String) {
    if option.repeats {
      given[option.name, default: []].append(value)
    } else {
      given[option.name] = [value]
    }
  }

  /// Takes over what `other` has and this has not.
  mutating func merge(below other: Arguments) {
    for (name, values) in other.given where given[name] == nil { given[name] = values }
  }

  /// How often a flag was given.
  func count(_ name: String) -> Int { given[name]?.count ?? 0 }
  func has(_ name: String) -> Bool { given[name] != nil }
  func value(_ name: String) -> String? { given[name]?.last }
  func values(_ name: String) -> [String] { given[name] ?? [] }

  /// The parts of a value that is a list: `--key a,b`. Throws `badOptionValue` for an empty part.
  func list(_ name: String) throws(LakeError) -> [String] {
    var parts: [String] = []
    for value in values(name) {
      for part in value.split(separator: ",", omittingEmptySubsequences: false) {
        let trimmed = part.trimmed
        if trimmed.isEmpty {
          throw LakeError(.badOptionValue, "--\(name) \"\(value)\" has an empty name in its list")
        }
        parts.append(trimmed)
      }
    }
    return parts
  }
}

extension Substring {
  /// Without spaces around it.
  var trimmed: String {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
