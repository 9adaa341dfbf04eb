// Files other writers wrote, compared row by row with what another reader read from them.
import LakeBase
import LakeColumns
import LakeParquet
import LakeTestKit
import Testing

@Suite("Parquet fixtures", .enabled(if: Fixtures.arePresent, "no fixtures beside the project"))
struct ParquetFixtureTests {
  static let folder = Fixtures.root + "/parquet"

  /// Files whose golden is an error, or that lake refuses by name.
  static let refused: [String: LakeCode] = [
    // Brotli is not among lake's codecs.
    "large_string_map.brotli.parquet": .codecUnsupported,
    "uniform_encryption.parquet.encrypted": .parquetEncrypted,
    // The golden reader refuses the first page too: its checksum is wrong on purpose.
    "datapage_v1-corrupt-checksum.parquet": .parquetChecksum,
    // Two values lie beyond 64-bit nanoseconds; the golden reader wraps them around. They are read
    // right in microseconds: see int96InMicroseconds.
    "int96_from_spark.parquet": .parquetMalformed,
  ]

  static func files() throws -> [String] {
    try Fixtures.names(folder).filter { !$0.hasSuffix(".json") }
  }

  @Test("every file equals its golden answer", .spec("PQR-8"))
  func golden() throws {
    var cases = 0
    for name in try Self.files() where Self.refused[name] == nil {
      cases += 1
      for variant in 0..<3 {
        var options = ParquetReadOptions()
        if variant == 1 { options.batchRows = 7 }
        if variant == 2 { options.keepDictionaries = true }
        do {
          try compare(name, options)
        } catch { Issue.record("\(name): \(error)") }
      }
    }
    #expect(cases > 30)
    Fixtures.report("parquet", cases: cases)
  }

  private func compare(_ name: String, _ options: ParquetReadOptions) throws {
    let golden = try JSONReader.parse(
      Buffer(try Fixtures.bytes(Self.folder + "/\(name).golden.json")))
    let (file, batches) = try allBatches(try Fixtures.bytes(Self.folder + "/" + name), options)
    #expect(golden["rows"]?.int == file.metadata.rowCount, "\(name)")
    #expect(batches.reduce(0) { $0 + $1.count } == file.metadata.rowCount, "\(name)")
    #expect(golden["rowGroups"]?.int == file.metadata.rowGroups.count, "\(name)")
    let rows = try #require(golden["values"]?.array, "\(name)")
    var row = 0
    for batch in batches {
      for place in 0..<batch.count where row < rows.count {
        for (field, column) in zip(batch.schema.fields, batch.columns) {
          let want = try #require(rows[row][field.name], "\(name)")
          if let text = difference(column.scalar(place), field.type, want) {
            Issue.record("\(name) row \(row) \(field.name): \(text)")
            return
          }
        }
        row += 1
      }
    }
    #expect(row == rows.count, "\(name)")
  }

  @Test("what lake does not read is refused by name", .spec("PQR-5", "PQR-9"))
  func refusals() throws {
    for (name, code) in Self.refused {
      let bytes = try Fixtures.bytes(Self.folder + "/" + name)
      let error = #expect(throws: LakeError.self) { _ = try allBatches(bytes) }
      #expect(error?.code == code, "\(name): \(String(describing: error))")
    }
  }

  @Test("a wrong checksum is only seen by those who look", .spec("PQR-9"))
  func unverified() throws {
    var options = ParquetReadOptions()
    options.verifyChecksums = false
    let bytes = try Fixtures.bytes(Self.folder + "/datapage_v1-corrupt-checksum.parquet")
    #expect(try allBatches(bytes, options).batches.reduce(0) { $0 + $1.count } == 5120)
  }

  /// The expectations come from the file's bytes by hand: day 5373484 and 3 hours; day -105862232
  /// and -32509551616000 ns, which is what Spark makes of 9089380393200000000 us when its sum
  /// wraps.
  @Test("INT96 beyond nanoseconds is read in microseconds", .spec("PQR-10"))
  func int96InMicroseconds() throws {
    var options = ParquetReadOptions()
    options.int96Unit = .micro
    let bytes = try Fixtures.bytes(Self.folder + "/int96_from_spark.parquet")
    let column = try #require(try allBatches(bytes, options).batches.first?.columns.first)
    #expect(column.type == .timestamp(.micro, utc: true))
    let texts = (0..<column.count).map { row -> String in
      guard case .int(let ticks) = column.scalar(row) else { return "null" }
      return timestampText(ticks, .micro)
    }
    #expect(
      texts == [
        "2024-01-01T20:34:56.123456", "2024-01-01T01:00:00.000000", "9999-12-31T03:00:00.000000",
        "2024-12-30T23:00:00.000000", "null", "290000-12-30T23:00:00.000000",
      ])
  }
}
