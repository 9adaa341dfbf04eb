// Damaged tables of other engines, whose files carry no checksums of ours: verdicts, counted.
import Lake
import LakeTestKit
import Testing

@Suite("Damage of foreign tables", .enabled(if: Fixtures.arePresent, "no fixtures"))
struct ForeignDamageTests {
  /// Copy-on-write and merge-on-read tables of versions 6, 8 and 9 of other engines.
  static let victims = [
    "v6_nonpartitioned", "mor-v6_log_only_h0150", "mor-v8_sql_partial_blocks_h102",
    "cow-v9_bloom_simple_dynamic", "mor-v9_null_ordering_long", "mor-v9_log_only_pending",
  ]

  /// How many of a hundred damaged states may give wrong rows unnoticed: values in data pages and
  /// blocks, texts in schemas, a commit that is gone. Nothing of Hudi's protects these. It may only
  /// fall.
  static let wrongPerHundred = 5

  /// Places in a file of `count` bytes: its ends densely, the rest thinly.
  static func places(_ count: Int, dense: Int, thin: Int, _ random: SeededRandom) -> [Int] {
    let end = 2048
    var places: [Int] = []
    var place = 0
    while place < count {
      places.append(place)
      let isNearEnd = place < end || count - place < end
      place += 1 + Int(random.next() % UInt64(2 * (isNearEnd ? dense : max(thin, count / 64))))
    }
    return places
  }

  @Test(
    "a damaged foreign table is read or refused, never a trap", .spec("DAMAGE-3"),
    .timeLimit(.minutes(10)), arguments: victims)
  func damaged(_ victim: String) throws {
    var found: MemoryStorage?
    try Fixtures.forEachTable { table, archive in
      if table.name == victim && !table.isMetadataTable && found == nil {
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
      for place in Self.places(plain.count, dense: 64, thin: 128, random) {
        var bytes = plain
        bytes[place] ^= 1 << UInt8(random.next() % 8)
        try sweep.ask(path, Buffer(bytes), "\(path.text): bit at \(place)", &tally)
      }
      for end in Self.places(plain.count, dense: 256, thin: 1024, random) {
        try sweep.ask(path, Buffer(Array(plain[..<end])), "\(path.text): cut at \(end)", &tally)
      }
      try sweep.ask(path, Buffer(plain + [0]), "\(path.text): one byte more", &tally)
      try sweep.ask(path, nil, "\(path.text): gone", &tally)
    }
    try sweep.exchanges(&tally)
    #expect(tally.refusals[.defect] == nil)
    #expect(tally.refused > 50 && tally.sameRows > 50)
    #expect(
      tally.wrong.count * 100 <= tally.cases * Self.wrongPerHundred, "\(tally.wrong.suffix(20))")
    // A file that is too short or too long is noticed.
    #expect(!tally.wrong.contains { $0.contains(": cut at") || $0.hasSuffix("one byte more") })
    Fixtures.report("damage of \(victim): refused", cases: tally.refused)
    Fixtures.report("damage of \(victim): same rows", cases: tally.sameRows)
    Fixtures.report("damage of \(victim): wrong rows", cases: tally.wrong.count)
  }
}
