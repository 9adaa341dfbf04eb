// Checksums and hashes against published vectors.
import LakeTestKit
import Testing

@testable import LakeBase

@Suite struct ChecksTests {
  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test("CRC-32 of published texts", .spec("CHECK-1"))
  func crc32() {
    #expect(CRC32.checksum(Self.bytes("123456789")) == 0xCBF4_3926)
    #expect(CRC32.checksum([UInt8]()) == 0)
    // Checksums of real tables: `<database>.<table>`.
    #expect(CRC32.checksum(Self.bytes("default.v9_txns_cow_simple_meta")) == 2_985_977_913)
    #expect(CRC32.checksum(Self.bytes(".v9_txns_cow_simple_meta_metadata")) == 1_362_276_322)
    let first = CRC32.checksum(Self.bytes("12345"))
    #expect(CRC32.checksum(Self.bytes("6789"), continuing: first) == 0xCBF4_3926)
  }

  @Test("CRC-32C of RFC 3720, by instruction and by table", .spec("CHECK-2"))
  func crc32c() {
    let cases: [([UInt8], UInt32)] = [
      (Self.bytes("123456789"), 0xE306_9283),
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0..<32), 0x46DD_794E),
      (Array((0..<32).reversed()), 0x113F_DB5C),
      ([], 0),
    ]
    for (bytes, expected) in cases {
      #expect(CRC32C.checksum(bytes) == expected)
      let software = bytes.withUnsafeBytes { CRC32C.software(0xFFFF_FFFF, $0) }
      #expect(~software == expected)
    }
    var pieces = CRC32C()
    pieces.update(Self.bytes("1234"))
    pieces.update([])
    pieces.update(Buffer(Self.bytes("56789")))
    #expect(pieces.value == 0xE306_9283)
  }

  @Test("CRC-32C by instruction equals CRC-32C by table at every length and alignment")
  func crc32cAgrees() {
    let random = SeededRandom(11)
    let bytes = (0..<97).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    for start in 0..<9 {
      for end in start...bytes.count {
        let part = Array(bytes[start..<end])
        let software = part.withUnsafeBytes { ~CRC32C.software(0xFFFF_FFFF, $0) }
        #expect(CRC32C.checksum(part) == software)
      }
    }
  }

  @Test("xxHash of published texts", .spec("CHECK-3", "CHECK-4"))
  func xxhash() {
    #expect(XXHash64.hash([UInt8]()) == 0xEF46_DB37_51D8_E999)
    #expect(XXHash64.hash(Self.bytes("a")) == 0xD24E_C4F1_A98C_6E5B)
    #expect(XXHash64.hash(Self.bytes("abc")) == 0x44BC_2CF5_AD77_0999)
    #expect(XXHash32.hash([UInt8]()) == 0x02CC_5D05)
    #expect(XXHash32.hash(Self.bytes("a")) == 0x550D_7456)
    #expect(XXHash32.hash(Self.bytes("abc")) == 0x32D1_53FF)
    // "TXN-001", 31 bits, from the consistent-hashing vectors.
    #expect(XXHash32.hash(Self.bytes("TXN-001")) & 0x7FFF_FFFF == 849_299_051)
  }

  @Test("Murmur2 as bloom filters have it", .spec("CHECK-5"))
  func murmur() {
    // From the bloom-filter vectors, computed by Hudi's own classes.
    let cases: [(String, Int32, Int32)] = [
      ("", 0, 0), ("", -1, -1_285_986_640), ("", 12345, 1_907_878_902),
      ("", .min, 643_058_856), ("a", 0, -1_838_653_602), ("a", -1, 713_507_990),
      ("a", 12345, -579_949_966),
    ]
    for (text, seed, expected) in cases {
      let hash = Murmur2.hash(Self.bytes(text), seed: UInt32(bitPattern: seed))
      #expect(Int32(bitPattern: hash) == expected)
    }
  }

  @Test("MD5 of RFC 1321 and name-based UUIDs", .spec("CHECK-6"))
  func md5() {
    let cases = [
      ("", "d41d8cd98f00b204e9800998ecf8427e"),
      ("a", "0cc175b9c0f1b6a831c399e269772661"),
      ("abc", "900150983cd24fb0d6963f7d28e17f72"),
      ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
      (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d174ab98d277d9f5a5611c2c9f419d9f"
      ),
      (
        String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"
      ),
    ]
    for (text, expected) in cases { #expect(Hex.text(MD5.digest(Self.bytes(text))) == expected) }
    // The first node of the consistent-hashing vectors: range 0 … 536870912 of `dt=2024-01-01`.
    let name =
      [UInt8](repeating: 0, count: 8) + [0, 0, 0, 0, 0x20, 0, 0, 0] + Self.bytes("dt=2024-01-01")
    #expect(MD5.uuid(name) == "4bc9cc62-a4ab-3d3e-b8a9-34798bc749b4")
  }

  @Test("Java's hash codes", .spec("CHECK-7"))
  func java() {
    #expect(JavaHash.string("") == 0)
    #expect(JavaHash.string("hello") == 99_162_322)
    #expect(JavaHash.string("polygenelubricants") == .min)
    // One code unit, and a surrogate pair: 0xD83D * 31 + 0xDE00.
    #expect(JavaHash.string("é") == 233)
    #expect(JavaHash.string("\u{1F600}") == 0xD83D * 31 + 0xDE00)
    #expect(JavaHash.list(strings: ["TXN-001"]) == -166_313_907)
    #expect(JavaHash.list(strings: [nil]) == 31)
    #expect(JavaHash.list(strings: [""]) == 31)
    #expect(JavaHash.list(strings: ["id1", "2024-01-01"]) == -610_114_997)
    #expect(JavaHash.list(strings: ["a", "b", "c"]) == 126_145)
    #expect(JavaHash.list(strings: ["日本語キー"]) == -858_417_691)
    #expect(JavaHash.bytes(Buffer([0xFF, 1])) == (31 - 1) * 31 + 1)
  }

  static func vectors(_ name: String) throws -> JSONValue {
    try JSONReader.parse(Buffer(Fixtures.bytes(Fixtures.format + "/vectors/" + name)))
  }

  @Test("All vectors of the format notes", .spec("CHECK-3", "CHECK-4", "CHECK-5", "CHECK-7"),
    .enabled(if: Fixtures.arePresent, "foreign fixtures are not here"))
  func vectors() throws {
    var cases = 0
    for row in try #require(try Self.vectors("bloom-filter.json")["murmur"]?.array) {
      let seed = try #require(row["seed"]?.int64)
      let hash = Murmur2.hash(
        Self.bytes(try #require(row["utf8"]?.string)), seed: UInt32(truncatingIfNeeded: seed))
      #expect(Int64(Int32(bitPattern: hash)) == row["hash"]?.int64)
      cases += 1
    }
    for row in try #require(try Self.vectors("bucket-hash.json")["hashKeys"]?.array) {
      let keys = try #require(row["hashKeys"]?.array).map { $0.string }
      #expect(Int64(JavaHash.list(strings: keys)) == row["listHashCode"]?.int64)
      cases += 1
    }
    for row in try #require(try Self.vectors("consistent-hashing.json")["keys"]?.array) {
      let hash = XXHash32.hash(Self.bytes(try #require(row["joined"]?.string)))
      #expect(Int64(hash & 0x7FFF_FFFF) == row["hash31"]?.int64)
      cases += 1
    }
    for row in try #require(try Self.vectors("mdt-column-stats-keys.json")["id64Vectors"]?.array) {
      let text = Self.bytes(try #require(row["text"]?.string))
      let hash = XXHash64.hash(text, seed: 0xFFFF_FFFF_DABA_DABA)
      let bytes = withUnsafeBytes(of: hash.bigEndian) { Array($0) }
      #expect(Base64.encode(bytes) == row["base64"]?.string)
      cases += 1
    }
    Fixtures.report("hash vectors", cases: cases)
    #expect(cases > 30)
  }
}
