// Slices whose log side does not fit: the same rows, the base file read once, failures of the
// temporary file.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeStorage
import LakeTestKit
import Synchronization
import Testing

@Suite("Slices beyond the budget")
struct BoundedSliceReaderTests {
  static let names = ["id", "ts", "v", "n", MetaField.commitTime.name, "gone"]

  static func slice() -> MergeCase {
    var made = MergeCase()
    made.base = (0..<3_000).map { SliceReaderTests.row("k\($0)", 5, "base \($0)") }
    made.logs = (0..<4_000).map { number in
      let key = "k\(number * 7 % 3_600)"
      return number % 11 == 3
        ? .delete(key, ordering: Int64(number % 9), instant: MergeCase.instant)
        : .row(
          SliceReaderTests.row(key, Int64(number % 9), "log \(number)"),
          instant: "20260101000000002")
    }
    made.blockRows = 250
    made.policy = .eventTime(["ts"])
    return made
  }

  private func sorted(_ rows: [[String: Scalar]]) -> [String] {
    SliceReaderTests.text(rows, Self.names).sorted()
  }

  @Test(
    "the log side is divided, the base file read once, the logs twice", .spec("MERGE-24"),
    arguments: [1 << 18, 1 << 16, 1 << 13, 1])
  func divided(_ budget: Int) throws {
    let made = Self.slice()
    let bounded = try made.read(budget: budget)
    #expect(sorted(bounded.rows) == sorted(try made.read().1))
    #expect(bounded.entriesRead == 2 && bounded.baseRead == 1)
    #expect(bounded.parts > 8)
    let roomy = try made.read(budget: 1 << 26)
    #expect(sorted(roomy.rows) == sorted(bounded.rows))
    #expect(roomy.entriesRead == 1 && roomy.baseRead == 1 && roomy.parts == 0)
  }

  @Test(
    "with deletes shown, some keys wanted, some commits admitted", .spec("MERGE-24"),
    .spec("MERGE-20", "MERGE-21", "MERGE-29"))
  func choices() throws {
    var made = Self.slice()
    made.options.deletedColumn = "gone"
    #expect(sorted(try made.read(budget: 1 << 14).rows) == sorted(try made.read().1))
    let admitted = try InstantTime(parsing: "20260101000000002")
    made.options.admits = { $0 == admitted }
    #expect(sorted(try made.read(budget: 1 << 14).rows) == sorted(try made.read().1))
    made = Self.slice()
    let keys = KeyTable()
    _ = keys.insert(try Column(.string, scalars: (0..<900).map { .string("k\($0 * 4)") }))
    let wanted = keys.freeze()
    let all = try made.read().1.filter { row in
      (Int(row["id"]?.text?.dropFirst() ?? "") ?? 1) % 4 == 0
    }
    let some = try made.read(budget: 1 << 13, wantedKeys: wanted)
    #expect(sorted(some.rows) == sorted(all))
    #expect(some.parts > 1)
  }

  @Test("few keys in the logs: base rows that the filter mistakes for theirs", .spec("MERGE-24"))
  func fewKeys() throws {
    var made = Self.slice()
    for count in [2, 20, 60, 200] {
      made.logs = (0..<count).map { number in
        .row(SliceReaderTests.row("k\(number * 13)", 9, "log"), instant: MergeCase.instant)
      }
      let bounded = try made.read(budget: 1)
      #expect(sorted(bounded.rows) == sorted(try made.read().1))
      #expect(bounded.rows.count == 3_000 && bounded.baseRead == 1)
    }
  }

  @Test("log files alone, and partial updates of every row", .spec("MERGE-24", "MERGE-23"))
  func logsAlone() throws {
    var made = Self.slice()
    made.hasBase = false
    #expect(sorted(try made.read(budget: 1 << 14).rows) == sorted(try made.read().1))
    made = Self.slice()
    made.policy = MergePolicy(orderingFields: ["ts"], partialUpdate: .ignoreDefaults)
    made.logs += (0..<3_000).map { number in
      let values: [String: Scalar] =
        number % 2 == 0
        ? ["id": .string("k\(number)"), "ts": .int(9), "v": .string("part \(number)")]
        : ["id": .string("k\(number)"), "ts": .int(3), "n": .int(Int64(number))]
      return .partial(values, instant: "20260101000000003")
    }
    let bounded = try made.read(budget: 1 << 14)
    #expect(sorted(bounded.rows) == sorted(try made.read().1))
    #expect(bounded.parts > 8)
  }

  @Test("no room for the temporary file is said, and nothing remains", .spec("MERGE-24"))
  func noRoom() throws {
    let folder = TemporaryFolder("spill")
    let made = Self.slice()
    let full = LimitedScratch(LocalScratch(folder.path), bytes: 200_000)
    let error = #expect(throws: LakeError.self) { _ = try made.read(budget: 1, scratch: full) }
    #expect(error?.code == .diskFull)
    let missing = LocalScratch(folder.path + "/gone")
    let other = #expect(throws: LakeError.self) { _ = try made.read(budget: 1, scratch: missing) }
    #expect(other?.code == .fileNotFound)
    #expect(try LocalStorage(root: folder.path, world: World()).list(.root).isEmpty)
  }
}

/// A temporary directory with little room.
private struct LimitedScratch: ScratchSpace {
  private final class File: ScratchFile {
    let base: any ScratchFile
    var left: Int

    init(_ base: any ScratchFile, _ left: Int) {
      self.base = base
      self.left = left
    }

    func append(_ bytes: Buffer) throws(LakeError) -> ScratchExtent {
      left -= bytes.count
      if left < 0 { throw LakeError(.diskFull, "no room") }
      return try base.append(bytes)
    }

    func read(_ extent: ScratchExtent) throws(LakeError) -> Buffer { try base.read(extent) }
  }

  let base: LocalScratch
  let bytes: Int

  init(_ base: LocalScratch, bytes: Int) {
    self.base = base
    self.bytes = bytes
  }

  func makeFile() throws(LakeError) -> any ScratchFile { File(try base.makeFile(), bytes) }
}
