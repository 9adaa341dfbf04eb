// Every code is provoked by a test, or says here why it cannot be.
import LakeBase
import Testing

@Suite struct CodeTests {
  /// Codes that no test can provoke yet, each with the reason.
  static let open: [LakeCode: String] = [
    .confirmationMissing: "no command deletes data or history yet",
    .commitOutcomeUnknown: "two answers must be lost in a row; the crash sweep knows its kind",
    .tableReadOnly: "no table can be marked read-only yet",
    .secondMount: "class O is not written yet",
    .arbiterMismatch: "there are no arbiters yet",
    .expiringLock: "lock files that expire are not configured by anything yet",
    .clockAhead: "class S is not written yet",
    .checkFailed: "there is no command for the table check yet",
  ]

  @Test("Every code is provoked by a test or open with a reason")
  func provoked() {
    let words = Self.words
    var missing: [String] = []
    var needless: [String] = []
    for code in LakeCode.allCases {
      let named = words.contains(code.text) || words.contains(".\(code)")
      if !named && Self.open[code] == nil { missing.append("\(code.text) \(code)") }
      if named && Self.open[code] != nil { needless.append("\(code.text) \(code)") }
    }
    #expect(missing == [])
    #expect(needless == [])
  }

  /// Words of all tests, with the point before them where there is one; the list of all codes that
  /// the tests of LakeBase hold provokes nothing.
  private static var words: Set<String> {
    var found: Set<String> = []
    for file in Project.tests
    where file.name != "CodeTests.swift" && !file.path.contains("LakeBaseTests/Errors") {
      var start = 0
      for (at, byte) in (file.bytes + [0]).enumerated() {
        if isWord(byte) { continue }
        if at > start {
          let isMember = start > 0 && file.bytes[start - 1] == 0x2E
          let word = String(decoding: file.bytes[start..<at], as: UTF8.self)
          if isMember || word.hasPrefix("LK") { found.insert((isMember ? "." : "") + word) }
        }
        start = at + 1
      }
    }
    return found
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
    default: false
    }
  }
}
