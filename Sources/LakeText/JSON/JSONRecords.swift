// Spec: 14-text-rows. The records of a piece of JSON text: one object a line, or items of one
// array.
import LakeBase
import LakeColumns

/// Walks the objects of a chunk.
struct JSONRecords {
  let scan: JSONScan
  let chunk: RecordChunk
  let isArray: Bool

  init(_ chunk: RecordChunk, isArray: Bool, _ limits: Limits) {
    scan = JSONScan(chunk.bytes, end: chunk.count, limits)
    self.chunk = chunk
    self.isArray = isArray
  }

  /// Calls `body` with the position of each object; it moves the position behind the object.
  @inline(__always)
  func forEach(_ body: (inout Int) throws(ParseFailure) -> Void) throws(ParseFailure) {
    if isArray { try items(body) } else { try lines(body) }
  }

  @inline(__always)
  private func lines(_ body: (inout Int) throws(ParseFailure) -> Void) throws(ParseFailure) {
    var at = 0
    var newlines = 0
    while true {
      while at < chunk.count && scan.base[at] <= 0x20 {
        let byte = scan.base[at]
        if byte == 0x0A { newlines &+= 1 }
        if byte != 0x0A && byte != 0x20 && byte != 0x0D && byte != 0x09 { break }
        at &+= 1
      }
      if at >= chunk.count { break }
      guard scan.base[at] == 0x7B else { throw scan.unexpected(at, "an object, one a line,") }
      try body(&at)
      while at < chunk.count && (scan.base[at] == 0x20 || scan.base[at] == 0x09) { at &+= 1 }
      if at < chunk.count && scan.base[at] != 0x0A && scan.base[at] != 0x0D {
        throw ParseFailure(
          message: "a line end is expected after the object", offset: at,
          hint: "one object a line, or one array of objects")
      }
    }
    if newlines != chunk.counts.newlines { throw try brokenLine() }
  }

  /// Objects over several lines would depend on where chunks end, so the first one is refused.
  private func brokenLine() throws(ParseFailure) -> ParseFailure {
    var at = 0
    scan.skipSpace(&at)
    while at < chunk.count {
      let start = at
      _ = try scan.value(&at)
      for position in start..<at where scan.base[position] == 0x0A {
        return ParseFailure(
          message: "an object goes on over a line end", offset: position,
          hint: "one object a line, or one array of objects")
      }
      scan.skipSpace(&at)
    }
    return ParseFailure(message: "an object goes on over a line end", offset: 0)
  }

  private func items(_ body: (inout Int) throws(ParseFailure) -> Void) throws(ParseFailure) {
    var at = 0
    var needsComma = !chunk.isFirst
    if chunk.isFirst {
      scan.skipSpace(&at)
      guard at < chunk.count, scan.base[at] == 0x5B else { throw scan.unexpected(at, "\"[\"") }
      at += 1
      scan.skipSpace(&at)
      if at < chunk.count && scan.base[at] == 0x5D { return try finish(at) }
    }
    while true {
      scan.skipSpace(&at)
      if at >= chunk.count {
        guard chunk.isLast else { return }
        throw ParseFailure(message: "the array is never closed", offset: at)
      }
      if needsComma {
        if scan.base[at] == 0x5D { return try finish(at) }
        guard scan.base[at] == 0x2C else { throw scan.unexpected(at, "\",\" or \"]\"") }
        at += 1
        scan.skipSpace(&at)
      }
      guard at < chunk.count, scan.base[at] == 0x7B else { throw scan.unexpected(at, "an object") }
      try body(&at)
      needsComma = true
    }
  }

  private func finish(_ closing: Int) throws(ParseFailure) {
    var at = closing + 1
    scan.skipSpace(&at)
    if at < chunk.count || !chunk.isLast {
      throw ParseFailure(message: "text follows the array", offset: Swift.min(at, chunk.count))
    }
  }

  /// All records as a table of entries.
  func table(_ names: JSONNames) throws(ParseFailure) -> (entries: Buffer, rows: Int) {
    let width = names.fields.count
    let entries = GrowingBuffer(capacity: Swift.max(4096, chunk.count / 2))
    var rows = 0
    var used = 0
    let rowBytes = width * 8
    try forEach { (at: inout Int) throws(ParseFailure) in
      if entries.capacity &- used < rowBytes {
        entries.setCount(used)
        entries.reserve(Swift.max(rowBytes, 4096))
      }
      let row = entries.pointer + used
      row.initializeMemory(as: UInt8.self, repeating: 0, count: rowBytes)
      try names.object(scan, &at, into: row.assumingMemoryBound(to: UInt64.self))
      used &+= rowBytes
      rows &+= 1
    }
    entries.setCount(used)
    return (entries.take(), rows)
  }
}
