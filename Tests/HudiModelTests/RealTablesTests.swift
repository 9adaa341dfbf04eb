// Everything this module parses, on every table of the fixtures, and printed back.
import HudiModel
import LakeAvro
import LakeBase
import LakeTestKit
import Testing

@Suite(.enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct RealTablesTests {
  private func config(_ table: FixtureTable, _ archive: ZipArchive) throws -> TableConfig {
    let path = table.root + ".hoodie/hoodie.properties"
    return try TableConfig(parsing: try need(try archive.buffer(of: path)))
  }

  private func timelineFolder(_ config: TableConfig) -> String { config.timelineDirectory }

  @Test(
    "Every hoodie.properties parses, and what is written parses the same",
    .spec("CONF-2", "CONF-3", "CONF-12", "CONF-13"))
  func properties() throws {
    var cases = 0
    try Fixtures.forEachTable { table, archive in
      let config = try config(table, archive)
      let checksum = try need(config[TableConfig.Key.checksum])
      #expect(
        checksum == String(TableConfig.checksum(database: config.database, name: config.name)))
      let again = try TableConfig(parsing: config.encode(now: 1_772_919_899_123, isUpdate: true))
      #expect(again.properties == config.properties, "\(table.fixture)")
      if !table.isMetadataTable, config.baseFileFormat == .parquet,
        config[TableConfig.Key.bootstrapBasePath] == nil
      {
        try config.requireReadable()
      } else {
        #expect(throws: LakeError.self) { try config.requireWritable() }
      }
      cases += 1
    }
    #expect(cases >= 345)
    Fixtures.report("properties", cases: cases)
  }

  @Test("Every instant file's name parses and prints back", .spec("TIME-8"))
  func instantNames() throws {
    var cases = 0
    try Fixtures.forEachTable { table, archive in
      let config = try config(table, archive)
      for name in table.names(in: timelineFolder(config)) {
        switch InstantFileName(name, config.layout) {
        case .instant(let instant):
          #expect(instant.fileName(config.layout) == name, "\(table.fixture)")
          cases += 1
        case .foreign: #expect(name.hasPrefix("hoodie.properties"), "\(table.fixture): \(name)")
        default: Issue.record("\(table.fixture): \(name)")
        }
      }
    }
    #expect(cases >= 2000)
    Fixtures.report("instant names", cases: cases)
  }

  @Test("Every data file's name parses and prints back", .spec("NAME-3", "NAME-4", "NAME-7"))
  func dataNames() throws {
    var bases = 0
    var logs = 0
    try Fixtures.forEachTable { table, archive in
      for path in table.names where !path.hasPrefix(".hoodie/") {
        let slash = path.lastIndex(of: "/")
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        _ = try PartitionPath(slash.map { String(path[..<$0]) } ?? "")
        switch DataFileName(name) {
        case .base(let base):
          #expect(base.text == name)
          bases += 1
        case .log(let log):
          #expect(log.text == name)
          logs += 1
        case .partitionMetadata:
          if name == PartitionMetadata.fileName {
            let bytes = try need(try archive.buffer(of: table.root + path))
            let metadata = try PartitionMetadata(parsing: bytes)
            #expect(
              metadata.depth == (slash == nil ? 0 : path.utf8.count { $0 == 0x2F }), "\(path)")
          }
        case .foreign: #expect(name == ".DS_Store", "\(table.fixture): \(path)")
        }
      }
    }
    #expect(bases > 1000 && logs > 500)
    Fixtures.report("data file names", cases: bases + logs)
  }

  @Test(
    "Every commit's metadata parses, and what is written parses equal",
    .spec("META-1", "META-3", "META-4", "META-5"))
  func commits() throws {
    var avro = 0
    var json = 0
    try Fixtures.forEachTable { table, archive in
      let config = try config(table, archive)
      for name in table.names(in: timelineFolder(config)) {
        guard case .instant(let instant) = InstantFileName(name, config.layout),
          instant.action.isWrite, instant.state != .requested
        else { continue }
        let path = table.root + timelineFolder(config) + "/" + name
        let bytes = try need(try archive.buffer(of: path))
        if bytes.isEmpty {
          #expect(instant.state == .inflight)
          continue
        }
        let metadata = try CommitMetadata(parsing: bytes)
        try metadata.validate()
        let isJSON = bytes[0] == 0x7B
        #expect(isJSON == (config.layout == .one), "\(table.fixture) \(name)")
        let again = try CommitMetadata(
          parsing: metadata.encode(config.layout, instant.action, instant.state))
        if isJSON {
          #expect(again == metadata, "\(table.fixture) \(name)")
          try sameJSON(bytes, try metadata.encode(.one, instant.action, instant.state), name)
          json += 1
        } else {
          #expect(again == metadata, "\(table.fixture) \(name)")
          try sameAvro(
            bytes, try metadata.encode(.two, instant.action, instant.state),
            "\(table.fixture) \(name)")
          avro += 1
        }
      }
    }
    #expect(avro > 900 && json > 700)
    Fixtures.report("commit metadata in Avro", cases: avro)
    Fixtures.report("commit metadata in JSON", cases: json)
  }

  /// Equal members in any order; a null member equals none.
  private func sameJSON(_ left: Buffer, _ right: Buffer, _ name: String) throws {
    let a = normal(try JSONReader.parse(left))
    let b = normal(try JSONReader.parse(right))
    #expect(a == b, "\(name)")
  }

  private func normal(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members):
      return .object(
        members.filter { !$0.value.isNull }.map { ($0.name, normal($0.value)) }
          .sorted { $0.0 < $1.0 })
    case .array(let items): return .array(items.map(normal))
    default: return value
    }
  }

  /// Equal values after both are resolved to our schema, maps in any order.
  private func sameAvro(_ left: Buffer, _ right: Buffer, _ name: String) throws {
    var ours = try AvroObjectFile(right)
    let schema = ours.schema
    let b = try ours.values()
    var theirs = try AvroObjectFile(left)
    let a = try theirs.values(as: schema)
    #expect(a.map(sorted) == b.map(sorted), "\(name)")
  }

  private func sorted(_ value: AvroValue) -> AvroValue {
    switch value {
    case .record(let fields): .record(fields.map(sorted))
    case .array(let items): .array(items.map(sorted))
    case .map(let entries):
      .map(entries.map { ($0.key, sorted($0.value)) }.sorted { $0.0 < $1.0 })
    case .union(let branch, let inner): .union(branch, sorted(inner))
    default: value
    }
  }

  @Test(
    "Every plan and service metadata parses, and what is written parses equal",
    .spec("META-7", "META-8", "META-9"))
  func plans() throws {
    var counts: [String: Int] = [:]
    try Fixtures.forEachTable { table, archive in
      let config = try config(table, archive)
      for name in table.names(in: timelineFolder(config)) {
        guard case .instant(let instant) = InstantFileName(name, config.layout),
          !(instant.action.isWrite && instant.state != .requested)
        else { continue }
        let bytes = try need(
          try archive.buffer(of: table.root + timelineFolder(config) + "/" + name))
        if bytes.isEmpty { continue }
        guard let again = try encodedAgain(bytes, instant) else { continue }
        try sameAvro(bytes, again, "\(table.fixture) \(name)")
        counts["\(instant.action) \(instant.state)", default: 0] += 1
      }
    }
    for (kind, count) in counts.sorted(by: { $0.key < $1.key }) {
      Fixtures.report(kind, cases: count)
    }
    #expect(counts["rollback completed"] == 20)
    #expect(counts["compaction requested"] == 42)
    #expect(counts.count >= 12)
  }

  private func encodedAgain(_ bytes: Buffer, _ instant: Instant) throws -> Buffer? {
    switch (instant.action, instant.state) {
    case (.rollback, .requested): try RollbackPlan(parsing: bytes).encode()
    case (.rollback, .completed): try RollbackMetadata(parsing: bytes).encode()
    case (.restore, .requested): try RestorePlan(parsing: bytes).encode()
    case (.restore, .completed): try RestoreMetadata(parsing: bytes).encode()
    case (.clean, .requested), (.clean, .inflight): try CleanPlan(parsing: bytes).encode()
    case (.clean, .completed): try CleanMetadata(parsing: bytes).encode()
    case (.savepoint, .completed): try SavepointMetadata(parsing: bytes).encode()
    case (.compaction, .requested), (.logcompaction, .requested):
      try CompactionPlan(parsing: bytes).encode()
    case (.clustering, .requested), (.replacecommit, .requested):
      try RequestedReplaceMetadata(parsing: bytes).encode()
    case (.indexing, let state) where state != .inflight:
      try IndexPlan(parsing: bytes).encode(state)
    default: nil
    }
  }

  @Test("Our schemas are those of the format notes", .spec("META-6"))
  func schemas() throws {
    let pairs: [(String, AvroSchema)] = [
      ("HoodieCommitMetadata", AvroResources.commitMetadata),
      ("HoodieReplaceCommitMetadata", AvroResources.replaceCommitMetadata),
      ("HoodieRequestedReplaceMetadata", AvroResources.requestedReplaceMetadata),
      ("HoodieCompactionPlan", AvroResources.compactionPlan),
      ("HoodieCleanerPlan", AvroResources.cleanerPlan),
      ("HoodieCleanMetadata", AvroResources.cleanMetadata),
      ("HoodieRollbackPlan", AvroResources.rollbackPlan),
      ("HoodieRollbackMetadata", AvroResources.rollbackMetadata),
      ("HoodieRestorePlan", AvroResources.restorePlan),
      ("HoodieRestoreMetadata", AvroResources.restoreMetadata),
      ("HoodieSavepointMetadata", AvroResources.savepointMetadata),
      ("HoodieIndexPlan", AvroResources.indexPlan),
      ("HoodieIndexCommitMetadata", AvroResources.indexCommitMetadata),
    ]
    for (name, schema) in pairs {
      let text = Buffer(try Fixtures.bytes("\(Fixtures.format)/avro/\(name).json"))
      #expect(try AvroSchema(json: text) == schema, "\(name)")
    }
    Fixtures.report("schemas of instant files", cases: pairs.count)
  }
}
