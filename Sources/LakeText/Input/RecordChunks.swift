// Spec: 14-text-rows. Text cut into pieces that begin and end where records do.
import LakeBase

/// A piece of text that holds whole records, with its place in the input.
struct RecordChunk: Sendable {
  /// The text; at least 64 bytes behind it may be read.
  let text: Buffer
  /// Offset of the first byte in the input.
  let offset: Int
  /// Line of the first byte, from 1.
  let line: Int
  let counts: ByteCounts
  /// The first piece of the input.
  let isFirst: Bool
  /// The last piece of the input.
  let isLast: Bool

  var count: Int { text.count }
  var bytes: UnsafePointer<UInt8> { text.pointer.assumingMemoryBound(to: UInt8.self) }

  /// The error a failure in this piece is shown as.
  func locate(_ failure: ParseFailure) -> LakeError {
    let at = Swift.min(Swift.max(failure.offset, 0), count)
    let line = line + countLines(bytes, at)
    withExtendedLifetime(text) {}
    var facts = [("line", "\(line)")]
    if let column = failure.column { facts.append(("column", column)) }
    if let value = failure.value { facts.append(("value", value)) }
    return LakeError(
      failure.code,
      "line \(line)" + (failure.column.map { ", column \"\($0)\"" } ?? "") + ": "
        + failure.message,
      offset: offset + at, hint: failure.hint,
      kind: failure.code == .limitExceeded ? nil : .invalidInput,
      facts: facts.map { (name: $0.0, value: $0.1) })
  }
}

/// What is wrong with a piece of text, before anybody counted lines.
struct ParseFailure: Error {
  var code = LakeCode.inputMalformed
  var message: String
  /// Offset in the piece.
  var offset: Int
  var column: String?
  var value: String?
  var hint: String?
}

/// How records end.
enum RecordEnds {
  /// A line end outside quotes.
  case csv(quote: UInt8)
  /// Every LF.
  case lines
  /// After an element of the one array around all records.
  case array
}

/// Gathers chunks of an input and cuts them after the last record that is complete.
struct RecordChunks {
  private let input: any TextInput
  private let ends: RecordEnds
  /// Text that belongs to the next piece.
  private var rest: Buffer
  private var offset = 0
  private var line = 1
  private var isAtStart = true
  private var isDone = false
  private var isFirst = true
  /// What is left of a chunk larger than a piece.
  private var pending = Buffer()
  private let chunkBytes: Int
  private let rowBytesMax: Int

  init(
    _ input: any TextInput, _ ends: RecordEnds, limits: Limits, chunkBytes: Int = 1 << 20
  ) {
    self.input = input
    self.ends = ends
    rowBytesMax = Swift.min(limits.textRowBytesMax, 1 << 28)
    self.chunkBytes = chunkBytes
    rest = Buffer()
  }

  /// The next piece, or nil at the end. A byte order mark at the very beginning is dropped.
  mutating func next() throws(LakeError) -> RecordChunk? {
    if isDone { return nil }
    let text = GrowingBuffer(capacity: Swift.max(chunkBytes, rest.count) + (64 << 10) + 64)
    text.append(rest)
    rest = Buffer()
    var search = BoundarySearch(ends, depth: isFirst ? 0 : 1)
    while true {
      if text.count < chunkBytes || search.boundary == 0 {
        if let more = try pull() {
          text.append(more)
          if isAtStart { try dropMark(text) }
          if text.count < chunkBytes { continue }
        } else {
          isDone = true
        }
      }
      if isAtStart && isDone { try dropMark(text) }
      if isDone { break }
      search.advance(text.pointer.assumingMemoryBound(to: UInt8.self), text.count)
      if search.boundary > 0 { break }
      if text.count > rowBytesMax { throw tooLong(text.count) }
    }
    let end = isDone ? text.count : search.boundary
    if end == 0 { return nil }
    rest = Buffer(
      copying: UnsafeRawBufferPointer(start: text.pointer + end, count: text.count - end))
    text.reserve(64)
    let start = text.pointer.assumingMemoryBound(to: UInt8.self)
    (start + end).initialize(repeating: 0, count: Swift.min(64, text.capacity - end))
    var quote: UInt8 = 0x22
    if case .csv(let byte) = ends { quote = byte }
    let counts = ByteCounts(start, end, quote: quote)
    let lines = counts.returns == 0 ? counts.newlines : countLines(start, end)
    let chunk = RecordChunk(
      text: text.take()[0..<end], offset: offset, line: line, counts: counts, isFirst: isFirst,
      isLast: isDone)
    isFirst = false
    offset += end
    line += lines
    return chunk
  }

  private mutating func pull() throws(LakeError) -> Buffer? {
    if pending.isEmpty {
      guard let chunk = try input.next() else { return nil }
      pending = chunk
    }
    let piece = pending[0..<Swift.min(chunkBytes, pending.count)]
    pending = pending[piece.count..<pending.count]
    return piece
  }

  private mutating func dropMark(_ text: GrowingBuffer) throws(LakeError) {
    guard text.count >= 3 || isDone else { return }
    isAtStart = false
    let start = text.pointer.assumingMemoryBound(to: UInt8.self)
    guard text.count >= 2 else { return }
    if (start[0] == 0xFF && start[1] == 0xFE) || (start[0] == 0xFE && start[1] == 0xFF) {
      throw LakeError(
        .inputEncoding, "the text is UTF-16; UTF-8 is needed", offset: 0,
        hint: "iconv -f UTF-16 -t UTF-8")
    }
    guard text.count >= 3, start[0] == 0xEF, start[1] == 0xBB, start[2] == 0xBF else { return }
    let kept = text.count - 3
    start.update(from: start + 3, count: kept)
    text.setCount(kept)
    offset = 3
  }

  private func tooLong(_ count: Int) -> LakeError {
    var hint = "a line end is missing"
    if case .csv = ends { hint = "a quote may have been opened and never closed" }
    return LakeError(
      .inputTooLarge, "line \(line): a record is longer than \(rowBytesMax) bytes",
      offset: offset, hint: hint, facts: [("line", "\(line)")])
  }
}

/// Finds the end of the last complete record, looking at every byte once however often it is asked.
private struct BoundarySearch {
  let ends: RecordEnds
  /// Bytes up to the end of the last complete record; 0 when there is none yet.
  private(set) var boundary = 0
  private var scanned = 0
  /// CSV: inside quotes after `scanned` bytes. Array: inside a string.
  private var isQuoted = false
  private var isEscaped = false
  /// Open brackets; a piece behind the first one begins inside the array.
  private var depth: Int

  init(_ ends: RecordEnds, depth: Int) {
    self.ends = ends
    self.depth = depth
  }

  mutating func advance(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    switch ends {
    case .lines:
      var at = count
      while at > scanned && bytes[at &- 1] != 0x0A { at &-= 1 }
      if at > scanned { boundary = at }
    case .csv(let quote): advanceCSV(bytes, count, quote)
    case .array: advanceArray(bytes, count)
    }
    scanned = count
  }

  /// Quotes before a line end tell whether it ends a record: an even number does.
  private mutating func advanceCSV(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ quote: UInt8) {
    let counts = ByteCounts(bytes + scanned, count &- scanned, quote: quote)
    let isQuotedAtEnd = isQuoted != (counts.quotes & 1 == 1)
    var inside = isQuotedAtEnd
    var at = count
    // A lone CR at the very end may be half of CR LF: it decides nothing yet.
    while at > scanned {
      let byte = bytes[at &- 1]
      if byte == quote {
        inside.toggle()
      } else if !inside && (byte == 0x0A || (byte == 0x0D && at < count && bytes[at] != 0x0A)) {
        boundary = at
        break
      }
      at &-= 1
    }
    isQuoted = isQuotedAtEnd
  }

  private mutating func advanceArray(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    var at = scanned
    var depth = depth
    while at < count {
      let byte = bytes[at]
      at &+= 1
      if isQuoted {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == 0x22 {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case 0x22: isQuoted = true
      case 0x7B, 0x5B: depth &+= 1
      case 0x5D: depth &-= 1
      case 0x7D:
        depth &-= 1
        // Only objects are records: what closes the array stays with all that follows it.
        if depth == 1 { boundary = at }
      default: break
      }
    }
    self.depth = depth
  }
}
