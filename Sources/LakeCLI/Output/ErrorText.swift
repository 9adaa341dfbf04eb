// Spec: 16-command-line. One shape for every error.
import LakeBase

/// An error as text for people and for programs.
enum ErrorText {
  /// The first line says what; the lines below name where, why and what to do next.
  static func terminal(_ error: LakeError, colour: Bool) -> String {
    let red = colour ? ("\u{1b}[1;31m", "\u{1b}[0m") : ("", "")
    var lines = ["\(red.0)error[\(error.code.text)]\(red.1): \(shown(error.message))"]
    var facts = error.facts.map { ($0.name, $0.value) }
    if let path = error.path {
      facts.append(("file", path + (error.offset.map { "   (byte \($0))" } ?? "")))
    } else if let offset = error.offset, !hasMark(error) {
      facts.append(("at", "byte \(offset)"))
    }
    for step in error.trail { facts.append(("while", step)) }
    if let hint = error.hint { facts.append(("next", hint)) }
    let width = Swift.max(6, facts.map { $0.0.count }.max() ?? 0)
    for (name, value) in facts {
      let padding = String(repeating: " ", count: width - name.count)
      lines.append("  \(name)\(padding)  \(shown(value))")
      if name == "where", let offset = error.offset {
        let before = HumanText.width(HumanText.safe(String(value.prefix(offset))))
        lines.append(String(repeating: " ", count: width + 4 + before) + "^")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Whether a caret points at what is wrong in a condition.
  private static func hasMark(_ error: LakeError) -> Bool {
    error.facts.contains { $0.name == "where" }
  }

  /// Values from hostile input may be long: more than this helps nobody.
  private static let columnsMax = 8000

  private static func shown(_ text: String) -> String {
    HumanText.fitted(HumanText.safe(text), columnsMax)
  }

  static func json(_ error: LakeError) -> String {
    var fields: JSONFields = [
      ("type", .text("error")), ("v", .int(1)), ("code", .text(error.code.text)),
      ("kind", .text(error.kind.rawValue)), ("retryable", .bool(error.isRetryable)),
      ("exit", .int(Int(error.kind.exitStatus))), ("message", .text(error.message)),
    ]
    if let path = error.path { fields.append(("path", .text(path))) }
    if let offset = error.offset { fields.append(("offset", .int(offset))) }
    for (name, value) in error.facts where !fields.contains(where: { $0.0 == name }) {
      fields.append((name, .text(value)))
    }
    if !error.trail.isEmpty { fields.append(("trail", .texts(error.trail))) }
    fields.append(("next", .texts(error.hint.map { [$0] } ?? [])))
    return JSONValue.object(fields).line
  }
}
