// Spec: 07-log-files. The walk over the frames of a log file, good and bad.
import LakeBase

/// The blocks of a file, one after the other. A stretch that holds no block is a block of type
/// `.corrupt`.
public struct LogBlocks {
  static let magic: [UInt8] = Array("#HUDI#".utf8)
  /// Magic and length.
  static let prefixBytes = 14
  /// The least that may follow: version, type, two empty maps, content length, reverse pointer.
  static let leastBytes = 32

  private let file: LogFileReader
  private var window: LogWindow
  /// At the end of the block, where the next header begins.
  private var tail: LogWindow
  private var offset = 0
  private var gaps = 0
  /// The schema of the block before, shared by blocks of one schema.
  private var schema = ""

  init(_ file: LogFileReader) {
    self.file = file
    window = LogWindow(file.source)
    tail = window
  }

  /// The next block, or nil at the end of the file.
  ///
  /// Throws `logMalformed` for a file that does not begin as a log file, for a frame that is whole
  /// and contradicts itself, and for damage in bytes that a commit recorded; `logUnsupported` for
  /// what newer or very old writers wrote. [LOG-2] [LOG-5]
  public mutating func next() throws(LakeError) -> LogBlock? {
    guard offset < file.count else { return nil }
    do throws(LakeError) {
      guard let end = try frameEnd() else { return try gap() }
      let block = try parse(end)
      offset = end
      window = tail
      return block
    } catch { throw error.at(file.path) }
  }

  /// Where the frame that begins here ends, or nil when there is no whole frame.
  private mutating func frameEnd() throws(LakeError) -> Int? {
    let left = file.count - offset
    guard left >= Self.magic.count else { return nil }
    guard try Self.hasMagic(at: offset, &window) else {
      if offset == 0 { throw file.malformed("the file does not begin with #HUDI#", at: 0) }
      return nil
    }
    guard left >= Self.prefixBytes else { return nil }
    let declared = try window.integer(offset + 6, as: Int64.self)
    guard let length = Int(exactly: declared), length >= 8, length <= left - Self.prefixBytes
    else { return nil }
    let end = offset + Self.prefixBytes + length
    // The empty footer comes along.
    if length >= Self.leastBytes { _ = try tail.read(end - 12..<end) }
    guard try tail.integer(end - 8, as: Int64.self) == declared + 6 else { return nil }
    if file.committed.reaches(end) { return end }
    guard file.count - end >= Self.magic.count else { return end }
    return try Self.hasMagic(at: end, &tail) ? end : nil
  }

  private static func hasMagic(
    at place: Int, _ window: inout LogWindow
  ) throws(LakeError) -> Bool {
    let bytes = try window.read(place..<place + magic.count)
    for index in 0..<magic.count where bytes[index] != magic[index] { return false }
    return true
  }

  /// The stretch from here to the next magic, or to the end.
  private mutating func gap() throws(LakeError) -> LogBlock {
    let start = offset
    var hasOwn = false
    if file.count - start >= Self.magic.count {
      hasOwn = try Self.hasMagic(at: start, &window)
    }
    let end = try nextMagic(from: start + (hasOwn ? Self.magic.count : 1)) ?? file.count
    if file.committed.overlaps(start..<end) {
      throw file.malformed(
        "bytes \(start)..<\(end) hold no whole block, but a completed commit recorded them",
        at: start)
    }
    gaps += 1
    guard gaps <= file.limits.logGapsMax else {
      throw LakeError(
        .limitExceeded, "more than \(file.limits.logGapsMax) damaged stretches (logGapsMax)",
        offset: start)
    }
    offset = end
    return LogBlock(
      type: .corrupt, offset: start, length: end - start, header: [:], content: start..<end)
  }

  /// The first magic at or behind `start`.
  private func nextMagic(from start: Int) throws(LakeError) -> Int? {
    var at = start
    // Small steps first: many short gaps must not cost a long read each.
    var step = 1 << 12
    while file.count - at >= Self.magic.count {
      let end = Swift.min(file.count, at + step)
      step = Swift.min(1 << 20, 2 * step)
      let bytes = try file.source.read(at..<end)
      if let found = Self.firstMagic(bytes) { return at + found }
      if end == file.count { return nil }
      at = end - (Self.magic.count - 1)
    }
    return nil
  }

  private static func firstMagic(_ bytes: Buffer) -> Int? {
    guard bytes.count >= magic.count else { return nil }
    for start in 0...bytes.count - magic.count where bytes[start] == magic[0] {
      if (1..<magic.count).allSatisfy({ bytes[start + $0] == magic[$0] }) { return start }
    }
    return nil
  }
}

extension LogBlocks {
  /// The block of a whole frame that ends at `end`.
  private mutating func parse(_ end: Int) throws(LakeError) -> LogBlock {
    var at = offset + Self.prefixBytes
    let last = end - 8
    guard end - at >= 4 else { throw tooShort() }
    let version = try window.integer(at, as: Int32.self)
    guard version == 1 else {
      throw file.unsupported("log format version \(version); version 1 is supported", at: at)
    }
    guard end - at >= Self.leastBytes else { throw tooShort() }
    let ordinal = try window.integer(at + 4, as: Int32.self)
    guard let type = LogBlockType(rawValue: ordinal), type != .corrupt else {
      throw file.unsupported("a block of type \(ordinal), which is not known", at: at + 4)
    }
    at += 8
    var positions: Range<Int>?
    let header = try map(&at, last, &positions)
    guard last - at >= 8 else { throw file.malformed("the header ends beyond its block", at: at) }
    let size = try window.integer(at, as: Int64.self)
    at += 8
    guard let size = Int(exactly: size), size >= 0, size <= last - at - 4 else {
      throw file.malformed("a content of \(size) bytes, \(last - at - 4) left", at: at - 8)
    }
    let content = at..<at + size
    at += size
    try passFooter(&at, last)
    return LogBlock(
      type: type, offset: offset, length: end - offset, header: header, content: content,
      positions: positions)
  }

  private func tooShort() -> LakeError {
    file.malformed("a block too short to have a header", at: offset)
  }

  /// The header at `at`; its entries come in any order.
  private mutating func map(
    _ at: inout Int, _ end: Int, _ positions: inout Range<Int>?
  ) throws(LakeError) -> [LogHeaderKey: String] {
    var entries: [LogHeaderKey: String] = [:]
    let count = try integer(&at, end)
    guard count >= 0, count <= LogHeaderKey.allCases.count else {
      throw file.malformed("a header of \(count) entries", at: at - 4)
    }
    for _ in 0..<count {
      let ordinal = try integer(&at, end)
      guard let key = LogHeaderKey(rawValue: ordinal) else {
        throw file.unsupported("header entry \(ordinal), which is not known", at: at - 4)
      }
      let place = try value(&at, end)
      guard entries[key] == nil, key != .recordPositions || positions == nil else {
        throw file.malformed("the header entry \(key) is there twice", at: place.lowerBound)
      }
      if key == .recordPositions {
        positions = place
      } else {
        entries[key] = try text(place, key)
      }
    }
    return entries
  }

  private mutating func text(_ place: Range<Int>, _ key: LogHeaderKey) throws(LakeError) -> String {
    guard let text = try window.read(place).text else {
      throw file.malformed("the header entry \(key) is not UTF-8", at: place.lowerBound)
    }
    guard key == .schema else { return text }
    if text != schema { schema = text }
    return schema
  }

  /// Where the value of a map's entry lies.
  private mutating func value(_ at: inout Int, _ end: Int) throws(LakeError) -> Range<Int> {
    let size = Int(try integer(&at, end))
    guard size >= 0, size <= end - at else {
      throw file.malformed("a header value of \(size) bytes, \(end - at) left", at: at - 4)
    }
    guard size <= file.limits.logHeaderBytesMax else {
      throw LakeError(
        .limitExceeded,
        "a header value of \(size) bytes exceeds \(file.limits.logHeaderBytesMax) "
          + "(logHeaderBytesMax)", offset: at - 4)
    }
    at += size
    return at - size..<at
  }

  /// The footer is a map that no writer puts anything into.
  private mutating func passFooter(_ at: inout Int, _ end: Int) throws(LakeError) {
    if end - at == 4, try tail.integer(at, as: Int32.self) == 0 { return }
    let count = try integer(&at, end)
    guard count >= 0, Int(count) <= (end - at) / 8 else {
      throw file.malformed("a footer of \(count) entries", at: at - 4)
    }
    for _ in 0..<count {
      _ = try integer(&at, end)
      _ = try value(&at, end)
    }
    guard at == end else { throw file.malformed("\(end - at) bytes behind the footer", at: at) }
  }

  private mutating func integer(_ at: inout Int, _ end: Int) throws(LakeError) -> Int32 {
    guard end - at >= 4 else { throw file.malformed("the header ends beyond its block", at: at) }
    at += 4
    return try window.integer(at - 4, as: Int32.self)
  }
}

/// Small reads of one file that mostly ascend, served from pieces read ahead.
struct LogWindow {
  static let ahead = 4 << 10

  private let source: any ByteSource
  private var bytes = Buffer()
  private var start = 0

  init(_ source: any ByteSource) { self.source = source }

  mutating func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    if range.lowerBound < start || range.upperBound > start + bytes.count {
      let end = Swift.min(
        source.count, Swift.max(range.upperBound, range.lowerBound + Self.ahead))
      bytes = try source.read(range.lowerBound..<end)
      start = range.lowerBound
    }
    return bytes[range.lowerBound - start..<range.upperBound - start]
  }

  /// The big-endian number at `place`.
  mutating func integer<T: FixedWidthInteger>(_ place: Int, as _: T.Type) throws(LakeError) -> T {
    let bytes = try read(place..<place + T.bitWidth / 8)
    var value: T = 0
    for index in 0..<bytes.count { value = value << 8 | T(truncatingIfNeeded: bytes[index]) }
    return value
  }
}
