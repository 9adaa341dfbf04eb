// Batches into bytes and back, in every type; bytes that were cut.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Batches as bytes")
struct BatchBytesTests {
  @Test("every batch of a run comes back, slices and dictionaries too", .spec("COL-3", "COL-4"))
  func roundTrip() throws {
    for seed in 0..<150 {
      let data = GeneratedColumns(seed: 5_000 + UInt64(seed))
      let types =
        (0..<1 + data.below(4)).map { _ in data.type() }
        + [GeneratedColumns.leaves[seed % GeneratedColumns.leaves.count], .string]
      let schema = Schema(types.enumerated().map { Field("c\($0.offset)", $0.element) })
      let out = GrowingBuffer()
      var expected: [[[Scalar]]] = []
      for _ in 0..<1 + data.below(4) {
        let count = data.below(60)
        let start = data.below(count + 1)
        var columns = try types.dropLast().map { try data.column($0, count: count).0 }
        let codes = (0..<count).map { _ in Int32(data.below(3)) }
        columns.append(
          Column(
            .string, count: count,
            layout: .dictionary(
              codes: Buffer(codes.flatMap { [UInt8($0), 0, 0, 0] }),
              values: try Column(.string, scalars: ["a", "", "ccc"].map { .string($0) }))))
        let batch = RecordBatch(schema, columns, count: count).slice(start..<count)
        expected.append(batch.columns.map { scalars($0) })
        BatchBytes.append(batch, to: out)
      }
      let bytes = out.take()
      var reader = ByteReader(bytes, code: .defect)
      for values in expected {
        let batch = try BatchBytes.next(schema, &reader)
        #expect(batch.columns.map { scalars($0) } == values, "\(types)")
      }
      #expect(reader.isAtEnd)
      var cut = ByteReader(bytes[0..<bytes.count - 1 - data.below(bytes.count)], code: .defect)
      let error = #expect(throws: LakeError.self) {
        for _ in expected { _ = try BatchBytes.next(schema, &cut) }
      }
      #expect(error?.code == .defect)
    }
  }
}

@Suite("Keys in parts")
struct KeyPartsTests {
  static func keys(_ numbers: Range<Int>) throws -> Column {
    try Column(.string, scalars: numbers.map { $0 % 50 == 7 ? .null : .string("key \($0)") })
  }

  @Test("parts of parts hold each key once, and the same keys whoever divides", .spec("MERGE-24"))
  func parts() throws {
    let keys = try Self.keys(0..<3_000)
    for (row, part) in keys.rows(byPart: 4, within: 1).enumerated() {
      #expect(part == keys.rows(inPart: row, of: 4).selection())
      #expect(part.count > 600 && part.count < 900)
      let inside = keys.take(part)
      for (number, rows) in inside.rows(byPart: 16, within: 4).enumerated() {
        let expected = keys.rows(inPart: row + 4 * number, of: 64).selection()
        #expect(rows.map { part[Int($0)] } == (expected.filter { part.contains($0) }))
        if row > 0 { #expect(rows.count == expected.count) }
      }
    }
  }

  @Test("a filter knows every key that was added and few others", .spec("MERGE-24"))
  func filter() throws {
    let filter = KeyFilter(byteCount: 4_096)
    filter.add(try Self.keys(0..<2_000))
    let known = filter.rows(try Self.keys(0..<2_000))
    #expect(known.setCount == 2_000 - 40)
    #expect(filter.rows(try Self.keys(100_000..<110_000)).setCount < 400)
    let small = KeyFilter(byteCount: 1)
    small.add(try Self.keys(0..<2_000))
    #expect(small.rows(try Self.keys(0..<2_000)).setCount == 2_000 - 40)
  }
}
