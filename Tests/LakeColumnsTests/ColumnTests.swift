// Columns against plain arrays of scalars: slices, rows by number, concatenation, in every type.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Columns")
struct ColumnTests {
  @Test("values come out as they went in", .spec("COL-3", "COL-7"))
  func values() throws {
    for seed in 0..<200 {
      let data = GeneratedColumns(seed: UInt64(seed))
      let type = seed < 44 ? GeneratedColumns.leaves[seed % 22] : data.type()
      let (column, values) = try data.column(type, count: data.below(70))
      #expect(scalars(column) == values, "\(type)")
      #expect(column.nullCount == values.count { $0 == .null }, "\(type)")
      #expect(column.type == type && column.count == values.count)
    }
  }

  @Test("a slice holds the rows of its range, also a slice of a slice", .spec("COL-4"))
  func slices() throws {
    for seed in 0..<200 {
      let data = GeneratedColumns(seed: 500 + UInt64(seed))
      let (column, values) = try data.column(data.type(), count: 1 + data.below(70))
      let start = data.below(values.count)
      let end = start + data.below(values.count - start + 1)
      let slice = column.slice(start..<end)
      #expect(scalars(slice) == Array(values[start..<end]), "\(column.type)")
      guard end > start else { continue }
      let middle = data.below(end - start)
      #expect(scalars(slice.slice(middle..<end - start)) == Array(values[start + middle..<end]))
    }
  }

  @Test("rows by number, in any order, repeated, negative ones null", .spec("COL-5"))
  func take() throws {
    for seed in 0..<200 {
      let data = GeneratedColumns(seed: 1_000 + UInt64(seed))
      let (whole, all) = try data.column(data.type(), count: 2 + data.below(60))
      let column = whole.slice(1..<all.count)
      let values = Array(all[1...])
      let rows = (0..<data.below(80)).map { _ in Int32(data.below(values.count + 1)) - 1 }
      let expected = rows.map { $0 < 0 ? Scalar.null : values[Int($0)] }
      #expect(scalars(column.take(rows)) == expected, "\(column.type)")
    }
  }

  @Test("concatenation of slices", .spec("COL-6"))
  func concat() throws {
    for seed in 0..<200 {
      let data = GeneratedColumns(seed: 2_000 + UInt64(seed))
      let type = data.type()
      var parts: [Column] = []
      var expected: [Scalar] = []
      for _ in 0..<data.below(5) {
        let (column, values) = try data.column(type, count: data.below(40))
        let start = data.below(values.count + 1)
        parts.append(column.slice(start..<values.count))
        expected += values[start...]
      }
      let whole = try Column.concat(parts, as: type)
      #expect(scalars(whole) == expected, "\(type)")
      #expect(whole.nullCount == expected.count { $0 == .null })
    }
  }

  @Test("dictionaries become plain values", .spec("COL-6", "COL-3"))
  func dictionaries() throws {
    let values = try Column(.string, scalars: [.string("a"), .string("bb"), .string("")])
    let codes: [Int32] = [2, 0, 1, 1, 0]
    let buffer = codes.withUnsafeBytes { Buffer(copying: $0) }
    let validity = Bitmap([true, true, false, true, true])
    let column = Column(
      .string, count: 5, validity: validity, layout: .dictionary(codes: buffer, values: values))
    let expected: [Scalar] = [.string(""), .string("a"), .null, .string("bb"), .string("a")]
    #expect(scalars(column) == expected)
    #expect(scalars(column.decoded()) == expected)
    let plain = try Column(.string, scalars: [.string("z"), .null])
    let both = try Column.concat([plain, column.slice(1..<4), plain], as: .string)
    #expect(
      scalars(both) == [.string("z"), .null] + expected[1..<4] + [.string("z"), .null])
    guard case .bytes = try Column.concat([column], as: .string).layout else {
      Issue.record("a dictionary is left")
      return
    }
  }

  @Test("batches concatenate by position; other types do not", .spec("COL-6"))
  func batches() throws {
    let schema = Schema([Field("a", .int64), Field("b", .string)])
    let one = RecordBatch(
      schema,
      [
        try Column(.int64, scalars: [.int(1), .null]),
        try Column(.string, scalars: [.null, .string("y")]),
      ])
    let both = try RecordBatch.concat([one, one.slice(1..<2)], as: schema)
    #expect(both.count == 3)
    #expect(scalars(both.columns[0]) == [.int(1), .null, .null])
    #expect(scalars(both.columns[1]) == [.null, .string("y"), .string("y")])
    #expect(try RecordBatch.concat([], as: schema).count == 0)
    let error = #expect(throws: LakeError.self) {
      try Column.concat([one.columns[0]], as: .int32)
    }
    #expect(error?.code == .schemaMismatch)
    let narrow = #expect(throws: LakeError.self) {
      try RecordBatch.concat([one], as: Schema([Field("a", .int64)]))
    }
    #expect(narrow?.code == .schemaMismatch)
  }
}
