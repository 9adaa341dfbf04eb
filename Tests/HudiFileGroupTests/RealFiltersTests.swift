// Key filters, keys and partition paths of every real base file, made again from its rows.
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet
import LakeTestKit
import Testing

@Suite(.enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct RealFiltersTests {
  /// Runs `body` on every Parquet base file of the data tables that has meta columns.
  private func forEachFile(
    _ folder: String, _ body: (FixtureTable, TableConfig, ParquetFile) throws -> Void
  ) throws {
    try Fixtures.forEachTable { table, archive in
      if table.isMetadataTable || table.folder != folder { return }
      let bytes = try #require(try archive.buffer(of: table.root + ".hoodie/hoodie.properties"))
      let config = try TableConfig(parsing: bytes)
      guard config.populatesMetaFields, config.baseFileFormat == .parquet else { return }
      for path in table.names where path.hasSuffix(".parquet") && !path.hasPrefix(".hoodie/") {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard BaseFileName(name) != nil,
          let content = try archive.buffer(of: table.root + path), content.count > 12
        else { continue }
        let file = try ParquetFile(BufferSource(content))
        if file.schema.index(of: MetaField.recordKey.name) == nil { continue }
        try body(table, config, file)
      }
    }
  }

  @Test("Real key filters hold all their keys; rebuilt ones have the same bytes", .spec("KEY-12"))
  func filters() throws {
    var held = 0
    var rebuilt = 0
    try forEachFile("hudi") { table, _, file in
      guard let filter = try HudiBloomFilter(footer: { file.value(forKey: $0) }) else { return }
      var mine = try HudiBloomFilter(
        dynamicRowOf: max(1, Int(filter.keysPerRow)), falsePositives: 0.000_000_001,
        keysMax: 100_000)
      var batches = try file.batches(columns: [MetaField.recordKey.name])
      while let batch = try batches.next() {
        #expect(filter.mayContain(batch.columns[0]).allSatisfy { $0 }, "\(table.fixture)")
        mine.add(batch.columns[0])
        held += batch.count
      }
      if filter.form == .dynamic, mine.bitCount == filter.bitCount {
        #expect(mine.encode() == filter.encode(), "\(table.fixture)")
        rebuilt += 1
      }
    }
    #expect(held > 100 && rebuilt > 50)
    Fixtures.report("keys found in real filters", cases: held)
    Fixtures.report("real filters rebuilt", cases: rebuilt)
  }

  @Test("Keys and paths made again equal the stored ones", .spec("KEY-5", "KEY-7"))
  func keys() throws {
    var rows = 0
    try forEachFile("hudi") { table, config, file in
      if config.recordKeyFields.isEmpty { return }
      let generator: KeyGenerator
      do throws(LakeError) { generator = try KeyGenerator(config) } catch { return }
      var batches = try file.batches()
      while let batch = try batches.next() {
        // After SQL updates Spark 1.1.1 stores the number of a time as text in rewritten files.
        let kind = config[TableConfig.Key.timebasedPrefix + "timestamp.type"] ?? "DATE_STRING"
        let time = config.partitionFields.first.flatMap { batch[$0] }
        if config.keyGenerator == .timestamp, kind != "DATE_STRING", time?.type == .string {
          continue
        }
        let made = try generator.keys(of: batch)
        let keys = try #require(made.recordKeys)
        let stored = try #require(batch[MetaField.recordKey.name])
        let paths = try #require(batch[MetaField.partitionPath.name])
        for row in 0..<batch.count {
          #expect(keys.string(row) == stored.string(row), "\(table.fixture)")
          #expect(made.partitions[row].text == paths.string(row), "\(table.fixture)")
        }
        rows += batch.count
      }
    }
    #expect(rows > 100)
    Fixtures.report("keys and paths of real rows", cases: rows)
  }
}
