// Spec: 16-command-line. Rows of data as a table, in bounded memory.
import LakeBase
import LakeColumns

/// Prints batches as a terminal table, tab-separated values or Markdown. The first thousand rows decide how
/// wide the columns of a terminal table are.
struct RowTable {
  private static let sampleRows = 1000
  private let output: Output
  private let schema: Schema
  private let format: OutputFormat
  private var layout: TableLayout
  private var sample: [[String]] = []
  private var isOpen = false

  init(_ schema: Schema, _ output: Output, _ format: OutputFormat) {
    self.schema = schema
    self.output = output
    self.format = format
    layout = TableLayout(
      schema.fields.map { HumanText.safe($0.name) },
      schema.fields.map { $0.type.isNumeric ? .right : .left }, width: output.width)
  }

  mutating func add(_ batch: RecordBatch) throws(LakeError) {
    let types = schema.fields.map(\.type)
    let columns = batch.columns
    for row in 0..<batch.count {
      var cells: [String] = []
      for (index, column) in columns.enumerated() {
        cells.append(ScalarText.text(column.scalar(row), types[index]))
      }
      try add(cells)
      if output.readerIsGone { return }
    }
  }

  private mutating func add(_ cells: [String]) throws(LakeError) {
    switch format {
    case .table:
      let safe = cells.map { HumanText.safe($0) }
      if isOpen {
        try output.line(layout.line(safe))
      } else {
        sample.append(safe)
        if sample.count == Self.sampleRows { try open() }
      }
    case .md:
      if !isOpen { try open() }
      try output.line(TableLayout.markdown(cells.map { HumanText.safe($0) }))
    default:
      if !isOpen { try open() }
      try output.line(TableLayout.tabbed(cells))
    }
  }

  private mutating func open() throws(LakeError) {
    isOpen = true
    switch format {
    case .table:
      layout.measure(sample)
      let head = layout.head
      try output.line(output.strong(head[0]))
      try output.line(head[1])
      for row in sample { try output.line(layout.line(row)) }
      sample = []
    case .md: try output.lines(layout.markdownHead)
    default: try output.line(TableLayout.tabbed(schema.fields.map(\.name)))
    }
  }

  /// Prints what was kept back for measuring.
  mutating func finish() throws(LakeError) {
    if !isOpen { try open() }
  }
}
