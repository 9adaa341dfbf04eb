// Spec: 14-text-rows. Rows for people: a table that fits a terminal, and Markdown.
import LakeBase
import LakeColumns

/// A table without lines, laid out by `TextTable`. The first batch decides the widths. Columns that
/// do not fit are named below the table.
public struct TableWriter: RowWriter {
  private var table: TextTable
  private var isMeasured = false

  /// - Parameter width: characters in a line.
  public init(_ schema: Schema, width: Int) {
    table = schema.textTable(width: Swift.max(10, width))
  }

  public mutating func begin() -> Buffer { Buffer() }

  public mutating func write(_ batch: RecordBatch) throws(LakeError) -> Buffer {
    if batch.count == 0 { return Buffer() }
    let rows = DisplayRows(batch)
    var text = ""
    if !isMeasured { text = head(Array(rows.texts.prefix(1000))) }
    for row in rows.texts { text += table.line(row) + "\n" }
    return Buffer(utf8: text)
  }

  public mutating func finish() -> Buffer {
    var text = isMeasured ? "" : head([])
    if let foot = table.foot { text += foot + "\n" }
    return Buffer(utf8: text)
  }

  private mutating func head(_ sample: [[String]]) -> String {
    isMeasured = true
    table.measure(sample)
    return table.head + "\n"
  }
}

/// A Markdown table; pipes and line ends in cells are escaped.
public struct MarkdownWriter: RowWriter {
  private let table: TextTable

  public init(_ schema: Schema) { table = schema.textTable(width: nil) }

  public mutating func begin() -> Buffer {
    Buffer(utf8: table.markdownHead.map { $0 + "\n" }.joined())
  }

  public mutating func write(_ batch: RecordBatch) throws(LakeError) -> Buffer {
    Buffer(utf8: DisplayRows(batch).texts.map { TextTable.markdown($0) + "\n" }.joined())
  }

  public mutating func finish() -> Buffer { Buffer() }
}

extension Schema {
  fileprivate func textTable(width: Int?) -> TextTable {
    TextTable(
      fields.map { DisplayText.safe($0.name) },
      fields.map { DisplayRows.isRight($0.type) ? .right : .left }, width: width)
  }
}
