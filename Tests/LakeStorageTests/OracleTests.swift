// The oracle against cases worked out by hand.
import LakeColumns
import LakeTestKit
import Testing

@Suite struct OracleTests {
  private func row(
    _ key: String, _ ordering: Int64, _ value: Int64, _ partition: String = "p",
    delete: Bool = false
  ) -> OracleRow {
    OracleRow(
      partition: partition, key: key, ordering: ordering, isDelete: delete, values: [.int(value)])
  }

  @Test(
    "which version stays",
    arguments: [
      (Oracle.Merging.commitTime, Int64(2)), (.eventTime, 1), (.first, 1),
    ])
  func merging(_ merging: Oracle.Merging, _ kept: Int64) {
    var oracle = Oracle(merging)
    oracle.upsert([row("a", 5, 1)], at: "1")
    oracle.upsert([row("a", 4, 2)], at: "2")
    #expect(oracle.snapshot().map(\.values) == [[.int(kept)]])
  }

  @Test("equal ordering values: the later row stays")
  func ties() {
    var oracle = Oracle(.eventTime)
    oracle.upsert([row("a", 5, 1), row("a", 5, 2)], at: "1")
    #expect(oracle.snapshot().map(\.values) == [[.int(2)]])
    oracle.upsert([row("a", 5, 3)], at: "2")
    #expect(oracle.snapshot().map(\.values) == [[.int(3)]])
  }

  @Test("a late delete loses by event time, a delete operation always wins")
  func deletes() {
    var oracle = Oracle(.eventTime)
    oracle.upsert([row("a", 5, 1)], at: "1")
    oracle.upsert([row("a", 4, 0, delete: true)], at: "2")
    #expect(oracle.snapshot().count == 1)
    oracle.delete([row("a", 0, 0)], at: "3")
    #expect(oracle.snapshot().isEmpty)
    #expect(oracle.snapshot(asOf: "2").count == 1)
    let changes = oracle.changes(after: "2")
    #expect(changes.written.isEmpty)
    #expect(changes.removed.map(\.key) == ["a"])
  }

  @Test("a key moves between partitions only where it is unique in the table")
  func moves() {
    for (uniqueness, expected) in [(Oracle.Uniqueness.partition, 2), (.table, 1)] {
      var oracle = Oracle(.commitTime, uniqueness: uniqueness)
      oracle.upsert([row("a", 1, 1, "p")], at: "1")
      oracle.upsert([row("a", 2, 2, "q")], at: "2")
      #expect(oracle.snapshot().count == expected)
    }
  }

  @Test("insert, overwrite, rollback, restore, time travel")
  func others() {
    var oracle = Oracle()
    oracle.insert([row("a", 1, 1), row("b", 1, 1, "q")], at: "1")
    oracle.savepoint("1")
    oracle.insert([row("a", 2, 2)], at: "2")
    #expect(oracle.duplicates == 1)
    let rolledBack = oracle.rollback("2")
    #expect(rolledBack)
    #expect(oracle.duplicates == 0)
    oracle.insert([row("a", 2, 2)], at: "3", existing: .keep)
    #expect(oracle.snapshot().map(\.partition) == ["p", "q"])
    #expect(oracle.snapshot().map(\.values) == [[.int(1)], [.int(1)]])
    oracle.insertOverwrite([row("c", 1, 3)], at: "4")
    #expect(oracle.snapshot().map(\.key) == ["c", "b"])
    oracle.deletePartitions(["q"], at: "5")
    #expect(oracle.snapshot().map(\.key) == ["c"])
    oracle.overwriteTable([row("z", 1, 9, "r")], at: "6")
    #expect(oracle.snapshot().map(\.key) == ["z"])
    #expect(oracle.snapshot(asOf: "4").map(\.key) == ["c", "b"])
    let restored = oracle.restore(to: "1")
    #expect(restored)
    #expect(oracle.snapshot().map(\.key) == ["a", "b"])
    #expect(oracle.instants == ["1"])
    let unknown = oracle.restore(to: "9")
    #expect(!unknown)
  }

  @Test("generators repeat and differ by seed; batches hold what was generated")
  func generators() throws {
    for seed in UInt64(0)..<50 {
      let schema = Gen(seed: seed).schema(columns: 6)
      #expect(schema == Gen(seed: seed).schema(columns: 6))
      let data = Gen(seed: seed &+ 1000).rows(schema, count: 40)
      expectRows(rows(of: [try Gen.batch(schema, data)]), data, "seed \(seed)")
    }
    #expect(Gen(seed: 1).bits() != Gen(seed: 2).bits())
  }
}
