import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite("Split-block bloom filters")
struct SplitBlockFilterTests {
  private func mayContain(_ filter: SplitBlockFilter, _ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { filter.mayContain(plain: $0) }
  }

  @Test(
    "a filter of another writer", .spec("PQW-13"),
    .enabled(if: Fixtures.arePresent, "no fixtures beside the project"))
  func foreign() throws {
    let bytes = try Fixtures.bytes(
      Fixtures.root + "/parquet/data_index_bloom_encoding_stats.parquet")
    let (file, columns) = try readColumns(Buffer(bytes))
    let found = try #require(try file.bloomFilter(rowGroup: 0, leaf: 0))
    let filter = try SplitBlockFilter(found.bits)
    for value in columns[0] {
      guard case .string(let text) = value else { continue }
      #expect(mayContain(filter, Array(text.utf8)))
    }
    let absent = (0..<1000).filter { mayContain(filter, Array("absent \($0)".utf8)) }
    #expect(absent.count < 20)
    // The same values at the same size give the same bits.
    var own = SplitBlockFilter(distinctCount: 1, falsePositives: 0.5)
    #expect(own.bits.count == 32)
    own = try SplitBlockFilter(Buffer([UInt8](repeating: 0, count: found.bits.count)))
    for case .string(let text) in columns[0] {
      own.insert(hash: XXHash64.hash(Array(text.utf8)))
    }
    #expect(own.bits == found.bits)
  }

  @Test("the size keeps the promised probability", .spec("PQW-13"))
  func sizes() {
    for (count, probability) in [(1, 0.01), (1000, 0.01), (1000, 0.001), (20_000, 0.05)] {
      var filter = SplitBlockFilter(distinctCount: count, falsePositives: probability)
      let random = SeededRandom(UInt64(count))
      let hashes = (0..<count).map { _ in random.next() }
      for hash in hashes { filter.insert(hash: hash) }
      #expect(hashes.allSatisfy { filter.mayContain(hash: $0) })
      let wrong = (0..<20_000).filter { _ in filter.mayContain(hash: random.next()) }.count
      #expect(Double(wrong) / 20_000 <= probability * 1.3)
    }
    // -8 * 1000 / ln(1 - 0.01^(1/8)) = 9681 bits, so 2048 bytes.
    #expect(SplitBlockFilter.byteCount(distinctCount: 1000, 0.01) == 2048)
  }

  @Test("filters in files know every value", .spec("PQW-13"), arguments: Spread.allCases)
  func files(_ spread: Spread) throws {
    let types: [ColumnType] = [
      .int32, .int64, .string, .float64, .decimal(precision: 9, scale: 2),
      .decimal(precision: 30, scale: 2), .fixedBinary(16),
    ]
    let schema = Schema(types.enumerated().map { Field("c\($0.offset)", $0.element) })
    for dictionary in [true, false] {
      var samples = Samples(11, spread, nullEvery: 4)
      let batch = try samples.batch(schema, 700)
      var options = ParquetWriteOptions()
      options.dictionary = dictionary
      options.pageRows = 100
      options.dictionaryPageBytes = 700
      options.rowGroupRows = 500
      for field in schema.fields { options.bloomFilterColumns[field.name] = 0.01 }
      let file = try ParquetFile(BufferSource(try write(schema, [batch], options).bytes))
      for (group, rows) in [0..<500, 500..<700].enumerated() {
        for leaf in types.indices {
          let filter = try SplitBlockFilter(
            try #require(try file.bloomFilter(rowGroup: group, leaf: leaf)).bits)
          let column = batch.columns[leaf]
          for row in rows where !column.isNull(row) {
            #expect(mayContain(filter, plain(column, row)), "\(types[leaf]) \(row)")
          }
        }
      }
    }
  }

  /// A value's PLAIN bytes without a length.
  private func plain(_ column: Column, _ row: Int) -> [UInt8] {
    guard case .decimal(let precision, _) = column.type else { return column.bytes(row).bytes }
    let big = withUnsafeBytes(of: column.value(row, as: Int128.self).bigEndian) { Array($0) }
    return big.suffix(decimalByteCount(precision))
  }

  @Test("bits that are no blocks are refused", .spec("PQW-13"), arguments: [0, 1, 31, 33])
  func malformed(_ count: Int) {
    let bits = Buffer([UInt8](repeating: 0, count: count))
    #expect(code { _ = try SplitBlockFilter(bits) } == .parquetMalformed)
  }
}
