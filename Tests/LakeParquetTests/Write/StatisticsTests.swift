import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite("Statistics and page index")
struct StatisticsTests {
  private func statistics(
    _ type: ColumnType, _ values: [Scalar], dictionary: Bool = true
  ) throws -> Statistics {
    let schema = Schema([Field("c", type)])
    var options = ParquetWriteOptions()
    options.dictionary = dictionary
    let written = try write(
      schema, [RecordBatch(schema, [try Column(type, scalars: values)])], options)
    let group = try #require(written.result.metadata.rowGroups.first)
    return try #require(group.columns[0].metadata?.statistics)
  }

  private func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  @Test("bounds of numbers", .spec("PQW-11"), arguments: [true, false])
  func numbers(_ dictionary: Bool) throws {
    let cases: [(ColumnType, [Scalar], [UInt8]?, [UInt8]?)] = [
      (.int32, [.int(-5), .null, .int(7)], little(Int32(-5)), little(Int32(7))),
      (.int8, [.int(-128), .int(127)], little(Int32(-128)), little(Int32(127))),
      (.uint8, [.uint(200), .uint(3)], little(Int32(3)), little(Int32(200))),
      (.uint32, [.uint(1), .uint(0xFFFF_FFFF)], little(Int32(1)), little(UInt32.max)),
      (.uint64, [.uint(1), .uint(.max)], little(UInt64(1)), little(UInt64.max)),
      (.int64, [.int(.max), .int(.min)], little(Int64.min), little(Int64.max)),
      (.bool, [.bool(false), .bool(false)], [0], [0]),
      (.bool, [.bool(true), .bool(false), .null], [0], [1]),
      (
        .float64, [.double(.nan), .double(3), .double(-1)], little((-1.0).bitPattern),
        little(3.0.bitPattern)
      ),
      (.float64, [.double(0), .double(.nan)], little((-0.0).bitPattern), little(0.0.bitPattern)),
      (
        .float32, [.float(-0.0), .float(2)], little(Float(-0.0).bitPattern),
        little(Float(2).bitPattern)
      ),
      (
        .float32, [.float(-3), .float(0), .float(-0.0)], little(Float(-3).bitPattern),
        little(Float(0).bitPattern)
      ),
      (
        .float64, [.double(.infinity), .double(-.infinity)], little((-Double.infinity).bitPattern),
        little(Double.infinity.bitPattern)
      ),
      (.float64, [.double(.nan), .null], nil, nil),
      (.float16, [.float(1), .float(-2), .float(.nan)], [0x00, 0xC0], [0x00, 0x3C]),
      (.float16, [.float(0)], [0x00, 0x80], [0x00, 0x00]),
      (
        .decimal(precision: 4, scale: 2), [.decimal(-100), .decimal(255)], [0xFF, 0x9C],
        [0x00, 0xFF]
      ),
      (
        .decimal(precision: 20, scale: 0), [.decimal(-1), .decimal(1), .null],
        Array(repeating: 0xFF, count: 9), Array(repeating: 0, count: 8) + [1]
      ),
      (.int32, [.null, .null], nil, nil),
    ]
    for (type, values, least, greatest) in cases {
      let found = try statistics(type, values, dictionary: dictionary)
      #expect(found.minValue?.bytes == least, "\(type) \(values)")
      #expect(found.maxValue?.bytes == greatest, "\(type) \(values)")
      #expect(found.nullCount == values.filter { $0 == .null }.count)
      #expect(found.min == nil && found.max == nil)
      if least != nil { #expect(found.isMinValueExact == true && found.isMaxValueExact == true) }
    }
  }

  @Test(
    "long byte arrays are cut downwards and upwards", .spec("PQW-11"), arguments: [true, false])
  func long(_ dictionary: Bool) throws {
    let a = Array(repeating: UInt8(ascii: "a"), count: 100)
    let text = String(decoding: a, as: UTF8.self)
    let cut = try statistics(.string, [.string(text)], dictionary: dictionary)
    #expect(cut.minValue?.bytes == Array(a[..<64]) && cut.isMinValueExact == false)
    #expect(
      cut.maxValue?.bytes == Array(a[..<63]) + [UInt8(ascii: "b")] && cut.isMaxValueExact == false)
    // Nothing follows a string of 0xFF, so the greatest stays whole.
    let ones = [UInt8](repeating: 0xFF, count: 70)
    let whole = try statistics(.binary, [.binary(ones)], dictionary: dictionary)
    #expect(whole.minValue?.bytes == Array(ones[..<64]) && whole.isMinValueExact == false)
    #expect(whole.maxValue?.bytes == ones && whole.isMaxValueExact == true)
    // Text is cut between characters and raised to another character.
    let accents = String(text.prefix(63)) + String(repeating: "é", count: 20)
    let split = try statistics(.string, [.string(accents)], dictionary: dictionary)
    #expect(split.minValue?.bytes == Array(a[..<63]))
    #expect(split.maxValue?.bytes == Array(a[..<62]) + [UInt8(ascii: "b")])
    let edge = String(text.prefix(60)) + "\u{D7FF}" + text
    let raised = try statistics(.string, [.string(edge)], dictionary: dictionary)
    #expect(raised.maxValue?.text?.unicodeScalars.last == "b")
    let surrogate = String(text.prefix(61)) + "\u{D7FF}" + text
    let jumped = try statistics(.string, [.string(surrogate)], dictionary: dictionary)
    #expect(jumped.maxValue?.text == String(text.prefix(61)) + "\u{E000}")
    // Short ones are exact; order is that of unsigned bytes.
    let short = try statistics(
      .binary, [.binary([0x80]), .binary([0x7F, 1]), .binary([])], dictionary: dictionary)
    #expect(short.minValue?.bytes == [] && short.maxValue?.bytes == [0x80])
    let prefixes = ["aaaaaaaab", "aaaaaaaa", "aaaaaaaac", "aaaaaaaabb", "aaaaaaaaa"]
    let near = try statistics(.string, prefixes.map { .string($0) }, dictionary: dictionary)
    #expect(near.minValue?.text == "aaaaaaaa" && near.maxValue?.text == "aaaaaaaac")
  }

  @Test("byte bounds are those of sorting", .spec("PQW-11"))
  func random() throws {
    for seed in 0..<40 {
      let random = SeededRandom(UInt64(seed))
      let values = (0..<50).map { _ in
        (0..<Int(random.next() % 24)).map { _ in
          UInt8(random.next() % 2 == 0 ? 0 : random.next() % 256)
        }
      }
      let sorted = values.sorted { $0.lexicographicallyPrecedes($1) }
      for dictionary in [true, false] {
        let found = try statistics(.binary, values.map { .binary($0) }, dictionary: dictionary)
        #expect(found.minValue?.bytes == sorted.first && found.maxValue?.bytes == sorted.last)
      }
    }
  }

  @Test("the page index knows each page", .spec("PQW-12"), arguments: [1, 2])
  func pageIndex(_ version: Int) throws {
    let schema = Schema([
      Field("up", .int64), Field("down", .int32), Field("mixed", .string), Field("gap", .int64),
      Field("nan", .float64), Field("items", .list(Field("element", .int32))),
    ])
    let rows = 100
    func column(_ type: ColumnType, _ value: (Int) -> Scalar) throws -> Column {
      try Column(type, scalars: (0..<rows).map(value))
    }
    let batch = RecordBatch(
      schema,
      [
        try column(.int64) { .int(Int64($0)) },
        try column(.int32) { .int(Int64(-$0)) },
        try column(.string) { .string(String($0 * 7 % 10)) },
        try column(.int64) { (30..<60).contains($0) ? .null : .int(1) },
        try column(.float64) { $0 < 10 ? .double(.nan) : .double(1) },
        try column(schema.fields[5].type) { row in .list((0..<row % 5).map { .int(Int64($0)) }) },
      ])
    var options = ParquetWriteOptions()
    options.dataPageVersion = version
    options.pageRows = 10
    let file = try ParquetFile(BufferSource(try write(schema, [batch], options).bytes))
    for leaf in 0..<6 {
      let offsets = try #require(try file.offsetIndex(rowGroup: 0, leaf: leaf))
      #expect(offsets.pages.map(\.firstRowIndex) == (0..<10).map { $0 * 10 })
    }
    func index(_ leaf: Int) throws -> ColumnIndex? { try file.columnIndex(rowGroup: 0, leaf: leaf) }
    let up = try #require(try index(0))
    #expect(up.boundaryOrder == .ascending && up.nullCounts == Array(repeating: 0, count: 10))
    #expect(up.minValues.map(\.bytes) == (0..<10).map { little(Int64($0 * 10)) })
    #expect(up.maxValues.map(\.bytes) == (0..<10).map { little(Int64($0 * 10 + 9)) })
    #expect(try index(1)?.boundaryOrder == .descending)
    let mixed = try #require(try index(2))
    #expect(mixed.minValues.allSatisfy { $0.bytes == [UInt8(ascii: "0")] })
    let gap = try #require(try index(3))
    #expect(gap.nullPages == (0..<10).map { (3..<6).contains($0) })
    #expect(gap.nullCounts == (0..<10).map { (3..<6).contains($0) ? 10 : 0 })
    #expect(gap.minValues[4].isEmpty && gap.boundaryOrder == .ascending)
    // A page of NaN has values and no bounds, so the chunk has no column index.
    #expect(try index(4) == nil)
    // Reading one page of a repeated column by its rows.
    var selection = RowSelection()
    selection[0] = [73..<76]
    var source = try file.batches(columns: ["items", "up"], selection: selection)
    var found: [Scalar] = []
    while let batch = try source.next() {
      found += (0..<batch.count).map { batch.columns[0].scalar($0) }
    }
    #expect(found == (73..<76).map { row in .list((0..<row % 5).map { .int(Int64($0)) }) })
  }

  @Test("a changed page is noticed", .spec("PQW-14"), arguments: [1, 2])
  func checksums(_ version: Int) throws {
    let schema = Schema([Field("c", .string)])
    let column = try Column(.string, scalars: (0..<100).map { .string("value \($0 % 9)") })
    var options = ParquetWriteOptions()
    options.dataPageVersion = version
    options.codec = .none
    let written = try write(schema, [RecordBatch(schema, [column])], options)
    let chunk = try #require(written.result.metadata.rowGroups[0].columns[0].metadata)
    let dictionary = try #require(chunk.dictionaryPageOffset)
    for place in [chunk.dataPageOffset - 2, dictionary + chunk.totalCompressedSize - 2] {
      var bytes = written.bytes.bytes
      bytes[place] ^= 1
      #expect(code { _ = try readColumns(Buffer(bytes)) } == .parquetChecksum)
    }
  }
}
