// Merge-on-read tables of another engine whose newest commit tells another schema (H22).
import Lake
import LakeTestKit
import Testing

@Suite("Hostile schemas of foreign tables", .enabled(if: Fixtures.arePresent, "no fixtures"))
struct HostileSchemaTests {
  /// Puts a changed schema into the newest write; nil where the text does not have `old`.
  private static func change(
    _ storage: MemoryStorage, _ old: String, _ new: String
  ) throws -> Bool {
    let table = try LakeTable.open(storage)
    let store = table.context.store
    let newest = try #require(try store.load().completedWrites.last)
    let path = try StoragePath(
      table.config.timelineDirectory + "/" + newest.fileName(store.layout))
    var metadata = try CommitMetadata(parsing: try storage.readAll(path, limit: 1 << 20))
    let schema = try #require(metadata.schema)
    let changed = schema.replacing(old, with: new)
    metadata.extraMetadata[CommitMetadata.schemaKey] = changed
    _ = try storage.publish(
      try metadata.encode(store.layout, newest.action), at: path, .replacing)
    return changed != schema
  }

  private static func read(_ storage: MemoryStorage) throws(LakeError) -> [RecordBatch] {
    var scan = try LakeTable.open(storage).scan()
    var batches: [RecordBatch] = []
    while let batch = try scan.next() { batches.append(batch) }
    return batches
  }

  private static let tables = [
    "mor-v6_plain_avro_h0150", "mor-v9_plain_avro", "mor-v9_plain_parquet_nomdt",
  ]

  /// What stands in the schema, what stands there instead, the column that the error names.
  private static let attacks: [(String, String, String)] = [
    (
      #"{"name":"reading","type":["null","double"]"#, #"{"name":"reading","type":["null","float"]"#,
      "reading"
    ),
    (
      #"{"name":"reading","type":["null","double"]"#, #"{"name":"reading","type":["null","long"]"#,
      "reading"
    ),
    (
      #"{"name":"battery","type":["null","int"]"#, #"{"name":"battery","type":["null","boolean"]"#,
      "battery"
    ),
    (
      #"{"name":"model","type":["null","string"]"#, #"{"name":"model","type":["null","int"]"#,
      "model"
    ),
    (
      #"{"name":"lat","type":["null","float"]"#, #"{"name":"lat","type":["null","int"]"#, "loc"
    ),
    (
      #"{"name":"tags","type":["null",{"type":"array","items":"string"}]"#,
      #"{"name":"tags","type":["null",{"type":"array","items":"long"}]"#, "tags"
    ),
    (
      #"{"name":"tags","type":{"type":"array","items":"string"}"#,
      #"{"name":"tags","type":{"type":"array","items":"long"}"#, "tags"
    ),
    (#""precision":10,"scale":2"#, #""precision":9,"scale":2"#, "price"),
  ]

  @Test("a type that is no promotion is an error naming the column", .spec("BASE-30"))
  func types() throws {
    var cases = 0
    try Fixtures.forEachTable { table, archive in
      guard Self.tables.contains(table.fixture), !table.isMetadataTable else { return }
      for (old, new, column) in Self.attacks {
        let storage = try table.storage(archive)
        guard try Self.change(storage, old, new) else { continue }
        cases += 1
        let error = #expect(throws: LakeError.self, "\(table.fixture): \(new)") {
          _ = try Self.read(storage)
        }
        #expect(error?.code == .schemaMismatch, "\(table.fixture): \(new): \(error?.message ?? "")")
        #expect(
          error?.message.contains("\"\(column)\"") == true, "\(new): \(error?.message ?? "")")
        #expect(error?.path != nil, "\(table.fixture): \(new)")
        #expect(error?.hint?.contains("lake schema") == true)
      }
    }
    #expect(cases >= 12)
    Fixtures.report("schemas refused", cases: cases)
  }

  @Test(
    "what may change: a wider type, another root, a key that the schema lacks", .spec("BASE-30"))
  func fine() throws {
    try Fixtures.forEachTable { table, archive in
      guard Self.tables.contains(table.fixture), !table.isMetadataTable else { return }
      let before = try Self.read(try table.storage(archive)).reduce(0) { $0 + $1.count }
      for (old, new) in [
        (#"{"name":"seq","type":["null","int"]"#, #"{"name":"seq","type":["null","long"]"#),
        (
          #"{"name":"battery","type":["null","int"]"#,
          #"{"name":"battery","type":["null","string"]"#
        ),
        (#""name":"devices_record""#, #""name":"somebody""#),
        (#"{"name":"device","type":["null","string"],"default":null},"#, ""),
      ] {
        let storage = try table.storage(archive)
        #expect(try Self.change(storage, old, new), "\(old)")
        let found = try Self.read(storage)
        #expect(found.reduce(0) { $0 + $1.count } == before, "\(table.fixture): \(new)")
        if new.isEmpty { #expect(found.allSatisfy { $0["device"] == nil }) }
      }
    }
  }

  @Test("without meta columns rows have no key when the schema lacks its column")
  func keyless() throws {
    try Fixtures.forEachTable { table, archive in
      guard table.fixture == "mor-v9_virtual_keys", !table.isMetadataTable else { return }
      let storage = try table.storage(archive)
      #expect(
        try Self.change(storage, #"{"name":"device","type":["null","string"],"default":null},"#, "")
      )
      let error = #expect(throws: LakeError.self) { _ = try Self.read(storage) }
      #expect(error?.message.contains("device") == true, "\(error?.message ?? "")")
      #expect(error?.code != .defect)
    }
  }
}
