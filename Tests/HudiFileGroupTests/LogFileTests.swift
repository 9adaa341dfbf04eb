// Log files built by hand: what is malformed, unsupported, damaged, or merely left over.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeStorage
import LakeTestKit
import Testing

@Suite("Log files")
struct LogFileTests {
  private static let t1 = "20260101000000001"
  private static let t2 = "20260101000000002"
  private static let good = LogBytes.rows(t1, [("a", 1), ("b", 2)])
  private static let next = LogBytes.rows(t2, [("a", 3)])

  private static func patched(_ bytes: [UInt8], _ at: Int, _ new: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes.replaceSubrange(at..<at + new.count, with: new)
    return bytes
  }

  /// A block whose header is `map`, with lengths that agree.
  private static func frame(_ map: [UInt8], rest: [UInt8] = LogBytes.int64(0)) -> [UInt8] {
    let body = LogBytes.int32(1) + LogBytes.int32(0) + map + rest + LogBytes.int32(0)
    return Array("#HUDI#".utf8) + LogBytes.int64(body.count + 8) + body
      + LogBytes.int64(body.count + 14)
  }

  private func code(_ bytes: [UInt8]) throws -> (LakeCode?, Int?) {
    let file = try LogVectors.reader(bytes)
    do {
      for block in try file.allBlocks() {
        switch block.type {
        case .delete: _ = try LogVectors.deletes(file, block, [.int64])
        case .avroData, .cdcData, .parquetData: _ = try LogVectors.rows(file, block)
        default: break
        }
      }
    } catch {
      let error = try #require(error as? LakeError)
      #expect(error.path == "p/a.log")
      return (error.code, error.offset)
    }
    return (nil, nil)
  }

  @Test("whole frames that contradict themselves are malformed, with the offset", .spec("LOG-2"))
  func malformed() throws {
    let word = LogBytes.int32
    let entry = word(0) + word(1) + [0x31]
    let cases: [(String, [UInt8], Int?)] = [
      ("another beginning", Array("#HUDI?".utf8) + Self.good, 0),
      ("many entries", Self.frame(word(10)), 22),
      ("a negative count", Self.frame(word(-1)), 22),
      ("an entry twice", Self.frame(word(2) + entry + entry), 43),
      ("positions twice", Self.frame(word(2) + word(5) + word(0) + word(5) + word(0)), 42),
      ("no UTF-8", Self.frame(word(1) + word(0) + word(1) + [0xFF]), 34),
      ("a value beyond the block", Self.frame(word(1) + word(0) + word(99)), 30),
      ("a negative length", Self.frame(word(1) + word(0) + word(-5)), 30),
      ("too short", Self.frame(word(0), rest: word(0)), 0),
      ("a content too long", Self.frame(word(0), rest: LogBytes.int64(1)), 26),
      ("a negative content", Self.frame(word(0), rest: LogBytes.int64(-1)), 26),
      ("a footer without end", Self.frame(word(0), rest: LogBytes.int64(0) + word(9)), 34),
      ("bytes behind", Self.frame(word(0), rest: LogBytes.int64(0) + word(0)), 38),
      (
        "a schema of no JSON",
        LogBytes.block(type: 3, [(0, Self.t1), (2, "{")], word(3) + word(0)), 0
      ),
      ("no schema", LogBytes.block(type: 3, [(0, Self.t1)], word(3) + word(0)), 0),
    ]
    for (about, bytes, offset) in cases {
      let found = try code(bytes)
      #expect(
        found.0 == (about == "a schema of no JSON" ? .jsonMalformed : .logMalformed), "\(about)")
      #expect(found.1 == offset, "\(about)")
    }
  }

  @Test("what is newer, older or unknown is refused by its number", .spec("LOG-5"))
  func unsupported() throws {
    let word = LogBytes.int32
    let head = [(0, Self.t1), (2, LogBytes.schema)]
    let cases: [(String, [UInt8])] = [
      ("version 0", LogBytes.block(type: 3, head, word(3) + word(0), version: 0)),
      ("version 2", LogBytes.block(type: 3, head, word(3) + word(0), version: 2)),
      ("type 7", LogBytes.block(type: 7, head, [])),
      ("type 2", LogBytes.block(type: 2, head, [])),
      ("type -1", LogBytes.block(type: -1, head, [])),
      ("entry 9", LogBytes.block(type: 3, head + [(9, "x")], word(3) + word(0))),
      ("version 4", LogBytes.block(type: 3, head, word(4) + word(0))),
      ("version 0", LogBytes.block(type: 3, head, word(0) + word(0))),
      ("version 1", LogBytes.block(type: 1, head, word(1) + word(0))),
      ("version 2", LogBytes.block(type: 1, head, word(2) + word(0))),
      ("version 4", LogBytes.block(type: 1, head, word(4) + word(0))),
    ]
    for (about, bytes) in cases {
      let file = try LogVectors.reader(bytes)
      let error = #expect(throws: LakeError.self, "\(about)") {
        for block in try file.allBlocks() {
          if block.type == .delete { _ = try LogVectors.deletes(file, block, []) }
          _ = try LogVectors.rows(file, block)
        }
      }
      #expect(error?.code == .logUnsupported, "\(about)")
      #expect(error?.message.contains(about) == true, "\(about): \(error?.message ?? "")")
    }
  }

  @Test("remains of failed writes are passed over and counted", .spec("LOG-6", "LOG-19"))
  func remains() throws {
    let good = Self.good
    let cases: [(String, [UInt8], [LogBlockType])] = [
      ("nothing", [], []),
      ("five bytes", Array(good.prefix(5)), [.corrupt]),
      ("a prefix", Array(good.prefix(13)), [.corrupt]),
      ("a torn end", good + good.prefix(40), [.avroData, .corrupt]),
      ("a torn begin", good.prefix(40) + good, [.corrupt, .avroData]),
      ("five bytes behind", good + [1, 2, 3, 4, 5], [.avroData, .corrupt]),
      ("six bytes behind", good + [1, 2, 3, 4, 5, 6], [.corrupt]),
      ("garbage between", good + [9, 9, 9, 9, 9, 9, 9] + Self.next, [.corrupt, .avroData]),
      ("a wrong end", Self.patched(good, good.count - 1, [0]) + Self.next, [.corrupt, .avroData]),
      ("a huge length", Self.patched(good, 6, [0x7F]) + Self.next, [.corrupt, .avroData]),
      ("a negative length", Self.patched(good, 6, [0xFF]) + Self.next, [.corrupt, .avroData]),
    ]
    for (about, bytes, types) in cases {
      let found = try LogVectors.reader(bytes).allBlocks()
      #expect(found.map(\.type) == types, "\(about)")
      #expect(found.reduce(0) { $0 + $1.length } == bytes.count, "\(about)")
    }
  }

  @Test("the same inside bytes that a commit recorded is damage", .spec("LOG-6", "LOG-7"))
  func damage() throws {
    let good = Self.good
    let torn = Array(good.prefix(40))
    let cases: [(String, [UInt8], [Range<Int>], Int?)] = [
      ("a torn end, recorded", good + torn, [0..<good.count + 40], good.count),
      ("a torn end, not recorded", good + torn, [0..<good.count], nil),
      ("garbage behind a recorded block", good + [1, 2, 3, 4, 5, 6], [0..<good.count], nil),
      ("garbage inside", good + [1, 2, 3, 4, 5, 6], [0..<good.count + 6], good.count),
      ("a torn begin, then recorded", torn + good, [40..<40 + good.count], nil),
      ("a lost block", Self.patched(good, good.count - 1, [0]), [0..<good.count], 0),
      (
        "the second of two", good + torn + Self.next, [0..<good.count, good.count..<300], good.count
      ),
    ]
    for (about, bytes, committed, offset) in cases {
      let file = try LogVectors.reader(bytes, committed: committed)
      do throws(LakeError) {
        let found = try file.allBlocks()
        #expect(offset == nil, "\(about)")
        #expect(found.contains { $0.type != .corrupt }, "\(about)")
      } catch {
        #expect(error.code == .logMalformed && error.offset == offset, "\(about): \(error)")
        #expect(error.path == "p/a.log", "\(about)")
      }
    }
    let short = #expect(throws: LakeError.self) {
      _ = try LogVectors.reader(good, committed: [0..<good.count + 1])
    }
    #expect(short?.code == .fileTruncated)
  }

  @Test("write stats tell what a commit recorded", .spec("LOG-6"))
  func stats() throws {
    let name = ".f-0_\(Self.t1).log.1_0-0-0"
    let cases: [(String?, Int64?, Int64?, Range<Int>?)] = [
      ("p/" + name, 100, 0, 0..<100), (name, 100, nil, 0..<100), (name, 100, 50, 50..<150),
      (name, nil, 0, nil), (name, 0, 0, nil), (name, -1, 0, nil), (name, 100, -1, nil),
      (name, .max, .max, nil), ("p/f-0_0-0-0_\(Self.t1).parquet", 100, 0, nil), (nil, 1, 1, nil),
    ]
    for (path, size, offset, range) in cases {
      var stat = WriteStat()
      stat.path = path
      stat.fileSizeInBytes = size
      stat.logOffset = offset
      #expect(stat.logRange == range, "\(path ?? "") \(size ?? -9) \(offset ?? -9)")
    }
  }
}
