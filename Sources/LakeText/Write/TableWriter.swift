// Spec: 14-text-rows. Rows for people: a table that fits a terminal, and Markdown.
import LakeBase
import LakeColumns

/// A table without lines: columns two spaces apart, numbers to the right, `…` where text is cut.
/// The first batch decides the widths. Columns that do not fit are named below the table.
public struct TableWriter: RowWriter {
  private let schema: Schema
  private let lineWidth: Int
  private var widths: [Int]?
  private static let gap = 2
  private static let columnMin = 5

  /// - Parameter width: characters in a line.
  public init(_ schema: Schema, width: Int) {
    self.schema = schema
    lineWidth = Swift.max(10, width)
  }

  public mutating func begin() -> Buffer { Buffer() }

  public mutating func write(_ batch: RecordBatch) throws(LakeError) -> Buffer {
    if batch.count == 0 { return Buffer() }
    let rows = DisplayRows(batch)
    let sample = DisplayRows(batch.slice(0..<Swift.min(batch.count, 1000)))
    let isFirst = widths == nil
    let widths = self.widths ?? layout(sample)
    self.widths = widths
    var text = isFirst ? headerLine(widths) : ""
    for row in rows.texts { text += line(row, widths) }
    return Buffer(utf8: text)
  }

  public mutating func finish() -> Buffer {
    let shown: [Int]
    var text = ""
    if let widths {
      shown = widths
    } else {
      shown = layout(nil)
      text = headerLine(shown)
    }
    let hidden = schema.fields.dropFirst(shown.count).map(\.name)
    if !hidden.isEmpty {
      let names = DisplayText.safe(hidden.joined(separator: ", "))
      text += "… \(hidden.count) more columns: \(names)\n"
    }
    return Buffer(utf8: text)
  }

  private func headerLine(_ widths: [Int]) -> String {
    line(schema.fields.map { DisplayText.safe($0.name) }, widths)
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (index, width) in widths.enumerated() {
      if index > 0 { text += String(repeating: " ", count: Self.gap) }
      let isRight = DisplayRows.isRight(schema.fields[index].type)
      text += DisplayText.fitted(cells[index], width, right: isRight)
    }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }

  /// Widths of the columns that fit; the widest give way first.
  private func layout(_ rows: DisplayRows?) -> [Int] {
    var widths = schema.fields.map { DisplayText.width(DisplayText.safe($0.name)) }
    for row in rows?.texts ?? [] {
      for (index, cell) in row.enumerated() where widths[index] < lineWidth {
        widths[index] = Swift.max(widths[index], DisplayText.width(cell))
      }
    }
    widths = widths.map { Swift.min($0, lineWidth) }
    let least = widths.map { Swift.min($0, Self.columnMin) }
    var shown = 0
    var needed = 0
    while shown < widths.count {
      let more = least[shown] + (shown > 0 ? Self.gap : 0)
      if needed + more > lineWidth { break }
      needed += more
      shown += 1
    }
    widths.removeLast(widths.count - Swift.max(shown, Swift.min(1, widths.count)))
    let room = lineWidth - Self.gap * Swift.max(0, widths.count - 1)
    while widths.reduce(0, +) > room, let widest = widths.max(), widest > Self.columnMin {
      // All of the widest columns shrink towards the next narrower one.
      let next = widths.filter { $0 < widest }.max() ?? 0
      let many = widths.filter { $0 == widest }.count
      let excess = widths.reduce(0, +) - room
      let step = Swift.max(1, Swift.min(widest - Swift.max(next, Self.columnMin), excess / many))
      var left = excess
      for index in widths.indices where widths[index] == widest && left > 0 {
        widths[index] -= step
        left -= step
      }
    }
    return widths
  }
}

/// A Markdown table; pipes and line ends in cells are escaped.
public struct MarkdownWriter: RowWriter {
  private let schema: Schema

  public init(_ schema: Schema) { self.schema = schema }

  public mutating func begin() -> Buffer {
    var text = line(schema.fields.map { DisplayText.safe($0.name) })
    let rules = schema.fields.map { DisplayRows.isRight($0.type) ? "---:" : "---" }
    text += "| " + rules.joined(separator: " | ") + " |\n"
    return Buffer(utf8: text)
  }

  public mutating func write(_ batch: RecordBatch) throws(LakeError) -> Buffer {
    Buffer(utf8: DisplayRows(batch).texts.map { line($0) }.joined())
  }

  public mutating func finish() -> Buffer { Buffer() }

  private func line(_ cells: [String]) -> String {
    let escaped = cells.map { cell in
      cell.contains("|")
        ? cell.split(separator: "|", omittingEmptySubsequences: false)
          .joined(separator: "\\|") : cell
    }
    return "| " + escaped.joined(separator: " | ") + " |\n"
  }
}

extension DisplayText {
  static func safe(_ text: String) -> String {
    var text = text
    return text.withUTF8 { safe($0) }
  }
}
