// Spec: 16-command-line. The one table printer.

/// Lays out text in columns: for terminals, Markdown, tab-separated and comma-separated values.
struct TableLayout: Sendable {
  enum Alignment: Sendable { case left, right }

  let titles: [String]
  let alignments: [Alignment]
  /// Columns that fit; nil when nothing is to be cut.
  let width: Int?
  private(set) var widths: [Int] = []

  init(_ titles: [String], _ alignments: [Alignment], width: Int? = nil) {
    self.titles = titles
    self.alignments = alignments
    self.width = width
  }

  /// Chooses column widths from these rows; later rows are cut to them.
  mutating func measure(_ rows: [[String]]) {
    widths = titles.map { HumanText.width($0) }
    for row in rows {
      for (index, cell) in row.enumerated() {
        widths[index] = Swift.max(widths[index], HumanText.width(cell))
      }
    }
    shrink()
  }

  /// Takes space from the widest columns until the line fits; no column falls below four, or its title
  /// where that is shorter.
  private mutating func shrink() {
    guard let width else { return }
    var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
    while excess > 0 {
      guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
        widths[widest] > 4
      else { return }
      let second = widths.indices.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
      let step = Swift.max(1, Swift.min(excess, widths[widest] - Swift.max(second, 4)))
      widths[widest] -= step
      excess -= step
    }
  }

  /// The title line.
  var head: String { line(titles) }

  /// One row, cut and padded.
  func line(_ cells: [String]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      let fitted = HumanText.fitted(cell, widths[index])
      let padding = String(repeating: " ", count: widths[index] - HumanText.width(fitted))
      if index > 0 { text += "  " }
      text += alignments[index] == .right ? padding + fitted : fitted + padding
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The first two lines of a Markdown table.
  var markdownHead: [String] {
    [
      Self.markdown(titles),
      "|" + alignments.map { $0 == .right ? "---:" : "---" }.joined(separator: "|") + "|",
    ]
  }

  static func markdown(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }

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
