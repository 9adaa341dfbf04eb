import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite("Rows that cannot be written")
struct WriteErrorTests {
  private func failure(
    _ field: Field, _ values: [Scalar], _ set: (inout ParquetWriteOptions) -> Void = { _ in }
  ) throws -> LakeError? {
    var options = ParquetWriteOptions()
    set(&options)
    let schema = Schema([field])
    let batch = RecordBatch(schema, [try Column(field.type, scalars: values)])
    do throws(LakeError) {
      _ = try write(schema, [batch], options)
      return nil
    } catch { return error }
  }

  @Test("a null where none is allowed names the column", .spec("PQW-3"))
  func nulls() throws {
    let flat = try failure(Field("k", .int32, nullable: false), [.int(1), .null])
    #expect(flat?.code == .inputValueInvalid && flat?.message.contains("\"k\"") == true)
    let inner = Field("s", .structure([Field("x", .string, nullable: false)]))
    let below = try failure(inner, [.structure([.string("a")]), .structure([.null])])
    #expect(below?.code == .inputValueInvalid && below?.message.contains("\"s.x\"") == true)
    // A null struct is not a null of its required field.
    #expect(try failure(inner, [.structure([.string("a")]), .null]) == nil)
    let all = try failure(Field("n", .null, nullable: false), [.null])
    #expect(all?.code == .inputValueInvalid)
  }

  @Test("two-level lists refuse null elements", .spec("PQW-6"))
  func twoLevel() throws {
    let field = Field("tags", .list(Field("element", .string)))
    let values: [Scalar] = [.list([.string("a"), .null])]
    let error = try failure(field, values) {
      $0.dialect = .avro(messageName: "r", lists: .twoLevel)
    }
    #expect(error?.code == .inputValueInvalid && error?.message.contains("\"tags.array\"") == true)
    #expect(error?.hint?.contains("three-level") == true)
    let nested = Field("m", .list(Field("element", .list(Field("element", .int32)))))
    let inner = try failure(nested, [.list([.list([.int(1)]), .null])]) {
      $0.dialect = .avro(messageName: "r", lists: .twoLevel)
    }
    #expect(inner?.message.contains("\"m.array\"") == true)
    let allowed = try failure(field, values) {
      $0.dialect = .avro(messageName: "r", lists: .threeLevel)
    }
    #expect(allowed == nil)
  }

  @Test("a decimal beyond its digits", .spec("PQW-8"))
  func decimals() throws {
    for (precision, limit) in [(3, Int128(1000)), (18, 1_000_000_000_000_000_000)] {
      let field = Field("d", .decimal(precision: precision, scale: 0))
      #expect(try failure(field, [.decimal(limit - 1), .decimal(1 - limit)]) == nil)
      #expect(try failure(field, [.decimal(limit)])?.code == .inputValueInvalid)
      #expect(try failure(field, [.decimal(-limit)])?.code == .inputValueInvalid)
      #expect(try failure(field, [.decimal(limit << 64)])?.code == .inputValueInvalid)
    }
    let wide = Field("d", .decimal(precision: 20, scale: 0))
    let bound = Int128(1_000_000_000_000_000_000) * 100
    #expect(try failure(wide, [.decimal(bound - 1)]) == nil)
    #expect(try failure(wide, [.decimal(bound)])?.code == .inputValueInvalid)
  }

  @Test("a value larger than a page may be", .spec("PQW-10"))
  func large() throws {
    let error = try failure(Field("s", .string), [.string(String(repeating: "x", count: 5000))]) {
      $0.limits.pageBytesMax = 4096
      $0.pageBytes = 1000
      $0.dictionary = false
      $0.dictionaryPageBytes = 1000
    }
    #expect(error?.code == .limitExceeded)
  }

  @Test("a batch of other columns, and a writer after an error", .spec("PQW-1"))
  func mismatch() throws {
    let schema = Schema([Field("a", .int32), Field("b", .string)])
    let column = try Column(.int32, scalars: [.int(1)])
    let text = try Column(.string, scalars: [.string("x")])
    let writer = try ParquetWriter(BufferSink(), schema, .init())
    let fewer = RecordBatch(Schema([Field("a", .int32)]), [column])
    #expect(code { try writer.write(fewer) } == .schemaMismatch)
    let good = RecordBatch(schema, [column, text])
    #expect(code { try writer.write(good) } == .defect)
    #expect(code { _ = try writer.finish() } == .defect)
    let other = try ParquetWriter(BufferSink(), schema, .init())
    let swapped = RecordBatch(Schema([Field("b", .string), Field("a", .int32)]), [text, column])
    #expect(code { try other.write(swapped) } == .schemaMismatch)
  }

  /// A sink that takes so many bytes and then no more.
  final class FullSink: ByteSink {
    var count = 0
    let capacity: Int
    init(_ capacity: Int) { self.capacity = capacity }
    func write(_ bytes: UnsafeRawBufferPointer) throws(LakeError) {
      guard count + bytes.count <= capacity else { throw LakeError(.diskFull, "full") }
      count += bytes.count
    }
    func finish() throws(LakeError) -> Int { count }
    func abandon() {}
  }

  @Test("a full disk is reported wherever it happens", .spec("PQW-1"))
  func full() throws {
    var samples = Samples(3, .many, nullEvery: 5)
    let batch = try samples.batch(Samples.flat, 50)
    let size = try write(Samples.flat, [batch], .init()).result.byteCount
    for capacity in stride(from: 0, to: size, by: 997) {
      let found = code {
        let writer = try ParquetWriter(FullSink(capacity), Samples.flat, .init())
        try writer.write(batch)
        _ = try writer.finish()
      }
      #expect(found == .diskFull, "\(capacity) of \(size)")
    }
  }

  @Test("pages end at their rows and bytes, row groups at theirs", .spec("PQW-10"))
  func sizes() throws {
    let schema = Schema([Field("n", .int64), Field("s", .string)])
    let column = try Column(
      .int64,
      scalars: (0..<5000).map {
        .int(Int64(truncatingIfNeeded: UInt64($0) &* 0x9E37_79B9_7F4A_7C15))
      })
    let texts = try Column(
      .string, scalars: (0..<5000).map { .string(String($0 * 7919, radix: 2)) })
    var options = ParquetWriteOptions()
    options.pageBytes = 4000
    options.rowGroupRows = 2000
    options.codec = .none
    let written = try write(schema, [RecordBatch(schema, [column, texts])], options)
    #expect(written.result.metadata.rowGroups.map(\.rowCount) == [2000, 2000, 1000])
    let file = try ParquetFile(BufferSource(written.bytes))
    for leaf in 0..<2 {
      let pages = try #require(try file.offsetIndex(rowGroup: 0, leaf: leaf)).pages
      #expect(pages.count > 2000 * 8 / 4100)
      for page in pages { #expect(page.compressedPageSize < 4000 + 120) }
    }
    // Uncompressed bytes end a row group too.
    options.rowGroupRows = nil
    options.rowGroupBytes = 1
    let small = try write(schema, [RecordBatch(schema, [column, texts])], options)
    #expect(small.result.metadata.rowGroups.count == 1)
    let twice = try write(
      schema, [RecordBatch(schema, [column, texts]), RecordBatch(schema, [column, texts])], options)
    #expect(twice.result.metadata.rowGroups.map(\.rowCount) == [5000, 5000])
  }
}
