// Spec: 11-keys-and-indexes. Partition fields to paths: plain, Hive style, encoded, or formatted
// times.
import LakeBase
import LakeColumns

/// The partition part of a key generator.
struct Partitioner: Sendable {
  let fields: [String]
  private let times: [TimestampPartition?]
  private let prefixes: [String]
  private let escapes: Bool
  private let limits: Limits

  init(_ config: TableConfig, limits: Limits) throws(LakeError) {
    self.limits = limits
    escapes = config.isURLEncoded
    switch config.keyGenerator {
    case .nonPartitioned, .globalDelete: fields = []
    default: fields = config.partitionFields
    }
    if config.keyGenerator == .simple || config.keyGenerator == .timestamp, fields.count > 1 {
      throw LakeError(
        .tableFeatureUnsupported,
        "the key generator \(config.keyGenerator.typeName) has one partition field, the table "
          + "\(fields.count)"
      )
    }
    prefixes = config.isHiveStyle ? fields.map { $0 + "=" } : fields.map { _ in "" }
    var times: [TimestampPartition?] = []
    for (index, field) in fields.enumerated() {
      if try Self.isTime(config, index, field) {
        times.append(try TimestampPartition(config))
      } else {
        times.append(nil)
      }
    }
    self.times = times
  }

  private static func isTime(
    _ config: TableConfig, _ index: Int, _ field: String
  ) throws(LakeError) -> Bool {
    if config.keyGenerator == .timestamp { return true }
    guard config.keyGenerator == .custom else { return false }
    let written = config.partitionFieldsAsWritten[index]
    switch written.dropFirst(field.count + 1).uppercased() {
    case "TIMESTAMP": return true
    // Version 6 stores the names alone: a time then shows in the properties of the generator only.
    case "SIMPLE", "":
      return false
    default:
      throw LakeError(
        .tableFeatureUnsupported,
        "the partition field \(written.debugDescription) has an unknown kind")
    }
  }

  func partitions(of batch: RecordBatch, firstRow: Int) throws(LakeError) -> PartitionColumn {
    if fields.isEmpty { return PartitionColumn(.none, rows: batch.count) }
    var columns: [Column] = []
    for (field, time) in zip(fields, times) {
      let column = try FieldPath.column(field, in: batch)
      if let time {
        columns.append(try time.texts(of: column, named: field, firstRow: firstRow))
      } else {
        columns.append(try KeyText.text(column))
      }
    }
    let texts = try KeyJoin.paths(prefixes, columns, escaping: escapes)
    return try PartitionColumn(texts, firstRow: firstRow, limits: limits)
  }
}
