// Properties as values: what is required, what is refused, what a new table says.
import HudiModel
import LakeBase
import LakeTestKit
import Testing

@Suite struct TableConfigTests {
  typealias Key = TableConfig.Key

  static func config(_ version: Int, _ further: [String: String] = [:]) throws(LakeError)
    -> TableConfig
  {
    let base = [
      TableProperty(Key.name, "t"), TableProperty(Key.version, String(version)),
      TableProperty(Key.layout, version == 6 ? "1" : "2"),
    ]
    return try TableConfig(
      base + further.sorted { $0.key < $1.key }.map { TableProperty($0.key, $0.value) })
  }

  @Test("Versions other than 6, 8, 9 are refused", .spec("CONF-1"))
  func versions() throws {
    for version in [6, 8, 9] { #expect(try Self.config(version).version.rawValue == version) }
    for text in ["5", "7", "10", "-1", "", "nine", "99999999999999999999"] {
      let error = #expect(throws: LakeError.self) {
        try TableConfig([
          TableProperty(Key.name, "t"), TableProperty(Key.version, text),
          TableProperty(Key.layout, "2"),
        ])
      }
      #expect(error?.code == (text.isEmpty ? .propertiesMalformed : .tableVersionUnsupported))
    }
  }

  @Test("What must be there, and what is kept", .spec("CONF-2"))
  func required() throws {
    let whole = [
      TableProperty("z.unknown", "1"), TableProperty(Key.name, "t"),
      TableProperty(Key.version, "9"),
      TableProperty(Key.layout, "2"), TableProperty("a.unknown", " x "),
    ]
    #expect(try TableConfig(whole).properties == whole)
    for index in 1...3 {
      var part = whole
      part.remove(at: index)
      let error = #expect(throws: LakeError.self) { try TableConfig(part) }
      #expect(error?.code == .propertiesMalformed)
    }
    for (key, value) in [
      (Key.layout, "1"), (Key.type, "COPY"), (Key.baseFileFormat, "CSV"), (Key.layout, "x"),
    ] {
      let error = #expect(throws: LakeError.self) {
        try TableConfig(whole.filter { $0.key != key } + [TableProperty(key, value)])
      }
      #expect(error?.code == .propertiesMalformed)
    }
    let changed = try TableConfig(whole).setting([
      ("z.unknown", nil), ("a.unknown", "y"), (Key.database, "d"), ("new", "1"),
    ])
    #expect(
      changed.properties.map(\.key) == [
        Key.name, Key.version, Key.layout, "a.unknown", Key.database, "new", Key.checksum,
      ])
    #expect(changed[Key.checksum] == String(TableConfig.checksum(database: "d", name: "t")))
  }

  @Test("The checksum of the format notes", .spec("CONF-3"))
  func checksum() {
    #expect(
      TableConfig.checksum(database: "default", name: "v9_txns_cow_simple_meta") == 2_985_977_913)
    #expect(
      TableConfig.checksum(database: "", name: "v9_txns_cow_simple_meta_metadata") == 1_362_276_322)
  }

  @Test("Ordering fields: the new name wins", .spec("CONF-4"))
  func ordering() throws {
    #expect(try Self.config(9, [Key.precombineField: "a"]).orderingFields == ["a"])
    #expect(
      try Self.config(9, [Key.precombineField: "a", Key.orderingFields: "b, c"]).orderingFields
        == ["b", "c"])
    #expect(try Self.config(9).orderingFields == [])
  }

  @Test("Key generators", .spec("CONF-5"))
  func generators() throws {
    let cases: [([String: String], KeyGeneratorType)] = [
      ([:], .nonPartitioned), ([Key.partitionFields: "p"], .simple),
      ([Key.partitionFields: "p", Key.recordKeyFields: "a,b"], .complex),
      ([Key.partitionFields: "p,q"], .complex), ([Key.partitionFields: "p:simple"], .custom),
      ([Key.keyGeneratorType: "TIMESTAMP"], .timestamp),
      ([Key.keyGeneratorType: "COMPLEX_AVRO"], .complex),
      ([Key.keyGeneratorClass: "org.apache.hudi.keygen.SimpleAvroKeyGenerator"], .simple),
      (
        [
          Key.keyGeneratorClass: "org.apache.hudi.keygen.NonpartitionedKeyGenerator",
          Key.keyGeneratorType: "SIMPLE",
        ], .nonPartitioned
      ),
      ([Key.keyGeneratorClass: "com.example.Keys"], .other("com.example.Keys")),
    ]
    for (properties, wanted) in cases {
      #expect(try Self.config(9, properties).keyGenerator == wanted)
    }
  }

  @Test("Merge modes", .spec("CONF-6"))
  func mergeModes() throws {
    let event = "eeb8d96f-b1e4-49fd-bbf8-28ac514178e5"
    let commit = "ce9acb64-bde0-424c-9b91-f6ebba25356d"
    let latest = "org.apache.hudi.common.model.OverwriteWithLatestAvroPayload"
    let cases: [(Int, [String: String], MergeMode)] = [
      (9, [Key.mergeMode: "COMMIT_TIME_ORDERING", Key.orderingFields: "a"], .commitTime),
      (9, [:], .commitTime), (9, [Key.orderingFields: "a"], .eventTime),
      (6, [Key.precombineField: "a"], .eventTime), (6, [:], .commitTime),
      // Both in one table of version 6: the payload decides; from 8 on the strategy.
      (6, [Key.payloadClass: latest, Key.mergerStrategySix: event], .commitTime),
      (8, [Key.payloadClass: latest, Key.mergeStrategyID: event], .eventTime),
      (6, [Key.mergerStrategySix: event], .eventTime),
      (6, [Key.mergerStrategySix: commit], .commitTime),
      (8, [Key.payloadClass: "com.example.Payload"], .custom),
      (8, [Key.mergeStrategyID: "00000000-0000-0000-0000-000000000000"], .custom),
    ]
    for (version, properties, wanted) in cases {
      #expect(try Self.config(version, properties).mergeMode == wanted, "\(version) \(properties)")
    }
  }

  @Test("Refused for reading", .spec("CONF-7"))
  func unreadable() throws {
    for properties in [
      [Key.baseFileFormat: "LANCE"], [Key.baseFileFormat: "ORC"], [Key.baseFileFormat: "HFILE"],
      [Key.bootstrapBasePath: "/x"], [Key.tableFormat: "iceberg"], [Key.multipleFormats: "true"],
    ] {
      let config = try Self.config(9, properties)
      let error = #expect(throws: LakeError.self) { try config.requireReadable() }
      #expect(error?.code == .tableFeatureUnsupported)
      #expect(throws: LakeError.self) { try config.requireWritable() }
    }
  }

  @Test("Refused for writing", .spec("CONF-8"))
  func unwritable() throws {
    for properties in [
      [Key.keyGeneratorClass: "com.example.Keys"], [Key.keyGeneratorType: "HOODIE_TABLE_METADATA"],
      [Key.dropPartitionColumns: "true"], [Key.metafileUsesBaseFormat: "true"],
      [Key.slashSeparatedDate: "true"], [Key.partialUpdateMode: "IGNORE_DEFAULTS"],
      [Key.mergeMode: "CUSTOM", Key.payloadClass: "com.example.Payload"],
    ] {
      let config = try Self.config(9, properties)
      try config.requireReadable()
      let error = #expect(throws: LakeError.self) { try config.requireWritable() }
      #expect(
        error?.code
          == (properties[Key.mergeMode] == nil ? .tableFeatureUnsupported : .mergerUnknown))
    }
  }

  @Test("Bad files (H17)", .spec("CONF-12"))
  func badFiles() throws {
    func code(_ text: String) -> LakeCode? {
      do throws(LakeError) {
        _ = try TableConfig(parsing: Buffer(utf8: text))
        return nil
      } catch { return error.code }
    }
    let good = "hoodie.table.name=t\nhoodie.table.version=9\nhoodie.timeline.layout.version=2\n"
    let sum = TableConfig.checksum(database: "", name: "t")
    #expect(code(good) == nil)
    #expect(code(good + "hoodie.table.checksum=\(sum)\n") == nil)
    #expect(code(good + "hoodie.table.checksum=\(sum &+ 1)\n") == .propertiesChecksum)
    #expect(code(good + "hoodie.table.checksum=\n") == .propertiesChecksum)
    #expect(code("hoodie.table.checksum=1\n") == .propertiesChecksum)
    #expect(code("") == .tableVersionUnsupported || code("") == .propertiesMalformed)
    #expect(code(good + "x=\\u12\n") == .propertiesMalformed)
    #expect(code(good + "#" + String(repeating: "x", count: 1 << 20)) == .limitExceeded)
    #expect(code(good + "hoodie.table.version=99\n") == .tableVersionUnsupported)
    #expect(code(good + "hoodie.compaction.payload.class=java.lang.Runtime\n") == nil)
  }

  @Test("A file's text", .spec("CONF-13"))
  func encoding() throws {
    let config = try Self.config(9, ["hoodie.keygen.timebased.input.dateformat": "HH:mm"])
    let whole = try #require(config.encode(now: 1_772_900_699_123, isUpdate: false).text)
    // Our own checksum stands last.
    let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.dropLast().last?.hasPrefix("lake.checksum=") == true)
    let text = lines.dropLast(2).map { $0 + "\n" }.joined()
    #expect(
      text
        == "#Properties saved on 2026-03-07T16:24:59.123Z\n#Sat Mar 07 16:24:59 UTC 2026\n"
        + "hoodie.table.name=t\nhoodie.table.version=9\nhoodie.timeline.layout.version=2\n"
        + "hoodie.keygen.timebased.input.dateformat=HH\\:mm\n")
    let update = try #require(config.encode(now: 0, isUpdate: true).text)
    #expect(
      update.hasPrefix("#Updated at 1970-01-01T00:00:00.000Z\n#Thu Jan 01 00:00:00 UTC 1970\n"))
  }

  @Test("A changed property is damage, a file rewritten by another engine is not", .spec("CONF-16"))
  func ownChecksum() throws {
    var table = NewTable("trips")
    table.recordKeyFields = ["id"]
    let bytes = try table.config().encode(now: 1_735_689_600_000, isUpdate: false)
    let text = bytes.lossyText
    #expect(text.contains("\nlake.checksum="))
    _ = try TableConfig(parsing: bytes)
    let edited = text.replacingOccurrences("recordkey.fields=id", "recordkey.fields=ie")
    let error = #expect(throws: LakeError.self) {
      _ = try TableConfig(parsing: Buffer(utf8: edited))
    }
    #expect(error?.code == .propertiesChecksum)
    let rewritten = edited.replacingOccurrences("#Properties saved on", "#Updated at")
    #expect(try TableConfig(parsing: Buffer(utf8: rewritten)).recordKeyFields == ["ie"])
  }

  @Test("New tables carry what their version needs", .spec("CONF-14", "CONF-15"))
  func newTables() throws {
    for version in TableVersion.allCases {
      var table = NewTable("orders")
      table.version = version
      table.recordKeyFields = ["id"]
      table.partitionFields = ["day"]
      table.orderingFields = ["ts"]
      table.further = [TableProperty(Key.lakeWriters, "lake-only")]
      let config = try table.config()
      #expect(config.keyGenerator == .simple && config.mergeMode == .eventTime && config.isUTC)
      #expect(config.isHiveStyle && config.isURLEncoded && config.populatesMetaFields)
      #expect(config.partitionFields == ["day"] && config.orderingFields == ["ts"])
      #expect(config[Key.checksum] != nil && config[Key.lakeWriters] == "lake-only")
      #expect((config[Key.mergeMode] != nil) == (version >= .eight))
      #expect((config[Key.keyGeneratorClass] != nil) == (version == .six))
      #expect((config[Key.mergeStrategyID] != nil) == (version == .eight))
      #expect((config[Key.tableFormat] == "native") == (version == .nine))
      #expect((config[Key.initialVersion] != nil) == (version >= .eight))
      try config.requireWritable()
      #expect(try TableConfig(parsing: config.encode(now: 0, isUpdate: false)) == config)
      #expect(config.timelineDirectory == (version == .six ? ".hoodie" : ".hoodie/timeline"))
      #expect(
        config.archiveDirectory
          == (version == .six ? ".hoodie/archived" : ".hoodie/timeline/history"))
      table.partitionFields = ["a", "b"]
      #expect(try table.config().keyGenerator == (version == .nine ? .complex : .custom))
      #expect(try table.config().partitionFields == ["a", "b"])
      table.recordKeyFields = []
      table.partitionFields = []
      table.orderingFields = []
      #expect(try table.config().mergeMode == .commitTime)
      #expect(try table.config().keyGenerator == .nonPartitioned)
    }
  }

  @Test("Choices that contradict each other", .spec("CONF-15"))
  func contradictions() {
    func refused(_ change: (inout NewTable) -> Void) -> Bool {
      var table = NewTable("t")
      change(&table)
      do throws(LakeError) {
        _ = try table.config()
        return false
      } catch {
        return error.code == .badOptionValue || error.code == .avroSchemaInvalid
          || error.code == .jsonMalformed
      }
    }
    #expect(!refused { _ in })
    #expect(refused { $0.name = "" })
    #expect(refused { $0.name = "a/b" })
    #expect(refused { $0.recordKeyFields = ["a,b"] })
    #expect(refused { $0.partitionFields = ["a:b"] })
    #expect(refused { $0.mergeMode = .eventTime })
    #expect(refused { $0.mergeMode = .custom })
    #expect(
      refused {
        $0.version = .eight
        $0.orderingFields = ["a", "b"]
      })
    #expect(refused { $0.createSchema = "{" })
  }
}

extension String {
  /// The first occurrence of a text replaced by another one.
  fileprivate func replacingOccurrences(_ old: String, _ new: String) -> String {
    guard let range = ranges(of: old).first else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
