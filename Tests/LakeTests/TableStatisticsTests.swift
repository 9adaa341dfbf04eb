// Figures about tables, against sums made by hand.
import Lake
import LakeTestKit
import Testing

@Suite("Table statistics") struct TableStatisticsTests {
  @Test("quantiles are sizes of files", .spec("CLI-34"))
  func quantiles() {
    #expect(SizeFigures([]) == SizeFigures([]))
    #expect(SizeFigures([]).mean == 0 && SizeFigures([]).median == 0)
    let one = SizeFigures([7])
    #expect(one.least == 7 && one.median == 7 && one.ninth == 7 && one.most == 7)
    let ten = SizeFigures([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    #expect(ten.median == 5 && ten.ninth == 9 && ten.most == 10 && ten.bytes == 55)
    #expect(ten.mean == 5)
  }

  @Test("a count by footers reads no rows", .spec("CLI-33"))
  func counting() throws {
    let storage = ObservedStorage(MemoryStorage())
    var options = TableOptions()
    options.name = "trips"
    options.keyFields = ["id"]
    options.partitionFields = ["city"]
    options.filterRate = nil
    let table = try LakeTable.create(storage, try options.config())
    let rows = (0..<120_000).map {
      ("k\($0)", $0 % 2 == 0 ? "oslo" : "rome", Double($0), Int64($0))
    }
    _ = try table.upsert(try LakeTableTests.batch(rows))
    let size = try table.partitions().reduce(0) { $0 + $1.bytes }
    storage.reset()
    let count = try table.count()
    #expect(count.rows == 120_000 && count.source == .footers && count.files == 2)
    // A footer comes with the last 64 KiB of its file.
    let read = storage.counts.bytesRead(.base)
    #expect(read < 2 * 72_000 && size > 2 * read, "\(read) of \(size)")
    let some = try table.count(where: try RowPredicate("fare >= 100 and city = 'oslo'"))
    #expect(some.rows == 59_950 && some.source == .scan)
  }
}
