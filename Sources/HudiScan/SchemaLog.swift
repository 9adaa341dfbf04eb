// Spec: 12b-schema. When the schema of a table changed, and how.
import HudiModel
import HudiTimeline
import LakeBase

/// A schema of the table and the instant that brought it.
public struct SchemaVersion: Sendable {
  /// nil: the schema the table was created with.
  public let instant: Instant?
  public let schema: TableSchema
  /// What changed since the version before; empty for the first one.
  public let changes: [SchemaChange]
  /// Those of its columns, where the table has them.
  fileprivate(set) var numbers: NumberedSchema?

  /// What changed from this version to another one. [SCHEMA-31]
  public func diff(to other: SchemaVersion) -> SchemaDiff {
    diff(to: other.schema, other.numbers)
  }

  fileprivate func diff(to other: TableSchema, _ theirs: NumberedSchema?) -> SchemaDiff {
    var pair: (NumberedSchema, NumberedSchema)?
    if let numbers, let theirs { pair = (numbers, theirs) }
    return SchemaDiff(from: schema, to: other, numbers: pair)
  }
}

extension Snapshot {
  /// The versions of the schema, oldest first: the one of the table's creation, where there is one,
  /// and those that writes of the active timeline brought, as far as the snapshot sees them.
  /// Columns are matched by number where a schema has numbers. [SCHEMA-30]
  public func schemaVersions() throws(LakeError) -> [SchemaVersion] {
    var versions: [SchemaVersion] = []
    if let text = context.config.createSchema {
      versions.append(
        SchemaVersion(
          instant: nil, schema: try TableSchema(text: text), changes: [], numbers: nil))
    }
    for instant in writes {
      let metadata = try context.commits.metadata(of: instant)
      guard metadata.operation?.canChangeSchema ?? true, let text = metadata.schema else {
        continue
      }
      if let last = versions.last, last.schema.text == text { continue }
      let schema = try TableSchema(text: text)
      var numbers: NumberedSchema?
      if let numbered = metadata.extraMetadata[NumberedHistory.key], !numbered.isEmpty {
        numbers = try NumberedSchema(text: numbered)
      }
      var changes: [SchemaChange] = []
      if let last = versions.last {
        if numbers != nil && last.numbers == nil {
          // The first numbers were given to the schema as it was then.
          let given = NumberedSchema(numbering: last.schema.columns.withMetaFields)
          versions[versions.count - 1].numbers = given
        }
        changes = versions[versions.count - 1].diff(to: schema, numbers).changes
        if changes.isEmpty { continue }
      }
      versions.append(
        SchemaVersion(instant: instant, schema: schema, changes: changes, numbers: numbers))
    }
    return versions
  }
}
