// Every index of every fixture table against what Hudi reads from it.
import HudiMetadata
import HudiModel
import LakeBase
import LakeColumns
import LakeStorage
import LakeTestKit
import Testing

@Suite("Indexes of foreign tables", .enabled(if: Fixtures.arePresent, "no fixtures here"))
struct MetadataGoldenTests {
  /// A record as the goldens spell it, each with its own members.
  static func text(_ record: MetadataRecord, decimalsAsBytes: Bool) -> String {
    var members: [(String, String)] = [("key", quoted(record.key.text))]
    switch record.content {
    case .partitions(let files), .files(let files):
      members.append(("type", "\(record.content.type)"))
      let entries = files.keys.sorted().map { name -> String in
        let file = files[name] ?? ListedFile(size: -1)
        return "\(quoted(name.text)):\(file.size),\(file.isDeleted)"
      }
      members.append(("files", entries.joined(separator: ";")))
    case .columnStats(let statistics), .partitionStats(let statistics):
      members += statisticsMembers(statistics, decimalsAsBytes)
    case .bloomFilter(let filter):
      members += [
        ("type", quoted(filter.type)), ("timestamp", quoted(filter.timestamp)),
        ("length", "\(filter.filter.count)"), ("isDeleted", "\(filter.isDeleted)"),
      ]
    case .location(let location):
      members += [
        ("partition", quoted(location.partition.text)), ("fileId", quoted(location.fileID.text)),
        ("encoding", "\(location.encoding)"),
        (
          "instant",
          quoted(InstantTime(civilMilliseconds: location.instantMilliseconds)?.text ?? "?")
        ),
      ]
    case .secondary(let isDeleted): members.append(("isDeleted", "\(isDeleted)"))
    }
    return members.sorted { $0.0 < $1.0 }.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
  }

  private static func statisticsMembers(
    _ statistics: ColumnStatistics, _ decimalsAsBytes: Bool
  ) -> [(String, String)] {
    [
      ("file", quoted(statistics.fileName)), ("column", quoted(statistics.columnName)),
      ("min", bound(statistics.min, decimalsAsBytes)),
      ("max", bound(statistics.max, decimalsAsBytes)),
      ("valueCount", "\(statistics.valueCount)"), ("nullCount", "\(statistics.nullCount)"),
      ("totalSize", "\(statistics.totalSize)"),
      ("totalUncompressedSize", "\(statistics.totalUncompressedSize)"),
      ("isDeleted", "\(statistics.isDeleted)"), ("isTightBound", "\(statistics.isTightBound)"),
      (
        "valueType",
        statistics.valueType.map {
          "\($0.ordinal)/\($0.additionalInfo ?? "null")"
        } ?? "null"
      ),
    ]
  }

  static func quoted(_ text: String) -> String { text.debugDescription }

  private static func bound(_ value: StatisticsValue?, _ decimalsAsBytes: Bool) -> String {
    guard let value else { return "null" }
    if decimalsAsBytes, case .decimal(let unscaled) = value.value {
      var bytes = (0..<16).map { UInt8(truncatingIfNeeded: unscaled >> (120 - 8 * $0)) }
      while bytes.count > 1,
        bytes[0] == 0 && bytes[1] < 0x80 || bytes[0] == 0xFF && bytes[1] >= 0x80
      {
        bytes.removeFirst()
      }
      return "BytesWrapper:x" + Hex.text(bytes)
    }
    let text =
      switch value.value {
      case .int(let number): "\(number)"
      case .bool(let flag): "\(flag)"
      case .float(let number): "f\(number)"
      case .double(let number): "f\(number)"
      case .string(let text): quoted(text)
      case .binary(let bytes): "x" + Hex.text(bytes)
      case .decimal(let unscaled): "d\(unscaled)"
      default: "?"
      }
    return "\(value.wrapper.rawValue):\(text)"
  }

  /// The golden's spelling of the same.
  static func text(golden: JSONValue) -> String {
    var members: [(String, String)] = []
    for (name, value) in golden.object ?? [] {
      switch name {
      case "filesystemMetadata":
        let entries = (value.object ?? []).map { ExactText($0.name) }.sorted().map {
          key -> String in
          let file = value[key.text]
          let isDeleted = file?["isDeleted"]?.bool ?? true
          return "\(quoted(key.text)):\(file?["size"]?.int64 ?? -1),\(isDeleted)"
        }
        members.append(("files", entries.joined(separator: ";")))
      case "min", "max": members.append((name, bound(golden: value)))
      case "valueType":
        if value.isNull {
          members.append((name, "null"))
        } else {
          let info = value["additionalInfo"]?.string ?? "null"
          let ordinal = value["typeOrdinal"] ?? value["ordinal"]
          members.append((name, "\(ordinal?.int64 ?? -1)/\(info)"))
        }
      // Records of 0.15.0 have no such field: then bounds are not tight.
      case "isTightBound" where value.isNull: members.append((name, "false"))
      default: members.append((name, plain(value)))
      }
    }
    if golden["column"] != nil && golden["valueType"] == nil {
      members.append(("valueType", "null"))
    }
    return members.sorted { $0.0 < $1.0 }.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
  }

  private static func plain(_ value: JSONValue) -> String {
    if let text = value.string { return quoted(text) }
    if let number = value.int64 { return "\(number)" }
    if let flag = value.bool { return "\(flag)" }
    return "null"
  }

  private static func bound(golden: JSONValue) -> String {
    guard let (name, value) = golden.object?.first else { return "null" }
    let text: String
    if name == "DecimalWrapper", let digits = value.string {
      text = "d\(Int128(digits.filter { $0 != "." }) ?? .min)"
    } else if let float = value["f"]?.string {
      text = "f" + (Double(float).map { "\($0)" } ?? float)
    } else if let hex = value["x"]?.string {
      text = "x" + hex
    } else {
      text = plain(value)
    }
    return "\(name):\(text)"
  }

  static let members = [
    ("metadataFiles", ["files"]), ("columnStats", ["column_stats", "expr_index"]),
    ("partitionStats", ["partition_stats", "expr_index"]), ("recordIndex", ["record_index"]),
    ("secondaryIndex", ["secondary_index"]), ("bloomFilters", ["bloom_filters", "expr_index"]),
  ]

  @Test("records are those that Hudi reads", .spec("MDT-2", "MDT-7", "MDT-8", "MDT-9"))
  func goldens() throws {
    var cases = 0
    var compared: [String: Int] = [:]
    try MetadataFixture.forEach { fixture in
      for (member, prefixes) in Self.members {
        guard let golden = fixture.golden?[member]?.array else { continue }
        let table = try fixture.open()
        var ours: [String] = []
        for name in table.partitions where prefixes.contains(where: { name.hasPrefix($0) }) {
          let records = try table.partition(name).records()
          for record in records where Self.belongs(record, member) {
            // The golden of 0.15.0 spells decimals as bytes.
            ours.append(Self.text(record, decimalsAsBytes: fixture.name.hasSuffix("_h0150")))
          }
        }
        cases += golden.count
        compared[member, default: 0] += 1
        let theirs = golden.map { Self.text(golden: $0) }.sorted()
        let sorted = ours.sorted()
        if sorted != theirs {
          let missing = theirs.filter { !Set(sorted).contains($0) }
          let extra = sorted.filter { !Set(theirs).contains($0) }
          Issue.record(
            """
            \(fixture.name) \(member): \(sorted.count) against \(theirs.count)
              missing: \(missing.first ?? "-")
              extra:   \(extra.first ?? "-")
            """)
        }
      }
    }
    #expect(compared.values.reduce(0, +) >= 67)
    Fixtures.report("index records \(compared)", cases: cases)
  }

  /// An expression index holds several kinds.
  private static func belongs(_ record: MetadataRecord, _ member: String) -> Bool {
    switch member {
    case "columnStats": record.content.type == 3
    case "partitionStats": record.content.type == 6
    case "bloomFilters": record.content.type == 4
    default: true
    }
  }

  /// The golden counts base files, log files and the checksum files of log files.
  @Test("the indexes are those that Hudi has, in as many files", .spec("MDT-1"))
  func partitions() throws {
    var cases = 0
    try MetadataFixture.forEach { fixture in
      guard let golden = fixture.golden?["metadataPartitions"]?.object else { return }
      let table = try fixture.open()
      #expect(Set(table.partitions) == Set(golden.map(\.name)), "\(fixture.name)")
      for (name, count) in golden {
        let folder = try StoragePath(MetadataTable.directory + "/" + name)
        var files = 0
        for entry in try fixture.storage.list(folder) {
          switch DataFileName(entry.name) {
          case .base: files += 1
          case .log: files += 2
          default: continue
          }
        }
        #expect(files == count.int, "\(fixture.name) \(name)")
        #expect(try !table.partition(name).slices.isEmpty, "\(fixture.name) \(name)")
      }
      cases += 1
    }
    #expect(cases >= 25)
    Fixtures.report("partitions of metadata tables", cases: cases)
  }
}
