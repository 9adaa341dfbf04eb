// Spec: 03-table-config. What a new table shall be.
import HudiModel
import HudiScan
import HudiWrite
import LakeBase
import LakeColumns

/// Choices for a new table; every default is that of Spec 03.
public struct TableOptions: Sendable {
  /// Empty: the last part of the path.
  public var name = ""
  public var database = ""
  public var type = TableType.copyOnWrite
  public var version = TableVersion.nine
  /// Empty: an append-only table with generated keys.
  public var keyFields: [String] = []
  public var partitionFields: [String] = []
  /// The columns that decide which version of a row is the newer one.
  public var orderingFields: [String] = []
  /// nil: event time with ordering columns, else commit time.
  public var mergeMode: MergeMode?
  /// `column=value` directories, escaped; false: plain values.
  public var isHiveStyle = true
  public var index = IndexKind.simple
  public var evolution = SchemaEvolution.none
  /// Data columns; nil: the first commit decides.
  public var columns: Schema?
  /// The data columns as an Avro record; wins over `columns`.
  public var avroSchema: String?
  /// `lake-only`, or `file-lock[:DIR]` to share Hudi's file-system lock.
  public var writers = "lake-only"
  /// Share of false answers of the key filters in base files; nil: no filters.
  public var filterRate: Double? = 0.001

  public init() {}

  /// The last part of a path, which names the table.
  static func name(of path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
    return parts.last.map(String.init) ?? "table"
  }

  /// The properties of the new table. Throws `usage` for choices that contradict each other.
  public func config() throws(LakeError) -> TableConfig {
    let schema = try schema()
    if let schema { try requireColumns(schema) }
    var table = NewTable(name)
    table.database = database
    table.type = type
    table.version = version
    table.recordKeyFields = keyFields
    table.partitionFields = partitionFields
    table.orderingFields = orderingFields
    table.mergeMode = mergeMode
    if !isHiveStyle {
      table.isHiveStyle = false
      table.isURLEncoded = false
    }
    table.createSchema = schema?.text
    table.further = [
      TableProperty(TableConfig.Key.lakeWriters, writers),
      TableProperty(TableConfig.Key.lakeIndex, index.rawValue),
      TableProperty(WriteOptions.filterKey, filterRate.map { "\($0)" } ?? "off"),
    ]
    if evolution != .none {
      table.further.append(TableProperty(TableConfig.Key.lakeEvolve, evolution.rawValue))
    }
    return try table.config()
  }

  private func schema() throws(LakeError) -> TableSchema? {
    if let avroSchema { return try TableSchema(text: avroSchema) }
    return try columns.map { (columns) throws(LakeError) in
      try TableSchema(columns: columns, table: name)
    }
  }

  private func requireColumns(_ schema: TableSchema) throws(LakeError) {
    for column in keyFields + partitionFields + orderingFields {
      let top = column.split(separator: ".").first.map(String.init) ?? column
      _ = try schema.columns.require(top)
    }
  }
}
