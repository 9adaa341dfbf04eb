import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Snapshot") struct SnapshotTests {
  @Test("the schema of a new table has Hudi's names and nullable unions", .spec("SCHEMA-1"))
  func schema() throws {
    let schema = try TableSchema(
      columns: Schema([
        Field("id", .string, nullable: false), Field("at", .timestamp(.micro, utc: true)),
      ]),
      table: "my-table")
    let parsed = try JSONReader.parse(Buffer(utf8: schema.text))
    #expect(parsed["name"]?.string == "my_table_record")
    #expect(parsed["namespace"]?.string == "hoodie.my_table")
    let fields = try #require(parsed["fields"]?.array)
    #expect(fields[0]["type"]?.string == "string")
    #expect(fields[1]["default"] == .null)
    let union = try #require(fields[1]["type"]?.array)
    #expect(union[0].string == "null")
    #expect(union[1]["logicalType"]?.string == "timestamp-micros")
    #expect(schema.recordName == "hoodie.my_table.my_table_record")
    let file = try JSONReader.parse(Buffer(utf8: schema.fileText))
    #expect(
      file["fields"]?.array?.prefix(5).map { $0["name"]?.string } == MetaField.allCases.map(\.name))
  }

  @Test("the schema is the newest commit's, else the one of the creation", .spec("SCHEMA-2"))
  func newestSchema() throws {
    let trips = try TripTable { $0.columns = TripTable.schema }
    #expect(
      try Snapshot(trips.table.context).schema?.columns.fields.map(\.name) == [
        "id", "city", "fare", "ord",
      ])
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let wider = Schema(TripTable.schema.fields + [Field("tip", .int64)])
    let builder = BatchBuilder(wider)
    try builder.append([.string("b"), .string("oslo"), .int(2), .int(1), .int(9)])
    var options = WriteOptions()
    options.evolution = .add
    let batch = builder.finish()
    let report = try trips.table.upsert(batch, options)
    let now = try Snapshot(trips.table.context)
    #expect(now.schema?.columns.fields.map(\.name) == ["id", "city", "fare", "ord", "tip"])
    #expect(try trips.lines(["id", "tip"]).sorted() == ["a|null", "b|9"])
    let before = try #require(now.writes.first?.requested)
    #expect(before < (try #require(report.instant?.requested)))
    #expect(try Snapshot(trips.table.context, asOf: before).schema?.columns.count == 4)
  }

  @Test("a query keeps its snapshot while others commit", .spec("QUERY-1"))
  func isolation() throws {
    let trips = try TripTable()
    try trips.commit(.upsert, [Trip("a", "oslo", 1), Trip("b", "rome", 2)])
    let snapshot = try Snapshot(trips.table.context)
    try trips.commit(.upsert, [Trip("a", "oslo", 10, 2), Trip("c", "oslo", 3)])
    var scan = try SnapshotScan(snapshot, ScanOptions(columns: ["id", "fare"]))
    var seen: [String] = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        seen.append(
          "\(batch.columns[0].string(row)) \(batch.columns[1].value(row, as: Int64.self))")
      }
    }
    #expect(seen.sorted() == ["a 1", "b 2"])
  }

  @Test("rows come in one order whatever the number of threads", .spec("QUERY-2"))
  func order() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(
      .upsert, (0..<500).map { Trip("k\($0)", ["oslo", "rome", "bern"][$0 % 3], Int64($0)) })
    let one = try trips.lines(["id"])
    var wide = TestWorld.make()
    wide.workers = Workers(width: 4)
    let again = try TripTable(opening: storage, world: wide).lines(["id"])
    #expect(one.count == 500)
    #expect(one == again)
  }

  @Test("meta columns are hidden unless asked for", .spec("QUERY-3"))
  func metaColumns() throws {
    let trips = try TripTable()
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    var plain = try trips.table.scan()
    #expect(try plain.next()?.schema.fields.map(\.name) == ["id", "city", "fare", "ord"])
    var meta = try trips.table.scan(ScanOptions(includesMetaColumns: true))
    let batch = try #require(try meta.next())
    #expect(batch.schema.fields.prefix(5).map(\.name) == MetaField.allCases.map(\.name))
    #expect(batch["_hoodie_record_key"]?.string(0) == "a")
  }

  @Test("as of a moment, later commits are not seen", .spec("QUERY-5"))
  func timeTravel() throws {
    let trips = try TripTable()
    let first = try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let second = try trips.commit(.upsert, [Trip("a", "oslo", 2, 2), Trip("b", "rome", 3)])
    try trips.commit(.delete, [Trip("a", "oslo", nil)])
    #expect(try trips.trips(asOf: first.instant?.requested) == [Trip("a", "oslo", 1)])
    #expect(
      try trips.trips(asOf: second.instant?.requested)
        == [Trip("a", "oslo", 2, 2), Trip("b", "rome", 3)])
    #expect(try trips.trips() == [Trip("b", "rome", 3)])
  }

  @Test("a base file of another size is refused", .spec("BASE-31"))
  func wrongSize() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let slice = try #require(try trips.slices().first)
    let path = try StoragePath(slice.partition.appending(try #require(slice.base).name.text))
    let bytes = try storage.readAll(path, limit: 1 << 20)
    for (size, code) in [
      (bytes.count - 4, LakeCode.fileTruncated), (bytes.count + 4, .baseFileMalformed),
    ] {
      try storage.delete(path)
      let sink = try storage.create(path)
      let grown = GrowingBuffer()
      grown.append(bytes)
      grown.append([0, 0, 0, 0])
      try sink.write(grown.take()[0..<size])
      _ = try sink.finish()
      let error = #expect(throws: LakeError.self) { _ = try trips.trips() }
      #expect(error?.code == code)
      #expect(error?.path == path.text)
    }
  }

  @Test("a changed footer is found before it is believed", .spec("BASE-32"))
  func changedFooter() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let slice = try #require(try trips.slices().first)
    let path = try StoragePath(slice.partition.appending(try #require(slice.base).name.text))
    var bytes = try storage.readAll(path, limit: 1 << 20).bytes
    // One bit inside the footer's key-value texts, which Parquet itself does not protect.
    bytes[bytes.count - 40] ^= 1
    try storage.delete(path)
    let sink = try storage.create(path)
    try sink.write(bytes)
    _ = try sink.finish()
    let error = #expect(throws: LakeError.self) { _ = try trips.trips() }
    #expect(error?.kind == .corrupted)
    #expect(error?.path == path.text)
    #expect(error?.offset != nil)
  }

  @Test("log files are read, and refused by name for writing", .spec("QUERY-6"))
  func logFiles() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage)
    let report = try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let slice = try #require(try trips.slices().first)
    let instant = try #require(report.instant?.requested)
    _ = try storage.create(
      StoragePath("city=oslo/.\(slice.fileID)_\(instant).log.1_0-0-0")
    ).finish()
    #expect(try trips.trips().count == 1)
    let error = #expect(throws: LakeError.self) {
      _ = try trips.commit(.upsert, [Trip("a", "oslo", 2)])
    }
    #expect(error?.code == .tableFeatureUnsupported)
    #expect(try trips.trips().count == 1)
  }
}
