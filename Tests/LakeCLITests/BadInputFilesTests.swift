import Glibc
import LakeTestKit
import Testing

@testable import LakeCLI

/// The same damage is the giver's fault in an input (status 6) and the table's in a table (12).
@Suite("Bad input: Parquet and Avro")
struct BadInputFilesTests {
  /// A way to break a file; `file` is nil where the damage makes sense in a table only.
  struct Damage: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let code: String
    let status: Int32
    let words: [String]
    let change: @Sendable (inout [UInt8]) -> Void

    init(
      _ title: String, _ code: String, _ status: Int32 = 6, _ words: [String] = [],
      _ change: @escaping @Sendable (inout [UInt8]) -> Void
    ) {
      testDescription = title
      self.code = code
      self.status = status
      self.words = words
      self.change = change
    }
  }

  static let parquet: [Damage] = [
    Damage("no bytes", "LK5001", 6, ["0 bytes"]) { $0 = [] },
    Damage("four bytes", "LK5001", 6, ["4 bytes"]) { $0 = ascii("PAR1") },
    Damage("half of it", "LK5001", 6, ["PAR1"]) { $0.removeLast($0.count / 2) },
    Damage("one byte short", "LK5001", 6, ["PAR1"]) { $0.removeLast() },
    Damage("a footer of 2 GiB", "LK5001", 6, ["2147483647"]) {
      $0.replaceSubrange($0.count - 8..<$0.count - 4, with: [0xFF, 0xFF, 0xFF, 0x7F])
    },
    Damage("a footer of no bytes", "LK5001") {
      $0.replaceSubrange($0.count - 8..<$0.count - 4, with: [0, 0, 0, 0])
    },
    Damage("a footer of other bytes", "LK5001", 6, ["Thrift"]) {
      let length = Int($0[$0.count - 8]) | Int($0[$0.count - 7]) << 8
      for at in $0.count - 8 - length..<$0.count - 8 { $0[at] = 0xFF }
    },
    Damage("a flipped bit in a page", "LK5003", 6, ["checksum", "column"]) {
      // The first page's values lie behind a header of some twenty bytes.
      $0[34] ^= 0x10
    },
    Damage("an encrypted footer", "LK5004", 8, ["encrypted"]) {
      $0.replaceSubrange($0.count - 4..<$0.count, with: ascii("PARE"))
    },
  ]

  static let avro: [Damage] = [
    Damage("no bytes", "LK5101", 6, ["Avro"]) { $0 = [] },
    Damage("another magic", "LK5101", 6, ["Avro"]) { $0[3] = 2 },
    Damage("half of it", "LK5101") { $0.removeLast($0.count / 2) },
    Damage("one byte short", "LK5101", 6, ["block"]) { $0.removeLast() },
    Damage("another marker at the end", "LK5101", 6, ["marker"]) { $0[$0.count - 3] ^= 1 },
    Damage("a schema that is no JSON", "LK5301") {
      guard let at = $0.firstIndex(of: 0x7B) else { return }
      $0[at] = 0x21
    },
    Damage("a count of blocks below zero", "LK5101") {
      // The first block follows the first marker; its count comes first.
      let marker = Array($0.suffix(16))
      for at in 0..<$0.count - 16 where Array($0[at..<at + 16]) == marker {
        $0[at + 16] = 0x01
        return
      }
    },
  ]

  private static func made(_ name: String) -> (Victim, [UInt8]) {
    let victim = Victim()
    let file = victim.scratch.path + "/" + name
    #expect(lake(["read", victim.table, "--out", file]).status == 0)
    return (victim, Scratch.read(file))
  }

  @Test("Parquet as input", arguments: parquet)
  func parquetInput(_ damage: Damage) {
    var (victim, bytes) = Self.made("whole.parquet")
    #expect(bytes.count > 200)
    damage.change(&bytes)
    victim.refuses(
      "bad.parquet", bytes, damage.code, damage.status, says: ["bad.parquet"] + damage.words)
  }

  @Test("Avro as input", arguments: avro)
  func avroInput(_ damage: Damage) {
    var (victim, bytes) = Self.made("whole.avro")
    #expect(bytes.count > 100)
    damage.change(&bytes)
    victim.refuses(
      "bad.avro", bytes, damage.code, damage.status, says: ["bad.avro"] + damage.words)
  }

  @Test("codecs that nobody here has are named")
  func codecs() {
    let victim = Victim()
    var bytes = ascii("Obj\u{1}") + [0x04, 0x16] + ascii("avro.schema") + [0x0A]
    bytes += ascii("\"int\"") + [0x14] + ascii("avro.codec") + [0x0C] + ascii("brotli") + [0x00]
    bytes += many(" ", 16).utf8
    victim.refuses("b.avro", bytes, "LK5202", 8, says: ["brotli", "b.avro"])
  }

  @Test(
    "Brotli and encryption are refused by name", .enabled(if: Fixtures.arePresent, "no fixtures"))
  func fixtures() throws {
    let victim = Victim()
    let brotli = try Fixtures.bytes("\(Fixtures.root)/parquet/large_string_map.brotli.parquet")
    let file = victim.scratch.bytes("brotli.parquet", brotli)
    let run = lake(["read", file])
    #expect(run.status == 8 && run.err.contains("error[LK5202]: "), "\(run.err)")
    #expect(run.err.contains("BROTLI") && run.err.contains("brotli.parquet"))
    let locked = try Fixtures.bytes("\(Fixtures.root)/parquet/uniform_encryption.parquet.encrypted")
    victim.refuses("locked.parquet", locked, "LK5004", 8, says: ["encrypted", "locked.parquet"])
    victim.refuses("locked.bin", locked, "LK5004", 8, says: ["encrypted", "locked.bin"])
    let damaged = try Fixtures.bytes(
      "\(Fixtures.root)/parquet/datapage_v1-corrupt-checksum.parquet")
    let read = lake(["read", victim.scratch.bytes("sum.parquet", damaged)])
    #expect(read.status == 6 && read.err.contains("error[LK5003]: "), "\(read.err)")
  }

  @Test("the same damage in a base file of the table")
  func inTable() {
    let cases: [(String, String, (inout [UInt8]) -> Void)] = [
      ("gone from the end", "LK4012", { $0.removeLast($0.count / 2) }),
      ("no bytes", "LK4012", { $0 = [] }),
      ("a byte more", "LK5506", { $0.append(0) }),
      ("a flipped bit in a page", "LK5003", { $0[34] ^= 0x10 }),
      ("a flipped bit in the footer", "LK5506", { $0[$0.count - 40] ^= 0x10 }),
      ("another end", "", { $0[$0.count - 1] ^= 0x10 }),
    ]
    for (title, code, change) in cases {
      let victim = Victim()
      let path = victim.damage(".parquet", change)
      for words in [["read", victim.table, "--meta"], ["commit", victim.table, victim.good]] {
        let run = lake(words)
        #expect(run.status == 12, "\(title), \(words[0]): \(run.status) \(run.err)")
        #expect(run.err.contains("error[\(code)"), "\(title), \(words[0]): \(run.err)")
        #expect(run.err.contains(path), "\(title), \(words[0]): \(run.err)")
        #expect(!run.out.contains("\"id\""), "\(title)")
      }
      #expect(TableState(victim.table).instants == victim.before.instants, "\(title)")
    }
  }

  @Test("a link or a pipe in place of a base file is not followed")
  func links() throws {
    for kind in ["link", "pipe"] {
      let victim = Victim()
      let path = try #require(victim.paths(".parquet").first)
      let whole = victim.table + "/" + path
      let aside = victim.scratch.path + "/aside.parquet"
      #expect(rename(whole, aside) == 0)
      if kind == "link" { symlink(aside, whole) } else { mkfifo(whole, 0o644) }
      for words in [["read", victim.table], ["commit", victim.table, victim.good]] {
        let run = lake(words)
        #expect(run.status == 12 && run.err.contains(path), "\(kind) \(words[0]): \(run.err)")
        #expect(run.out.isEmpty)
      }
      TemporaryFolder.remove(whole)
      #expect(rename(aside, whole) == 0)
      victim.isUnchanged()
    }
  }

  @Test("a base file that is gone is missed", .spec("QUERY-10"))
  func missing() throws {
    let victim = Victim()
    let path = try #require(victim.paths(".parquet").first)
    let whole = Scratch.read(victim.table + "/" + path)
    TemporaryFolder.remove(victim.table + "/" + path)
    for words in [
      ["read", victim.table], ["commit", victim.table, victim.good], ["files", victim.table],
    ] {
      let run = lake(words)
      #expect(run.status == 12, "\(words[0]): \(run.status) \(run.err)")
      #expect(run.err.contains("error[LK5508]: ") && run.err.contains(path), "\(run.err)")
      #expect(run.out.isEmpty)
    }
    #expect(TableState(victim.table).instants == victim.before.instants)
    Scratch.write(victim.table + "/" + path, whole)
    victim.isUnchanged()
  }
}
