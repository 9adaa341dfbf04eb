// Spec: 14-text-rows. One JSON object a line.
import LakeBase
import LakeColumns

/// Writes newline-delimited JSON; fields in the schema's order, nulls written.
public struct NDJSONWriter: RowWriter {
  private let labels: [[UInt8]]
  private var out = ByteStore()

  public init(_ schema: Schema) { labels = CellWriter.labels(schema.fields) }

  public mutating func begin() -> Buffer { Buffer() }
  public mutating func finish() -> Buffer { Buffer() }

  public mutating func write(_ batch: RecordBatch) throws(LakeError) -> Buffer {
    let cells = batch.columns.map { CellWriter($0) }
    let (rows, labels) = (batch.count, labels)
    var out = self.out
    self.out = ByteStore()
    for row in 0..<rows {
      out.append(0x7B as UInt8)
      for index in cells.indices {
        out.append(labels[index])
        cells[index].jsonOrNull(row, &out)
      }
      out.append(0x0A7D as UInt16)
    }
    defer { self.out = out }
    withExtendedLifetime(batch) {}
    return out.take()
  }
}
