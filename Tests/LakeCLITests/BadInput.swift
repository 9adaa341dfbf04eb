// A table that bad input is thrown at, and what must be so after every attempt.
import Glibc
import Lake
import LakeTestKit
import Testing

@testable import LakeCLI

/// What must not change: the commits of a table and its rows.
struct TableState: Equatable {
  let instants: [String]
  let rows: [String]

  init(_ table: String) {
    instants = lake(["log", table, "--json"]).lines.filter {
      $0.contains("\"type\":\"instant\"") && !$0.contains("\"action\":\"rollback\"")
    }
    let read = lake(["read", table, "--meta"])
    rows = read.status == 0 ? read.lines.sorted() : ["unreadable: \(read.err)"]
  }
}

/// A table with one commit of two rows.
final class Victim {
  static let columns = ["--columns", "id int not null, qty int, note string"]

  let scratch: Scratch
  let table: String
  let good: String
  private(set) var before: TableState

  /// - Parameter rows: the first commit, as CSV.
  init(
    _ options: [String] = Victim.columns, key: String = "id",
    rows: String? = "id,qty,note\n1,5,a\n2,6,b\n", in scratch: Scratch = Scratch(),
    name: String = "t"
  ) {
    self.scratch = scratch
    table = scratch.path + "/" + name
    good = scratch.file("good.csv", rows ?? "")
    let made = lake(["init", table, "--key", key] + options)
    #expect(made.status == 0, "\(made.err)")
    if rows != nil {
      let run = lake(["commit", table, good])
      #expect(run.status == 0, "\(run.err)")
    }
    before = TableState(table)
  }

  /// Takes what is there now for what must stay.
  func renew() { before = TableState(table) }

  /// Runs `lake`; it must end like this, say all `words`, print nothing, and change nothing.
  @discardableResult
  func refuses(
    _ line: [String], _ code: String, _ status: Int32, says words: [String] = [],
    _ place: SourceLocation = #_sourceLocation
  ) -> Run {
    let run = lake(line)
    let shown = Comment(rawValue: "\(line): \(run.status) \(run.err.prefix(2000))")
    #expect(run.status == status, shown, sourceLocation: place)
    #expect(run.err.contains("error[\(code)]: "), shown, sourceLocation: place)
    for word in words { #expect(run.err.contains(word), shown, sourceLocation: place) }
    #expect(run.out.isEmpty, shown, sourceLocation: place)
    isUnchanged(place)
    return run
  }

  /// Commits a file of these bytes; it must be refused.
  @discardableResult
  func refuses(
    _ name: String, _ bytes: [UInt8], _ code: String, _ status: Int32, says words: [String] = [],
    _ place: SourceLocation = #_sourceLocation
  ) -> Run {
    let file = scratch.bytes(name, bytes)
    return refuses(["commit", table, file], code, status, says: words, place)
  }

  /// The same commits, the same rows, and a table that the check has nothing to say about.
  func isUnchanged(_ place: SourceLocation = #_sourceLocation) {
    #expect(TableState(table) == before, sourceLocation: place)
    isInOrder(place)
  }

  func isInOrder(_ place: SourceLocation = #_sourceLocation) {
    do {
      let opened = try LakeTable.open(table)
      #expect(try TableCheck(opened.context).run().isEmpty, sourceLocation: place)
    } catch { Issue.record("the check: \(error)", sourceLocation: place) }
  }

  /// The files of the table whose path contains `part`, below the table.
  func paths(_ part: String) -> [String] {
    scratch.content(below: String(table.dropFirst(scratch.path.count + 1))).keys
      .filter { $0.contains(part) }.sorted()
  }

  /// Changes the bytes of the first file whose path contains `part`; gives its path.
  @discardableResult
  func damage(_ part: String, _ change: (inout [UInt8]) -> Void) -> String {
    guard let path = paths(part).first else {
      Issue.record("no file \(part)")
      return ""
    }
    var bytes = Scratch.read(table + "/" + path)
    change(&bytes)
    _ = Scratch.write(table + "/" + path, bytes)
    return path
  }
}

extension Scratch {
  /// Writes a file of any bytes and gives its path.
  @discardableResult
  func bytes(_ name: String, _ bytes: [UInt8]) -> String {
    Self.write(path + "/" + name, bytes)
  }

  @discardableResult
  static func write(_ path: String, _ bytes: [UInt8]) -> String {
    guard let file = fopen(path, "wb") else {
      Issue.record("cannot write \(path)")
      return path
    }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return path
  }

  func folder(_ path: String) { mkdir(path, 0o755) }

  static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return all }
      all += chunk[0..<count]
    }
  }
}

/// A file of input, and what must be said about it.
struct BadFile: CustomTestStringConvertible, Sendable {
  let title: String
  let name: String
  let bytes: [UInt8]
  let code: String
  let status: Int32
  let words: [String]
  var testDescription: String { title }

  init(
    _ title: String, _ name: String, _ bytes: [UInt8], _ code: String, _ status: Int32 = 6,
    _ words: [String] = []
  ) {
    self.title = title
    self.name = name
    self.bytes = bytes
    self.code = code
    self.status = status
    self.words = words
  }

  init(
    _ title: String, _ name: String, _ text: String, _ code: String, _ status: Int32 = 6,
    _ words: [String] = []
  ) { self.init(title, name, Array(text.utf8), code, status, words) }
}

func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

/// `count` copies of a piece of text.
func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
