// Spec: 05-commit-metadata. Commit metadata to and from trees with Hudi's names.
import LakeBase

extension CommitMetadata {
  private static let members = [
    "partitionToWriteStats", "compacted", "extraMetadata", "version", "operationType",
    "partitionToReplaceFileIds",
  ]

  init(tree: JSONValue) throws(LakeError) {
    let reader = try TreeReader(tree, "commit metadata")
    self.init()
    partitionStats =
      try reader.map("partitionToWriteStats") { list throws(LakeError) in
        guard let items = list.array else { return nil }
        var stats: [WriteStat] = []
        for item in items { stats.append(try WriteStat(tree: item)) }
        return stats
      } ?? [:]
    isCompacted = try reader.bool("compacted") ?? false
    // A null value means the same as none: Java's writer leaves such entries in.
    extraMetadata = try reader.map("extraMetadata") { $0.isNull ? "" : $0.string } ?? [:]
    version = try reader.int("version")
    operationType = try reader.string("operationType")
    partitionToReplaceFileIDs = try reader.map("partitionToReplaceFileIds") {
      TreeReader.strings($0)
    }
    for member in reader.others(than: Self.members) {
      unknownMembers[member.name] = JSONWriter.text(member.value)
    }
  }

  /// The tree of an Avro record: every member, with `version`.
  var avroTree: JSONValue {
    var members: [(name: String, value: JSONValue)] = [
      (
        "partitionToWriteStats",
        .map(partitionStats) { .array($0.map(\.avroTree)) }
      ),
      ("compacted", .bool(isCompacted)),
      ("extraMetadata", .map(extraMetadata) { .string($0) }),
      ("version", .int(version)),
      ("operationType", .text(operationType)),
    ]
    if let replaced = partitionToReplaceFileIDs {
      members.append(("partitionToReplaceFileIds", .map(replaced) { .texts($0) }))
    }
    return .object(members)
  }

  /// The tree of version 6's JSON: no `version`, members of other writers kept.
  func jsonTree() throws(LakeError) -> JSONValue {
    var stats: [(name: String, value: JSONValue)] = []
    for entry in partitionStats.entries {
      var list: [JSONValue] = []
      for stat in entry.value { list.append(try stat.jsonTree()) }
      stats.append((entry.key, .array(list)))
    }
    var members: [(name: String, value: JSONValue)] = [
      ("partitionToWriteStats", .object(stats)),
      ("compacted", .bool(isCompacted)),
      ("extraMetadata", .map(extraMetadata) { .string($0) }),
      ("operationType", .text(operationType)),
    ]
    if let replaced = partitionToReplaceFileIDs {
      members.append(("partitionToReplaceFileIds", .map(replaced) { .texts($0) }))
    }
    for entry in unknownMembers.entries {
      members.append((entry.key, try JSONReader.parse(entry.value)))
    }
    return .object(members)
  }
}

extension WriteStat {
  private static let members = [
    "fileId", "path", "prevCommit", "numWrites", "numDeletes", "numUpdateWrites",
    "totalWriteBytes", "totalWriteErrors", "partitionPath", "totalLogRecords", "totalLogFiles",
    "totalUpdatedRecordsCompacted", "numInserts", "totalLogBlocks", "totalCorruptLogBlock",
    "totalRollbackBlocks", "fileSizeInBytes", "logVersion", "logOffset", "baseFile", "logFiles",
    "cdcStats", "prevBaseFile", "minEventTime", "maxEventTime", "runtimeStats",
    "totalLogFilesCompacted", "totalLogReadTimeMs", "totalLogSizeCompacted", "tempPath",
    "numUpdates",
  ]

  init(tree: JSONValue) throws(LakeError) {
    let reader = try TreeReader(tree, "a write stat")
    self.init()
    fileID = try reader.string("fileId")
    path = try reader.string("path")
    prevCommit = try reader.string("prevCommit")
    numWrites = try reader.long("numWrites")
    numDeletes = try reader.long("numDeletes")
    numUpdateWrites = try reader.long("numUpdateWrites")
    totalWriteBytes = try reader.long("totalWriteBytes")
    totalWriteErrors = try reader.long("totalWriteErrors")
    partitionPath = try reader.string("partitionPath")
    totalLogRecords = try reader.long("totalLogRecords")
    totalLogFiles = try reader.long("totalLogFiles")
    totalUpdatedRecordsCompacted = try reader.long("totalUpdatedRecordsCompacted")
    numInserts = try reader.long("numInserts")
    totalLogBlocks = try reader.long("totalLogBlocks")
    totalCorruptLogBlock = try reader.long("totalCorruptLogBlock")
    totalRollbackBlocks = try reader.long("totalRollbackBlocks")
    fileSizeInBytes = try reader.long("fileSizeInBytes")
    logVersion = try reader.int("logVersion")
    logOffset = try reader.long("logOffset")
    baseFile = try reader.string("baseFile")
    logFiles = try reader.strings("logFiles")
    cdcStats = try reader.map("cdcStats") { $0.int64 }
    prevBaseFile = try reader.string("prevBaseFile")
    minEventTime = try reader.long("minEventTime")
    maxEventTime = try reader.long("maxEventTime")
    if let runtime = try reader.object("runtimeStats") {
      let times = try TreeReader(.object(runtime), "runtime stats")
      runtimeStats = RuntimeStats(
        scan: try times.long("totalScanTime"), create: try times.long("totalCreateTime"),
        upsert: try times.long("totalUpsertTime"))
    }
    totalLogFilesCompacted = try reader.long("totalLogFilesCompacted")
    totalLogReadTimeMs = try reader.long("totalLogReadTimeMs")
    totalLogSizeCompacted = try reader.long("totalLogSizeCompacted")
    tempPath = try reader.string("tempPath")
    numUpdates = try reader.long("numUpdates")
    for member in reader.others(than: Self.members) {
      unknownMembers[member.name] = JSONWriter.text(member.value)
    }
  }

  private var runtimeTree: JSONValue {
    guard let runtimeStats else { return .null }
    return .object([
      ("totalScanTime", .long(runtimeStats.totalScanTime)),
      ("totalUpsertTime", .long(runtimeStats.totalUpsertTime)),
      ("totalCreateTime", .long(runtimeStats.totalCreateTime)),
    ])
  }

  /// The members that both forms have, in the order of version 6's JSON.
  private var commonMembers: [(name: String, value: JSONValue)] {
    [
      ("fileId", .text(fileID)), ("path", .text(path)),
      ("cdcStats", .map(cdcStats) { .integer($0) }), ("prevCommit", .text(prevCommit)),
      ("numWrites", .long(numWrites)), ("numDeletes", .long(numDeletes)),
      ("numUpdateWrites", .long(numUpdateWrites)), ("numInserts", .long(numInserts)),
      ("totalWriteBytes", .long(totalWriteBytes)), ("totalWriteErrors", .long(totalWriteErrors)),
      ("tempPath", .text(tempPath)), ("partitionPath", .text(partitionPath)),
      ("totalLogRecords", .long(totalLogRecords)),
      ("totalLogFilesCompacted", .long(totalLogFilesCompacted)),
      ("totalLogSizeCompacted", .long(totalLogSizeCompacted)),
      ("totalUpdatedRecordsCompacted", .long(totalUpdatedRecordsCompacted)),
      ("totalLogBlocks", .long(totalLogBlocks)),
      ("totalCorruptLogBlock", .long(totalCorruptLogBlock)),
      ("totalRollbackBlocks", .long(totalRollbackBlocks)),
      ("fileSizeInBytes", .long(fileSizeInBytes)), ("minEventTime", .long(minEventTime)),
      ("maxEventTime", .long(maxEventTime)), ("runtimeStats", runtimeTree),
    ]
  }

  /// The members that not every form or file has.
  private var furtherMembers: [(name: String, value: JSONValue)] {
    [
      ("prevBaseFile", .text(prevBaseFile)), ("numUpdates", .long(numUpdates)),
      ("totalLogReadTimeMs", .long(totalLogReadTimeMs)), ("totalLogFiles", .long(totalLogFiles)),
      ("logVersion", .int(logVersion)), ("logOffset", .long(logOffset)),
      ("baseFile", .text(baseFile)), ("logFiles", .texts(logFiles)),
    ]
  }

  var avroTree: JSONValue { .object(commonMembers + furtherMembers) }

  func jsonTree() throws(LakeError) -> JSONValue {
    var members = commonMembers + furtherMembers.filter { !$0.value.isNull }
    for entry in unknownMembers.entries {
      members.append((entry.key, try JSONReader.parse(entry.value)))
    }
    return .object(members)
  }
}
