// Differences between schemas, and the versions of a table's schema.
import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Schema differences") struct SchemaDiffTests {
  private func schema(_ fields: String) throws -> TableSchema {
    try TableSchema(text: "{\"type\":\"record\",\"name\":\"r\",\"fields\":[\(fields)]}")
  }

  private func lines(_ old: String, _ new: String) throws -> [String] {
    SchemaDiff(from: try schema(old), to: try schema(new)).changes.map(\.text)
  }

  private func field(_ name: String, _ type: String, _ more: String = "") -> String {
    "{\"name\":\"\(name)\",\"type\":\(type)\(more)}"
  }

  @Test("every kind of difference has its line", .spec("SCHEMA-31", "SCHEMA-32"))
  func kinds() throws {
    let a = field("a", "\"int\"")
    let b = field("b", "\"string\"")
    let c = field("c", "\"long\"")
    #expect(try lines([a, b].joined(separator: ","), [a, b].joined(separator: ",")) == [])
    #expect(try lines(a, [a, b].joined(separator: ",")) == ["b added: string"])
    #expect(try lines([a, b].joined(separator: ","), a) == ["b dropped: string"])
    #expect(try lines(a, field("a", "\"long\"")) == ["a changed from int to bigint"])
    #expect(try lines(a, field("a", "[\"null\",\"int\"]")) == ["a is nullable now"])
    #expect(try lines(field("a", "[\"null\",\"int\"]"), a) == ["a is not null now"])
    #expect(try lines(a, field("a", "\"int\"", ",\"doc\":\"x\"")) == ["a has another comment"])
    #expect(
      try lines([a, b, c].joined(separator: ","), [c, a, b].joined(separator: ","))
        == ["c moved"])
    // Without numbers a new name is another column.
    #expect(try lines(a, field("z", "\"int\"")) == ["a dropped: int", "z added: int"])
  }

  @Test("structs, lists and maps are compared inside", .spec("SCHEMA-31"))
  func nested() throws {
    func record(_ inner: String) -> String {
      "{\"type\":\"record\",\"name\":\"n\",\"fields\":[\(inner)]}"
    }
    let old = record(field("x", "\"int\""))
    let new = record([field("x", "\"long\""), field("y", "\"int\"")].joined(separator: ","))
    #expect(
      try lines(field("s", old), field("s", new)) == [
        "s.x changed from int to bigint", "s.y added: int",
      ])
    func list(_ type: String) -> String { "{\"type\":\"array\",\"items\":\(type)}" }
    func map(_ type: String) -> String { "{\"type\":\"map\",\"values\":\(type)}" }
    #expect(
      try lines(field("l", list(old)), field("l", list(new))) == [
        "l.element.x changed from int to bigint", "l.element.y added: int",
      ])
    #expect(
      try lines(field("m", map("\"int\"")), field("m", map("\"string\""))) == [
        "m.value changed from int to string"
      ])
    #expect(
      try lines(field("m", map("\"int\"")), field("m", list("\"int\""))).count == 1)
  }

  @Test("a table's versions are its creation and the writes that changed it", .spec("SCHEMA-30"))
  func versions() throws {
    let trips = try TripTable { $0.columns = TripTable.schema }
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let wider = Schema(TripTable.schema.fields + [Field("tip", .int64)])
    var options = WriteOptions()
    options.evolution = .add
    let builder = BatchBuilder(wider)
    try builder.append([.string("b"), .string("oslo"), .int(2), .int(1), .int(9)])
    let second = try trips.table.upsert(builder.finish(), options)
    try trips.commit(.delete, [Trip("a", "oslo", 1)])
    let versions = try trips.table.snapshot().schemaVersions()
    #expect(versions.count == 2)
    #expect(versions[0].instant == nil)
    #expect(versions[1].instant?.requested == second.instant?.requested)
    #expect(versions[1].changes.map(\.text) == ["tip added: bigint"])
    #expect(versions[1].diff(to: versions[0]).changes.map(\.text) == ["tip dropped: bigint"])
  }

  /// The statements in the recipe of the fixture, one line each.
  @Test(
    "renames and drops of schema-on-read are told by number", .spec("SCHEMA-30", "SCHEMA-31"),
    .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
  func numbered() throws {
    var seen = 0
    try Fixtures.forEachTable { table, archive in
      guard table.fixture.hasSuffix("_schema_on_read"), !table.isMetadataTable else { return }
      let storage = try table.storage(archive)
      let versions = try LakeTable.open(storage).snapshot().schemaVersions()
      #expect(
        versions.dropFirst().map { $0.changes.map(\.text) } == [
          ["extra added: string"], ["note renamed to remark"], ["a changed from int to bigint"],
          ["fl changed from float to double"], ["nest.r added: int"],
          ["nest.q renamed to qq"], ["extra dropped: string"], ["remark renamed to comment1"],
        ])
      let first = try #require(versions.first)
      let last = try #require(versions.last)
      #expect(first.diff(to: last).changes.map(\.text).contains("note renamed to comment1"))
      seen += 1
    }
    #expect(seen == 2)
    Fixtures.report("schema versions of schema-on-read", cases: seen)
  }

  @Test("without a schema in commits and properties the newest base file tells", .spec("SCHEMA-3"))
  func fromFile() throws {
    let storage = MemoryStorage()
    let trips = try TripTable(storage) { $0.version = .six }
    try trips.commit(.upsert, [Trip("a", "oslo", 1)])
    let instant = try #require(try trips.table.snapshot().writes.last)
    let path = try StoragePath(".hoodie/\(instant.requested.text).commit")
    let text = try #require(try storage.readAll(path, limit: 1 << 20).text)
    var metadata = try CommitMetadata(parsing: Buffer(utf8: text))
    metadata.extraMetadata = [:]
    _ = try storage.publish(try metadata.encode(.one, .commit), at: path, .replacing)
    let context = try TripTable(opening: storage).table.context
    let bare = try context.config.setting([(TableConfig.Key.createSchema, nil)])
    let snapshot = try Snapshot(context.with(bare))
    #expect(
      try snapshot.requireSchema().columns.fields.map(\.name) == ["id", "city", "fare", "ord"])
  }
}
