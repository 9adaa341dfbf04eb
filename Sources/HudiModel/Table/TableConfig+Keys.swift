// Spec: 03-table-config. The names of the properties, in one place.

extension TableConfig {
  /// Names of the properties of `hoodie.properties`.
  public enum Key {
    public static let name = "hoodie.table.name"
    public static let database = "hoodie.database.name"
    public static let type = "hoodie.table.type"
    public static let version = "hoodie.table.version"
    public static let initialVersion = "hoodie.table.initial.version"
    public static let layout = "hoodie.timeline.layout.version"
    public static let checksum = "hoodie.table.checksum"
    public static let createSchema = "hoodie.table.create.schema"
    public static let recordKeyFields = "hoodie.table.recordkey.fields"
    public static let partitionFields = "hoodie.table.partition.fields"
    public static let precombineField = "hoodie.table.precombine.field"
    public static let orderingFields = "hoodie.table.ordering.fields"
    public static let baseFileFormat = "hoodie.table.base.file.format"
    public static let multipleFormats = "hoodie.table.multiple.base.file.formats.enable"
    public static let populateMetaFields = "hoodie.populate.meta.fields"
    public static let hiveStyle = "hoodie.datasource.write.hive_style_partitioning"
    public static let urlEncode = "hoodie.datasource.write.partitionpath.urlencode"
    public static let dropPartitionColumns = "hoodie.datasource.write.drop.partition.columns"
    public static let slashSeparatedDate =
      "hoodie.datasource.write.slash.separated.date.partitioning"
    public static let metafileUsesBaseFormat = "hoodie.partition.metafile.use.base.format"
    public static let archiveFolder = "hoodie.archivelog.folder"
    public static let timelinePath = "hoodie.timeline.path"
    public static let historyPath = "hoodie.timeline.history.path"
    public static let timezone = "hoodie.table.timeline.timezone"
    public static let metadataPartitions = "hoodie.table.metadata.partitions"
    public static let metadataPartitionsInflight = "hoodie.table.metadata.partitions.inflight"
    public static let indexDefinitions = "hoodie.table.index.defs.path"
    public static let cdcEnabled = "hoodie.table.cdc.enabled"
    public static let cdcMode = "hoodie.table.cdc.supplemental.logging.mode"
    public static let tableFormat = "hoodie.table.format"
    public static let bootstrapBasePath = "hoodie.bootstrap.base.path"
    public static let keyGeneratorClass = "hoodie.table.keygenerator.class"
    public static let keyGeneratorType = "hoodie.table.keygenerator.type"
    public static let mergeMode = "hoodie.record.merge.mode"
    public static let mergeStrategyID = "hoodie.record.merge.strategy.id"
    public static let mergerStrategySix = "hoodie.compaction.record.merger.strategy"
    public static let payloadClass = "hoodie.compaction.payload.class"
    public static let legacyPayloadClass = "hoodie.table.legacy.payload.class"
    public static let partialUpdateMode = "hoodie.table.partial.update.mode"
    public static let mergePropertyPrefix = "hoodie.record.merge.property."
    public static let timebasedPrefix = "hoodie.keygen.timebased."
    public static let timebasedOldPrefix = "hoodie.deltastreamer.keygen.timebased."

    /// Ours: who else writes (`lake-only`, `file-lock`, `file-lock:DIR`).
    public static let lakeWriters = "lake.writers"
    /// Ours: how keys are looked up.
    public static let lakeIndex = "lake.index"
    /// Ours: which schema changes a write may make.
    public static let lakeEvolve = "lake.evolve"
    /// Ours: the table may live on storage that loses data.
    public static let lakeAllowVolatile = "lake.allow-volatile"
    /// Ours: CRC-32C over all other properties, void once another engine rewrote the file.
    public static let lakeChecksum = "lake.checksum"
  }
}
