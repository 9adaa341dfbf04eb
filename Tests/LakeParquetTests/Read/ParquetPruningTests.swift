// Bounds that may be believed, and those that may not.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite struct ParquetPruningTests {
  private func bounds(
    _ element: SchemaElement, _ statistics: Statistics, orders: [ColumnOrder]? = [.typeDefined]
  ) throws -> ParquetBounds {
    var file = TinyFile(rows: 1)
    file.add([element], path: ["c"], [], count: 1, statistics: statistics)
    file.orders = orders
    return ParquetPruning(try ParquetFile(BufferSource(Buffer(file.finished()))))
      .bounds(rowGroup: 0, leaf: 0)
  }

  private func element(_ type: PhysicalType, _ logical: LogicalType? = nil, length: Int? = nil)
    -> SchemaElement
  {
    SchemaElement(
      "c", type: type, typeLength: length, repetition: .required, logicalType: logical)
  }

  private func newer(_ low: [UInt8], _ high: [UInt8]) -> Statistics {
    Statistics(nullCount: 0, maxValue: Buffer(high), minValue: Buffer(low))
  }

  private func older(_ low: [UInt8], _ high: [UInt8]) -> Statistics {
    Statistics(max: Buffer(high), min: Buffer(low))
  }

  private func double(_ value: Double) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64($0 * 8)) }
  }

  @Test("numbers compare as their type says", .spec("PQR-11"))
  func numbers() throws {
    let signed = try bounds(element(.int32), newer(int32s([-5]), int32s([9])))
    #expect(signed.lower == .int(-5) && signed.upper == .int(9))
    #expect(signed.isLowerExact && signed.isUpperExact && signed.hasNoNulls)
    // As unsigned, -5 is the larger.
    let unsigned = element(.int32, .integer(bits: 32, signed: false))
    #expect(try bounds(unsigned, newer(int32s([-5]), int32s([9]))).lower == nil)
    #expect(try bounds(unsigned, newer(int32s([9]), int32s([-5]))).upper == .uint(4_294_967_291))
    #expect(try bounds(unsigned, older(int32s([9]), int32s([10]))).lower == nil)
    #expect(try bounds(unsigned, older(int32s([9]), int32s([9]))).lower == .uint(9))
    #expect(try bounds(element(.int32), older(int32s([1]), int32s([2]))).upper == .int(2))
    let decimal = element(.fixedLenByteArray, .decimal(scale: 0, precision: 4), length: 2)
    let range = try bounds(decimal, newer([0xFF, 0xFE], [0, 3]))
    #expect(range.lower == .decimal(-2) && range.upper == .decimal(3))
    #expect(try bounds(decimal, newer([0xFE], [0, 3])).lower == nil)
    #expect(try bounds(element(.int32), newer([1, 2, 3], int32s([9]))).lower == nil)
  }

  @Test("NaN spoils bounds, zero has two signs", .spec("PQR-11"))
  func floats() throws {
    let column = element(.double)
    #expect(try bounds(column, newer(double(.nan), double(1))).lower == nil)
    #expect(try bounds(column, newer(double(0), double(.nan))).upper == nil)
    let zero = try bounds(column, newer(double(0), double(-0.0)))
    #expect(zero.lower == .double(-0.0) && zero.upper == .double(0.0))
    #expect(!zero.isLowerExact && zero.mayHoldNaN)
    let half = element(.fixedLenByteArray, .float16, length: 2)
    #expect(try bounds(half, newer([0, 0x3C], [0, 0x40])).upper == .float(2))
    #expect(try bounds(half, newer([1, 0x7C], [0, 0x40])).upper == nil)
  }

  @Test("texts may be cut; the deprecated bounds of texts are not believed", .spec("PQR-11"))
  func texts() throws {
    let column = element(.byteArray, .string)
    let plain = try bounds(column, newer(Array("a".utf8), Array("b".utf8)))
    #expect(plain.lower == .string("a") && plain.upper == .string("b"))
    #expect(!plain.isLowerExact && !plain.isUpperExact)
    var exact = newer(Array("a".utf8), [0xC3])
    exact.isMinValueExact = true
    exact.isMaxValueExact = false
    let cut = try bounds(column, exact)
    #expect(cut.isLowerExact && !cut.isUpperExact && cut.upper == .binary([0xC3]))
    #expect(try bounds(column, older(Array("a".utf8), Array("b".utf8))).lower == nil)
    #expect(try bounds(column, older(Array("a".utf8), Array("a".utf8))).lower == .string("a"))
    #expect(try bounds(column, newer(Array("b".utf8), Array("a".utf8))).lower == nil)
  }

  @Test("without a known order nothing is believed", .spec("PQR-11"))
  func orders() throws {
    let statistics = newer(int32s([1]), int32s([2]))
    #expect(try bounds(element(.int32), statistics, orders: nil).lower == nil)
    #expect(try bounds(element(.int32), statistics, orders: [.unknown]).lower == nil)
    #expect(try bounds(element(.int96), newer([UInt8](repeating: 0, count: 12), [])).lower == nil)
    let interval = SchemaElement(
      "c", type: .fixedLenByteArray, typeLength: 12, repetition: .required,
      convertedType: .interval)
    let twelve = [UInt8](repeating: 1, count: 12)
    #expect(try bounds(interval, newer(twelve, twelve)).lower == nil)
    var lying = statistics
    lying.nullCount = 5
    #expect(try bounds(element(.int32), lying).nullCount == nil)
    lying.nullCount = 1
    #expect(try bounds(element(.int32), lying).isAllNull)
  }

  /// Expected: the rows and bounds that reading the whole file gives.
  @Test(
    "rows of some pages are those rows", .spec("PQR-7"),
    .enabled(if: Fixtures.arePresent, "no fixtures beside the project"))
  func selections() throws {
    let bytes = try Fixtures.bytes(Fixtures.root + "/parquet/alltypes_tiny_pages.parquet")
    let counting = CountingSource(Buffer(bytes))
    let file = try ParquetFile(counting)
    var whole = try file.batches(columns: ["id", "string_col"])
    var ids: [Scalar] = []
    var strings: [Scalar] = []
    while let batch = try whole.next() {
      ids += (0..<batch.count).map { batch.columns[0].scalar($0) }
      strings += (0..<batch.count).map { batch.columns[1].scalar($0) }
    }
    #expect(ids.count == 7300)
    let all = counting.bytesRead
    var selection = RowSelection()
    selection[0] = [5000..<5003, 17..<40, 7299..<9000, 39..<41]
    var some = try file.batches(columns: ["string_col", "id"], selection: selection)
    let batch = try #require(try some.next())
    let rows = Array(17..<41) + Array(5000..<5003) + [7299]
    #expect((0..<batch.count).map { batch.columns[1].scalar($0) } == rows.map { ids[$0] })
    #expect((0..<batch.count).map { batch.columns[0].scalar($0) } == rows.map { strings[$0] })
    #expect(try some.next() == nil)
    #expect(counting.bytesRead - all < all / 3)

    let pruning = ParquetPruning(file)
    let leaf = try #require(pruning.leaf(named: "id"))
    let pages = try #require(try pruning.pages(rowGroup: 0, leaf: leaf.index))
    #expect(pages.count > 10)
    for page in pages {
      guard case .int(let low) = page.bounds.lower, case .int(let high) = page.bounds.upper else {
        Issue.record("a page without bounds")
        continue
      }
      let values = page.rows.compactMap { row -> Int64? in
        if case .int(let id) = ids[row] { id } else { nil }
      }
      #expect(values.min() == low && values.max() == high)
    }
  }

  @Test(
    "leaves side by side give the same batches", .spec("PQR-7"),
    .enabled(if: Fixtures.arePresent, "no fixtures beside the project"))
  func parallel() throws {
    for name in ["alltypes_tiny_pages", "nonnullable.impala", "list_columns"] {
      let bytes = try Fixtures.bytes(Fixtures.root + "/parquet/\(name).parquet")
      var options = ParquetReadOptions()
      options.batchRows = 1000
      let (file, batches) = try allBatches(bytes, options)
      let source = try file.batches()
      var other: [RecordBatch] = []
      for group in source.rowGroups {
        other += try source.decodeRowGroup(group, Workers(width: 2))
      }
      #expect(other.map(\.count) == batches.map(\.count))
      for (left, right) in zip(batches, other) {
        for (a, b) in zip(left.columns, right.columns) {
          #expect((0..<a.count).allSatisfy { a.scalar($0) == b.scalar($0) })
        }
      }
    }
  }

  @Test("a dictionary is every value, where all pages have codes", .spec("PQR-11"))
  func dictionary() throws {
    for hasPlainPage in [false, true] {
      var file = TinyFile(rows: 1)
      file.add(
        [element(.int32)], path: ["c"],
        [
          TinyFile.dictionary(int32s([7, 8]), count: 2),
          TinyFile.data([1, 2, 1], count: 1, .rleDictionary),
        ], count: 1
      ) { chunk in
        chunk.encodingStats = [
          PageEncodingStats(.dictionary, .plain, count: 1),
          PageEncodingStats(.data, .rleDictionary, count: 1),
          PageEncodingStats(.data, .plain, count: hasPlainPage ? 1 : 0),
        ]
      }
      let pruning = ParquetPruning(try ParquetFile(BufferSource(Buffer(file.finished()))))
      let values = try pruning.dictionary(rowGroup: 0, leaf: 0)
      #expect((values == nil) == hasPlainPage)
      if let values { #expect([values.scalar(0), values.scalar(1)] == [.int(7), .int(8)]) }
    }
  }
}
