import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("Arguments")
struct ArgumentParserTests {
  static let options: [OptionSpec] = [
    .value("op", "OP", short: "o", choices: ["upsert", "insert"], "what"),
    .value("key", "C", repeats: true, "columns"),
    .flag("quiet", short: "q", "less"),
    .flag("verbose", short: "v", repeats: true, "more"),
  ]

  func parse(_ words: [String]) throws(LakeError) -> Arguments {
    try ArgumentParser(options: Self.options, verb: "do").parse(words).arguments
  }

  func failure(_ words: [String]) -> LakeError? {
    do { _ = try parse(words) } catch { return error }
    return nil
  }

  @Test("values as next word, behind = and behind the letter", .spec("CLI-1"))
  func values() throws {
    for words in [
      ["--op", "insert"], ["--op=insert"], ["-o", "insert"], ["-oinsert"], ["-qoinsert"],
    ] {
      #expect(try parse(words).value("op") == "insert", "\(words)")
    }
    #expect(try parse(["--key="]).values("key") == [""])
    #expect(try parse(["--key", "a=b"]).values("key") == ["a=b"])
  }

  @Test("joined letters, -- and -", .spec("CLI-1"))
  func letters() throws {
    let joined = try parse(["-qvv"])
    #expect(joined.has("quiet") && joined.count("verbose") == 2)
    #expect(try parse(["a", "--", "-q", "--op"]).operands == ["a", "-q", "--op"])
    #expect(try parse(["-", "x"]).operands == ["-", "x"])
  }

  @Test("the last one counts unless uses add up", .spec("CLI-3"))
  func repeated() throws {
    let arguments = try parse(["-o", "insert", "--op", "upsert", "--key", "a,b", "--key=c"])
    #expect(arguments.value("op") == "upsert")
    #expect(try arguments.list("key") == ["a", "b", "c"])
    #expect(throws: LakeError.self) { try parse(["--key", "a,,b"]).list("key") }
  }

  @Test("refusals name the nearest spelling", .spec("CLI-4"))
  func refusals() {
    let cases: [([String], LakeCode, String?)] = [
      (["--qiuet"], .unknownOption, "did you mean --quiet?"),
      (["--zebra"], .unknownOption, "lake help do"),
      (["-x"], .unknownOption, "lake help do"),
      (["--op"], .badOptionValue, "lake help do"),
      (["--op", "upset"], .badOptionValue, "did you mean upsert?"),
      (["--op", "zzz"], .badOptionValue, "one of upsert, insert"),
      (["--quiet=yes"], .badOptionValue, nil),
    ]
    for (words, code, hint) in cases {
      let error = failure(words)
      #expect(error?.code == code, "\(words)")
      #expect(error?.hint == hint, "\(words)")
    }
  }

  @Test("edits between words")
  func edits() {
    let cases = [
      ("", "", 0), ("ab", "ba", 1), ("commit", "comit", 1), ("kitten", "sitting", 3), ("a", "", 1),
    ]
    for (left, right, edits) in cases {
      #expect(Spelling.distance(Array(left), Array(right)) == edits, "\(left) \(right)")
    }
    #expect(Spelling.nearest(to: "lgo", in: ["log", "files"]) == "log")
    #expect(Spelling.nearest(to: "xyz", in: ["log", "files"]) == nil)
  }

  @Test("sizes, durations, shares and numbers", .spec("CLI-6"))
  func units() throws {
    #expect(try Units.size("64MiB", "memory") == 67_108_864)
    #expect(try Units.size("1GB", "memory") == 1_000_000_000)
    #expect(try Units.size("1.5KiB", "memory") == 1536)
    #expect(try Units.duration("90s", "wait") == 90_000)
    #expect(try Units.duration("15m", "wait") == 900_000)
    #expect(try Units.duration("7d", "wait") == 604_800_000)
    #expect(try Units.duration("500ms", "wait") == 500)
    #expect(try Units.share("5%", "x") == 0.05)
    #expect(try Units.share("0.001", "x") == 0.001)
    for text in ["64", "MiB", "-1MiB", "1e3MB", "64 mib", "99999999999TiB", "nanB"] {
      #expect(throws: LakeError.self, "\(text)") { try Units.size(text, "memory") }
    }
    for text in ["0", "100%", "-1%", "x"] {
      #expect(throws: LakeError.self, "\(text)") { try Units.share(text, "x") }
    }
    for text in ["0", "257", "1.5", ""] {
      #expect(throws: LakeError.self, "\(text)") { try Units.number(text, "threads", 1...256) }
    }
  }

  @Test("times to and from milliseconds")
  func civilTime() {
    let cases: [(String, Int64)] = [
      ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:00:00Z", 951_825_600_000),
      ("2026-03-01T10:00:00.123+08:00", 1_772_330_400_123), ("1969-12-31T23:59:59.999Z", -1),
    ]
    for (text, milliseconds) in cases { #expect(CivilTime.parse(text) == milliseconds, "\(text)") }
    #expect(CivilTime.iso(951_825_600_000) == "2000-02-29T12:00:00.000Z")
    #expect(CivilTime.iso(-1) == "1969-12-31T23:59:59.999Z")
    #expect(CivilTime.text(0, .fixed(-12_600)) == "1969-12-31 20:30:00.000 -03:30")
    for text in ["2026-02-29T00:00:00Z", "2026-03-01T10:00:00", "2026-13-01T00:00:00Z", "x", ""] {
      #expect(CivilTime.parse(text) == nil, "\(text)")
    }
  }
}
