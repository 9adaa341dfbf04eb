// Row numbers as keys: equal numbers are equal keys, wherever they come from.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Numbers as keys")
struct PositionKeysTests {
  @Test("eight bytes a number, the same from a list and from a range", .spec("MERGE-30"))
  func keys() {
    let numbers: [Int64] = [0, 1, 255, 256, 1 << 33, 258]
    let keys = Column.positionKeys(numbers)
    #expect(keys.type == .binary && keys.count == 6 && keys.nullCount == 0)
    #expect(keys.bytes(3).bytes == [0, 1, 0, 0, 0, 0, 0, 0])
    #expect(keys.bytes(4).bytes == [0, 0, 0, 0, 2, 0, 0, 0])
    let table = KeyTable()
    #expect(table.insert(keys) == [0, 1, 2, 3, 4, 5])
    let found = table.freeze().find(.positionKeys(254..<260 as Range<Int64>))
    #expect(found == [-1, 2, 3, -1, 5, -1])
    #expect(Column.positionKeys(7..<7 as Range<Int64>).count == 0)
  }
}
