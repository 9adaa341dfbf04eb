import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Naming a moment", .spec("QUERY-4")) struct InstantExpressionTests {
  @Test("digits, prefixes, carets, spans and ISO times")
  func forms() throws {
    let trips = try TripTable()
    var times: [InstantTime] = []
    for order in 1...3 {
      let report = try trips.commit(.upsert, [Trip("a", "oslo", Int64(order), Int64(order))])
      times.append(try #require(report.instant?.requested))
    }
    let table = trips.table
    #expect(try table.instant(times[1].text) == times[1])
    #expect(try table.instant("20240101000000") == InstantTime(parsing: "20240101000000"))
    #expect(try table.instant("^") == times[1])
    #expect(try table.instant("^^") == times[0])
    #expect(try table.instant("2026-03-01T10:00:00+08:00").text == "20260301020000000")
    #expect(try table.instant("2026-03-01T10:00:00.250Z").text == "20260301100000250")
    #expect(try table.instant("2026-03-01 10:00-05:30").text == "20260301153000000")
    // The clock of the test world stands near 2025-01-01T00:00:00Z.
    #expect(try table.instant("-2h").text.hasPrefix("2024123122"))
  }

  @Test("what names no moment, or several")
  func refusals() throws {
    let trips = try TripTable()
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    try trips.commit(.upsert, [Trip("b", "oslo", 1)])
    func code(_ text: String) -> LakeCode? {
      do throws(LakeError) {
        _ = try trips.table.instant(text)
        return nil
      } catch { return error.code }
    }
    #expect(code("2025") == .instantAmbiguous)
    #expect(code("1999") == .instantNotFound)
    #expect(code("^^") == .instantNotFound)
    #expect(code("2026-03-01T10:00:00") == .timeMalformed)
    #expect(code("2026-02-30T10:00:00Z") == .timeMalformed)
    #expect(code("yesterday") == .timeMalformed)
    #expect(code("-2y") == .timeMalformed)
    #expect(code("") == .timeMalformed)
  }
}
