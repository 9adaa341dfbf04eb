// Spec: codes. How an error looks on a terminal and in JSON; nowhere else is it spelled.

extension LakeError {
  /// The lines for a terminal, without a line end after the last:
  /// `error[LK2103]: message`, then named details in one column. [CODE-4]
  public var terminalText: String {
    var rows: [(name: String, value: String)] = facts
    if let path { rows.append(("path", path)) }
    if let offset { rows.append(("offset", String(offset))) }
    for operation in trail { rows.append(("while", operation)) }
    for (index, line) in hintLines.enumerated() { rows.append((index == 0 ? "next" : "", line)) }
    let width = rows.map { $0.name.unicodeScalars.count }.max() ?? 0
    var text = "error[\(code.text)]: \(Escaping.message(message))"
    for row in rows {
      let gap = String(repeating: " ", count: width - row.name.unicodeScalars.count + 2)
      text += "\n  \(Escaping.message(row.name))\(gap)\(Escaping.message(row.value))"
    }
    return text
  }

  /// One JSON object on one line, without a line end. Named details become members of their own
  /// name, unless the object has that member already. [CODE-5]
  public var jsonText: String {
    var writer = JSONWriter(forTerminals: true)
    writer.beginObject()
    writer.member("type", "error")
    writer.member("v", 1)
    writer.member("code", code.text)
    writer.member("kind", kind.rawValue)
    writer.member("retryable", isRetryable)
    writer.member("message", message)
    if let path { writer.member("path", path) }
    if let offset { writer.member("offset", offset) }
    var taken: Set<String> = [
      "type", "v", "code", "kind", "retryable", "message", "path", "offset", "while", "next",
    ]
    for fact in facts where taken.insert(fact.name).inserted {
      writer.member(fact.name, fact.value)
    }
    if !trail.isEmpty { writer.member("while", .array(trail.map { .string($0) })) }
    writer.member("next", .array(hintLines.map { .string($0) }))
    writer.endObject()
    return writer.text
  }

  private var hintLines: [String] {
    (hint ?? "").split(separator: "\n").map { String($0) }
  }
}
