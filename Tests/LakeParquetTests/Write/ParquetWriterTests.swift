import LakeBase
import LakeCodecs
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite("Writing Parquet")
struct ParquetWriterTests {
  /// Options worth combining with every type.
  static func variants() -> [(name: String, options: ParquetWriteOptions)] {
    var found: [(String, ParquetWriteOptions)] = []
    for version in [1, 2] {
      for codec in [Codec.none, .zstd(level: 3), .snappy, .gzip, .lz4Raw] {
        var options = ParquetWriteOptions()
        options.dataPageVersion = version
        options.codec = codec
        found.append(("v\(version) \(codec.name)", options))
      }
      var small = ParquetWriteOptions()
      small.dataPageVersion = version
      small.pageRows = 37
      small.rowGroupRows = 211
      small.workers = Workers(width: 2)
      found.append(("v\(version) small pages", small))
      var bytes = ParquetWriteOptions()
      bytes.dataPageVersion = version
      bytes.pageBytes = 100
      bytes.dictionaryPageBytes = 150
      bytes.dialect = .avro(messageName: "a.b", lists: .threeLevel)
      found.append(("v\(version) small bytes", bytes))
      var bare = ParquetWriteOptions()
      bare.dataPageVersion = version
      bare.dictionary = false
      bare.statistics = false
      bare.pageIndex = false
      bare.pageChecksums = false
      found.append(("v\(version) bare", bare))
    }
    return found
  }

  private func roundTrip(
    _ schema: Schema, _ sizes: [Int], _ options: ParquetWriteOptions, _ seed: UInt64,
    _ spread: Spread, _ nullEvery: Int, _ name: String
  ) throws {
    var samples = Samples(seed, spread, nullEvery: nullEvery)
    var batches: [RecordBatch] = []
    for size in sizes { batches.append(try samples.batch(schema, size)) }
    let written = try write(schema, batches, options)
    let (file, columns) = try readColumns(written.bytes)
    #expect(file.metadata.rowCount == sizes.reduce(0, +), "\(name)")
    #expect(file.metadata == written.result.metadata, "\(name)")
    let wanted = scalars(batches)
    for (index, field) in schema.fields.enumerated() {
      #expect(file.schema.fields[index].type.description == field.type.description, "\(name)")
      if columns[index] != wanted[index] {
        let row = zip(columns[index], wanted[index]).enumerated().first {
          $0.element.0 != $0.element.1
        }
        Issue.record("\(name) \(field.name): row \(row.map { "\($0)" } ?? "count")")
      }
    }
  }

  @Test("flat columns of every type come back", .spec("PQW-3"), arguments: Spread.allCases)
  func flat(_ spread: Spread) throws {
    for (index, variant) in Self.variants().enumerated() {
      let nullEvery = [0, 2, 9, 1][index % 4]
      try roundTrip(
        Samples.flat, [300, 1, 0, 129], variant.options, UInt64(index) + 1, spread, nullEvery,
        "\(variant.name) \(spread) nulls 1/\(nullEvery)")
    }
  }

  @Test("nested columns come back", .spec("PQW-3"), arguments: Spread.allCases)
  func nested(_ spread: Spread) throws {
    for (index, variant) in Self.variants().enumerated() {
      let nullEvery = [3, 0, 9, 2][index % 4]
      try roundTrip(
        Samples.nested(strict: false), [150, 1, 90], variant.options, UInt64(index) + 77, spread,
        nullEvery, "\(variant.name) \(spread) nulls 1/\(nullEvery)")
    }
  }

  @Test("two-level lists come back", .spec("PQW-6"))
  func twoLevel() throws {
    var options = ParquetWriteOptions()
    options.dialect = .avro(messageName: "hoodie.t.t_record", lists: .twoLevel)
    for nullEvery in [0, 4] {
      try roundTrip(
        Samples.nested(strict: true), [150, 40], options, 5, .many, nullEvery, "two-level")
    }
  }

  @Test("requested encodings come back", .spec("PQW-7"))
  func encodings() throws {
    let cases: [(Encoding, [ColumnType])] = [
      (
        .deltaBinaryPacked,
        [.int8, .int32, .uint32, .int64, .uint64, .date, .timestamp(.micro, utc: true)]
      ),
      (.deltaLengthByteArray, [.string, .binary]),
      (.deltaByteArray, [.string, .binary, .fixedBinary(16), .decimal(precision: 38, scale: 2)]),
      (
        .byteStreamSplit,
        [.float32, .float64, .int32, .int64, .fixedBinary(5), .decimal(precision: 9, scale: 2)]
      ),
      (.rle, [.bool]), (.plain, [.string, .int64, .bool]),
    ]
    for (encoding, types) in cases {
      let schema = Schema(types.enumerated().map { Field("c\($0.offset)", $0.element) })
      for (seed, spread) in Spread.allCases.enumerated() {
        for nullEvery in [0, 3, 1] {
          var options = ParquetWriteOptions()
          options.pageRows = 200
          for field in schema.fields { options.encodings[field.name] = encoding }
          try roundTrip(
            schema, [500, 33, 129], options, UInt64(seed), spread, nullEvery,
            "\(encoding) \(spread)")
        }
      }
    }
  }

  @Test("seconds are stored as milliseconds", .spec("PQW-8"))
  func seconds() throws {
    let schema = Schema([Field("t", .time(.second)), Field("s", .timestamp(.second, utc: true))])
    let batch = RecordBatch(
      schema,
      [
        try Column(.time(.second), scalars: [.int(59), .null]),
        try Column(.timestamp(.second, utc: true), scalars: [.int(-7), .int(5)]),
      ])
    let (_, columns) = try readColumns(try write(schema, [batch], .init()).bytes)
    #expect(columns == [[.int(59_000), .null], [.int(-7_000), .int(5_000)]])
    let far = RecordBatch(
      schema,
      [
        try Column(.time(.second), scalars: [.null]),
        try Column(.timestamp(.second, utc: true), scalars: [.int(.max)]),
      ])
    #expect(code { _ = try write(schema, [far], .init()) } == .inputValueInvalid)
  }

  @Test("dictionary columns are taken as they are", .spec("PQW-9"))
  func dictionaries() throws {
    let schema = Schema([Field("s", .string)])
    let values = try Column(.string, scalars: ["a", "bb", "", "ccc"].map { .string($0) })
    for dictionary in [true, false] {
      var options = ParquetWriteOptions()
      options.dictionary = dictionary
      options.pageRows = 3
      let codes: [Int32] = [3, 3, 0, 2, 1, 0, 0]
      let bytes = codes.withUnsafeBytes { Buffer(copying: $0) }
      let column = Column(
        .string, count: 7, validity: Bitmap([true, true, true, true, true, false, true]),
        layout: .dictionary(codes: bytes, values: values))
      let batch = RecordBatch(schema, [column])
      let written = try write(schema, [batch, batch.slice(2..<6)], options)
      let all: [Scalar] =
        ["ccc", "ccc", "a", "", "bb"].map { .string($0) } + [.null, .string("a")]
      #expect(try readColumns(written.bytes).columns == [all + all[2..<6]])
      #expect(written.result.leaves[0].least == .string(""))
      #expect(written.result.leaves[0].greatest == .string("ccc"))
      #expect(written.result.leaves[0].nullCount == 2)
    }
  }

  @Test("files without rows, and all nulls", .spec("PQW-4"))
  func empty() throws {
    let schema = Samples.flat
    let none = try write(schema, [], .init())
    #expect(try ParquetFile(BufferSource(none.bytes)).metadata.rowGroups.isEmpty)
    let nullable = Schema(schema.fields.filter(\.nullable) + [Field("n", .null)])
    let nulls = RecordBatch(nullable, nullable.fields.map { Column.nulls($0.type, count: 50) })
    for version in [1, 2] {
      var options = ParquetWriteOptions()
      options.dataPageVersion = version
      let written = try write(nullable, [nulls], options)
      let columns = try readColumns(written.bytes).columns
      #expect(columns.allSatisfy { $0 == Array(repeating: .null, count: 50) })
      #expect(written.result.leaves.allSatisfy { $0.nullCount == 50 && $0.least == nil })
    }
  }

  @Test("the result tells what was written", .spec("PQW-4"))
  func result() throws {
    let schema = Schema([Field("k", .string), Field("v", .int64)])
    let batch = RecordBatch(
      schema,
      [
        try Column(.string, scalars: [.string("b"), .null, .string("a")]),
        try Column(.int64, scalars: [.int(3), .int(-2), .int(9)]),
      ])
    var options = ParquetWriteOptions()
    options.keyValues = [("one", "1"), ("two", "2")]
    let sink = BufferSink()
    let writer = try ParquetWriter(sink, schema, options)
    try writer.write(batch)
    try writer.flushRowGroup()
    try writer.write(batch)
    writer.addKeyValue("two", "zwei")
    let result = try writer.finish()
    let bytes = sink.take()
    #expect(result.byteCount == bytes.count)
    #expect(result.metadata.rowGroups.map(\.rowCount) == [3, 3])
    #expect(result.tail.upperBound == bytes.count)
    #expect(result.tailChecksum == CRC32C.checksum(bytes[result.tail]))
    let last = try #require(result.metadata.rowGroups.last)
    #expect(result.tail.lowerBound == (last.fileOffset ?? 0) + (last.totalCompressedSize ?? 0))
    #expect(result.leaves.map(\.nullCount) == [2, 0])
    #expect(result.leaves.map(\.least) == [.string("a"), .int(-2)])
    #expect(result.leaves.map(\.greatest) == [.string("b"), .int(9)])
    let file = try ParquetFile(BufferSource(bytes))
    #expect(file.value(forKey: "one") == "1" && file.value(forKey: "two") == "zwei")
    #expect(throws: LakeError.self) { try writer.write(batch) }
  }

  @Test("equal input gives equal bytes, whatever the workers", .spec("PQW-1"))
  func deterministic() throws {
    var files: [Buffer] = []
    for width in [1, 2, 3] {
      var samples = Samples(9, .many, nullEvery: 5)
      var options = ParquetWriteOptions()
      options.workers = Workers(width: width)
      options.rowGroupRows = 4000
      files.append(try write(Samples.flat, [try samples.batch(Samples.flat, 6000)], options).bytes)
    }
    #expect(files[0] == files[1] && files[1] == files[2])
  }
}

/// The code of the error that `body` throws.
func code(_ body: () throws -> Void) -> LakeCode? {
  do {
    try body()
    return nil
  } catch { return (error as? LakeError)?.code }
}
