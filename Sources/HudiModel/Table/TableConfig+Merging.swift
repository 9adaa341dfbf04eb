// Spec: 03-table-config. How the versions say which row wins, and what is refused by name.
import LakeBase

extension TableConfig {
  /// The class in the properties that decides merges, by its last word; nil when there is none.
  public var payloadClass: String? {
    for key in [Key.payloadClass, Key.legacyPayloadClass] {
      if let name = self[key], !name.isEmpty {
        return name.split(separator: ".").last.map(String.init)
      }
    }
    return nil
  }

  /// The merge mode. Versions 8 and 9 say it; where they do not, the strategy's identifier decides,
  /// in version 6 the payload class before it, and without both the ordering field. [CONF-6]
  public var mergeMode: MergeMode {
    if let text = self[Key.mergeMode], let mode = MergeMode(rawValue: text.uppercased()) {
      return mode
    }
    let strategy = (self[Key.mergeStrategyID] ?? self[Key.mergerStrategySix]).flatMap {
      $0.isEmpty ? nil : Self.mode(ofStrategy: $0)
    }
    let payload = payloadClass.map(Self.mode(ofPayload:))
    let said = version >= .eight ? strategy ?? payload : payload ?? strategy
    return said ?? (orderingFields.isEmpty ? .commitTime : .eventTime)
  }

  private static func mode(ofStrategy id: String) -> MergeMode {
    MergeMode.allCases.first { $0.strategyID == id } ?? .custom
  }

  private static func mode(ofPayload name: String) -> MergeMode {
    switch name {
    case "OverwriteWithLatestAvroPayload": .commitTime
    case "DefaultHoodieRecordPayload", "EventTimeAvroPayload": .eventTime
    default: .custom
    }
  }

  /// What a table may use that this project refuses by name, for reading and all the more for
  /// writing. Throws `tableFeatureUnsupported`. [CONF-7]
  public func requireReadable() throws(LakeError) {
    if baseFileFormat != .parquet {
      throw refused(
        "base files in the format \(baseFileFormat.rawValue)", Key.baseFileFormat,
        baseFileFormat.rawValue)
    }
    if let source = self[Key.bootstrapBasePath], !source.isEmpty {
      throw refused("a bootstrapped table", Key.bootstrapBasePath, source)
    }
    if let format = self[Key.tableFormat], !format.isEmpty, format.lowercased() != "native" {
      throw refused("the pluggable table format \(format)", Key.tableFormat, format)
    }
    if flag(Key.multipleFormats) {
      throw refused("several base file formats in one table", Key.multipleFormats, "true")
    }
  }

  /// What cannot be written besides. Throws `tableFeatureUnsupported`. [CONF-8]
  public func requireWritable() throws(LakeError) {
    try requireReadable()
    if case .other(let name) = keyGenerator {
      throw refused("the key generator \(name)", Key.keyGeneratorClass, name)
    }
    if keyGenerator == .metadataTable {
      throw refused("a metadata table", Key.keyGeneratorType, keyGenerator.typeName)
    }
    if dropsPartitionColumns {
      throw refused("partition columns that are not stored", Key.dropPartitionColumns, "true")
    }
    if flag(Key.metafileUsesBaseFormat) {
      throw refused("partition metadata in base files", Key.metafileUsesBaseFormat, "true")
    }
    if flag(Key.slashSeparatedDate) {
      throw refused("slash-separated date partitions", Key.slashSeparatedDate, "true")
    }
    if mergeMode == .custom {
      throw LakeError(
        .mergerUnknown, "rows are merged by \(self[Key.payloadClass] ?? "a custom merger")")
    }
    if let mode = self[Key.partialUpdateMode], !mode.isEmpty, mode.uppercased() != "NONE" {
      throw refused("the partial update mode \(mode)", Key.partialUpdateMode, mode)
    }
  }

  private func refused(_ what: String, _ key: String, _ value: String) -> LakeError {
    LakeError(
      .tableFeatureUnsupported, "the table uses \(what), which cannot be handled",
      facts: [(key, value)])
  }
}
