// Tables of other engines on disk, and their golden answers beside what `lake` printed.
import Glibc
import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

/// A fixture's table in a directory of its own.
final class ForeignTable {
  let name: String
  let golden: JSONValue
  private let scratch = Scratch()
  var path: String { scratch.path + "/" + name }

  init(_ name: String) throws {
    self.name = name
    let archive = try ZipArchive("\(Fixtures.root)/spark/\(name).zip")
    golden = try JSONReader.parse(
      Buffer(try Fixtures.bytes("\(Fixtures.root)/spark/\(name).golden.json")),
      duplicateNames: .kept)
    for file in archive.names {
      var folder = scratch.path
      for part in file.split(separator: "/").dropLast() {
        folder += "/" + part
        mkdir(folder, 0o755)
      }
      if file.hasSuffix("/") {
        mkdir(scratch.path + "/" + file.dropLast(), 0o755)
      } else if let content = try archive.buffer(of: file) {
        scratch.file(file, bytes: content.bytes)
      }
    }
  }

  /// The rows that a command printed as NDJSON, each an object.
  func rows(_ words: [String]) throws -> [JSONValue] {
    let run = lake(words)
    #expect(run.status == 0, "\(words): \(run.err)")
    return try run.lines.map { line throws(LakeError) in try JSONReader.parse(line) }
  }

  /// Compares rows with a golden answer by their keys and all columns but the file's name; gives
  /// how many there were.
  @discardableResult
  func expect(
    _ rows: [JSONValue], equal golden: JSONValue?, _ about: String
  ) throws -> Int {
    let wanted = try #require(golden?.array, "\(about)")
    func key(_ row: JSONValue) -> String {
      "\(row["_hoodie_record_key"]?.string ?? "") \(row["_hoodie_partition_path"]?.string ?? "")"
    }
    #expect(rows.map(key).sorted() == wanted.map(key).sorted(), "\(name) \(about)")
    for row in rows {
      let other = wanted.first { key($0) == key(row) }
      for (column, value) in other?.object ?? [] where column != "_hoodie_file_name" {
        #expect(
          Self.agree(value, row[column]), "\(name) \(about) \(key(row)) \(column): \(row.line)")
      }
    }
    return wanted.count
  }

  /// Golden answers wrap floats; everything else is spelled alike.
  private static func agree(_ golden: JSONValue, _ ours: JSONValue?) -> Bool {
    guard let ours else { return false }
    switch golden {
    case .object(let members) where members.count == 1 && members[0].name == "f":
      return members[0].value.string.flatMap { Double($0) } == ours.double
    case .object(let members): return members.allSatisfy { agree($0.value, ours[$0.name]) }
    case .array(let items):
      return items.count == ours.array?.count
        && items.indices.allSatisfy { agree(items[$0], ours[$0]) }
    default: return golden.line == ours.line
    }
  }
}
