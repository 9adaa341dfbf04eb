// Spec: 11-keys-and-indexes. A batch of rows to record keys and partition paths, a column at a
// time.
import LakeBase
import LakeColumns

/// Record keys and partitions of one batch.
public struct KeyBatch: Sendable {
  /// One text a row, never null or empty. Nil where the table has no key fields: keys are then made
  /// from the instant and the row's number.
  public let recordKeys: Column?
  public let partitions: PartitionColumn

  public init(recordKeys: Column?, partitions: PartitionColumn) {
    self.recordKeys = recordKeys
    self.partitions = partitions
  }
}

/// What a write may say about keys that the table's properties do not.
public struct KeyOptions: Sendable, Hashable {
  /// How a complex generator with one key field spells keys: releases differ. [KEY-3]
  public enum OneFieldForm: Sendable, Hashable {
    /// `field:value`: what version 9 always does.
    case labelled
    /// `value`.
    case plain
  }

  public var oneFieldForm: OneFieldForm
  public var timestamps: KeyText.TimestampStyle
  /// Whether composite keys that could stand for other values are let through. [KEY-4]
  public var allowsAmbiguousKeys: Bool

  public init(
    oneFieldForm: OneFieldForm = .labelled, timestamps: KeyText.TimestampStyle = .number,
    allowsAmbiguousKeys: Bool = false
  ) {
    self.oneFieldForm = oneFieldForm
    self.timestamps = timestamps
    self.allowsAmbiguousKeys = allowsAmbiguousKeys
  }

  /// The form that a key already in the table has, for tables of version 8 and below.
  public static func form(ofExisting key: String, field: String) -> OneFieldForm {
    key.hasPrefix(field + ":") ? .labelled : .plain
  }
}

/// Computes what Hudi's key generators compute, for every generator but user-written classes.
public struct KeyGenerator: Sendable {
  public let type: KeyGeneratorType
  public let recordKeyFields: [String]
  public let partitionFields: [String]
  private let isComposite: Bool
  private let options: KeyOptions
  private let partitioner: Partitioner
  private let limits: Limits

  /// Throws `tableFeatureUnsupported` for generators that are user code, and for settings of the
  /// timestamp generator that cannot be computed here.
  public init(
    _ config: TableConfig, _ options: KeyOptions = KeyOptions(), limits: Limits = .standard
  ) throws(LakeError) {
    let fields = config.recordKeyFields
    type = config.keyGenerator
    recordKeyFields = fields
    self.options = options
    self.limits = limits
    switch config.keyGenerator {
    case .simple, .timestamp:
      if fields.count > 1 {
        throw Self.refused("\(config.keyGenerator.typeName) with several key fields")
      }
      isComposite = false
    case .nonPartitioned, .custom: isComposite = fields.count > 1
    case .complex: isComposite = fields.count > 1 || options.oneFieldForm == .labelled
    case .globalDelete: isComposite = true
    case .metadataTable, .other:
      throw Self.refused("the key generator \(config.keyGenerator.typeName)")
    }
    partitioner = try Partitioner(config, limits: limits)
    partitionFields = partitioner.fields
  }

  private static func refused(_ what: String) -> LakeError {
    LakeError(.tableFeatureUnsupported, "keys cannot be computed for \(what)")
  }

  /// Keys and partitions of every row.
  /// - Parameter firstRow: number of the batch's first row in the input, for messages.
  /// Throws `keyNull`, `keyAmbiguous`, `keyTooLong`, `inputEncoding`, `partitionInvalid` with the
  /// row's
  /// number; `columnNotFound`, `typeUnsupported`. [KEY-5]
  public func keys(of batch: RecordBatch, firstRow: Int = 0) throws(LakeError) -> KeyBatch {
    KeyBatch(
      recordKeys: try recordKeys(of: batch, firstRow: firstRow),
      partitions: try partitioner.partitions(of: batch, firstRow: firstRow))
  }

  /// The partitions alone.
  public func partitions(
    of batch: RecordBatch, firstRow: Int = 0
  ) throws(LakeError) -> PartitionColumn {
    try partitioner.partitions(of: batch, firstRow: firstRow)
  }

  /// The record keys alone; nil where the table has no key fields.
  public func recordKeys(of batch: RecordBatch, firstRow: Int = 0) throws(LakeError) -> Column? {
    if recordKeyFields.isEmpty { return nil }
    var parts: [Column] = []
    for field in recordKeyFields {
      let column = try FieldPath.column(field, in: batch)
      let text = try KeyText.text(column, timestamps: options.timestamps)
      try requireUTF8(text, field, firstRow)
      parts.append(text)
    }
    let keys: Column
    if isComposite {
      keys = try composite(parts, firstRow)
    } else {
      keys = parts[0]
      if let row = KeyJoin.firstVoidRow(keys) { throw nullKey(row + firstRow) }
    }
    if let row = KeyJoin.firstRow(longerThan: limits.keyBytesMax, in: keys) {
      throw LakeError(
        .keyTooLong,
        "row \(row + firstRow): the record key has more than \(limits.keyBytesMax) bytes",
        facts: [("row", String(row + firstRow))])
    }
    return keys
  }

  private func composite(_ parts: [Column], _ firstRow: Int) throws(LakeError) -> Column {
    let made = try KeyJoin.composite(recordKeyFields, parts)
    if let row = made.firstVoidRow { throw nullKey(row + firstRow) }
    if let row = made.firstAmbiguousRow, !options.allowsAmbiguousKeys {
      throw LakeError(
        .keyAmbiguous,
        "row \(row + firstRow): the key \(made.keys.string(row).debugDescription) could also "
          + "stand for other values of \(recordKeyFields.joined(separator: ", "))",
        hint: "two different rows would become one; change the values or use one key column",
        facts: [("row", String(row + firstRow))])
    }
    return made.keys
  }

  private func nullKey(_ row: Int) -> LakeError {
    LakeError(
      .keyNull,
      "row \(row): the record key (\(recordKeyFields.joined(separator: ", "))) is null or empty",
      facts: [("row", String(row))])
  }

  private func requireUTF8(_ column: Column, _ field: String, _ firstRow: Int) throws(LakeError) {
    guard let (row, offset) = KeyJoin.firstInvalidUTF8(column) else { return }
    throw LakeError(
      .inputEncoding,
      "row \(row + firstRow): the text of \(field) is not UTF-8 at byte \(offset)",
      facts: [("row", String(row + firstRow))])
  }

  /// What stands before the row's number in a generated key: `<requested time>_<task>_`. [KEY-6]
  public static func automaticPrefix(_ instant: InstantTime, task: Int) -> String {
    "\(instant)_\(task)_"
  }
}
