// Spec: 05-commit-metadata. The Avro schemas of instant files, in the order and with the defaults
// of Hudi.
import LakeAvro
import LakeBase

/// Schemas of the records that the timeline holds. [META-6]
public enum AvroResources {
  public static let commitMetadata = record("HoodieCommitMetadata", commitFields)
  public static let replaceCommitMetadata = record(
    "HoodieReplaceCommitMetadata",
    commitFields + [optional("partitionToReplaceFileIds", .map(.array(.string)))])

  private static let commitFields = [
    optional("partitionToWriteStats", .map(.array(writeStat))),
    optional("compacted", .boolean),
    optional("extraMetadata", .map(.string)),
    version,
    optional("operationType", .string),
  ]

  private static let writeStat = record(
    "HoodieWriteStat",
    [
      optional("fileId", .string), optional("path", .string), optional("prevCommit", .string),
    ]
      + longs(["numWrites", "numDeletes", "numUpdateWrites", "totalWriteBytes", "totalWriteErrors"])
      + [optional("partitionPath", .string)]
      + longs([
        "totalLogRecords", "totalLogFiles", "totalUpdatedRecordsCompacted", "numInserts",
        "totalLogBlocks", "totalCorruptLogBlock", "totalRollbackBlocks", "fileSizeInBytes",
      ])
      + [
        optional("logVersion", .int), optional("logOffset", .long), optional("baseFile", .string),
        optional("logFiles", .array(.string)), optional("cdcStats", .map(.long)),
        optional("prevBaseFile", .string), optional("minEventTime", .long),
        optional("maxEventTime", .long),
        optional(
          "runtimeStats",
          record(
            "HoodieRuntimeStats", longs(["totalScanTime", "totalCreateTime", "totalUpsertTime"]))),
      ]
      + longs(["totalLogFilesCompacted", "totalLogReadTimeMs", "totalLogSizeCompacted"])
      + [optional("tempPath", .string), optional("numUpdates", .long)])

  // MARK: Rollback and restore

  private static let instantInfo = record(
    "HoodieInstantInfo", [field("commitTime", .string), field("action", .string)])

  public static let rollbackPlan = record(
    "HoodieRollbackPlan",
    [
      optional("instantToRollback", instantInfo),
      optional(
        "RollbackRequests",
        .array(
          record(
            "HoodieRollbackRequest",
            [
              field("partitionPath", .string), optional("fileId", .string),
              optional("latestBaseInstant", .string),
              field("filesToBeDeleted", .array(.string), .array([])),
              optional("logBlocksToBeDeleted", .map(.long)),
            ]))),
      version,
    ])

  public static let rollbackMetadata = record(
    "HoodieRollbackMetadata",
    [
      field("startRollbackTime", .string), field("timeTakenInMillis", .long),
      field("totalFilesDeleted", .int), field("commitsRollback", .array(.string)),
      field(
        "partitionMetadata",
        .map(
          record(
            "HoodieRollbackPartitionMetadata",
            [
              field("partitionPath", .string), field("successDeleteFiles", .array(.string)),
              field("failedDeleteFiles", .array(.string)),
              optional("rollbackLogFiles", .map(.long)),
              optional("logFilesFromFailedCommit", .map(.long)),
            ]))),
      version,
      field("instantsRollback", .array(instantInfo), .array([])),
    ])

  public static let restorePlan = record(
    "HoodieRestorePlan",
    [
      field("instantsToRollback", .array(instantInfo), .array([])),
      field("version", .union([.int, .null]), .integer(2)),
      optional("savepointToRestoreTimestamp", .string),
    ])

  public static let restoreMetadata = record(
    "HoodieRestoreMetadata",
    [
      field("startRestoreTime", .string), field("timeTakenInMillis", .long),
      field("instantsToRollback", .array(.string)),
      field("hoodieRestoreMetadata", .map(.array(.nullable(rollbackMetadata)))),
      version,
      field(
        "restoreInstantInfo", .array(.reference(namespace + ".HoodieInstantInfo")), .array([])),
    ])

  // MARK: Clean and savepoint

  public static let cleanerPlan = record(
    "HoodieCleanerPlan",
    [
      optional(
        "earliestInstantToRetain",
        record(
          "HoodieActionInstant",
          [field("timestamp", .string), field("action", .string), field("state", .string)])),
      field("lastCompletedCommitTimestamp", .string, .string("")),
      field("policy", .string),
      optional("filesToBeDeletedPerPartition", .map(.array(.string))),
      version,
      optional(
        "filePathsToBeDeletedPerPartition",
        .map(
          .array(
            record(
              "HoodieCleanFileInfo",
              [optional("filePath", .string), optional("isBootstrapBaseFile", .boolean)])))),
      optional("partitionsToBeDeleted", .array(.string)),
      optional("extraMetadata", .map(.string)),
    ])

  public static let cleanMetadata = record(
    "HoodieCleanMetadata",
    [
      field("startCleanTime", .string), field("timeTakenInMillis", .long),
      field("totalFilesDeleted", .int), field("earliestCommitToRetain", .string),
      field("lastCompletedCommitTimestamp", .string, .string("")),
      field(
        "partitionMetadata",
        .map(
          record(
            "HoodieCleanPartitionMetadata",
            [
              field("partitionPath", .string), field("policy", .string),
              field("deletePathPatterns", .array(.string)),
              field("successDeleteFiles", .array(.string)),
              field("failedDeleteFiles", .array(.string)), optional("isPartitionDeleted", .boolean),
            ]))),
      version,
      optional(
        "bootstrapPartitionMetadata",
        .map(.reference(namespace + ".HoodieCleanPartitionMetadata"))),
      optional("extraMetadata", .map(.string)),
    ])

  public static let savepointMetadata = record(
    "HoodieSavepointMetadata",
    [
      field("savepointedBy", .string), field("savepointedAt", .long), field("comments", .string),
      field(
        "partitionMetadata",
        .map(
          record(
            "HoodieSavepointPartitionMetadata",
            [field("partitionPath", .string), field("savepointDataFile", .array(.string))]))),
      version,
    ])

  // MARK: Compaction, clustering and indexing

  public static let compactionPlan = record(
    "HoodieCompactionPlan",
    [
      optional(
        "operations",
        .array(
          record(
            "HoodieCompactionOperation",
            [
              field("baseInstantTime", .nullable(.string)),
              optional("deltaFilePaths", .array(.string)), optional("dataFilePath", .string),
              field("fileId", .nullable(.string)), optional("partitionPath", .string),
              optional("metrics", .map(.double)), optional("bootstrapFilePath", .string),
            ]))),
      optional("extraMetadata", .map(.string)),
      version,
      optional("strategy", strategy("HoodieCompactionStrategy", "compactorClassName")),
      field("preserveHoodieMetadata", .union([.boolean, .null]), .bool(false)),
      optional("missingSchedulePartitions", .array(.string)),
    ])

  public static let requestedReplaceMetadata = record(
    "HoodieRequestedReplaceMetadata",
    [
      optional("operationType", .string),
      optional(
        "clusteringPlan",
        record(
          "HoodieClusteringPlan",
          [
            optional("inputGroups", .array(clusteringGroup)),
            optional("strategy", strategy("HoodieClusteringStrategy", "strategyClassName")),
            optional("extraMetadata", .map(.string)), version,
            optional("preserveHoodieMetadata", .boolean),
            optional("missingSchedulePartitions", .array(.string)),
          ])),
      optional("extraMetadata", .map(.string)), version,
    ])

  private static let clusteringGroup = record(
    "HoodieClusteringGroup",
    [
      optional(
        "slices",
        .array(
          record(
            "HoodieSliceInfo",
            [
              optional("dataFilePath", .string), optional("deltaFilePaths", .array(.string)),
              field("fileId", .nullable(.string)), optional("partitionPath", .string),
              optional("bootstrapFilePath", .string), version,
            ]))),
      optional("metrics", .map(.double)),
      field("numOutputFileGroups", .union([.int, .null]), .integer(1)),
      optional("extraMetadata", .map(.string)), version,
    ])

  public static let indexPlan = record(
    "HoodieIndexPlan", [version, optional("indexPartitionInfos", .array(indexPartition))])

  public static let indexCommitMetadata = record(
    "HoodieIndexCommitMetadata",
    [
      version, optional("operationType", .string),
      optional("indexPartitionInfos", .array(indexPartition)),
    ])

  private static let indexPartition = record(
    "HoodieIndexPartitionInfo",
    [
      version, optional("metadataPartitionPath", .string), optional("indexUptoInstant", .string),
      optional("extraMetadata", .map(.string)),
    ])

  // MARK: Pieces

  static let namespace = "org.apache.hudi.avro.model"

  private static var version: AvroField { field("version", .union([.int, .null]), .integer(1)) }

  private static func strategy(_ name: String, _ className: String) -> AvroSchema {
    record(
      name, [optional(className, .string), optional("strategyParams", .map(.string)), version])
  }

  private static func record(_ name: String, _ fields: [AvroField]) -> AvroSchema {
    .record(AvroRecord(AvroName(name, namespace: namespace), fields: fields))
  }

  private static func field(
    _ name: String, _ schema: AvroSchema, _ missing: JSONValue? = nil
  ) -> AvroField {
    AvroField(name, schema, defaultValue: missing)
  }

  private static func optional(_ name: String, _ schema: AvroSchema) -> AvroField {
    AvroField(name, .nullable(schema), defaultValue: .null)
  }

  private static func longs(_ names: [String]) -> [AvroField] { names.map { optional($0, .long) } }
}
