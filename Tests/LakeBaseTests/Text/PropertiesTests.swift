// Java's properties format. Expectations follow the class documentation of java.util.Properties.
import LakeTestKit
import Testing

@testable import LakeBase

@Suite struct PropertiesTests {
  static func entries(_ text: String) throws -> [String] {
    try Properties(parsing: Buffer(utf8: text)).entries.map { "\($0.key)|\($0.value)" }
  }

  static let cases: [(String, [String])] = [
    ("", []),
    ("a=1\nb=2\n", ["a|1", "b|2"]),
    ("a=1\r\nb=2\rc=3", ["a|1", "b|2", "c|3"]),
    ("# comment\n! another\n  \t# third\n\n \ta = 1", ["a|1"]),
    ("Truth = Beauty\n Truth:Beauty2\nTruth\t\t\t:Beauty3", ["Truth|Beauty3"]),
    ("fruits   apple, banana, pear, \\\n   cantaloupe, \\\n   kiwi", [
      "fruits|apple, banana, pear, cantaloupe, kiwi"
    ]),
    ("cheeses", ["cheeses|"]),
    ("cheeses   ", ["cheeses|"]),
    ("=value", ["|value"]),
    ("a==b", ["a|=b"]),
    ("a = : b", ["a|: b"]),
    ("a b=c", ["a|b=c"]),
    ("a=b  ", ["a|b  "]),
    (#"a\ b\=c\:d=e\\f"#, [#"a b=c:d|e\f"#]),
    (#"a=\t\n\r\f\u0041\u00e9\q\""#, ["a|\t\n\r\u{c}A\u{e9}q\""]),
    (#"a=\uD83D\uDE00"#, ["a|\u{1F600}"]),
    ("a=b\\\\\nc=d", ["a|b\\", "c|d"]),
    ("a=b\\\n\nc=d", ["a|b", "c|d"]),
    ("a\\\n  b=c", ["ab|c"]),
    ("a\\\n=b", ["a|b"]),
    ("a=b\\", ["a|b"]),
    ("a=\\\n# not a comment", ["a|# not a comment"]),
    ("# comment \\\na=1", ["a|1"]),
    ("a=é", ["a|é"]),
  ]

  @Test("Reading as Java reads", .spec("PROP-1"), arguments: cases)
  func reading(_ text: String, _ expected: [String]) throws {
    #expect(try Self.entries(text) == expected)
  }

  @Test("Bytes that are not UTF-8 are Latin-1", .spec("PROP-1"))
  func latin1() throws {
    let properties = try Properties(parsing: Buffer([0x61, 0x3D, 0xE9, 0xFF]))
    #expect(properties["a"] == "éÿ")
  }

  @Test("Broken escapes are errors with their place", .spec("PROP-1"))
  func broken() {
    let cases = [
      (#"a=\u12"#, 2), (#"a=\u12g4"#, 2), (#"ab=\uD800"#, 3), (#"a=\uDC00\uD800"#, 2),
      (#"a=\uD800\u0041"#, 2), (#"a=\u"#, 2),
    ]
    for (text, offset) in cases {
      let error = #expect(throws: LakeError.self) { _ = try Self.entries(text) }
      #expect(error?.code == .propertiesMalformed)
      #expect(error?.offset == offset, "\(text)")
    }
  }

  @Test("A file has at most 1 MiB", .spec("LIMIT-13"))
  func tooLarge() throws {
    _ = try Properties(parsing: Buffer([UInt8](repeating: 0x0A, count: 1 << 20)))
    let error = #expect(throws: LakeError.self) {
      _ = try Properties(parsing: Buffer([UInt8](repeating: 0x0A, count: 1 << 20 + 1)))
    }
    #expect(error?.code == .limitExceeded)
  }

  @Test("Writing as Java writes", .spec("PROP-2"))
  func writing() {
    var properties = Properties()
    properties["hoodie.keygen.timebased.input.dateformat"] = "yyyy-MM-dd'T'HH:mm:ss.SSSZ"
    properties["a b"] = "  c d"
    properties["k=:#!"] = "=:#!\\\t\n\r\u{c}é\u{1F600}\u{7f}"
    let text = properties.encoded(comments: ["Updated at 2026-03-07T08:24:59Z"]).lossyText
    #expect(
      text == ##"""
        #Updated at 2026-03-07T08:24:59Z
        hoodie.keygen.timebased.input.dateformat=yyyy-MM-dd'T'HH\:mm\:ss.SSSZ
        a\ b=\  c d
        k\=\:\#\!=\=\:\#\!\\\t\n\r\f\u00E9\uD83D\uDE00\u007F

        """##)
  }

  @Test("What was written reads back, whatever it holds", .spec("PROP-2"))
  func roundTrip() throws {
    let random = SeededRandom(9)
    let pool = Array(" \t\n\r\u{c}=:#!\\ab1é\u{1F600}u\u{0}\u{7f}".unicodeScalars)
    func text() -> String {
      var text = ""
      for _ in 0..<(random.next() % 8) {
        text.unicodeScalars.append(pool[Int(random.next() % UInt64(pool.count))])
      }
      return text
    }
    for _ in 0..<2_000 {
      var properties = Properties()
      for _ in 0..<5 { properties[text()] = text() }
      let back = try Properties(parsing: properties.encoded(comments: [text()]))
      #expect(back == properties)
      #expect(back.keys == properties.keys)
    }
  }

  @Test("Setting, replacing, removing")
  func editing() {
    var properties = Properties()
    properties["a"] = "1"
    properties["b"] = "2"
    properties["c"] = "3"
    properties["a"] = "4"
    properties["b"] = nil
    properties["x"] = nil
    #expect(properties.keys == ["a", "c"])
    #expect(properties["a"] == "4")
    #expect(properties["c"] == "3")
  }

  @Test("The shape of a file that another program wrote", .spec("PROP-1"))
  func realShape() throws {
    let text = """
      #Updated at 2026-03-07T08:24:59.123Z
      #Sat Mar 07 16:24:59 CST 2026
      hoodie.table.type=COPY_ON_WRITE
      hoodie.table.checksum=2985977913
      hoodie.table.create.schema={"type"\\:"record"}
      """
    let properties = try Properties(parsing: Buffer(utf8: text))
    #expect(properties["hoodie.table.create.schema"] == #"{"type":"record"}"#)
    #expect(properties["hoodie.table.checksum"] == "2985977913")
  }
}
