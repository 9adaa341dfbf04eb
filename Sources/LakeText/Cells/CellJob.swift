// Spec: 14-text-rows. The loops over the fields of one column.
import LakeBase
import LakeColumns

/// One column of one table being parsed.
struct CellJob {
  let field: Field
  let table: FieldTable
  let index: Int
  let parser: CellParser

  typealias Parsed = (Column.Layout, NullRows?)

  var isJSON: Bool {
    if case .json = table.dialect { return true }
    return false
  }

  func entry(_ row: Int) -> UInt64 { table.entries[row * table.width + index] }

  /// The failure of a row's field.
  func failure(_ row: Int, _ message: String? = nil) -> ParseFailure {
    let entry = entry(row)
    let shown = table.shown(entry)
    let (reason, hint) = message.map { ($0, nil) } ?? reason(shown)
    return ParseFailure(
      code: .inputValueInvalid, message: "\"\(shown)\" " + reason, offset: FieldTable.start(entry),
      column: field.name, value: shown,
      hint: hint ?? "give the types: --columns \"\(field.name) string, …\"")
  }

  private func reason(_ shown: String) -> (String, String?) {
    let bytes = Array(shown.utf8)
    if case .timestamp(_, let utc) = field.type {
      let moment = bytes.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.flatMap { ValueText.timestamp($0, bytes.count) }
      }
      if let moment {
        if moment.isZoned == utc || !utc && !moment.isZoned {
          return ("is finer than, or outside of, \(field.type)", nil)
        }
        return utc
          ? ("names no zone, and the column holds instants", "say which zone is meant: --tz")
          : ("names a zone, and the column holds local times", nil)
      }
    }
    return ("is not a value of type \(field.type)", nil)
  }

  /// Whether a field that is no value is a null: unquoted and empty or a null word; in columns
  /// other than text a quoted empty field too.
  @inline(__always)
  func isNull(_ entry: UInt64) -> Bool {
    let start = FieldTable.start(entry)
    let count = FieldTable.end(entry) &- start
    if FieldTable.isQuoted(entry) { return count == 0 && !isJSON }
    return parser.isNullWord(table.base + start, count)
  }

  /// Some null word could be read as a value, so words are looked at first.
  private var asksFirst: Bool {
    parser.nullLengths != 0 && parser.nullWords.contains(where: looksLikeValue)
  }

  private func looksLikeValue(_ word: [UInt8]) -> Bool {
    guard let first = word.first else { return false }
    return (first >= 0x30 && first <= 0x39) || first == 0x2D || first == 0x2E
      || [0x4E, 0x49, 0x54, 0x74, 0x46, 0x66].contains(first)
  }

  /// Fixed-width values.
  @inline(__always)
  func fixed<T: BitwiseCopyable>(
    _ zero: T, _ parse: (UnsafePointer<UInt8>, Int) -> T?
  ) throws(ParseFailure) -> Parsed {
    let rows = table.rows
    let memory = Memory(byteCount: rows * MemoryLayout<T>.size)
    let out = memory.start.bindMemory(to: T.self, capacity: rows)
    var nulls = NullRows(rows)
    let base = table.base
    let width = table.width
    let asksFirst = asksFirst
    var cell = table.entries + index
    var row = 0
    while row < rows {
      let entry = cell.pointee
      let start = FieldTable.start(entry)
      let count = FieldTable.end(entry) &- start
      if asksFirst && isNull(entry) {
        out[row] = zero
        nulls.insert(row)
      } else if let value = parse(base + start, count) {
        out[row] = value
      } else if isNull(entry) {
        out[row] = zero
        nulls.insert(row)
      } else {
        guard FieldTable.isEscaped(entry), let value = try unescaped(entry, parse) else { break }
        out[row] = value
      }
      row &+= 1
      cell += width
    }
    if row < rows { throw failure(row) }
    return (.fixed(Buffer(memory, count: rows * MemoryLayout<T>.size)), nulls)
  }

  /// Parses a field with escapes.
  private func unescaped<T>(
    _ entry: UInt64, _ parse: (UnsafePointer<UInt8>, Int) -> T?
  ) throws(ParseFailure) -> T? {
    let start = FieldTable.start(entry)
    let count = FieldTable.end(entry) - start
    let scratch = Memory(byteCount: count + 64)
    let target = scratch.start.assumingMemoryBound(to: UInt8.self)
    let written = try unescape(table.base, start, count, to: target)
    return parse(UnsafePointer(target), written)
  }

  /// Writes a field without its escapes; returns its bytes.
  func unescape(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) throws(ParseFailure) -> Int {
    switch table.dialect {
    case .csv(let quote): return unescapeQuotes(base + start, count, quote, to: target)
    case .json:
      let written = JSONScan.unescape(base + start, count, to: target)
      if written >= 0 { return written }
      throw ParseFailure(
        message: "an escape in the string is malformed or half of a surrogate pair",
        offset: start - written - 1, column: field.name)
    }
  }

  func bits() throws(ParseFailure) -> Parsed {
    let (layout, nulls) = try fixed(0 as UInt8) { ValueText.bool($0, $1).map { $0 ? 1 : 0 } }
    guard case .fixed(let bytes) = layout else { return (layout, nulls) }
    let rows = table.rows
    let memory = Memory(byteCount: (rows + 7) / 8)
    memory.start.initializeMemory(as: UInt8.self, repeating: 0, count: (rows + 7) / 8)
    let flags = bytes.pointer.assumingMemoryBound(to: UInt8.self)
    let out = memory.start.assumingMemoryBound(to: UInt8.self)
    for row in 0..<rows { out[row >> 3] |= flags[row] << UInt8(row & 7) }
    withExtendedLifetime(bytes) {}
    return (.bits(Bitmap(Buffer(memory, count: (rows + 7) / 8), count: rows)), nulls)
  }

  func nothing() throws(ParseFailure) -> Parsed {
    for row in 0..<table.rows where !isNull(entry(row)) { throw failure(row) }
    return (.nothing, nil)
  }

  func fixedBinaries(_ width: Int) throws(ParseFailure) -> Parsed {
    let rows = table.rows
    let (bytes, over) = rows.multipliedReportingOverflow(by: width)
    guard !over, bytes <= Int(Int32.max) else {
      throw ParseFailure(code: .inputTooLarge, message: "too many bytes in one batch", offset: 0)
    }
    let memory = Memory(byteCount: bytes)
    memory.start.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    let out = memory.start.assumingMemoryBound(to: UInt8.self)
    var nulls = NullRows(rows)
    for row in 0..<rows {
      let entry = entry(row)
      let start = FieldTable.start(entry)
      let count = FieldTable.end(entry) - start
      if isNull(entry) && !(width == 0 && FieldTable.isQuoted(entry)) {
        nulls.insert(row)
      } else if count != 2 * width
        || !ValueText.hexadecimal(table.base + start, count, into: out + row * width)
      {
        throw failure(row)
      }
    }
    return (.fixed(Buffer(memory, count: bytes)), nulls)
  }
}

/// Halves doubled quotes; returns the bytes written.
func unescapeQuotes(
  _ text: UnsafePointer<UInt8>, _ count: Int, _ quote: UInt8,
  to target: UnsafeMutablePointer<UInt8>
) -> Int {
  var at = 0
  var written = 0
  while at < count {
    target[written] = text[at]
    written &+= 1
    at &+= text[at] == quote ? 2 : 1
  }
  return written
}
