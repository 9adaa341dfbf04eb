// Spec: 12b-schema. The columns of a snapshot, and where each of its files keeps them.
import HudiFileGroup
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns

/// How the files of a snapshot are seen through its schema: by name, by number where the table's
/// schema changed that way, with values from the path where the files lack the partition columns.
public struct FileColumns: Sendable {
  /// The data columns of the snapshot's rows.
  public let columns: Schema
  private let config: TableConfig
  private let history: NumberedHistory?
  /// Values other than null for columns that a file lacks.
  private let defaults: SourceColumns

  /// Whether columns go by number.
  var isNumbered: Bool { history != nil }

  public init(_ snapshot: Snapshot) throws(LakeError) {
    config = snapshot.context.config
    let schema = try snapshot.requireSchema()
    columns = Self.shown(schema.columns, config)
    history = try NumberedHistory(snapshot)
    defaults = SchemaDefaults.columns(schema.avro.asRecord?.fields ?? [], schema.columns.fields)
  }

  /// The partition columns of a table that drops them from its files stand last, as text.
  /// [SCHEMA-20]
  static func shown(_ columns: Schema, _ config: TableConfig) -> Schema {
    guard config.dropsPartitionColumns else { return columns }
    let fields = config.partitionFields
    return Schema(
      columns.fields.filter { !fields.contains($0.name) } + fields.map { Field($0, .string) })
  }

  /// Where a file keeps the columns.
  ///
  /// - Parameters:
  ///   - instant: requested time of the write that made the file.
  ///   - file: the file's columns.
  public func source(
    _ partition: PartitionPath, instant: InstantTime, file: Schema
  ) throws(LakeError) -> SourceColumns {
    var source = defaults
    if let history {
      source = SourceColumns(history.current, in: try history.schema(of: instant, file: file))
    }
    guard config.dropsPartitionColumns else { return source }
    guard let values = PartitionValues(partition, config) else {
      throw LakeError(
        .schemaMismatch,
        "the files lack the partition columns, and the path of the partition cannot be divided "
          + "among \(config.partitionFields.joined(separator: ", "))", path: partition.text)
    }
    for value in values.values {
      source[value.field] = SourceColumns.Place(
        nil, missing: value.text.map { .string($0) } ?? .null)
    }
    return source
  }
}
