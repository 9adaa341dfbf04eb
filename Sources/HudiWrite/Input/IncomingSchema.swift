// Spec: 11-keys-and-indexes. What the columns of an input become in the table.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

/// How input columns map to the table's: computed once, before the first row.
struct IncomingSchema {
  /// The table's schema as this commit leaves it.
  let table: TableSchema
  /// Whether the commit brings another schema than the table had.
  let isNew: Bool
  /// Columns of the input that are stored, in the table's order; missing ones are filled with
  /// nulls.
  let adapter: SchemaAdapter
  private let stored: Schema
  private let keys: Set<String>
  private let orderings: Set<String>

  /// - Parameter existing: the table's schema; nil for the first commit of a table without one.
  init(
    input: Schema, existing: TableSchema?, _ config: TableConfig, _ options: WriteOptions
  ) throws(LakeError) {
    stored = try Self.storedFields(input, options)
    if let existing {
      let columns = try Self.evolved(existing.columns, stored, config, options)
      isNew = columns != existing.columns
      table = isNew ? try TableSchema(columns: columns, table: config.name) : existing
    } else {
      isNew = true
      table = try TableSchema(columns: try Self.first(stored, config), table: config.name)
    }
    try Self.requireColumns(config, in: table.columns)
    keys = Set(config.recordKeyFields)
    orderings = config.mergeMode == .eventTime ? Set(config.orderingFields) : []
    adapter = SchemaAdapter(from: stored, to: table.columns)
  }

  /// The input without meta columns, the delete mark and dropped columns.
  private static func storedFields(
    _ input: Schema, _ options: WriteOptions
  ) throws(LakeError) -> Schema {
    for name in options.dropping { _ = try input.require(name) }
    let fields = input.fields.filter {
      !MetaField.isReserved($0.name) && $0.name != MetaField.isDeleted
        && !options.dropping.contains($0.name)
    }
    var seen: Set<String> = []
    for field in fields where !seen.insert(field.name).inserted {
      throw LakeError(.inputMalformed, "the input has two columns \"\(field.name)\"")
    }
    if fields.isEmpty { throw LakeError(.inputColumnMissing, "the input has no columns to store") }
    return Schema(fields)
  }

  /// The schema of a first commit: the key columns become required, everything else may be null.
  private static func first(_ stored: Schema, _ config: TableConfig) throws(LakeError) -> Schema {
    let required = Set(config.recordKeyFields + config.orderingFields)
    return Schema(
      stored.fields.map { field in
        Field(
          field.name, field.type, nullable: field.nullable && !required.contains(field.name),
          metadata: field.metadata)
      })
  }

  private static func evolved(
    _ table: Schema, _ input: Schema, _ config: TableConfig, _ options: WriteOptions
  ) throws(LakeError) -> Schema {
    let policy =
      options.evolution
      ?? config[TableConfig.Key.lakeEvolve].flatMap { SchemaEvolution(rawValue: $0) } ?? .none
    var fields = table.fields
    for incoming in input.fields {
      if let place = fields.firstIndex(where: { $0.name == incoming.name }) {
        let have = fields[place]
        if have.type == incoming.type || incoming.type.canBecome(have.type) { continue }
        guard policy == .addWiden, have.type.canBecome(incoming.type) else {
          throw refusal(have, incoming)
        }
        fields[place].type = incoming.type
      } else if policy == .none {
        throw LakeError(
          .inputColumnUnknown, "the table has no column \"\(incoming.name)\"",
          hint: "--evolve add adds it; --drop \(incoming.name) leaves it out",
          facts: [("column", incoming.name)])
      } else {
        fields.append(Field(incoming.name, incoming.type, metadata: incoming.metadata))
      }
    }
    try requirePresent(fields, input, options)
    return Schema(fields)
  }

  private static func refusal(_ have: Field, _ incoming: Field) -> LakeError {
    LakeError(
      .schemaChangeRefused,
      "column \"\(have.name)\" is \(have.type) in the table and \(incoming.type) in the input",
      hint: have.type.canBecome(incoming.type)
        ? "--evolve add,widen makes the table's column wider" : "convert the input first",
      facts: [("column", have.name)])
  }

  private static func requirePresent(
    _ fields: [Field], _ input: Schema, _ options: WriteOptions
  ) throws(LakeError) {
    for field in fields where input.index(of: field.name) == nil {
      if field.nullable && options.fillsMissingWithNull { continue }
      throw LakeError(
        .inputColumnMissing, "the input has no column \"\(field.name)\"",
        hint: field.nullable
          ? "--fill null stores null for it" : "the column may not be null, so it must be there",
        facts: [("column", field.name)])
    }
  }

  private static func requireColumns(
    _ config: TableConfig, in schema: Schema
  ) throws(LakeError) {
    let wanted = config.recordKeyFields + config.partitionFields + config.orderingFields
    for name in wanted {
      let top = name.split(separator: ".").first.map(String.init) ?? name
      guard schema.index(of: top) != nil else {
        throw LakeError(
          .inputColumnMissing, "there is no column \"\(name)\", which the table needs for its rows",
          hint: "columns: " + schema.fields.map(\.name).joined(separator: ", "))
      }
    }
  }

  /// A batch of the input in the table's data columns.
  func conform(_ batch: RecordBatch, firstRow: Int) throws(LakeError) -> RecordBatch {
    let picked = try batch.select(stored.fields.map(\.name))
    let adapted = try adapter.adapt(RecordBatch(stored, picked.columns, count: picked.count))
    for (field, column) in zip(table.columns.fields, adapted.columns)
    where column.nullCount > 0 && (!field.nullable || orderings.contains(field.name)) {
      let row = (0..<column.count).first { column.isNull($0) } ?? 0
      throw nullFailure(field.name, firstRow + row + 1)
    }
    return adapted
  }

  /// What a null is called depends on what the column is for.
  private func nullFailure(_ name: String, _ row: Int) -> LakeError {
    let facts = [(name: "row", value: "\(row)"), (name: "column", value: name)]
    if keys.contains(name) {
      return LakeError(.keyNull, "row \(row): the key column \"\(name)\" is null", facts: facts)
    }
    if orderings.contains(name) {
      return LakeError(
        .orderingNull, "row \(row): the ordering column \"\(name)\" is null",
        hint: "rows without an order cannot be merged; leave them out or give them one",
        facts: facts)
    }
    return LakeError(
      .inputValueInvalid,
      "row \(row): column \"\(name)\" is null, and the table does not allow it", facts: facts)
  }
}
