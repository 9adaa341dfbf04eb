import HudiModel
import LakeAvro
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

// Keys, hashes and merging against values worked out elsewhere.
@testable import HudiMetadata

@Suite("Keys of the metadata table")
struct MetadataKeysTests {
  private static func vector(_ name: String) throws -> JSONValue {
    try JSONReader.parse(Buffer(try Fixtures.bytes("\(Fixtures.format)/vectors/\(name).json")))
  }

  @Test(
    "identifiers", .spec("MDT-3"), .enabled(if: Fixtures.arePresent, "no fixtures here"))
  func identifiers() throws {
    let json = try Self.vector("mdt-column-stats-keys")
    var cases = 0
    for entry in json["id64Vectors"]?.array ?? [] {
      #expect(MetadataKeys.id64(entry["text"]?.string ?? "?") == entry["base64"]?.string)
      cases += 1
    }
    for entry in json["id128Vectors"]?.array ?? [] {
      #expect(MetadataKeys.id128(entry["text"]?.string ?? "?") == entry["base64"]?.string)
      cases += 1
    }
    for entry in json["keys"]?.array ?? [] {
      let partition = try MetadataKeys.path(entry["partition"]?.string ?? "")
      let column = entry["column"]?.string ?? "?"
      if let file = entry["file"]?.string {
        #expect(
          MetadataKeys.columnStats(column, partition, file)
            == (entry["columnStatsKey"] ?? entry["key"])?.string, "\(entry)")
      }
      cases += 1
    }
    #expect(cases > 10)
    Fixtures.report("identifiers", cases: cases)
  }

  @Test("file groups", .spec("MDT-5"), .enabled(if: Fixtures.arePresent, "no fixtures here"))
  func fileGroups() throws {
    let json = try Self.vector("mdt-file-group-hash")
    var cases = 0
    for entry in json["fullKey"]?.array ?? [] {
      let key = entry["key"]?.string ?? "?"
      let group = MetadataKeys.fileGroup(key, of: entry["numFileGroups"]?.int ?? 0)
      #expect(group == entry["fileGroupIndex"]?.int, "\(key)")
      cases += 1
    }
    for entry in json["secondaryIndex"]?.array ?? [] {
      let value = entry["secondaryValue"]?.string
      let key = MetadataKeys.secondary(value, recordKey: entry["recordKey"]?.string ?? "?")
      #expect(key == entry["indexKey"]?.string)
      #expect(MetadataKeys.secondaryPrefix(value) == entry["hashInputV2"]?.string)
      let groups = [MetadataKeys.secondaryPrefix(value), key].map {
        MetadataKeys.fileGroup($0, of: 10)
      }
      #expect(
        groups == [
          entry["fileGroupIndexV2of10"]?.int ?? -1, entry["fileGroupIndexV1of10"]?.int ?? -1,
        ], "\(key)")
      cases += 1
    }
    #expect(cases >= 14)
    Fixtures.report("file groups", cases: cases)
  }

  @Test(
    "values of records", .spec("MDT-2"), .enabled(if: Fixtures.arePresent, "no fixtures here"))
  func values() throws {
    let json = try Self.vector("mdt-record-values")
    let schema = try AvroSchema(
      json: Buffer(
        try Fixtures.bytes("\(Fixtures.format)/avro/HoodieMetadataRecord.withMetaFields.json")))
    let decoder = try MetadataDecoder(schema, .standard)
    func content(_ entry: JSONValue) throws -> MetadataRecord.Content {
      try decoder.content(Buffer(Hex.bytes(entry["avroHex"]?.string ?? "") ?? []))
    }
    var cases = 0
    for entry in json["recordIndex"]?.array ?? [] {
      guard case .location(let location) = try content(entry) else {
        Issue.record("\(entry)")
        continue
      }
      #expect(location.fileID.text == entry["fileId"]?.string)
      #expect(location.partition.text == entry["partition"]?.string)
      #expect(location.instantMilliseconds == entry["record"]?["instantTime"]?.int64)
      cases += 1
    }
    for entry in json["files"]?.array ?? [] {
      let found = try content(entry)
      #expect(found.type == entry["type"]?.int)
      var wanted: [ExactText: ListedFile] = [:]
      for (name, file) in entry["filesystemMetadata"]?.object ?? [] {
        wanted[ExactText(name)] = ListedFile(
          size: file["size"]?.int64 ?? -1, isDeleted: file["isDeleted"]?.bool ?? false)
      }
      #expect(found == .partitions(wanted) || found == .files(wanted))
      cases += 1
    }
    for entry in json["secondaryIndex"]?.array ?? [] {
      #expect(try content(entry) == .secondary(isDeleted: false))
      cases += 1
    }
    // Another type, and a type whose part is not there.
    let value = json["secondaryIndex"]?[0]?["avroHex"]?.string ?? ""
    for (type, code) in [
      ("12", LakeCode.metadataTableUnsupported), ("0a", .metadataTableMalformed),
    ] {
      let changed = value.prefix(12) + type + value.dropFirst(14)
      let error = #expect(throws: LakeError.self) {
        try decoder.content(Buffer(Hex.bytes(String(changed)) ?? []))
      }
      #expect(error?.code == code)
    }
    #expect(cases >= 5)
    Fixtures.report("values of records", cases: cases)
  }

  @Test("secondary keys there and back", .spec("MDT-4"))
  func secondary() {
    let cases: [(value: String?, key: String, text: String)] = [
      ("Spotify", "TXN-001", "Spotify$TXN-001"), (nil, "TXN-003", "\0$TXN-003"),
      ("19737", "TXN-001", "19737$TXN-001"), ("", "k", "$k"), ("a$b", "c$d", "a\\$b$c\\$d"),
      ("back\\slash", "k\\", "back\\\\slash$k\\\\"), ("\0", "k", "\\\0$k"),
    ]
    for (value, key, text) in cases {
      #expect(MetadataKeys.secondary(value, recordKey: key) == text)
      let back = MetadataKeys.split(secondary: text)
      #expect(back?.value == value && back?.recordKey == key, "\(text.debugDescription)")
    }
    #expect(MetadataKeys.split(secondary: "no separator") == nil)
    #expect(MetadataKeys.split(secondary: "escaped\\$only") == nil)
  }

  @Test("bounds become values of the column, or nothing", .spec("MDT-15"))
  func bounds() {
    func statistics(
      _ min: StatisticsValue?, _ max: StatisticsValue?, _ ordinal: Int? = nil, _ info: String? = nil
    ) -> ColumnStatistics {
      ColumnStatistics(
        fileName: "f", columnName: "c", min: min, max: max, valueCount: 5, nullCount: 1,
        totalSize: 0, totalUncompressedSize: 0, isDeleted: false, isTightBound: false,
        valueType: ordinal.map { .init(ordinal: $0, additionalInfo: info) })
    }
    func int(_ value: Int64) -> StatisticsValue { StatisticsValue(.int, .int(value)) }
    func text(_ value: String) -> StatisticsValue { StatisticsValue(.string, .string(value)) }
    func double(_ value: Double) -> StatisticsValue { StatisticsValue(.double, .double(value)) }
    let plain = statistics(int(3), int(9), 3).bounds(.int64)
    #expect(plain == ColumnBounds(min: .int(3), max: .int(9), nullCount: 1, rowCount: 5))
    #expect(statistics(int(3), int(9)).bounds(.int32)?.max == .int(9))
    #expect(statistics(int(3), int(9), 3).bounds(.float64)?.max == .double(9))
    #expect(statistics(int(3), int(9), 12).bounds(.date)?.min == .int(3))
    #expect(statistics(int(3), int(9), 12).bounds(.int32) == nil)
    #expect(statistics(int(3), int(9), 3).bounds(.date) == nil)
    #expect(statistics(int(3), int(9), 3).bounds(.string) == nil)
    #expect(statistics(text("a"), text("b"), 7).bounds(.string)?.max == .string("b"))
    #expect(statistics(text("a"), text("\u{1F600}"), 7).bounds(.string) == nil)
    #expect(statistics(text("\u{E000}"), text("\u{E001}"), 7).bounds(.string) == nil)
    #expect(statistics(double(0), double(0), 6).bounds(.float64) == nil)
    #expect(statistics(double(-0.0), double(0), 6).bounds(.float64) == nil)
    #expect(statistics(double(0), double(1), 6).bounds(.float64)?.min == .double(0))
    #expect(statistics(nil, nil, 1).bounds(.int64) == nil)
    #expect(statistics(int(1), nil, 3).bounds(.int64) == nil)
    let cents = StatisticsValue(.bytes, .binary([0xDE, 0x2D]))
    #expect(
      statistics(cents, cents, 10, "5,2").bounds(.decimal(precision: 5, scale: 2))?.min
        == .decimal(-8659))
    #expect(statistics(cents, cents, 10, "5,2").bounds(.decimal(precision: 5, scale: 3)) == nil)
    #expect(statistics(cents, cents, 10, "5,2").bounds(.binary) == nil)
    let old = StatisticsValue(.decimal, .decimal(-86_590_000_000_000_000))
    #expect(statistics(old, old).bounds(.decimal(precision: 5, scale: 2))?.min == .decimal(-8659))
    let odd = StatisticsValue(.decimal, .decimal(1))
    #expect(statistics(odd, odd).bounds(.decimal(precision: 5, scale: 2)) == nil)
    let ticks = StatisticsValue(.long, .int(7))
    #expect(statistics(ticks, ticks, 16).bounds(.timestamp(.micro, utc: true))?.min == .int(7))
    #expect(statistics(ticks, ticks, 16).bounds(.timestamp(.milli, utc: true)) == nil)
    #expect(statistics(ticks, ticks, 16).bounds(.timestamp(.micro, utc: false)) == nil)
    #expect(statistics(ticks, ticks, 19).bounds(.timestamp(.micro, utc: false))?.min == .int(7))
    #expect(statistics(ticks, ticks).bounds(.timestamp(.micro, utc: true))?.min == .int(7))
    #expect(statistics(ticks, ticks).bounds(.timestamp(.milli, utc: true)) == nil)
  }

  @Test("partitions that would leave the table are no partitions (H9)", .spec("NAME-9"))
  func hostilePartitions() throws {
    for name in ["..", "../x", "/x", "x/..", "x//y", "./x", ".hoodie", ".hoodie/x", "x\0", "x/"] {
      let error = #expect(throws: LakeError.self, "\(name)") { try MetadataKeys.path(name) }
      #expect(error?.code == .pathInvalid)
    }
    for name in ["%2e%2e", "..x", "x..", "...", "x/.hoodie", "\\"] {
      #expect(try MetadataKeys.path(name).text == name)
    }
    #expect(try MetadataKeys.path(".") == .none && MetadataKeys.path("") == .none)
  }
}
