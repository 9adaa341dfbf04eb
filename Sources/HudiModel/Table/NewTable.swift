// Spec: 03-table-config. What a new table is, and the properties that say so.
import LakeAvro
import LakeBase

/// The choices with which a table is made; every default is the one of `lake init`.
public struct NewTable: Sendable, Hashable {
  public var name: String
  public var database: String = ""
  public var type: TableType = .copyOnWrite
  public var version: TableVersion = .nine
  /// Empty: keys are generated and rows can only be added.
  public var recordKeyFields: [String] = []
  public var partitionFields: [String] = []
  public var orderingFields: [String] = []
  /// Nil: event time with ordering fields, commit time without.
  public var mergeMode: MergeMode?
  /// Nil: on when there are partition fields.
  public var isHiveStyle: Bool?
  /// Nil: on when there are partition fields.
  public var isURLEncoded: Bool?
  public var populatesMetaFields = true
  /// The schema without meta columns in Avro's JSON, once known.
  public var createSchema: String?
  public var isCDCEnabled = false
  /// `lake.*` and other properties to add, in order.
  public var further: [TableProperty] = []

  public init(_ name: String) { self.name = name }

  /// The key generator that spells keys and paths without ambiguity between releases. [CONF-14]
  var keyGenerator: KeyGeneratorType {
    switch (partitionFields.count, recordKeyFields.count) {
    case (0, _): .nonPartitioned
    case (1, 0...1): .simple
    // One key field under a complex generator was spelled differently by releases up to version 8.
    case (_, 0...1): version == .nine ? .complex : .custom
    default: .complex
    }
  }

  /// The configuration of the new table. Throws `badOptionValue` for choices that contradict each
  /// other or that a version cannot store. [CONF-15]
  public func config() throws(LakeError) -> TableConfig {
    try check()
    typealias Key = TableConfig.Key
    var list: [TableProperty] = []
    func add(_ key: String, _ value: String?) {
      if let value { list.append(TableProperty(key, value)) }
    }
    add(Key.name, name)
    add(Key.database, database.isEmpty ? nil : database)
    add(Key.type, type.rawValue)
    add(Key.version, String(version.rawValue))
    add(Key.layout, String(version.layout.rawValue))
    if version >= .eight {
      add(Key.initialVersion, String(version.rawValue))
      add(Key.timelinePath, "timeline")
      add(Key.historyPath, "history")
    }
    add(Key.archiveFolder, "archived")
    add(Key.timezone, "UTC")
    add(Key.recordKeyFields, joined(recordKeyFields))
    add(Key.partitionFields, joined(writtenPartitionFields))
    let hasPartitions = !partitionFields.isEmpty
    add(Key.hiveStyle, String(isHiveStyle ?? hasPartitions))
    add(Key.urlEncode, String(isURLEncoded ?? hasPartitions))
    add(Key.dropPartitionColumns, "false")
    if version == .six {
      add(Key.keyGeneratorClass, keyGenerator.className)
    } else {
      add(Key.keyGeneratorType, keyGenerator.typeName)
    }
    addMerging(&list)
    if !populatesMetaFields { add(Key.populateMetaFields, "false") }
    if isCDCEnabled {
      add(Key.cdcEnabled, "true")
      add(Key.cdcMode, "DATA_BEFORE_AFTER")
    }
    if version == .nine { add(Key.tableFormat, "native") }
    add(Key.createSchema, createSchema)
    list += further
    return try TableConfig(list).withChecksum()
  }

  private var writtenPartitionFields: [String] {
    guard keyGenerator == .custom, version >= .eight else { return partitionFields }
    return partitionFields.map { $0 + ":SIMPLE" }
  }

  private func joined(_ fields: [String]) -> String? {
    fields.isEmpty ? nil : fields.joined(separator: ",")
  }

  private func addMerging(_ list: inout [TableProperty]) {
    typealias Key = TableConfig.Key
    let mode = mergeMode ?? (orderingFields.isEmpty ? .commitTime : .eventTime)
    let payload =
      "org.apache.hudi.common.model."
      + (mode == .eventTime ? "DefaultHoodieRecordPayload" : "OverwriteWithLatestAvroPayload")
    if let ordering = joined(orderingFields) {
      list.append(
        TableProperty(version == .nine ? Key.orderingFields : Key.precombineField, ordering))
    }
    switch version {
    case .nine: list.append(TableProperty(Key.mergeMode, mode.rawValue))
    case .eight:
      list.append(TableProperty(Key.mergeMode, mode.rawValue))
      list.append(TableProperty(Key.mergeStrategyID, mode.strategyID ?? ""))
      list.append(TableProperty(Key.payloadClass, payload))
    case .six: list.append(TableProperty(Key.payloadClass, payload))
    }
  }

  private func check() throws(LakeError) {
    func refuse(_ why: String) -> LakeError { LakeError(.badOptionValue, why) }
    if name.isEmpty || name.utf8.contains(where: { $0 < 0x20 || $0 == 0x2F }) {
      throw refuse("the table name \(name.debugDescription) cannot be used")
    }
    for field in recordKeyFields + partitionFields + orderingFields {
      if field.isEmpty || field.contains(where: { $0 == "," || $0 == ":" }) {
        throw refuse("the column name \(field.debugDescription) cannot stand in a list of columns")
      }
    }
    if mergeMode == .eventTime && orderingFields.isEmpty {
      throw refuse("merging by event time needs an ordering column")
    }
    if mergeMode == .custom { throw refuse("custom merging cannot be chosen") }
    if version < .nine && orderingFields.count > 1 {
      throw refuse("a table of version \(version) has at most one ordering column")
    }
    if let createSchema { _ = try AvroSchema(json: createSchema) }
  }
}
