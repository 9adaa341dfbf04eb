// Spec: 14-text-rows. Batches to text.
import LakeBase
import LakeColumns

/// Turns batches of one schema into text. The texts returned by `begin`, every `write` and
/// `finish`, one after the other, are the whole output.
public protocol RowWriter {
  /// What stands before the first row.
  mutating func begin() -> Buffer
  /// The rows of a batch that has the writer's schema.
  mutating func write(_ batch: RecordBatch) throws(LakeError) -> Buffer
  /// What stands behind the last row.
  mutating func finish() -> Buffer
}

/// The formats rows are printed in; `json` is the same as `ndjson`.
public enum RowFormat: String, Sendable, CaseIterable {
  case table, tsv, csv, ndjson, json, md

  /// A writer of this format.
  /// - Parameters:
  ///   - width: characters of a terminal's line, for `table`.
  ///   - guardsFormulas: CSV and TSV put `'` before texts that a spreadsheet would run.
  public func writer(
    _ schema: Schema, width: Int = 80, guardsFormulas: Bool = false
  ) -> any RowWriter {
    switch self {
    case .table: TableWriter(schema, width: width)
    case .csv: CSVWriter(schema, guardsFormulas: guardsFormulas)
    case .tsv: CSVWriter(schema, delimiter: 0x09, guardsFormulas: guardsFormulas)
    case .ndjson, .json: NDJSONWriter(schema)
    case .md: MarkdownWriter(schema)
    }
  }
}

extension RowWriter {
  /// Everything a source yields, to a sink that the caller finishes. Returns the rows written.
  public mutating func write(
    _ source: inout any BatchSource, to sink: any ByteSink
  ) throws(LakeError) -> Int {
    var rows = 0
    try sink.write(begin())
    while let batch = try source.next() {
      rows += batch.count
      try sink.write(write(batch))
    }
    try sink.write(finish())
    return rows
  }
}
