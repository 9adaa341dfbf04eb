// Spec: 10-merging. What a table's properties say about merging, version by version.
import HudiModel
import LakeBase

extension MergePolicy {
  /// The policy of a table. Throws `mergerUnknown` where rows are merged by code that is not known
  /// here, `propertiesMalformed` for half a delete mark. [MERGE-10]
  ///
  /// - Parameter mode: what the caller chose instead of what the table says.
  public init(_ config: TableConfig, mode: MergeMode? = nil) throws(LakeError) {
    let payload = PayloadRules(config)
    self.init(deleteMark: try Self.deleteMark(config, payload))
    let ordering = payload?.orderingFields ?? config.orderingFields
    switch mode ?? payload?.mode ?? config.mergeMode {
    case .commitTime: break
    case .eventTime: orderingFields = ordering
    case .custom: throw Self.unknown(config)
    }
    if mode != nil { return }
    deletesAreFinal = payload != nil
    showsLatestWrite = payload?.showsLatestWrite ?? false
    partialUpdate = try Self.partialUpdate(config) ?? payload?.partialUpdate
  }

  private static func unknown(_ config: TableConfig) -> LakeError {
    let name = config[TableConfig.Key.payloadClass] ?? config[TableConfig.Key.mergeStrategyID]
    return LakeError(
      .mergerUnknown,
      "the table merges rows by \(name.map { "\"\($0)\"" } ?? "a custom rule"), which is not known",
      hint: "--merge-as commit or --merge-as event reads it by one of the known rules")
  }

  private static func partialUpdate(_ config: TableConfig) throws(LakeError) -> PartialUpdate? {
    let prefix = TableConfig.Key.mergePropertyPrefix
    let mark =
      config[prefix + "hoodie.write.partial.update.unavailable.value"]
      ?? config[prefix + "partial.update.unavailable.value"]
    switch config[TableConfig.Key.partialUpdateMode]?.uppercased() ?? "" {
    case "IGNORE_DEFAULTS": return .ignoreDefaults
    case "FILL_UNAVAILABLE", "IGNORE_MARKERS":
      guard let mark else {
        throw LakeError(
          .propertiesMalformed, "FILL_UNAVAILABLE needs the text that stands for a missing value")
      }
      return .fillUnavailable(mark: mark)
    case "", "NONE": return nil
    case let other:
      throw LakeError(
        .mergerUnknown, "the partial update mode \(other) is not known",
        hint: "--merge-as commit or --merge-as event reads whole rows only")
    }
  }

  /// With the prefix of version 9 or bare; both halves or none.
  private static func deleteMark(
    _ config: TableConfig, _ payload: PayloadRules?
  ) throws(LakeError) -> DeleteMark? {
    let prefix = TableConfig.Key.mergePropertyPrefix
    func said(_ key: String) -> String? {
      (config[prefix + key] ?? config[key]).flatMap { $0.isEmpty ? nil : $0 }
    }
    switch (said("hoodie.payload.delete.field"), said("hoodie.payload.delete.marker")) {
    case (let column?, let text?): return DeleteMark(column: column, text: text)
    case (nil, nil): return payload?.deleteMark
    default:
      throw LakeError(
        .propertiesMalformed, "a delete mark needs both its column and its text",
        hint: "hoodie.payload.delete.field and hoodie.payload.delete.marker")
    }
  }
}

/// What Hudi 1.2 makes of a payload class named by a table of version 6 or 8. [MERGE-15]
private struct PayloadRules {
  var mode: MergeMode
  var orderingFields: [String]?
  var partialUpdate: MergePolicy.PartialUpdate?
  var deleteMark: MergePolicy.DeleteMark?
  var showsLatestWrite = false

  init?(_ config: TableConfig) {
    guard config.version < .nine, config.mergeMode == .custom, let name = config.payloadClass
    else { return nil }
    switch name {
    case "OverwriteNonDefaultsWithLatestAvroPayload":
      mode = .commitTime
      partialUpdate = .ignoreDefaults
    case "PartialUpdateAvroPayload":
      mode = .eventTime
      partialUpdate = .ignoreDefaults
      showsLatestWrite = true
    case "AWSDmsAvroPayload":
      mode = .commitTime
      deleteMark = .init(column: "Op", text: "D")
    case "MySqlDebeziumAvroPayload":
      mode = .eventTime
      orderingFields = ["_event_bin_file", "_event_pos"]
      deleteMark = .init(column: "_change_operation_type", text: "d")
    case "PostgresDebeziumAvroPayload":
      mode = .eventTime
      orderingFields = ["_event_lsn"]
      deleteMark = .init(column: "_change_operation_type", text: "d")
    default: return nil
    }
  }
}
