// Spec: 11-keys-and-indexes. Several columns of text to one: composite keys and partition paths.
import LakeBase

/// Composite keys and paths, and the checks that a key column must pass.
public enum KeyJoin {
  static let nullText = Array("__null__".utf8)
  static let emptyText = Array("__empty__".utf8)
  static let missingPartition = Array("__HIVE_DEFAULT_PARTITION__".utf8)

  /// Composite keys with the first rows that must be refused.
  public struct Composite: Sendable {
    /// `label:value,label:value`; null is `__null__`, empty text `__empty__`.
    public let keys: Column
    /// A row all of whose parts are null or empty.
    public let firstVoidRow: Int?
    /// A row whose key could also stand for other values. [KEY-2]
    public let firstAmbiguousRow: Int?
  }

  /// - Parameters:
  ///   - labels: one for each column.
  ///   - columns: of text, equally long.
  public static func composite(
    _ labels: [String], _ columns: [Column]
  ) throws(LakeError) -> Composite {
    precondition(labels.count == columns.count && !labels.isEmpty, "one label a column")
    let rows = columns[0].count
    var parts: [TextPart] = []
    for (index, column) in columns.enumerated() {
      let label = Array(((index > 0 ? "," : "") + labels[index] + ":").utf8)
      parts.append(TextPart(column, label, null: nullText, empty: emptyText))
    }
    let keys = try joined(parts, rows, escaping: false)
    var firstVoid: Int?
    for row in 0..<rows where firstVoid == nil {
      if parts.allSatisfy({ $0.isVoid(row) }) { firstVoid = row }
    }
    return Composite(
      keys: keys, firstVoidRow: firstVoid, firstAmbiguousRow: ambiguousRow(parts, keys, rows))
  }

  /// Partition paths: segments joined by `/`, each with its prefix; null and empty become the
  /// placeholder.
  /// - Parameter prefixes: `field=` for Hive style, else empty.
  public static func paths(
    _ prefixes: [String], _ columns: [Column], escaping: Bool
  ) throws(LakeError) -> Column {
    precondition(prefixes.count == columns.count && !prefixes.isEmpty, "one prefix a column")
    var parts: [TextPart] = []
    for (index, column) in columns.enumerated() {
      let prefix = Array(((index > 0 ? "/" : "") + prefixes[index]).utf8)
      parts.append(TextPart(column, prefix, null: missingPartition, empty: missingPartition))
    }
    return try joined(parts, columns[0].count, escaping: escaping)
  }

  /// The first row that is null or empty.
  public static func firstVoidRow(_ column: Column) -> Int? {
    let part = TextPart(column, [], null: [], empty: [])
    return (0..<column.count).first { part.isVoid($0) }
  }

  /// The first row with more than `limit` bytes.
  public static func firstRow(longerThan limit: Int, in column: Column) -> Int? {
    let part = TextPart(column, [], null: [], empty: [])
    return (0..<column.count).first { part.length($0) > limit }
  }

  /// The first row that is not UTF-8, with the byte offset of the damage in its value.
  public static func firstInvalidUTF8(_ column: Column) -> (row: Int, offset: Int)? {
    let part = TextPart(column, [], null: [], empty: [])
    let total = part.totalLength(column.count)
    if isASCII(part.first, total) { return nil }
    for row in 0..<column.count {
      let bytes = part.bytes(row)
      if let offset = invalidUTF8Offset(bytes) { return (row, offset) }
    }
    return nil
  }

  private static func joined(
    _ parts: [TextPart], _ rows: Int, escaping: Bool
  ) throws(LakeError) -> Column {
    var total = 0
    for part in parts { total += part.width(rows) * (escaping ? 3 : 1) }
    guard total <= Int(Int32.max) else {
      throw LakeError(.limitExceeded, "the keys of one batch have more than 2 GiB")
    }
    let offsets = Memory(byteCount: (rows + 1) * 4)
    let data = Memory(byteCount: total)
    let starts = offsets.start.assumingMemoryBound(to: Int32.self)
    let bytes = data.start.assumingMemoryBound(to: UInt8.self)
    starts[0] = 0
    var at = 0
    for row in 0..<rows {
      for part in parts { at = part.write(row, bytes, at, escaping) }
      starts[row &+ 1] = Int32(truncatingIfNeeded: at)
    }
    return Column(
      .string, count: rows,
      layout: .bytes(
        offsets: Buffer(offsets, count: (rows + 1) * 4), data: Buffer(data, count: at)))
  }

  /// A key says its values for certain when the separators stand in it exactly once each, and no
  /// value is spelled like a placeholder.
  private static func ambiguousRow(_ parts: [TextPart], _ keys: Column, _ rows: Int) -> Int? {
    for row in 0..<rows {
      for part in parts where part.isSpelled(row, nullText) || part.isSpelled(row, emptyText) {
        return row
      }
    }
    let separators = parts.dropFirst().map(\.prefix)
    let whole = TextPart(keys, [], null: [], empty: [])
    let needed = separators.count
    // Most batches hold no comma at all besides the separators: counted first.
    if whole.count(of: 0x2C, rows) == needed * rows { return nil }
    for row in 0..<rows where whole.occurrences(row, separators) != needed { return row }
    return nil
  }
}

/// One column of text with what stands before each of its values.
private struct TextPart {
  let starts: UnsafePointer<Int32>
  let first: UnsafePointer<UInt8>
  let column: Column
  let prefix: [UInt8]
  let null: [UInt8]
  let empty: [UInt8]

  init(_ column: Column, _ prefix: [UInt8], null: [UInt8], empty: [UInt8]) {
    let plain = column.decoded()
    self.column = plain
    self.prefix = prefix
    self.null = null
    self.empty = empty
    // `column` keeps the buffers alive as long as this value lives.
    (starts, first) = plain.withBytes { ($0, $1) }
  }

  @inline(__always)
  func length(_ row: Int) -> Int { Int(starts[row &+ 1]) &- Int(starts[row]) }

  @inline(__always)
  func isVoid(_ row: Int) -> Bool { length(row) == 0 || column.isNull(row) }

  func totalLength(_ rows: Int) -> Int { Int(starts[rows]) - Int(starts[0]) }

  func bytes(_ row: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: first + Int(starts[row]), count: length(row))
  }

  /// An upper bound of the bytes that all rows need.
  func width(_ rows: Int) -> Int {
    totalLength(rows) + rows * (prefix.count + Swift.max(null.count, empty.count))
  }

  func write(
    _ row: Int, _ out: UnsafeMutablePointer<UInt8>, _ position: Int, _ escaping: Bool
  ) -> Int {
    var at = copy(prefix, out, position)
    if column.isNull(row) { return copy(null, out, at) }
    let count = length(row)
    if count == 0 { return copy(empty, out, at) }
    let source = first + Int(starts[row])
    if escaping { return at &+ escape(source, count, out + at) }
    (out + at).update(from: source, count: count)
    at &+= count
    return at
  }

  @inline(__always)
  private func copy(_ bytes: [UInt8], _ out: UnsafeMutablePointer<UInt8>, _ at: Int) -> Int {
    bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { (out + at).update(from: start, count: source.count) }
    }
    return at &+ bytes.count
  }

  func isSpelled(_ row: Int, _ text: [UInt8]) -> Bool {
    length(row) == text.count && !column.isNull(row) && bytes(row).elementsEqual(text)
  }

  func count(of byte: UInt8, _ rows: Int) -> Int {
    let start = first + Int(starts[0])
    var found = 0
    for index in 0..<totalLength(rows) where start[index] == byte { found &+= 1 }
    return found
  }

  /// How often any of the separators stands in a row.
  func occurrences(_ row: Int, _ separators: [[UInt8]]) -> Int {
    let text = bytes(row)
    var found = 0
    for at in 0..<text.count where text[at] == 0x2C {
      for separator in separators where at + separator.count <= text.count {
        if UnsafeBufferPointer(rebasing: text[at..<at + separator.count]).elementsEqual(separator) {
          found += 1
        }
      }
    }
    return found
  }
}

/// Escapes what a path segment must not hold: control characters and `" # % ' * / : = ? \ { [ ] ^`.
private func escape(
  _ source: UnsafePointer<UInt8>, _ count: Int, _ out: UnsafeMutablePointer<UInt8>
) -> Int {
  var at = 0
  for index in 0..<count {
    let byte = source[index]
    if needsEscape(byte) {
      out[at] = 0x25
      out[at &+ 1] = upperHex(byte >> 4)
      out[at &+ 2] = upperHex(byte & 15)
      at &+= 3
    } else {
      out[at] = byte
      at &+= 1
    }
  }
  return at
}

@inline(__always)
private func upperHex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x37 + digit }

@inline(__always)
private func needsEscape(_ byte: UInt8) -> Bool {
  if byte < 0x20 || byte == 0x7F { return true }
  switch byte {
  case 0x22, 0x23, 0x25, 0x27, 0x2A, 0x2F, 0x3A, 0x3D, 0x3F, 0x5C, 0x7B, 0x5B, 0x5D, 0x5E:
    return true
  default: return false
  }
}

private func isASCII(_ first: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  let raw = UnsafeRawPointer(first)
  var bits: UInt64 = 0
  var at = 0
  while at &+ 8 <= count {
    bits |= (raw + at).loadUnaligned(as: UInt64.self)
    at &+= 8
  }
  while at < count {
    bits |= UInt64(first[at])
    at &+= 1
  }
  return bits & 0x8080_8080_8080_8080 == 0
}

/// The offset of the first byte that no UTF-8 text can have there; nil for valid text.
private func invalidUTF8Offset(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  var at = 0
  while at < bytes.count {
    let lead = bytes[at]
    if lead < 0x80 {
      at += 1
      continue
    }
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, lead <= 0xF4, at + length <= bytes.count else { return at }
    for index in 1..<length where bytes[at + index] & 0xC0 != 0x80 { return at }
    let second = bytes[at + 1]
    if lead == 0xE0 && second < 0xA0 || lead == 0xED && second > 0x9F
      || lead == 0xF0 && second < 0x90 || lead == 0xF4 && second > 0x8F
    {
      return at
    }
    at += length
  }
  return nil
}
