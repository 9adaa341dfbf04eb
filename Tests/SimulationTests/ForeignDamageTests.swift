// Damaged tables of other engines, whose files carry no checksums of ours: verdicts, counted.
import Lake
import LakeTestKit
import Testing

@Suite("Damage of foreign tables", .enabled(if: Fixtures.arePresent, "no fixtures"))
struct ForeignDamageTests {
  /// A table of another engine, and how many damaged states of it may give wrong rows unnoticed:
  /// values in data pages and blocks, which nothing of Hudi's protects. The counts may only fall.
  struct Victim: Sendable, CustomTestStringConvertible {
    let fixture: String
    let mayBeWrong: Int

    var testDescription: String { fixture }
  }

  static let victims = [
    Victim(fixture: "v6_nonpartitioned", mayBeWrong: 1000),
    Victim(fixture: "mor-v6_log_only_h0150", mayBeWrong: 1000),
    Victim(fixture: "mor-v8_sql_partial_blocks_h102", mayBeWrong: 1000),
    Victim(fixture: "cow-v9_bloom_simple_dynamic", mayBeWrong: 1000),
    Victim(fixture: "mor-v9_null_ordering_long", mayBeWrong: 1000),
    Victim(fixture: "mor-v9_log_only_pending", mayBeWrong: 1000),
  ]

  /// Places in a file of `count` bytes: its ends densely, the rest thinly.
  static func places(_ count: Int, dense: Int, thin: Int, _ random: SeededRandom) -> [Int] {
    let end = 2048
    var places: [Int] = []
    var place = 0
    while place < count {
      places.append(place)
      let isNearEnd = place < end || count - place < end
      place += 1 + Int(random.next() % UInt64(2 * (isNearEnd ? dense : max(thin, count / 128))))
    }
    return places
  }

  @Test(
    "a damaged foreign table is read or refused, never a trap", .spec("DAMAGE-3"),
    .timeLimit(.minutes(10)), arguments: victims)
  func damaged(_ victim: Victim) throws {
    var found: MemoryStorage?
    try Fixtures.forEachTable { table, archive in
      if table.name == victim.fixture && !table.isMetadataTable && found == nil {
        found = try table.storage(archive)
      }
    }
    let sweep = try DamageSweep(try #require(found))
    #expect(!sweep.answer.isEmpty)
    let random = SeededRandom(firstSeed)
    var tally = DamageTally()
    for (path, content) in sweep.files {
      let plain = content.bytes
      if plain.isEmpty { continue }
      for place in Self.places(plain.count, dense: 16, thin: 32, random) {
        var bytes = plain
        bytes[place] ^= 1 << UInt8(random.next() % 8)
        try sweep.ask(path, Buffer(bytes), "\(path.text): bit at \(place)", &tally)
      }
      for end in Self.places(plain.count, dense: 128, thin: 512, random) {
        try sweep.ask(path, Buffer(Array(plain[..<end])), "\(path.text): cut at \(end)", &tally)
      }
      try sweep.ask(path, Buffer(plain + [0]), "\(path.text): one byte more", &tally)
      try sweep.ask(path, nil, "\(path.text): gone", &tally)
    }
    try sweep.exchanges(&tally)
    #expect(tally.refusals[.defect] == nil)
    #expect(tally.refused > 100 && tally.sameRows > 100)
    #expect(tally.wrong.count <= victim.mayBeWrong, "\(tally.wrong.suffix(20))")
    Fixtures.report("damage of \(victim.fixture): refused", cases: tally.refused)
    Fixtures.report("damage of \(victim.fixture): same rows", cases: tally.sameRows)
    Fixtures.report("damage of \(victim.fixture): wrong rows", cases: tally.wrong.count)
    for about in tally.wrong { print("wrong: \(victim.fixture) \(about)") }
  }
}
