// Files that lie. Each must be an error of its own kind: no trap, no memory by a declared size.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite struct HostileParquetTests {
  static let plain = SchemaElement("c", type: .int32, repetition: .required)
  static let text = SchemaElement(
    "c", type: .byteArray, repetition: .required, logicalType: .string)
  static let optional = SchemaElement("c", type: .int32, repetition: .optional)

  private func file(
    _ element: SchemaElement, _ pages: [TinyFile.Page], rows: Int,
    codec: CompressionCodec = .uncompressed, change: (inout ColumnMetadata) -> Void = { _ in }
  ) -> [UInt8] {
    var file = TinyFile(rows: rows)
    file.add([element], path: ["c"], pages, count: rows, codec: codec, change: change)
    return file.finished()
  }

  private func code(_ bytes: [UInt8], _ options: ParquetReadOptions = .init()) -> LakeCode? {
    do {
      _ = try allBatches(bytes, options)
      return nil
    } catch { return (error as? LakeError)?.code }
  }

  @Test("values that are not there", .spec("PQR-13"))
  func missingValues() {
    let billion = 1_000_000_000
    let three = TinyFile.data(int32s([1, 2, 3]), count: billion)
    #expect(code(file(Self.plain, [three], rows: billion)) == .parquetMalformed)
    #expect(
      code(file(Self.plain, [TinyFile.data(int32s([1]), count: 1)], rows: 2)) == .parquetMalformed)
    // Levels of a run that is long enough, values that are not.
    let run = levels(varint(UInt64(billion) << 1) + [1])
    #expect(
      code(file(Self.optional, [TinyFile.data(run, count: billion)], rows: billion))
        == .parquetMalformed)
    #expect(
      code(file(Self.text, [TinyFile.data(texts(["abc"]).dropLast(), count: 1)], rows: 1))
        == .parquetMalformed)
    #expect(
      code(file(Self.text, [TinyFile.data([255, 255, 255, 255, 1], count: 1)], rows: 1))
        == .parquetMalformed)
  }

  @Test("more values than rows", .spec("PQR-13"))
  func surplus() {
    let pages = [TinyFile.data(int32s([1, 2]), count: 2)]
    #expect(code(file(Self.plain, pages + pages, rows: 3)) == .parquetMalformed)
    #expect(
      code(file(Self.plain, pages, rows: 2, change: { $0.valueCount = 3 })) == .parquetMalformed)
  }

  @Test("places outside the file or the chunk", .spec("PQR-13"))
  func places() {
    let pages = [TinyFile.data(int32s([1, 2]), count: 2)]
    for change: (inout ColumnMetadata) -> Void in [
      { $0.dataPageOffset = 1 << 40 }, { $0.totalCompressedSize = 1 << 40 },
      { $0.dataPageOffset = .max }, { $0.totalCompressedSize = .max },
      { $0.totalCompressedSize = 5 }, { $0.dataPageOffset = 0 },
    ] {
      #expect(code(file(Self.plain, pages, rows: 2, change: change)) == .parquetMalformed)
    }
    var long = pages[0]
    long.header.compressedSize = 10_000
    #expect(code(file(Self.plain, [long], rows: 2)) == .parquetMalformed)
  }

  @Test("chunks that lie in each other, or tell another column's name", .spec("PQR-6", "PQR-13"))
  func chunks() throws {
    let elements = ["a", "b"].map { SchemaElement($0, type: .int32, repetition: .required) }
    func file(_ change: (inout ColumnMetadata, ColumnMetadata) -> Void) -> [UInt8] {
      var file = TinyFile(rows: 2)
      for (place, element) in elements.enumerated() {
        let page = TinyFile.data(int32s([Int32(place), 7]), count: 2)
        file.add([element], path: [element.name], [page], count: 2)
      }
      return file.finished { footer in
        guard let first = footer.rowGroups[0].columns[0].metadata,
          var second = footer.rowGroups[0].columns[1].metadata
        else { return }
        change(&second, first)
        footer.rowGroups[0].columns[1].metadata = second
      }
    }
    #expect(code(file { _, _ in }) == nil)
    // All of another chunk: its values are read twice; a part of it is no chunk.
    let same = file { $0.dataPageOffset = $1.dataPageOffset }
    let batch = try #require(try allBatches(same).batches.first)
    #expect(batch.columns.map { $0.scalar(0) } == [.int(0), .int(0)])
    for shift in [-20, -7, -1, 1, 5] {
      #expect(
        code(
          file {
            _ = $1
            $0.dataPageOffset += shift
          }) == .parquetMalformed)
    }
    // Statistics and values of a column of the same type would pass for those of another.
    for path in [["a"], ["b", "b"], ["B"], []] {
      #expect(
        code(
          file {
            $0.path = path; _ = $1
          }) == .parquetMalformed, "\(path)")
    }
  }

  @Test("dictionaries out of place and codes without one", .spec("PQR-13"))
  func dictionaries() {
    let dictionary = TinyFile.dictionary(int32s([7, 8]), count: 2)
    let coded = TinyFile.data([1, 2, 1], count: 1, .rleDictionary)
    #expect(code(file(Self.plain, [dictionary, coded], rows: 1)) == nil)
    #expect(code(file(Self.plain, [coded], rows: 1)) == .parquetMalformed)
    #expect(
      code(file(Self.plain, [dictionary, dictionary, coded], rows: 1)) == .parquetMalformed)
    #expect(
      code(file(Self.plain, [dictionary, coded, dictionary, coded], rows: 2)) == .parquetMalformed)
    let beyond = TinyFile.data([2, 2, 2], count: 1, .rleDictionary)
    #expect(code(file(Self.plain, [dictionary, beyond], rows: 1)) == .parquetMalformed)
    let wide = TinyFile.data([33, 2, 2], count: 1, .rleDictionary)
    #expect(code(file(Self.plain, [dictionary, wide], rows: 1)) == .parquetMalformed)
    let lying = TinyFile.dictionary(int32s([7, 8]), count: 1 << 30)
    #expect(code(file(Self.plain, [lying, coded], rows: 1)) == .parquetMalformed)
  }

  @Test("levels beyond their maximum", .spec("PQR-13"))
  func levelsBeyond() {
    let page = TinyFile.data(levels([2, 3]) + int32s([1]), count: 1)
    #expect(code(file(Self.optional, [page], rows: 1)) == .parquetMalformed)
    let cut = TinyFile.data([200, 0, 0, 0, 1], count: 1)
    #expect(code(file(Self.optional, [cut], rows: 1)) == .parquetMalformed)
  }

  @Test("a list that does not begin with a row, and one without end", .spec("PQR-13"))
  func lists() {
    let list = SchemaElement("c", type: .int32, repetition: .repeated)
    func page(_ repetition: [UInt8], _ definition: [UInt8], _ values: [UInt8], _ count: Int)
      -> TinyFile.Page
    { TinyFile.data(levels(repetition) + levels(definition) + values, count: count) }
    #expect(code(file(list, [page([2, 0], [2, 1], int32s([1]), 1)], rows: 1)) == nil)
    #expect(
      code(file(list, [page([2, 1], [2, 1], int32s([1]), 1)], rows: 1)) == .parquetMalformed)
    // One row of two billion elements, all of them one dictionary value, in a few bytes.
    let many = Int(Int32.max)
    let run = varint(UInt64(many) << 1)
    var file = TinyFile(rows: 1)
    file.add(
      [list], path: ["c"],
      [
        TinyFile.dictionary(int32s([7]), count: 1),
        TinyFile.data(
          levels([2, 0] + varint(UInt64(many - 1) << 1) + [1]) + levels(run + [1]) + [0] + run,
          count: many, .rleDictionary),
      ], count: many)
    var options = ParquetReadOptions()
    options.memoryBudget = 1 << 20
    #expect(code(file.finished(), options) == .limitExceeded)
  }

  @Test("pages larger than their limit, or than they say", .spec("PQR-13", "LIMIT-4"))
  func sizes() {
    var page = TinyFile.data(int32s([1]), count: 1)
    var options = ParquetReadOptions()
    options.limits.pageBytesMax = 3
    #expect(code(file(Self.plain, [page], rows: 1), options) == .limitExceeded)
    page.header.uncompressedSize = 1 << 30
    #expect(code(file(Self.plain, [page], rows: 1)) == .limitExceeded)
    page.header.uncompressedSize = 100
    #expect(code(file(Self.plain, [page], rows: 1)) == .parquetMalformed)
    for codec in [CompressionCodec.snappy, .gzip, .zstd, .lz4Raw, .lz4Hadoop] {
      #expect(code(file(Self.plain, [page], rows: 1, codec: codec)) == .codecFailed)
    }
  }

  @Test("codecs and encodings without a reader", .spec("PQR-5"))
  func refused() {
    let page = TinyFile.data(int32s([1]), count: 1)
    for codec in [CompressionCodec.brotli, .lzo, CompressionCodec(rawValue: 99)] {
      #expect(code(file(Self.plain, [page], rows: 1, codec: codec)) == .codecUnsupported)
    }
    let unknown = TinyFile.data(int32s([1]), count: 1, Encoding(rawValue: 77))
    #expect(code(file(Self.plain, [unknown], rows: 1)) == .parquetUnsupported)
    #expect(
      code(file(Self.plain, [TinyFile.data([0], count: 1, .deltaByteArray)], rows: 1))
        == .parquetUnsupported)
  }

  @Test("footers that contradict themselves", .spec("PQR-6", "LIMIT-3"))
  func footers() {
    var file = TinyFile(rows: 1)
    file.add([Self.plain], path: ["c"], [TinyFile.data(int32s([1]), count: 1)], count: 1)
    #expect(code(file.finished()) == nil)
    #expect(code(file.finished { $0.rowCount = 2 }) == .parquetMalformed)
    #expect(code(file.finished { $0.rowGroups[0].columns = [] }) == .parquetMalformed)
    #expect(code(file.finished { $0.rowGroups[0].rowCount = -1 }) == .parquetMalformed)
    #expect(
      code(file.finished { $0.rowGroups[0].columns[0].metadata?.type = .int64 })
        == .parquetMalformed)
    #expect(code(file.finished { $0.rowGroups[0].columns[0].metadata = nil }) == .parquetMalformed)
    #expect(
      code(file.finished { $0.rowGroups[0].columns[0].filePath = "elsewhere" })
        == .parquetUnsupported)
    #expect(code(file.finished { $0.schema[0].childCount = 2 }) == .parquetMalformed)
    #expect(code(file.finished { $0.schema[0].childCount = 0 }) == .parquetMalformed)
    #expect(code(file.finished { $0.schema[1].repetition = nil }) == .parquetMalformed)
    #expect(code(file.finished { $0.schema[1].childCount = -5 }) == .parquetMalformed)
    let whole = file.finished()
    #expect(code([]) == .parquetMalformed)
    #expect(code(Array(whole.dropLast())) == .parquetMalformed)
    #expect(
      code(Array("PAR1".utf8) + [255, 255, 255, 255] + Array("PAR1".utf8)) == .parquetMalformed)
    #expect(code(Array(whole.dropLast(4)) + Array("PARE".utf8)) == .parquetEncrypted)
    var options = ParquetReadOptions()
    options.limits.footerBytesMax = 10
    #expect(code(whole, options) == .limitExceeded)
  }

  @Test(
    "schemas too deep, too wide or with impossible decimals",
    .spec("PQR-2", "PQR-3", "LIMIT-5", "LIMIT-6", "LIMIT-20"))
  func schemas() {
    func schema(_ elements: [SchemaElement], _ limits: Limits = .standard) -> LakeCode? {
      do {
        _ = try ParquetSchema(elements, limits)
        return nil
      } catch { return error.code }
    }
    let group = SchemaElement("g", repetition: .optional, childCount: 1)
    let root = SchemaElement("root", childCount: 1)
    let deep = [root] + [SchemaElement](repeating: group, count: 63) + [Self.plain]
    #expect(schema(deep) == nil)
    #expect(
      schema([root] + [SchemaElement](repeating: group, count: 64) + [Self.plain]) == .limitExceeded
    )
    var limits = Limits()
    limits.columnsMax = 2
    let wide = [SchemaElement("root", childCount: 3), Self.plain, Self.plain, Self.plain]
    #expect(schema(wide) == nil)
    #expect(schema(wide, limits) == .limitExceeded)
    for (precision, scale, wanted) in [
      (38, 0, nil), (39, 0, LakeCode.limitExceeded), (1_000_000_000, 2, .limitExceeded),
      (0, 0, .parquetMalformed), (5, 6, .parquetMalformed), (5, -1, .parquetMalformed),
    ] {
      let element = SchemaElement(
        "d", type: .byteArray, repetition: .required,
        logicalType: .decimal(scale: scale, precision: precision))
      #expect(schema([root, element]) == wanted, "\(precision) \(scale)")
    }
    #expect(
      schema([root, SchemaElement("f", type: .fixedLenByteArray, repetition: .required)])
        == .parquetMalformed)
    #expect(
      schema([
        root,
        SchemaElement(
          "f", type: .fixedLenByteArray, typeLength: -4, repetition: .required),
      ]) == .parquetMalformed)
  }

  @Test(
    "bytes of real files changed at random never trap", .spec("PQR-13"),
    .enabled(if: Fixtures.arePresent, "no fixtures beside the project"))
  func mutations() throws {
    let random = SeededRandom(2024)
    let folder = Fixtures.root + "/parquet"
    var cases = 0
    for name in try Fixtures.names(folder) where !name.hasSuffix(".json") {
      let bytes = try Fixtures.bytes(folder + "/" + name)
      if bytes.count > 5_000 { continue }
      for _ in 0..<150 {
        var changed = bytes
        for _ in 0...Int(random.next() % 4) {
          changed[Int(random.next() % UInt64(bytes.count))] = UInt8(
            truncatingIfNeeded: random.next())
        }
        var options = ParquetReadOptions()
        options.verifyChecksums = random.next() & 1 == 0
        options.memoryBudget = 16 << 20
        options.limits.pageBytesMax = 16 << 20
        options.keepDictionaries = random.next() & 1 == 0
        options.batchRows = Int(random.next() % 300) + 1
        cases += 1
        guard let file = try? ParquetFile(BufferSource(Buffer(changed)), options) else { continue }
        guard var source = try? file.batches() else { continue }
        // A run of one value may claim any number of rows: enough is enough.
        for _ in 0..<200 {
          guard let batch = try? source.next() else { break }
          for column in batch.columns where batch.count > 0 { _ = column.scalar(batch.count - 1) }
        }
        let pruning = ParquetPruning(file)
        for group in file.metadata.rowGroups.indices.prefix(3) {
          for leaf in file.parquetSchema.leaves.prefix(20) {
            _ = pruning.bounds(rowGroup: group, leaf: leaf.index)
            _ = try? pruning.pages(rowGroup: group, leaf: leaf.index)
            _ = try? pruning.dictionary(rowGroup: group, leaf: leaf.index)
            _ = try? file.bloomFilter(rowGroup: group, leaf: leaf.index)
          }
        }
      }
    }
    Fixtures.report("parquet mutations", cases: cases)
  }
}
