// Spec: 14-text-rows. The one table printer: rows of data and lists of facts are laid out alike.

/// Text in columns two spaces apart, numbers to the right, `…` where text is cut.
public struct TextTable: Sendable {
  public enum Alignment: Sendable { case left, right }

  public let titles: [String]
  public let alignments: [Alignment]
  /// Terminal columns in a line; nil when nothing is to be cut.
  public let width: Int?
  /// The widths of the columns that are shown: those that do not fit are left out at the end.
  public private(set) var widths: [Int] = []
  private static let gap = 2
  private static let columnMin = 5

  /// - Parameter titles: safe for terminals, one per column.
  public init(_ titles: [String], _ alignments: [Alignment], width: Int? = nil) {
    self.titles = titles
    self.alignments = alignments
    self.width = width
  }

  /// Chooses the widths of the columns from these rows; the widest give way first. Later rows are
  /// cut to them.
  public mutating func measure(_ rows: [[String]]) {
    let most = width ?? Int.max
    var widths = titles.map { Swift.min(most, DisplayText.width($0)) }
    for row in rows {
      for (index, cell) in row.enumerated() where widths[index] < most {
        widths[index] = Swift.min(most, Swift.max(widths[index], DisplayText.width(cell)))
      }
    }
    if let width { Self.shrink(&widths, to: width) }
    self.widths = widths
  }

  private static func shrink(_ widths: inout [Int], to lineWidth: Int) {
    let least = widths.map { Swift.min($0, columnMin) }
    var shown = 0
    var needed = 0
    while shown < widths.count {
      let more = least[shown] + (shown > 0 ? gap : 0)
      if needed + more > lineWidth { break }
      needed += more
      shown += 1
    }
    widths.removeLast(widths.count - Swift.max(shown, Swift.min(1, widths.count)))
    let room = lineWidth - gap * Swift.max(0, widths.count - 1)
    while widths.reduce(0, +) > room, let widest = widths.max(), widest > columnMin {
      // All of the widest columns shrink towards the next narrower one.
      let next = widths.filter { $0 < widest }.max() ?? 0
      let many = widths.filter { $0 == widest }.count
      let excess = widths.reduce(0, +) - room
      let step = Swift.max(1, Swift.min(widest - Swift.max(next, columnMin), excess / many))
      var left = excess
      for index in widths.indices where widths[index] == widest && left > 0 {
        widths[index] -= step
        left -= step
      }
    }
  }

  /// The title line.
  public var head: String { line(titles) }

  /// What stands below the table where columns are left out; nil where none is.
  public var foot: String? {
    let hidden = titles.dropFirst(widths.count)
    if hidden.isEmpty { return nil }
    let noun = hidden.count == 1 ? "column" : "columns"
    return "… \(hidden.count) more \(noun): \(hidden.joined(separator: ", "))"
  }

  /// One row, cut and padded.
  public func line(_ cells: [String]) -> String {
    var text = ""
    for (index, width) in widths.enumerated() {
      if index > 0 { text += String(repeating: " ", count: Self.gap) }
      text += DisplayText.fitted(cells[index], width, right: alignments[index] == .right)
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The first two lines of a Markdown table.
  public var markdownHead: [String] {
    [
      Self.markdown(titles),
      "|" + alignments.map { $0 == .right ? "---:" : "---" }.joined(separator: "|") + "|",
    ]
  }

  /// A row of a Markdown table; pipes in cells are escaped.
  public static func markdown(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }
}
