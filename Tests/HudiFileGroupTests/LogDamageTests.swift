// Every byte of small logs changed, every length cut: an error or whole blocks, never a trap.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeStorage
import LakeTestKit
import Testing

@Suite("Damaged log files")
struct LogDamageTests {
  private static let t1 = "20260101000000001"
  private static let t2 = "20260101000000002"
  private static let t3 = "20260101000000003"

  /// Two blocks of rows, one with positions, deletes with many kinds of orders, a command.
  private static let log: [UInt8] = {
    let positions = [(5, "AQAAAAAAAAAAAAAAOjAAAAEAAAAAAAEAEAAAAAAAAgA="), (8, t1)]
    let orders: [[UInt8]] = [
      [0], [2, 1], [4, 0], [4, 6], [6, 10], [14, 2, 0x78], [18, 2, 5],
      [24, 2, 4, 4, 2, 4, 4, 0], [22, 8],
    ]
    return LogBytes.rows(t1, [("a", 1), ("b", 2)], positions)
      + LogBytes.deletes(t2, orders.indices.map { "k\($0)" }, orders: orders)
      + LogBytes.rollback(t3, of: t2) + LogBytes.rows(t3, [("c", 3)])
  }()

  /// What a whole read finds, as texts; the blocks before the first error.
  private func read(_ bytes: [UInt8], committed: [Range<Int>]) throws(LakeError) -> [String] {
    let file = try LogFileReader(BufferSource(Buffer(bytes)), path: "f", committed: committed)
    var found: [String] = []
    for block in try file.allBlocks() {
      switch block.type {
      case .corrupt: continue
      case .command: found.append("command \(block.target?.text ?? "")")
      case .delete:
        var reader = try LogDeletesReader(file, block, ordering: [.int64])
        while let deletes = try reader.next() {
          for row in 0..<deletes.keys.count {
            found.append("delete \(deletes.keys.string(row)) \(deletes.order[0].scalar(row))")
          }
        }
      default:
        var reader = try LogRowsReader(file, block)
        var rows = 0
        while let batch = try reader.next() {
          rows += batch.count
          for row in 0..<batch.count {
            found.append("row " + batch.columns.map { "\($0.scalar(row))" }.joined(separator: " "))
          }
        }
        _ = try file.positions(of: block, atMost: rows)
      }
    }
    return found
  }

  @Test("one changed byte", .spec("LOG-8", "LOG-6"))
  func flips() throws {
    let log = Self.log
    let whole = 0..<log.count
    var outcomes = [0, 0, 0]
    for place in log.indices {
      for mask in [UInt8(1), 0x80, 0xFF] {
        var bytes = log
        bytes[place] ^= mask
        // Where a commit recorded the file, nothing may vanish: an error, or as many entries.
        do throws(LakeError) {
          let found = try read(bytes, committed: [whole])
          outcomes[0] += 1
          #expect(found.count >= 3, "byte \(place)")
        } catch {
          outcomes[1] += 1
          #expect(error.path == "f", "byte \(place): \(error)")
        }
        do throws(LakeError) { _ = try read(bytes, committed: []) } catch { outcomes[2] += 1 }
      }
    }
    #expect(outcomes[1] > outcomes[2] && outcomes[0] > 0)
  }

  @Test("a file cut anywhere keeps its whole blocks", .spec("LOG-8", "LOG-7"))
  func cuts() throws {
    // Without the entries that no delete of one ordering field can have.
    let orders: [[UInt8]] = [[0], [4, 0], [6, 10]]
    let parts = [
      LogBytes.rows(Self.t1, [("a", 1), ("b", 2)]),
      LogBytes.deletes(Self.t2, ["x", "y", "z"], orders: orders),
      LogBytes.rows(Self.t3, [("c", 3)]),
    ]
    let counts = [2, 3, 1]
    let log = parts.flatMap { $0 }
    for length in 0...log.count {
      var wanted = 0
      var end = 0
      for (part, count) in zip(parts, counts) {
        if end + part.count > length { break }
        end += part.count
        wanted += count
      }
      let found = try read(Array(log[0..<length]), committed: [0..<end])
      #expect(found.count == wanted, "\(length) bytes")
      #expect(throws: LakeError.self) {
        _ = try LogFileReader(
          BufferSource(Buffer(Array(log[0..<length]))), path: "f", committed: [0..<length + 1])
      }
    }
  }

  @Test("zeroed and exchanged stretches", .spec("LOG-8"))
  func stretches() throws {
    let log = Self.log
    for start in stride(from: 0, to: log.count, by: 7) {
      for length in [8, 64, 300] where start + length <= log.count {
        var bytes = log
        for place in start..<start + length { bytes[place] = 0 }
        _ = try? read(bytes, committed: [])
        bytes = log
        bytes.replaceSubrange(start..<start + length, with: log[0..<length])
        _ = try? read(bytes, committed: [])
        bytes = log
        bytes.removeSubrange(start..<start + length)
        _ = try? read(bytes, committed: [])
      }
    }
  }

  @Test("damaged record positions", .spec("LOG-13", "LIMIT-27"))
  func positions() throws {
    // Arrays, a bitmap container and runs, each byte changed in three ways.
    var bits = [UInt8](repeating: 0x55, count: 8192)
    bits[0] = 0xFF
    let array = LogVectors.unhex("0100000000000000" + "00000000")
    let cases: [[UInt8]] = [
      LogVectors.unhex(
        "0200000000000000000000003a3000000100000000000000100000000100020000003a30000001000000"
          + "00000000100000000000"),
      LogVectors.unhex("0100000000000000000000003b3000000100000900010000000900"),
      array + LogVectors.unhex("3a30000001000000" + "00000380" + "10000000") + bits,
    ]
    var refused = 0
    for bytes in cases {
      let good = try RecordPositions.decode(
        Buffer(utf8: Base64.encode(bytes)), atMost: 1 << 17, limit: 1 << 17)
      #expect(!good.isEmpty && zip(good, good.dropFirst()).allSatisfy { $0 < $1 })
      for place in 0..<Swift.min(bytes.count, 64) {
        for mask in [UInt8(1), 0x80, 0xFF] {
          var changed = bytes
          changed[place] ^= mask
          do throws(LakeError) {
            let found = try RecordPositions.decode(
              Buffer(utf8: Base64.encode(changed)), atMost: 1 << 17, limit: 1 << 17)
            #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 }, "byte \(place)")
          } catch { refused += 1 }
        }
      }
      for length in 0..<Swift.min(bytes.count, 64) {
        #expect(throws: LakeError.self) {
          try RecordPositions.decode(
            Buffer(utf8: Base64.encode(Array(bytes[0..<length]))), atMost: 1 << 17)
        }
      }
    }
    #expect(refused > 60)
    #expect(throws: LakeError.self) { try RecordPositions.decode(Buffer(utf8: "!"), atMost: 1) }
    // One run of 65,536 positions in a few bytes: the limit counts before memory is asked for.
    let run = array + LogVectors.unhex("3b300000" + "01" + "0000ffff" + "0100" + "0000ffff")
    let text = Buffer(utf8: Base64.encode(run))
    #expect(try RecordPositions.decode(text, atMost: 65_536).count == 65_536)
    let error = #expect(throws: LakeError.self) {
      try RecordPositions.decode(text, atMost: 65_536, limit: 65_535)
    }
    #expect(error?.code == .limitExceeded)
  }

  @Test("limits of headers and gaps", .spec("LIMIT-25", "LIMIT-26"))
  func limits() throws {
    var limits = Limits()
    limits.logHeaderBytesMax = 100
    limits.logGapsMax = 3
    let long = LogBytes.rows(Self.t1, [("a", 1)])
    let gaps = Array(repeating: Array("#HUDI#x".utf8), count: 4).flatMap { $0 }
    for bytes in [long, gaps] {
      let file = try LogFileReader(BufferSource(Buffer(bytes)), path: "f", limits: limits)
      let error = #expect(throws: LakeError.self) { try file.allBlocks() }
      #expect(error?.code == .limitExceeded && error?.path == "f")
    }
    let three = try LogFileReader(
      BufferSource(Buffer(Array(gaps.prefix(21)))), path: "f", limits: limits)
    #expect(try three.allBlocks().count == 3)
  }
}
