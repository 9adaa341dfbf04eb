// Reads the zip files that the fixtures come in: stored and deflated entries, nothing else.
import LakeBase
import LakeCodecs

/// A zip file in memory. Entries are unpacked when asked for.
public struct ZipArchive {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private struct Entry {
    let name: String
    let method: Int
    let packed: Int
    let size: Int
    let header: Int
  }

  private let bytes: Buffer
  private let directory: [Entry]

  public init(_ path: String) throws {
    let bytes = Buffer(try Fixtures.bytes(path))
    self.bytes = bytes
    // The end record lies within the last 64 KiB, behind nothing but a comment.
    var end = bytes.count - 22
    while end >= 0, try Self.number(bytes, end, 4) != 0x0605_4B50 { end -= 1 }
    guard end >= 0 else { throw Failure(description: "\(path) is no zip file") }
    var position = try Self.number(bytes, end + 16, 4)
    var entries: [Entry] = []
    for _ in 0..<(try Self.number(bytes, end + 10, 2)) {
      guard try Self.number(bytes, position, 4) == 0x0201_4B50 else {
        throw Failure(description: "\(path): no directory entry at \(position)")
      }
      let nameSize = try Self.number(bytes, position + 28, 2)
      let extra = try Self.number(bytes, position + 30, 2)
      let comment = try Self.number(bytes, position + 32, 2)
      entries.append(
        Entry(
          name: bytes[position + 46..<position + 46 + nameSize].lossyText,
          method: try Self.number(bytes, position + 10, 2),
          packed: try Self.number(bytes, position + 20, 4),
          size: try Self.number(bytes, position + 24, 4),
          header: try Self.number(bytes, position + 42, 4)))
      position += 46 + nameSize + extra + comment
    }
    directory = entries
  }

  /// Names of files (not folders) in the order of the directory.
  public var names: [String] { directory.map(\.name).filter { !$0.hasSuffix("/") } }

  /// Every file with its content.
  public var entries: [(name: String, bytes: [UInt8])] {
    get throws {
      var all: [(name: String, bytes: [UInt8])] = []
      for entry in directory where !entry.name.hasSuffix("/") {
        all.append((entry.name, try unpack(entry).bytes))
      }
      return all
    }
  }

  /// The content of one file; nil when there is none of that name.
  public func bytes(of name: String) throws -> [UInt8]? { try buffer(of: name)?.bytes }

  /// The content of one file without a copy; nil when there is none of that name.
  public func buffer(of name: String) throws -> Buffer? {
    guard let entry = directory.first(where: { $0.name == name }) else { return nil }
    return try unpack(entry)
  }

  private func unpack(_ entry: Entry) throws -> Buffer {
    let nameSize = try Self.number(bytes, entry.header + 26, 2)
    let extra = try Self.number(bytes, entry.header + 28, 2)
    let start = entry.header + 30 + nameSize + extra
    guard start + entry.packed <= bytes.count else {
      throw Failure(description: "\(entry.name) leaves the zip file")
    }
    let packed = bytes[start..<start + entry.packed]
    switch entry.method {
    case 0: return packed
    case 8: return try CodecContext().decompress(packed, codec: .deflateRaw, exactly: entry.size)
    default: throw Failure(description: "\(entry.name): zip method \(entry.method)")
    }
  }

  private static func number(_ bytes: Buffer, _ position: Int, _ size: Int) throws -> Int {
    guard position >= 0, position + size <= bytes.count else {
      throw Failure(description: "a zip file ends early at \(position)")
    }
    var value = 0
    for index in 0..<size { value |= Int(bytes[position + index]) << (8 * index) }
    return value
  }
}
