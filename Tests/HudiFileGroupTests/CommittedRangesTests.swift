// Recorded bytes of log files, and log files with very many blocks or gaps (H7, H21).
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@testable import HudiFileGroup

@Suite struct CommittedRangesTests {
  @Test("the union answers as the ranges do, one by one", .spec("LOG-6"))
  func model() {
    for seed in 0..<200 {
      let gen = Gen(seed: UInt64(seed))
      let ranges = (0..<gen.number(0..<8)).map { _ -> Range<Int> in
        let start = gen.number(0..<40)
        return start..<start + gen.number(0..<9)
      }.filter { !$0.isEmpty }
      let recorded = CommittedRanges(ranges)
      #expect(recorded.end == ranges.map(\.upperBound).max() ?? 0)
      for place in 0..<52 {
        let reaches = ranges.contains { $0.upperBound == place || $0.contains(place) }
        #expect(recorded.reaches(place) == reaches, "\(ranges) \(place)")
        for end in place..<min(52, place + 5) {
          let overlaps = ranges.contains { $0.overlaps(place..<end) }
          #expect(recorded.overlaps(place..<end) == overlaps, "\(ranges) \(place)..<\(end)")
        }
      }
    }
  }

  @Test(
    "20,000 blocks, each recorded by a commit of its own", .spec("LIMIT-40", "LOG-6"),
    .timeLimit(.minutes(5)))
  func blocks() throws {
    let one = LogBytes.rollback("20260101000000001", of: "20250101000000001")
    let count = 20_000
    var bytes: [UInt8] = []
    for _ in 0..<count { bytes += one }
    let source = CountingSource(bytes)
    let committed = (0..<count).map { $0 * one.count..<($0 + 1) * one.count }
    let file = try LogFileReader(source, path: "f", committed: committed)
    var walk = file.blocks()
    var found = 0
    while try walk.next() != nil { found += 1 }
    #expect(found == count)
    #expect(source.reads <= 2 * count + 1, "\(source.reads)")
    // Each block is looked at through a window of bounded size.
    #expect(source.bytesRead <= count * (32 << 10), "\(source.bytesRead)")
  }

  @Test(
    "gaps without end are refused, and looking for them costs little",
    .spec("LIMIT-26", "LIMIT-40"),
    .timeLimit(.minutes(5)))
  func gaps() throws {
    let good = LogBytes.rollback("20260101000000001", of: "20250101000000001")
    var bytes = good
    for _ in 0..<200_000 { bytes += Array("#HUDI#".utf8) }
    let source = CountingSource(bytes)
    let file = try LogFileReader(source, path: "f")
    let error = #expect(throws: LakeError.self) { try file.allBlocks() }
    #expect(error?.code == .limitExceeded && error?.path == "f")
    #expect(source.bytesRead < 10_000 * (64 << 10), "\(source.bytesRead)")
  }
}
