// Rows of two sides, column by column, against the scalars they hold.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Equal rows") struct RowEqualityTests {
  private static func bits(_ type: ColumnType, _ left: [Scalar], _ right: [Scalar]) throws -> [Bool]
  {
    let equal = Column.equalRows(
      [try Column(type, scalars: left)], [try Column(type, scalars: right)], count: left.count)
    return (0..<equal.count).map { equal[$0] }
  }

  @Test("floating-point numbers by their bits, nulls equal to nulls", .spec("CHANGE-4"))
  func floats() throws {
    let nan = Double.nan
    let other = Double(bitPattern: nan.bitPattern | 1)
    #expect(
      try Self.bits(
        .float64,
        [
          .double(0), .double(nan), .double(nan), .null, .null, .double(0), .double(1),
          .double(.infinity),
        ],
        [
          .double(-0.0), .double(nan), .double(other), .null, .double(0), .null, .double(1),
          .double(-.infinity),
        ]) == [false, true, false, true, false, false, true, false])
    #expect(
      try Self.bits(
        .float32, [.float(0), .float(.nan), .float(2)], [.float(-0.0), .float(.nan), .float(2)])
        == [false, true, true])
  }

  @Test("an empty value is no null, and lengths count", .spec("CHANGE-4"))
  func bytes() throws {
    #expect(
      try Self.bits(
        .string, [.string(""), .string("ab"), .string("ab"), .string("é")],
        [.null, .string("a"), .string("ab"), .string("e\u{301}")])
        == [false, false, true, false])
    #expect(
      try Self.bits(.binary, [.binary([0]), .binary([])], [.binary([0, 0]), .binary([])])
        == [false, true])
    #expect(
      try Self.bits(
        .bool, [.bool(true), .bool(false), .null], [.bool(false), .bool(false), .null])
        == [false, true, true])
  }

  @Test("nested values: items, fields and entries in their order", .spec("CHANGE-4"))
  func nested() throws {
    let list = ColumnType.list(Field("element", .int32))
    #expect(
      try Self.bits(
        list,
        [
          .list([.int(1), .int(2)]), .list([]), .list([.null]), .list([.int(1)]), .null,
          .list([.null]),
        ],
        [
          .list([.int(2), .int(1)]), .null, .list([.null]), .list([.int(1), .int(1)]), .null,
          .list([]),
        ]) == [false, false, true, false, true, false])
    let structure = ColumnType.structure([Field("a", .string), Field("b", list)])
    #expect(
      try Self.bits(
        structure,
        [
          .structure([.null, .null]), .structure([.string("x"), .list([.int(1)])]),
          .structure([.string("x"), .null]),
        ],
        [
          .null, .structure([.string("x"), .list([.int(1)])]),
          .structure([.string("x"), .list([])]),
        ]) == [false, true, false])
    let map = ColumnType.map(
      key: Field("key", .string, nullable: false), value: Field("value", .int64))
    let a: (key: Scalar, value: Scalar) = (.string("a"), .int(1))
    let b: (key: Scalar, value: Scalar) = (.string("b"), .null)
    #expect(
      try Self.bits(
        map, [.map([a, b]), .map([a, b]), .map([])], [.map([a, b]), .map([b, a]), .map([a])])
        == [true, false, false])
  }

  @Test("rows are equal when all columns are; without columns they all are", .spec("CHANGE-4"))
  func columns() throws {
    let ones = try Column(.int64, scalars: [.int(1), .int(1), .int(1)])
    let left = [ones, try Column(.string, scalars: [.string("a"), .string("b"), .null])]
    let right = [
      try Column(.int64, scalars: [.int(1), .int(1), .int(2)]),
      try Column(.string, scalars: [.string("a"), .string("c"), .null]),
    ]
    let equal = Column.equalRows(left, right, count: 3)
    #expect((0..<3).map { equal[$0] } == [true, false, false])
    #expect(Column.equalRows([], [], count: 4).setCount == 4)
    #expect(
      Column.equalRows(left.map { $0.slice(0..<0) }, left.map { $0.slice(0..<0) }, count: 0)
        .count == 0)
    // Slices do not begin where their memory does.
    let shifted = Column.equalRows(
      left.map { $0.slice(1..<3) }, left.map { $0.slice(0..<2) }, count: 2)
    #expect((0..<2).map { shifted[$0] } == [false, false])
  }

  @Test("a dictionary's texts are its texts", .spec("CHANGE-4"))
  func dictionaries() throws {
    let texts: [Scalar] = [.string("b"), .null, .string("a"), .string("b"), .string("")]
    let plain = try Column(.string, scalars: texts)
    // Two entries of one text, as a merged dictionary may have them.
    let values = try Column(
      .string, scalars: ["a", "b", "", "b"].map { .string($0) })
    func coded(_ codes: [Int64]) throws -> Column {
      guard case .fixed(let buffer) = try Column(.int32, scalars: codes.map { .int($0) }).layout
      else { throw LakeError(.limitExceeded, "no codes") }
      return Column(
        .string, count: codes.count, validity: plain.validity,
        layout: .dictionary(codes: buffer, values: values))
    }
    let one = try coded([1, 0, 0, 3, 2])
    let other = try coded([3, 2, 0, 1, 2])
    for (a, b) in [(plain, one), (one, plain), (one, other)] {
      #expect(Column.equalRows([a], [b], count: 5).setCount == 5)
    }
    let different = try coded([0, 0, 0, 3, 0])
    let equal = Column.equalRows([plain], [different], count: 5)
    #expect((0..<5).map { equal[$0] } == [false, true, true, true, false])
  }

  @Test("as the scalars say, for any type", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func generated(_ seed: UInt64) throws {
    let generator = GeneratedColumns(seed: seed)
    for _ in 0..<20 {
      let type = generator.type()
      let left = (0..<40).map { _ in generator.value(type, nulls: 5) }
      let right = left.map { generator.below(2) == 0 ? $0 : generator.value(type, nulls: 5) }
      #expect(
        try Self.bits(type, left, right) == zip(left, right).map { $0 == $1 }, "\(type)")
    }
  }
}
