// How errors look; the shape of the command's contract.
import LakeTestKit
import Testing

@testable import LakeBase

@Suite struct RenderingTests {
  static let full = LakeError(
    .rangeExpired, "the requested range starts before the oldest change that is still kept",
    path: ".hoodie/x\u{1b}y", offset: 42,
    hint: "lake read orders --from 20260214080011204\nor a full copy",
    facts: [("table", "./orders"), ("wanted", "from 2026-02-01T00:00:00Z")]
  ).during("planning").during("reading \"orders\"")

  @Test("On a terminal", .spec("CODE-4"))
  func terminal() {
    #expect(
      Self.full.terminalText == #"""
        error[LK2103]: the requested range starts before the oldest change that is still kept
          table   ./orders
          wanted  from 2026-02-01T00:00:00Z
          path    .hoodie/x\u001by
          offset  42
          while   reading "orders"
          while   planning
          next    lake read orders --from 20260214080011204
                  or a full copy
        """#)
    #expect(LakeError(.usage, "a\nb").terminalText == #"error[LK1001]: a\nb"#)
  }

  @Test("As JSON", .spec("CODE-5"))
  func json() throws {
    let value = try JSONReader.parse(Self.full.jsonText)
    #expect(
      value.object?.map { $0.name } == [
        "type", "v", "code", "kind", "retryable", "message", "path", "offset", "table", "wanted",
        "while", "next",
      ])
    #expect(value["type"]?.string == "error")
    #expect(value["v"]?.int == 1)
    #expect(value["code"]?.string == "LK2103")
    #expect(value["kind"]?.string == "expired")
    #expect(value["retryable"]?.bool == false)
    #expect(value["path"]?.string == ".hoodie/x\u{1b}y")
    #expect(value["next"]?.array?.count == 2)
    #expect(!Self.full.jsonText.utf8.contains(0x1B))
    #expect(
      LakeError(.lockBusy, "m", facts: [("code", "x")]).jsonText
        == #"{"type":"error","v":1,"code":"LK4009","kind":"busy","retryable":true,"#
        + #""message":"m","next":[]}"#)
  }
}
