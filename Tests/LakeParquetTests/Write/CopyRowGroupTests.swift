import LakeBase
import LakeCodecs
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite("Copying row groups")
struct CopyRowGroupTests {
  private let schema = Schema([
    Field("k", .string, nullable: false), Field("v", .int64), Field("f", .float64),
    Field("l", .list(Field("element", .string))),
  ])

  private func source(_ set: (inout ParquetWriteOptions) -> Void = { _ in }) throws -> (
    Buffer, [[Scalar]]
  ) {
    var samples = Samples(21, .many, nullEvery: 6)
    let batches = [try samples.batch(schema, 400), try samples.batch(schema, 300)]
    var options = ParquetWriteOptions()
    options.rowGroupRows = 250
    options.pageRows = 40
    options.bloomFilterColumns = ["k": 0.01]
    set(&options)
    return (try write(schema, batches, options).bytes, scalars(batches))
  }

  @Test("bytes are taken over, indexes and filters with them", .spec("PQW-5"))
  func copies() throws {
    let (bytes, values) = try source()
    let from = try ParquetFile(BufferSource(bytes))
    let sink = BufferSink()
    var options = ParquetWriteOptions()
    options.codec = .snappy
    let writer = try ParquetWriter(sink, schema, options)
    var samples = Samples(5, .few, nullEvery: 3)
    let first = try samples.batch(schema, 33)
    try writer.write(first)
    for group in from.metadata.rowGroups.indices.reversed() {
      #expect(try writer.copyRowGroup(from, group))
    }
    let result = try writer.finish()
    let (file, columns) = try readColumns(sink.take())
    #expect(file.metadata.rowGroups.map(\.rowCount) == [33, 200, 250, 250])
    let order = Array(500..<700) + Array(250..<500) + Array(0..<250)
    for (index, column) in values.enumerated() {
      #expect(columns[index] == scalars([first])[index] + order.map { column[$0] })
    }
    for leaf in 0..<4 {
      let ours = try #require(try file.offsetIndex(rowGroup: 3, leaf: leaf)).pages
      let theirs = try #require(try from.offsetIndex(rowGroup: 0, leaf: leaf)).pages
      #expect(ours.map(\.firstRowIndex) == theirs.map(\.firstRowIndex))
      #expect(
        try file.columnIndex(rowGroup: 3, leaf: leaf)
          == from.columnIndex(rowGroup: 0, leaf: leaf))
      #expect(
        try file.columnChunkBytes(rowGroup: 3, leaf: leaf)
          == from.columnChunkBytes(rowGroup: 0, leaf: leaf))
    }
    #expect(
      try file.bloomFilter(rowGroup: 3, leaf: 0)?.bits
        == from.bloomFilter(rowGroup: 0, leaf: 0)?.bits)
    #expect(file.metadata.rowGroups[3].columns[0].metadata?.codec == .zstd)
    let all = columns[1].compactMap { value -> Int64? in
      if case .int(let number) = value { return number }
      return nil
    }
    #expect(result.leaves[1].least == all.min().map { .int($0) })
    #expect(result.leaves[1].greatest == all.max().map { .int($0) })
    #expect(result.leaves[1].nullCount == columns[1].count - all.count)
    // Pages of the copy are found by their rows.
    var selection = RowSelection()
    for group in 0..<3 { selection[group] = [] }
    selection[3] = [100..<103]
    var batches = try file.batches(selection: selection)
    var found: [Scalar] = []
    while let batch = try batches.next() {
      found += (0..<batch.count).map { batch.columns[3].scalar($0) }
    }
    #expect(found == Array(values[3][100..<103]))
  }

  @Test("replaced columns are encoded anew", .spec("PQW-5"))
  func replaces() throws {
    let (bytes, values) = try source()
    let from = try ParquetFile(BufferSource(bytes))
    let sink = BufferSink()
    let writer = try ParquetWriter(sink, schema, .init())
    let names = try Column(.string, scalars: (0..<250).map { .string("file \($0 / 100)") })
    let lists = try Column(
      schema.fields[3].type, scalars: (0..<250).map { .list([.string("\($0)")]) })
    #expect(try writer.copyRowGroup(from, 1, replacing: ["k": names, "l": lists]))
    _ = try writer.finish()
    let (_, columns) = try readColumns(sink.take())
    #expect(columns[0] == (0..<250).map { .string("file \($0 / 100)") })
    #expect(columns[1] == Array(values[1][250..<500]))
    #expect(columns[3] == (0..<250).map { .list([.string("\($0)")]) })
  }

  @Test("what is stored otherwise is refused and nothing is written", .spec("PQW-5"))
  func refuses() throws {
    let (bytes, _) = try source()
    let from = try ParquetFile(BufferSource(bytes))
    func refused(_ schema: Schema, _ dialect: ParquetDialect = .spark) throws -> Bool {
      let sink = BufferSink()
      var options = ParquetWriteOptions()
      options.dialect = dialect
      let writer = try ParquetWriter(sink, schema, options)
      let copied = try writer.copyRowGroup(from, 0)
      if !copied { #expect(sink.count == 4 && writer.rows == 0) }
      return !copied
    }
    #expect(try !refused(schema))
    var other = schema
    other.fields[1].type = .timestamp(.micro, utc: true)
    #expect(try refused(other))
    other = schema
    other.fields[1].nullable = false
    #expect(try refused(other))
    other = schema
    other.fields[2].name = "g"
    #expect(try refused(other))
    #expect(try refused(Schema(Array(schema.fields.dropLast()))))
    #expect(try refused(schema, .avro(messageName: "r", lists: .twoLevel)))
    let writer = try ParquetWriter(BufferSink(), schema, .init())
    #expect(code { _ = try writer.copyRowGroup(from, 9) } == .badOptionValue)
    let short = try Column(.int64, scalars: [.int(1)])
    #expect(
      code { _ = try writer.copyRowGroup(from, 0, replacing: ["v": short]) } == .schemaMismatch)
    #expect(
      code { _ = try writer.copyRowGroup(from, 0, replacing: ["x": short]) } == .columnNotFound)
  }

  @Test(
    "row groups of other writers", .spec("PQW-5"),
    .enabled(if: Fixtures.arePresent, "no fixtures beside the project"))
  func foreign() throws {
    var cases = 0
    let folder = Fixtures.root + "/parquet"
    for name in try Fixtures.names(folder) where name.hasSuffix(".parquet") {
      guard let bytes = try? Buffer(Fixtures.bytes(folder + "/" + name)),
        let (file, columns) = try? readColumns(bytes), !file.metadata.rowGroups.isEmpty,
        let writer = try? ParquetWriter(BufferSink(), file.schema, .init())
      else { continue }
      var copied = true
      for group in file.metadata.rowGroups.indices where copied {
        copied = (try? writer.copyRowGroup(file, group)) ?? false
      }
      guard copied, let sink = writer.sink as? BufferSink else { continue }
      _ = try writer.finish()
      let again = try readColumns(sink.take())
      #expect(again.columns == columns, "\(name)")
      cases += 1
    }
    #expect(cases >= 10)
    Fixtures.report("row groups copied", cases: cases)
  }
}
