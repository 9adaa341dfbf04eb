// Spec: 16-command-line. Lists for pipes: values on a line.

/// Tab-separated and comma-separated lines.
enum SeparatedText {
  /// Values joined by tabs; tabs, line ends and backslashes inside them are escaped.
  static func tabbed(_ cells: [String]) -> String {
    cells.map { cell in
      guard cell.utf8.contains(where: { $0 == 9 || $0 == 10 || $0 == 13 || $0 == 92 }) else {
        return cell
      }
      return cell.replacing("\\", with: "\\\\").replacing("\t", with: "\\t")
        .replacing("\n", with: "\\n").replacing("\r", with: "\\r")
    }.joined(separator: "\t")
  }

  /// Values joined by commas, quoted where RFC 4180 wants it.
  static func commaSeparated(_ cells: [String]) -> String {
    cells.map { cell in
      let plain = cell.utf8.allSatisfy { $0 != 44 && $0 != 34 && $0 != 10 && $0 != 13 }
      return plain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }.joined(separator: ",")
  }
}
