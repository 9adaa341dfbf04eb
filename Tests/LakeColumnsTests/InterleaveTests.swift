// Rows picked from two columns, against the picks one by one.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Interleaving") struct InterleaveTests {
  private static func plain(_ type: ColumnType, _ count: Int, _ salt: Int) throws -> Column {
    let scalars = (0..<count).map { row -> Scalar in
      if (row + salt) % 5 == 0 { return .null }
      switch type {
      case .string: return .string("value \((row * 7 + salt) % 4)")
      case .bool: return .bool((row + salt) % 3 == 0)
      default: return .int(Int64(row * 31 + salt))
      }
    }
    return try Column(type, scalars: scalars)
  }

  /// The same texts as codes over the four values.
  private static func coded(_ column: Column) throws -> Column {
    let names = (0..<4).map { "value \($0)" }
    let builder = ColumnBuilder(.int32, capacity: column.count)
    for row in 0..<column.count {
      let code = column.isNull(row) ? 0 : names.firstIndex(of: column.string(row)) ?? 0
      try builder.append(.int(Int64(code)))
    }
    guard case .fixed(let codes) = builder.finish().layout else { return column }
    return Column(
      column.type, count: column.count, validity: column.validity,
      layout: .dictionary(
        codes: codes, values: try Column(.string, scalars: names.map { .string($0) })))
  }

  @Test(
    "every pick is its row, plain or by a dictionary", arguments: [0, 1, 7, 40, 400], [1, 3, 50])
  func picks(count: Int, stride: Int) throws {
    let random = SeededRandom(UInt64(count * 100 + stride))
    var picks: [Int32] = []
    var row = 0
    while row < count {
      picks.append(random.next() % 4 == 0 ? -1 - Int32(random.next() % 60) : Int32(row))
      row += 1 + Int(random.next() % UInt64(stride))
    }
    for type in [ColumnType.int64, .int32, .bool, .string] {
      let first = try Self.plain(type, count, 1)
      let second = try Self.plain(type, 60, 2)
      let expected = picks.map {
        $0 >= 0 ? first.scalar(Int($0)) : second.scalar(Int(-1 - $0))
      }
      var sides = [(first, second)]
      if type == .string {
        sides += [(try Self.coded(first), second), (try Self.coded(first), try Self.coded(second))]
      }
      for (a, b) in sides {
        let found = Column.interleave(a, b, picks)
        #expect((0..<found.count).map { found.scalar($0) } == expected)
        #expect(found.nullCount == expected.count { $0 == .null })
        let again = found.decoded()
        #expect((0..<again.count).map { again.scalar($0) } == expected)
      }
    }
  }

  @Test("a small dictionary stays one")
  func dictionaries() throws {
    let first = try Self.coded(try Self.plain(.string, 100, 1))
    let second = try Self.plain(.string, 5, 2)
    let mixed = Column.interleave(first, second, (0..<100).map { $0 == 50 ? -2 : $0 })
    guard case .dictionary(_, let values) = mixed.layout else {
      Issue.record("plain values")
      return
    }
    #expect(values.count == 5)
  }
}
