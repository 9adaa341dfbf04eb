// Spec: 14-text-rows. RFC 4180 out, with LF line ends.
import LakeBase
import LakeColumns

/// Writes CSV or TSV with a header. Null is an empty field, empty text is `""`.
public struct CSVWriter: RowWriter {
  private let schema: Schema
  private let delimiter: UInt8
  private let header: Bool
  private let guardsFormulas: Bool
  private var out = ByteStore()

  /// - Parameter guardsFormulas: puts `'` before texts that begin with `=`, `+`, `-`, `@`, a tab
  ///   or a carriage return, so that a spreadsheet does not run them; such texts do not read back
  ///   the same.
  public init(
    _ schema: Schema, delimiter: UInt8 = 0x2C, header: Bool = true, guardsFormulas: Bool = false
  ) {
    self.schema = schema
    self.delimiter = delimiter
    self.header = header
    self.guardsFormulas = guardsFormulas
  }

  public mutating func begin() -> Buffer {
    guard header else { return Buffer() }
    for (index, field) in schema.fields.enumerated() {
      if index > 0 { out.append(delimiter) }
      var name = field.name
      name.withUTF8 { bytes in
        if let start = bytes.baseAddress { appendText(start, bytes.count, true) }
      }
    }
    out.append(0x0A as UInt8)
    return out.take()
  }

  public mutating func finish() -> Buffer { Buffer() }

  public mutating func write(_ batch: RecordBatch) throws(LakeError) -> Buffer {
    let cells = batch.columns.map { CellWriter($0) }
    var nested: [Bool] = []
    var binary: [Bool] = []
    for field in schema.fields {
      nested.append(field.type.isNested)
      if case .fixedBinary = field.type {
        binary.append(true)
      } else {
        binary.append(field.type == .binary)
      }
    }
    for row in 0..<batch.count {
      for index in cells.indices {
        if index > 0 { out.append(delimiter) }
        if cells[index].isNull(row) { continue }
        if cells[index].isText {
          let (start, count) = cells[index].text(row)
          appendText(start, count, guardsFormulas)
        } else if nested[index] {
          appendNested(cells[index], row)
        } else {
          let before = out.count
          cells[index].plain(row, &out)
          if binary[index] && out.count == before { out.append(0x2222 as UInt16) }
        }
      }
      out.append(0x0A as UInt8)
    }
    withExtendedLifetime(batch) {}
    return out.take()
  }

  private mutating func appendNested(_ cell: CellWriter, _ row: Int) {
    var json = ByteStore()
    cell.json(row, &json)
    let text = json.take()
    text.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Void in
      if let start = raw.baseAddress?.assumingMemoryBound(to: UInt8.self) {
        appendText(start, raw.count, false)
      }
    }
  }

  private mutating func appendText(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ guarded: Bool
  ) {
    let isFormula = guardsFormulas && guarded && count > 0 && Self.startsFormula(text[0])
    if count > 0 && !isFormula && !needsQuotes(text, count) {
      out.append(text, count)
      return
    }
    out.reserve(count &* 2 &+ 3)
    let target = (out.base + out.count).assumingMemoryBound(to: UInt8.self)
    target[0] = 0x22
    var written = 1
    if isFormula {
      target[1] = 0x27
      written = 2
    }
    for at in 0..<count {
      if text[at] == 0x22 {
        target[written] = 0x22
        written &+= 1
      }
      target[written] = text[at]
      written &+= 1
    }
    target[written] = 0x22
    out.count &+= written &+ 1
  }

  private static func startsFormula(_ byte: UInt8) -> Bool {
    byte == 0x3D || byte == 0x2B || byte == 0x2D || byte == 0x40 || byte == 0x09 || byte == 0x0D
  }

  /// Delimiter, quote, line ends; or a byte order mark, which readers drop.
  private func needsQuotes(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if text[0] == 0xEF { return true }
    var at = 0
    while at < count {
      let byte = text[at]
      if byte == delimiter || byte == 0x22 || byte == 0x0A || byte == 0x0D { return true }
      at &+= 1
    }
    return false
  }
}
