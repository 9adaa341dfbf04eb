// JSON in and out: RFC 8259's texts, and everything hostile about them.
import LakeTestKit
import Testing

@testable import LakeBase

@Suite struct JSONTests {
  @Test("Values of every kind", .spec("JSON-1"))
  func values() throws {
    let value = try JSONReader.parse(
      #" {"a": [1, -2.5e+3, 0, true, false, null], "b": {"c": "d"}, "e": [], "f": {}} "#)
    #expect(value["a"]?[0]?.int64 == 1)
    #expect(value["a"]?[1]?.double == -2500)
    #expect(value["a"]?[1]?.int64 == nil)
    #expect(value["a"]?[3]?.bool == true)
    #expect(value["a"]?[5]?.isNull == true)
    #expect(value["a"]?[6] == nil)
    #expect(value["b"]?["c"]?.string == "d")
    #expect(value["e"]?.array?.count == 0)
    #expect(value["f"]?.object?.count == 0)
    #expect(value["g"] == nil)
    #expect(value.object?.map { $0.name } == ["a", "b", "e", "f"])
    #expect(try JSONReader.parse("9223372036854775807").int64 == .max)
    #expect(try JSONReader.parse("9223372036854775808").int64 == nil)
    #expect(try JSONReader.parse("1e999999999").double == nil)
  }

  @Test("Strings with every escape", .spec("JSON-1"))
  func strings() throws {
    let text = try JSONReader.parse(#""a\"\\\/\b\f\n\r\té\u00e9\uD83D\uDE00z""#).string
    #expect(text == "a\"\\/\u{8}\u{c}\n\r\té\u{e9}\u{1F600}z")
    #expect(try JSONReader.parse("\"\u{7f}日本\"").string == "\u{7f}日本")
  }

  static let malformed: [(String, Int)] = [
    ("", 0), ("  ", 2), ("nul", 0), ("True", 0), ("[1,]", 3), ("[1 2]", 3), ("[1", 2), ("{", 1),
    (#"{"a"}"#, 4), (#"{"a":1,}"#, 7), (#"{a:1}"#, 1), (#"{"a":1"#, 6), ("1 2", 2), ("[]]", 2),
    ("-", 1), ("01", 1), ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("+1", 0), ("0x1", 1),
    ("NaN", 0), ("Infinity", 0), ("'a'", 0), (#""abc"#, 0), (#""a\x""#, 2), (#""\u12""#, 1),
    (#""\u12G4""#, 1), (#""\uD800""#, 1), (#""\uDC00""#, 1), (#""\uD800\u0041""#, 1),
    (#""\uD800x""#, 1), ("\"a\nb\"", 2), ("\"\u{0}\"", 1), (#"{"a":1,"a":2}"#, 7),
    ("\u{FEFF}1", 0), ("[1}", 2), (#"{"a":1]"#, 6), ("\"\\", 0), ("\"\\u", 1), ("[,1]", 1),
    ("1 // no", 2),
  ]

  @Test("What is not JSON is refused where it stops being JSON", .spec("JSON-1"),
    arguments: malformed)
  func refused(_ text: String, _ offset: Int) {
    let error = #expect(throws: LakeError.self) { _ = try JSONReader.parse(text) }
    #expect(error?.code == .jsonMalformed)
    #expect(error?.offset == offset, "\(text)")
  }

  @Test("Bytes that are not UTF-8 are refused with their place")
  func invalidUTF8() {
    let error = #expect(throws: LakeError.self) {
      _ = try JSONReader.parse(Buffer([0x22, 0x61, 0xFF, 0x22]))
    }
    #expect(error?.code == .jsonMalformed)
    #expect(error?.offset == 2)
  }

  @Test("Nesting is bounded and costs no stack", .spec("LIMIT-11"))
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONReader.parse(nested(512))
    for text in [
      nested(513), String(repeating: "[", count: 1_000_000),
      String(repeating: #"{"a":"#, count: 1_000_000),
    ] {
      let error = #expect(throws: LakeError.self) { _ = try JSONReader.parse(text) }
      #expect(error?.code == .limitExceeded)
    }
  }

  @Test("A number has at most 1 KiB", .spec("LIMIT-12"))
  func longNumber() throws {
    #expect(try JSONReader.parse(String(repeating: "1", count: 1024)).int64 == nil)
    let error = #expect(throws: LakeError.self) {
      _ = try JSONReader.parse(String(repeating: "1", count: 1025))
    }
    #expect(error?.code == .limitExceeded)
  }

  @Test("Two members of one name: refused, or both kept on request")
  func duplicates() throws {
    let value = try JSONReader.parse(#"{"a":1,"a":2}"#, duplicateNames: .kept)
    #expect(value["a"]?.int64 == 2)
    #expect(value.object?.count == 2)
    // Many names, so that the set is used: the thirtieth repeats the first.
    let many = (0..<30).map { "\"k\($0 % 29)\":\($0)" }.joined(separator: ",")
    let error = #expect(throws: LakeError.self) { _ = try JSONReader.parse("{\(many)}") }
    #expect(error?.code == .jsonMalformed)
    let distinct = (0..<30).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    #expect(try JSONReader.parse("{\(distinct)}")["k29"]?.int64 == 29)
  }

  @Test("Values one after the other")
  func prefixes() throws {
    let buffer = Buffer(utf8: "{\"a\":1}\n[2]\n\"c\" ")
    var at = 0
    var values: [JSONValue] = []
    while at < buffer.count {
      let (value, end) = try JSONReader.parsePrefix(buffer, from: at)
      values.append(value)
      at = end
    }
    #expect(values == [.object([("a", .number("1"))]), .array([.number("2")]), "c"])
  }

  @Test("What is written, byte for byte")
  func written() throws {
    let value = try JSONReader.parse(#"{"a":[1,2.50],"b":{},"c":[],"d":{"e":"f\n\u0001\""}}"#)
    #expect(
      JSONWriter.text(value) == #"{"a":[1,2.50],"b":{},"c":[],"d":{"e":"f\n\u0001\""}}"#)
    let pretty = """
      {
        "a" : [
          1,
          2.50
        ],
        "b" : {},
        "c" : [],
        "d" : {
          "e" : "f\\n\\u0001\\""
        }
      }
      """
    #expect(JSONWriter.text(value, .pretty) == pretty)
    #expect(try JSONReader.parse(pretty) == value)
  }

  @Test("Numbers in their shortest spelling; what JSON has no number for, as text",
    .spec("JSON-2"))
  func doubles() throws {
    let numbers: [Double] = [
      0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, 1e21, 123456789, 2.2250738585072014e-308,
    ]
    for number in numbers {
      var writer = JSONWriter()
      writer.value(number)
      let back = try #require(try JSONReader.parse(writer.text).double)
      #expect(back.bitPattern == number.bitPattern)
    }
    var writer = JSONWriter()
    writer.beginArray()
    writer.value(0.1)
    writer.value(Float(0.1))
    for number in [Double.nan, .infinity, -.infinity] { writer.value(number) }
    writer.endArray()
    #expect(writer.text == #"[0.1,0.1,"NaN","Infinity","-Infinity"]"#)
  }

  @Test("Writing for a terminal escapes what would steer it")
  func terminals() throws {
    let text = "a\u{1b}[31m\u{202e}b\u{9b}c\u{7f}é\u{1F600}"
    let written = JSONWriter.text(.string(text), forTerminals: true)
    #expect(written == "\"a\\u001b[31m\\u202eb\\u009bc\\u007fé\u{1F600}\"")
    #expect(try JSONReader.parse(written).string == text)
  }
}
