import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage
import LakeTestKit
import Testing

@Suite("Base files") struct BaseFileTests {
  static let columns = Schema([Field("id", .string, nullable: false), Field("n", .int32)])
  static let avro = #"{"type":"record","name":"t_record","namespace":"hoodie.t","fields":[]}"#
  static let instant = "20250101000000001"

  static func name(_ token: Int = 0, _ instant: String = BaseFileTests.instant) throws
    -> BaseFileName
  {
    BaseFileName(
      try FileID("07838327-b037-4532-a9df-3c5b05dd823d-0"), WriteToken(task: token),
      try InstantTime(parsing: instant))
  }

  static func rows(_ range: Range<Int>, _ value: Int64) throws -> RecordBatch {
    let builder = BatchBuilder(columns)
    for row in range { try builder.append([.string(key(row)), .int(value)]) }
    return builder.finish()
  }

  static func key(_ row: Int) -> String { "k" + String(100_000 + row) }

  @discardableResult
  static func write(
    _ storage: any Storage, _ name: BaseFileName, _ batches: [RecordBatch],
    _ change: (inout BaseFileOptions) -> Void = { _ in }
  ) throws -> WrittenBaseFile {
    var options = BaseFileOptions()
    change(&options)
    let partition = try PartitionPath("p")
    try storage.makeDirectory(StoragePath("p"))
    let writer = try BaseFileWriter(
      storage, partition, name, schema: columns, avroSchema: avro, recordName: "hoodie.t.t_record",
      options: options)
    let meta = MetaColumns(name.instant, WriteToken(task: 7), partition, fileName: name.text)
    var number = 0
    for batch in batches {
      try writer.write(new: batch, keys: batch.columns[0], meta, firstNumber: number)
      try writer.flushRowGroup()
      number += batch.count
    }
    return try writer.finish()
  }

  static func lines(_ reader: BaseFileReader) throws -> [String] {
    var source = try reader.batches(reader.schema)
    var lines: [String] = []
    while let batch = try source.next() {
      for row in 0..<batch.count {
        lines.append(batch.columns.map { "\($0.scalar(row))" }.joined(separator: " "))
      }
    }
    return lines
  }

  @Test(
    "meta columns first, the schema in the footer, the record's name as message",
    .spec("BASE-20", "BASE-21"))
  func form() throws {
    let storage = MemoryStorage()
    let name = try Self.name()
    let written = try Self.write(storage, name, [try Self.rows(0..<2, 5)])
    let reader = try BaseFileReader(storage, written.path, size: written.size)
    #expect(reader.schema.fields.map(\.name) == MetaField.allCases.map(\.name) + ["id", "n"])
    #expect(reader.file.value(forKey: "parquet.avro.schema") == Self.avro)
    #expect(reader.file.metadata.schema.first?.name == "hoodie.t.t_record")
    #expect(
      try Self.lines(reader)
        == (0..<2).map { row in
          [
            "string(\"\(Self.instant)\")", "string(\"\(Self.instant)_7_\(row)\")",
            "string(\"\(Self.key(row))\")", "string(\"p\")", "string(\"\(name.text)\")",
            "string(\"\(Self.key(row))\")", "int(5)",
          ].joined(separator: " ")
        })
    #expect(
      CRC32C.checksum(try storage.readAll(written.path, limit: 1 << 20)) == written.checksum.whole)
  }

  @Test("key range in UTF-16 order and a filter sized to the keys", .spec("BASE-23", "BASE-42"))
  func footer() throws {
    let storage = MemoryStorage()
    let builder = BatchBuilder(Self.columns)
    // By bytes U+FF5E comes before U+1F600, by UTF-16 code units after it.
    for key in ["m", "\u{1F600}", "\u{FF5E}", "a"] { try builder.append([.string(key), .int(1)]) }
    let written = try Self.write(storage, try Self.name(), [builder.finish()])
    let reader = try BaseFileReader(storage, written.path, size: nil)
    let footer = try HudiFooter(reader.file)
    #expect(footer.lowestKey?.text == "a")
    #expect(footer.highestKey?.text == "\u{FF5E}")
    let filter = try #require(footer.filter)
    #expect(filter.mayContain("m"))
    #expect(!filter.mayContain("nobody"))
    // 4 keys at 1 in 1000: ceil(4 · 6.9078 / 0.48045) = 58 bits, 11 hashes.
    #expect(filter.bitCount == 58)
    #expect(filter.hashes == 11)
    let without = try Self.write(storage, try Self.name(1), [try Self.rows(0..<3, 1)]) {
      $0.filterRate = nil
    }
    let bare = try BaseFileReader(storage, without.path, size: nil)
    #expect(try HudiFooter(bare.file).filter == nil)
  }

  @Test("a footer without Hudi's keys is legal", .spec("BASE-24"))
  func plainFooter() throws {
    let sink = BufferSink()
    let writer = try ParquetWriter(sink, Self.columns, ParquetWriteOptions())
    try writer.write(try Self.rows(0..<3, 1))
    _ = try writer.finish()
    let footer = try HudiFooter(try ParquetFile(BufferSource(sink.take())))
    #expect(footer.lowestKey == nil)
    #expect(footer.filter == nil)
  }

  @Test(
    "columns are matched by name, widened, and null where the file lacks them", .spec("BASE-30"))
  func adapts() throws {
    let storage = MemoryStorage()
    let written = try Self.write(storage, try Self.name(), [try Self.rows(0..<2, 5)])
    let reader = try BaseFileReader(storage, written.path, size: nil)
    let today = Schema([Field("n", .int64), Field("new", .string), Field("id", .string)])
    var batches = try reader.batches(today)
    let batch = try #require(try batches.next())
    #expect(batch.columns.map { $0.scalar(1) } == [.int(5), .null, .string(Self.key(1))])
    let wrong = Schema([Field("id", .date)])
    let error = #expect(throws: LakeError.self) {
      var batches = try reader.batches(wrong)
      _ = try batches.next()
    }
    #expect(error?.code == .schemaMismatch)
    #expect(error?.message.contains("\"id\"") == true)
  }

  @Test("a merge that copies row groups yields what decoding all of them yields", .spec("BASE-43"))
  func copies() throws {
    let storage = MemoryStorage()
    let old = try Self.name()
    let written = try Self.write(
      storage, old,
      [try Self.rows(0..<300, 1), try Self.rows(300..<600, 2), try Self.rows(600..<900, 3)])
    let incoming = try Self.rows(350..<353, 50)
    let inserted = try Self.rows(950..<952, 60)
    let rows = try RecordBatch.concat([incoming, inserted], as: Self.columns)
    let changes = FileGroupChanges(
      matches: [RowMatch(baseRow: 350, incoming: 0), RowMatch(baseRow: 352, incoming: 2)],
      inserts: [3, 4])
    func merged(_ token: Int, copyFrom: Int) throws -> (FileGroupMerge.Counts, [String], HudiFooter)
    {
      let reader = try BaseFileReader(storage, written.path, size: written.size)
      let name = try Self.name(token, "20250101000000009")
      let partition = try PartitionPath("p")
      let writer = try BaseFileWriter(
        storage, partition, name, schema: Self.columns, avroSchema: Self.avro,
        recordName: "hoodie.t.t_record", options: BaseFileOptions())
      // The same file name in both, so that the rows can be compared.
      let meta = MetaColumns(name.instant, WriteToken(task: 0), partition, fileName: "same")
      var merge = FileGroupMerge(
        reader, into: writer, meta, .commitTime, copyFrom: copyFrom, Cancellation())
      let counts = try merge.run(
        changes, IncomingRows(rows: rows, keys: rows.columns[0], deletes: nil, order: nil))
      let result = try writer.finish()
      let again = try BaseFileReader(storage, result.path, size: result.size)
      return (counts, try Self.lines(again), try HudiFooter(again.file))
    }
    let copied = try merged(1, copyFrom: 100)
    let decoded = try merged(2, copyFrom: Int.max)
    #expect(copied.0.copiedGroups == 2)
    #expect(decoded.0.copiedGroups == 0)
    #expect(copied.0.updated == 2)
    #expect(copied.0.inserted == 2)
    #expect(copied.1.count == 902)
    #expect(copied.1 == decoded.1)
    #expect(copied.1[350].contains("int(50)"))
    #expect(copied.1[351].contains("int(2)"))
    #expect(copied.2.highestKey?.text == Self.key(951))
    #expect(copied.2.filter?.mayContain(Self.key(10)) == true)
  }
}
