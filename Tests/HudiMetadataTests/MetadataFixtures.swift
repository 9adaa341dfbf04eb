// Whole fixture tables with the metadata table inside, open.
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase
import LakeStorage
import LakeTestKit

/// A fixture table and what the tests ask of it.
struct MetadataFixture {
  let name: String
  let storage: MemoryStorage
  let config: TableConfig
  let timeline: Timeline
  let golden: JSONValue?
  let world = World()

  /// Runs `body` on every table that has a metadata table.
  static func forEach(
    named only: String? = nil, _ body: (MetadataFixture) throws -> Void
  ) throws {
    try Fixtures.forEachTable { table, archive in
      guard !table.isMetadataTable, only == nil || only == table.fixture else { return }
      guard let properties = try archive.buffer(of: table.root + ".hoodie/hoodie.properties"),
        let config = try? TableConfig(parsing: properties), MetadataTable.isNamed(in: config)
      else { return }
      let storage = try table.storage(archive)
      let inner = table.root + ".hoodie/metadata/"
      for name in archive.names where name.hasPrefix(inner) && !name.hasSuffix(".crc") {
        let path = try StoragePath(String(name.dropFirst(table.root.count)))
        try storage.makeDirectory(path.parent)
        guard let content = try archive.buffer(of: name) else { continue }
        _ = try storage.publish(content, at: path, .replacing)
      }
      try body(
        MetadataFixture(
          name: table.fixture, storage: storage,
          config: config, timeline: try TimelineStore(storage, config, World()).load(),
          golden: try table.golden()))
    }
  }

  func open() throws -> MetadataTable { try MetadataTable(storage, config, timeline, world) }
}
