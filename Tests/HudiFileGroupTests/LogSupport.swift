// What the tests of log files share: vectors, small logs built by hand, scans over them.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeStorage
import LakeTestKit
import Testing

enum LogVectors {
  /// Elements of a vector file's list.
  static func cases(_ file: String, _ list: String) throws -> [JSONValue] {
    let bytes = try Fixtures.bytes("\(Fixtures.format)/vectors/\(file).json")
    let json = try JSONReader.parse(Buffer(bytes), duplicateNames: .kept)
    return try #require(json[list]?.array)
  }

  /// The bytes of an element, in whichever spelling it has.
  static func bytes(_ element: JSONValue) throws -> [UInt8] {
    if let hex = element["hex"]?.string { return unhex(hex) }
    let decoded = Base64.decode(element["base64"]?.string ?? "?")
    return try #require(decoded).bytes
  }

  static func unhex(_ text: String) -> [UInt8] {
    let digits = text.utf8.compactMap { Hex.value($0) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  static func reader(_ bytes: [UInt8], committed: [Range<Int>] = []) throws -> LogFileReader {
    try LogFileReader(BufferSource(Buffer(bytes)), path: "p/a.log", committed: committed)
  }

  /// All rows of a block.
  static func rows(
    _ file: LogFileReader, _ block: LogBlock, columns: Set<String>? = nil
  ) throws -> [RecordBatch] {
    var reader = try LogRowsReader(file, block, columns: columns)
    var batches: [RecordBatch] = []
    while let batch = try reader.next() { batches.append(batch) }
    return batches
  }

  static func deletes(
    _ file: LogFileReader, _ block: LogBlock, _ types: [ColumnType]
  ) throws -> [LogDeletes] {
    var reader = try LogDeletesReader(file, block, ordering: types)
    var all: [LogDeletes] = []
    while let deletes = try reader.next() { all.append(deletes) }
    return all
  }
}

/// Builds log files byte by byte, as the format notes describe them.
struct LogBytes {
  var bytes: [UInt8] = []

  static func int32(_ value: Int) -> [UInt8] {
    let word = UInt32(truncatingIfNeeded: value)
    return (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
  }

  static func int64(_ value: Int) -> [UInt8] {
    let word = UInt64(bitPattern: Int64(value))
    return (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
  }

  static func zigzag(_ value: Int) -> [UInt8] {
    var rest = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(truncatingIfNeeded: rest)]
  }

  static func text(_ text: String) -> [UInt8] { zigzag(text.utf8.count) + Array(text.utf8) }

  /// Schema of rows with a key and a number.
  static let schema =
    #"{"type":"record","name":"r","fields":[{"name":"_hoodie_record_key","type":["null","string"],"#
    + #""default":null},{"name":"n","type":"long"}]}"#

  static func header(_ entries: [(Int, String)]) -> [UInt8] {
    var bytes = int32(entries.count)
    for (key, value) in entries {
      bytes += int32(key) + int32(value.utf8.count) + Array(value.utf8)
    }
    return bytes
  }

  /// A whole block.
  static func block(
    type: Int, _ entries: [(Int, String)], _ content: [UInt8], version: Int = 1
  ) -> [UInt8] {
    let body =
      int32(version) + int32(type) + header(entries) + int64(content.count) + content + int32(0)
    return Array("#HUDI#".utf8) + int64(body.count + 8) + body + int64(body.count + 14)
  }

  /// A block of Avro rows.
  static func rows(
    _ instant: String, _ rows: [(String, Int)], _ more: [(Int, String)] = []
  ) -> [UInt8] {
    var content = int32(3) + int32(rows.count)
    for (key, number) in rows {
      let row = zigzag(1) + text(key) + zigzag(number)
      content += int32(row.count) + row
    }
    return block(type: 3, [(0, instant), (2, schema)] + more, content)
  }

  /// A block of deletes; `orders` are the bytes of the ordering values.
  static func deletes(
    _ instant: String, _ keys: [String], orders: [[UInt8]]? = nil, _ more: [(Int, String)] = []
  ) -> [UInt8] {
    var list = keys.isEmpty ? [] : zigzag(keys.count)
    for (place, key) in keys.enumerated() {
      list += zigzag(1) + text(key) + zigzag(1) + text("p") + (orders?[place] ?? [4, 0])
    }
    list += [0]
    return block(type: 1, [(0, instant)] + more, int32(3) + int32(list.count) + list)
  }

  static func rollback(_ instant: String, of target: String) -> [UInt8] {
    block(type: 0, [(0, instant), (3, "0"), (1, target)], [])
  }
}

/// Log files of one slice in memory.
struct LogSlice {
  let storage = MemoryStorage("slice")
  private(set) var files: [LogFile] = []

  mutating func add(_ name: String, _ bytes: [UInt8]) throws {
    _ = try storage.publish(Buffer(bytes), at: StoragePath(name), .replacing)
    files.append(LogFile(try LogFileName(parsing: name), size: bytes.count))
  }

  func scan(
    _ admission: LogAdmission, committed: [LogFileName: [Range<Int>]] = [:]
  ) throws -> LogScan {
    try LogScan(storage, in: .root, files, admission, committed: committed)
  }

  /// Admits everything.
  static let everything = LogAdmission(
    InstantFilter(completed: [], start: nil), byBlock: false)

  /// Admits these instants, for `wanted`.
  static func only(_ times: [String]) -> InstantFilter {
    InstantFilter(completed: Set(times.compactMap { InstantTime($0) }), start: nil)
  }

  static func completed(_ times: [String], through: String? = nil) -> LogAdmission {
    let times = Set(times.compactMap { InstantTime($0) })
    return LogAdmission(
      InstantFilter(
        completed: times, start: times.min(),
        range: InstantRange(through: through.flatMap { InstantTime($0) })), byBlock: true)
  }
}
