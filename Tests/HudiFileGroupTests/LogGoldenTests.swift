// Every log file of every foreign table: against what Hudi's own reader found where that is known,
// and read to the end where it is not.
import HudiFileGroup
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns
import LakeStorage
import LakeTestKit
import Testing

@Suite("Log goldens", .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct LogGoldenTests {
  private static let typeNames: [LogBlockType: String] = [
    .command: "COMMAND_BLOCK", .delete: "DELETE_BLOCK", .avroData: "AVRO_DATA_BLOCK",
    .hfileData: "HFILE_DATA_BLOCK", .parquetData: "PARQUET_DATA_BLOCK",
    .cdcData: "CDC_DATA_BLOCK",
  ]
  private static let keyNames: [LogHeaderKey: String] = [
    .instantTime: "INSTANT_TIME", .targetInstantTime: "TARGET_INSTANT_TIME",
    .commandBlockType: "COMMAND_BLOCK_TYPE", .compactedBlockTimes: "COMPACTED_BLOCK_TIMES",
    .isPartial: "IS_PARTIAL",
    .positionsBaseInstant: "BASE_FILE_INSTANT_TIME_OF_RECORD_POSITIONS",
  ]

  struct Tally {
    var files = 0
    var blocks: [String: Int] = [:]
    var rows = 0
    var deletes = 0
    var positions = 0
    var ordered = 0
    var otherFiles = 0
    var otherBlocks = 0
  }

  @Test(
    "blocks, headers, rows, deletes and positions are those that Hudi's reader finds",
    .spec("LOG-1", "LOG-3", "LOG-4", "LOG-12", "LOG-13", "LOG-15", "LOG-16", "LOG-17", "LOG-24"))
  func tables() throws {
    var tally = Tally()
    try Fixtures.forEachTable { table, archive in
      let names = table.names.filter {
        LogFileName($0.split(separator: "/").last.map(String.init) ?? "") != nil
      }
      guard !names.isEmpty else { return }
      let golden = try Self.golden(table)
      for name in names {
        let bytes = try #require(try archive.buffer(of: table.root + name))
        let about = "\(table.fixture) \(name)"
        let file = try LogFileReader(BufferSource(bytes), path: name)
        do {
          if let blocks = golden.blocks?[name]?.array {
            try compare(file, blocks, golden.ordering, about, &tally)
          } else {
            try readAll(file, about, &tally)
          }
        } catch { Issue.record("\(about): \(error)") }
      }
    }
    #expect(tally.blocks.values.reduce(0, +) == 967, "\(tally.blocks)")
    #expect(tally.positions == 512 && tally.otherBlocks > 1000)
    Fixtures.report("log files with goldens", cases: tally.files)
    Fixtures.report("log blocks equal", cases: tally.blocks.values.reduce(0, +))
    Fixtures.report("log blocks with positions", cases: tally.positions)
    Fixtures.report("log rows equal by key", cases: tally.rows)
    Fixtures.report("log deletes equal", cases: tally.deletes)
    Fixtures.report("log deletes with an order", cases: tally.ordered)
    Fixtures.report("other log files read to the end", cases: tally.otherFiles)
    Fixtures.report("other log blocks read to the end", cases: tally.otherBlocks)
  }

  private static func golden(
    _ table: FixtureTable
  ) throws -> (blocks: JSONValue?, ordering: [String]) {
    let path = "\(Fixtures.root)/\(table.folder)/\(table.fixture).golden.json"
    let json = try JSONReader.parse(Buffer(try Fixtures.bytes(path)), duplicateNames: .kept)
    let properties = json["properties"]
    let fields =
      properties?["hoodie.table.ordering.fields"]?.string
      ?? properties?["hoodie.table.precombine.field"]?.string
    let blocks = json[table.isMetadataTable ? "mdtLogBlocks" : "logBlocks"]
    return (blocks, fields?.split(separator: ",").map(String.init) ?? [])
  }

  private func compare(
    _ file: LogFileReader, _ goldens: [JSONValue], _ ordering: [String], _ about: String,
    _ tally: inout Tally
  ) throws {
    let blocks = try file.allBlocks()
    #expect(
      blocks.map { Self.typeNames[$0.type] } == goldens.map { $0["type"]?.string }, "\(about)")
    tally.files += 1
    for (block, golden) in zip(blocks, goldens) {
      tally.blocks[golden["type"]?.string ?? "", default: 0] += 1
      try compareHeader(block, golden, about)
      var types: [ColumnType] = []
      if let text = block.header[.schema], block.type == .delete {
        let schema = try RowDecoder(writer: try AvroSchema(json: text)).schema
        types = ordering.compactMap { schema[$0]?.type }
      }
      var entries = 0
      if let count = golden["records"]?.int {
        entries = try compareRows(file, block, golden, count, about)
        tally.rows += entries
      } else if let deletes = golden["deletes"]?.array {
        tally.ordered += try compareDeletes(file, block, deletes, types, about)
        entries = deletes.count
        tally.deletes += entries
      }
      let positions = try file.positions(of: block, atMost: entries)
      #expect(positions == golden["positions"]?.array?.compactMap(\.int64), "\(about)")
      if let positions {
        #expect(positions.count == entries, "\(about)")
        tally.positions += 1
      }
    }
  }

  private func compareHeader(_ block: LogBlock, _ golden: JSONValue, _ about: String) throws {
    var wanted: [String: String] = [:]
    for (name, value) in golden["header"]?.object ?? []
    where name != "SCHEMA_FIELDS" && name != "RECORD_POSITIONS" {
      wanted[name] = value.string
    }
    var found: [String: String] = [:]
    for (key, value) in block.header where key != .schema {
      found[Self.keyNames[key] ?? "?"] = value
    }
    #expect(found == wanted, "\(about)")
    let fields = golden["header"]?["SCHEMA_FIELDS"]?.array?.compactMap(\.string)
    let schema = try block.header[.schema].map { try AvroSchema(json: $0) }
    #expect(schema?.asRecord?.fields.map(\.name) == fields, "\(about)")
    #expect(block.isPartial == (wanted["IS_PARTIAL"] == "true"), "\(about)")
  }

  private func compareRows(
    _ file: LogFileReader, _ block: LogBlock, _ golden: JSONValue, _ count: Int, _ about: String
  ) throws -> Int {
    let batches = try LogVectors.rows(file, block)
    #expect(batches.reduce(0) { $0 + $1.count } == count, "\(about)")
    guard let keys = golden["keys"]?.array?.compactMap(\.string) else { return count }
    let name = block.type == .cdcData ? "record_key" : MetaField.recordKey.name
    let found = batches.flatMap { batch in
      batch[name].map { column in (0..<batch.count).map { column.string($0) } } ?? []
    }
    if !(block.type == .cdcData && found.isEmpty) { #expect(found == keys, "\(about)") }
    let narrow = try LogVectors.rows(file, block, columns: [name, "no such column"])
    for batch in narrow { #expect(batch.schema.fields.map(\.name) == [name], "\(about)") }
    #expect(
      narrow.flatMap { batch in (0..<batch.count).map { batch.columns[0].string($0) } } == found)
    return count
  }

  /// Returns how many had an ordering value.
  private func compareDeletes(
    _ file: LogFileReader, _ block: LogBlock, _ goldens: [JSONValue], _ types: [ColumnType],
    _ about: String
  ) throws -> Int {
    var row = 0
    var ordered = 0
    for deletes in try LogVectors.deletes(file, block, types) {
      for place in 0..<deletes.keys.count {
        let golden = goldens[row]
        #expect(deletes.keys.string(place) == golden[0]?.string, "\(about)")
        let isNone =
          golden[2]?.string == nil || (golden[2]?.string == "Integer" && golden[3] == "0")
        #expect(deletes.isOrdered[place] == !isNone, "\(about)")
        if !isNone {
          let texts = deletes.order.map { column in
            column.type == .string ? column.string(place) : Self.text(column.scalar(place))
          }
          let text =
            golden[2] == "ArrayComparable" ? "[" + texts.joined(separator: ", ") + "]" : texts[0]
          #expect(text == golden[3]?.string, "\(about)")
          ordered += 1
        }
        row += 1
      }
    }
    #expect(row == goldens.count, "\(about)")
    return ordered
  }

  private static func text(_ value: Scalar) -> String {
    if case .int(let number) = value { String(number) } else { "\(value)" }
  }

  private func readAll(_ file: LogFileReader, _ about: String, _ tally: inout Tally) throws {
    tally.otherFiles += 1
    for block in try file.allBlocks() {
      tally.otherBlocks += 1
      switch block.type {
      case .delete: _ = try LogVectors.deletes(file, block, [])
      case .avroData, .cdcData, .hfileData, .parquetData:
        _ = try LogVectors.rows(file, block)
      case .command: #expect(block.target != nil, "\(about)")
      case .corrupt: Issue.record("\(about): nothing at \(block.offset)")
      }
    }
  }

  @Test("the single log files read to the end", .spec("LOG-1"))
  func singles() throws {
    var tally = Tally()
    for folder in try Fixtures.names("\(Fixtures.root)/logs") {
      for name in try Fixtures.names("\(Fixtures.root)/logs/\(folder)") {
        guard LogFileName(name) != nil else { continue }
        let bytes = try Fixtures.bytes("\(Fixtures.root)/logs/\(folder)/\(name)")
        try readAll(try LogVectors.reader(bytes), folder, &tally)
      }
    }
    #expect(tally.otherFiles == 4 && tally.otherBlocks == 4)
    Fixtures.report("single log files", cases: tally.otherFiles)
  }
}
