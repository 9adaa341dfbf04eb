// Spec: 14-text-rows. Finds the fields of whole CSV records.
import LakeBase

/// Entries of a piece of CSV: `width` a row.
struct CSVFields {
  var entries: Buffer
  var rows: Int
}

/// Scans with one pair of special bytes.
struct CSVScan {
  let delimiter: UInt8
  let quote: UInt8
  let fieldBytesMax: Int
  let columnsMax: Int

  /// All fields of a chunk from `start` on. Tries the quick scan; where the text is anything but
  /// regular, the exact one decides and finds the words for what is wrong.
  func fields(
    _ chunk: RecordChunk, from start: Int, width: Int
  ) throws(ParseFailure) -> CSVFields {
    let scratch = GrowingBuffer(capacity: Swift.max(4096, chunk.count))
    let rows = quickScan(chunk, start, width, scratch)
    if rows >= 0 { return CSVFields(entries: scratch.take(), rows: rows) }
    scratch.removeAll()
    return try exactScan(chunk.bytes, chunk.count, from: start, width: width, scratch)
  }

  // MARK: the exact scan

  /// RFC 4180 byte by byte; lone CR ends a record too.
  func exactScan(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, from start: Int, width: Int,
    _ entries: GrowingBuffer
  ) throws(ParseFailure) -> CSVFields {
    var at = start
    var rows = 0
    while at < count {
      if width > 1 && (bytes[at] == 0x0A || bytes[at] == 0x0D) {
        at = afterLineEnd(bytes, count, at)
        continue
      }
      var fields = 0
      let recordStart = at
      try exactRecord(bytes, count, &at) { (entry: UInt64) throws(ParseFailure) in
        fields += 1
        if fields > width { throw ragged(width, fields, recordStart, bytes, count) }
        entries.append(littleEndian: entry)
      }
      if fields != width { throw ragged(width, fields, recordStart, bytes, count) }
      rows += 1
    }
    return CSVFields(entries: entries.take(), rows: rows)
  }

  private func afterLineEnd(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ at: Int) -> Int {
    bytes[at] == 0x0D && at + 1 < count && bytes[at + 1] == 0x0A ? at + 2 : at + 1
  }

  /// One record from `at`, which moves behind its line end.
  func exactRecord(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ at: inout Int,
    _ emit: (UInt64) throws(ParseFailure) -> Void
  ) throws(ParseFailure) {
    while true {
      let start = at
      var entry: UInt64
      if at < count && bytes[at] == quote {
        entry = try quotedField(bytes, count, &at)
      } else {
        while at < count, bytes[at] != delimiter, bytes[at] != 0x0A, bytes[at] != 0x0D {
          if bytes[at] == quote {
            throw ParseFailure(
              message: "a quote stands inside an unquoted field", offset: at,
              hint: "quote the field and double the quotes in it")
          }
          at += 1
        }
        entry = FieldTable.entry(start, at)
      }
      let length = at - start
      if length > fieldBytesMax {
        throw ParseFailure(
          code: .inputTooLarge, message: "a field is longer than \(fieldBytesMax) bytes",
          offset: start)
      }
      try emit(entry)
      guard at < count else { return }
      if bytes[at] == delimiter {
        at += 1
        continue
      }
      at = afterLineEnd(bytes, count, at)
      return
    }
  }

  private func quotedField(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ at: inout Int
  ) throws(ParseFailure) -> UInt64 {
    let opened = at
    var flags = FieldTable.quoted
    at += 1
    while at < count {
      if bytes[at] == quote {
        guard at + 1 < count, bytes[at + 1] == quote else { break }
        flags |= FieldTable.escaped
        at += 1
      }
      at += 1
    }
    guard at < count else {
      throw ParseFailure(message: "a quote is opened here and never closed", offset: opened)
    }
    let entry = FieldTable.entry(opened + 1, at, flags)
    at += 1
    if at < count, bytes[at] != delimiter, bytes[at] != 0x0A, bytes[at] != 0x0D {
      throw ParseFailure(
        message: "text follows a closing quote", offset: at,
        hint: "double the quotes inside a quoted field")
    }
    return entry
  }

  private func ragged(
    _ width: Int, _ found: Int, _ start: Int, _ bytes: UnsafePointer<UInt8>, _ count: Int
  ) -> ParseFailure {
    var fields = 0
    var at = start
    do throws(ParseFailure) {
      try exactRecord(bytes, count, &at) { (_: UInt64) throws(ParseFailure) in fields += 1 }
    } catch {
      fields = found
    }
    return ParseFailure(
      message: "\(fields) fields where \(width) are expected", offset: start)
  }
}
