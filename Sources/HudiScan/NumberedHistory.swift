// Spec: 12b-schema. The schemas of a table whose columns are known by number.
import HudiModel
import HudiTimeline
import LakeBase
import LakeColumns
import LakeStorage

/// What schema-on-read wrote about a table: the schema of the snapshot and those before it.
struct NumberedHistory: Sendable {
  /// Under this key commits carry a schema with numbers.
  static let key = "latest_schema"

  /// The snapshot's.
  let current: NumberedSchema
  /// Those that were made by changing the schema, oldest first.
  private let versions: [NumberedSchema]
  /// The names before the first change.
  private let first: NumberedSchema?
  private let timeline: Timeline
  private let commits: CommitCache

  /// nil for a table whose newest schema came without numbers: its columns go by name. [SCHEMA-11]
  init?(_ snapshot: Snapshot) throws(LakeError) {
    let commits = snapshot.context.commits
    var text: String?
    let writes = snapshot.writes
    for instant in writes.reversed() {
      let metadata = try commits.metadata(of: instant)
      guard metadata.operation?.canChangeSchema ?? true, metadata.schema != nil else { continue }
      text = metadata.extraMetadata[Self.key]
      break
    }
    guard let text, !text.isEmpty else { return nil }
    current = try NumberedSchema(text: text)
    self.commits = commits
    timeline = snapshot.timeline
    versions = try Self.versions(snapshot.context, snapshot.timeline)
    var first: NumberedSchema?
    if let start = versions.first?.version ?? current.version {
      for instant in writes.reversed() where Self.number(instant.requested) < start {
        if let text = try commits.metadata(of: instant).schema {
          let columns = try TableSchema(text: text).columns
          first = NumberedSchema(numbering: columns.withMetaFields)
          break
        }
      }
    }
    self.first = first
  }

  /// The history in the newest of its files whose instant is completed. [SCHEMA-13]
  private static func versions(
    _ context: TableContext, _ timeline: Timeline
  ) throws(LakeError) -> [NumberedSchema] {
    let folder = try StoragePath(".hoodie/.schema")
    let entries: [FileEntry]
    do throws(LakeError) { entries = try context.storage.list(folder) } catch {
      if error.code == .fileNotFound { return [] }
      throw error
    }
    var newest: (time: InstantTime, name: String)?
    for entry in entries where entry.name.hasSuffix(".schemacommit") {
      let stem = entry.name.dropLast(".schemacommit".count)
      guard let time = InstantTime(String(stem.prefix { $0 != "_" })) else { continue }
      guard timeline.filter().admits(time) else { continue }
      if let newest, newest.time >= time { continue }
      newest = (time, entry.name)
    }
    guard let newest else { return [] }
    let path = try StoragePath(".hoodie/.schema/" + newest.name)
    let bytes = try context.storage.readAll(path, limit: context.world.limits.instantBytesMax)
    guard let text = bytes.text else {
      throw LakeError(.schemaHistoryMalformed, "the history is not UTF-8", path: path.text)
    }
    do throws(LakeError) { return try NumberedSchema.history(text) } catch {
      throw error.at(path.text)
    }
  }

  private static func number(_ time: InstantTime) -> Int64 { Int64(time.text) ?? .max }

  /// The schema that held when `instant` wrote: what its commit says, else the newest one not after
  /// it, else the names before the first change, else those of the file itself. [SCHEMA-13]
  func schema(of instant: InstantTime, file: Schema) throws(LakeError) -> NumberedSchema {
    if let found = timeline.instant(instant), found.isCompleted, found.action.isWrite,
      let text = try commits.metadata(of: found).extraMetadata[Self.key], !text.isEmpty
    {
      return try NumberedSchema(text: text)
    }
    let time = Self.number(instant)
    if let version = versions.last(where: { ($0.version ?? .max) <= time }) { return version }
    return first ?? NumberedSchema(numbering: file.withMetaFields)
  }
}
