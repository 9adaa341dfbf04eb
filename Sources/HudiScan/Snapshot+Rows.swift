// Spec: 12-queries. Snapshots whose rows cannot be told from the files that are there.
import HudiFileGroup
import HudiModel
import HudiTimeline
import LakeBase
import LakeStorage

extension Snapshot {
  /// Throws `snapshotExpired` where files of the moment may have been cleaned. [QUERY-8]
  public func requireRows() throws(LakeError) { try requireKeptFiles() }

  /// Throws `tableFeatureUnsupported` where rows can be read but writing them would need what this
  /// version does not do: keep numbered columns, or leave the partition columns out. [QUERY-7]
  public func requireWritableColumns() throws(LakeError) {
    try requireKeptFiles()
    if context.config.dropsPartitionColumns {
      throw LakeError(
        .tableFeatureUnsupported,
        "the files lack the partition columns, which this version does not leave out when writing",
        facts: [("property", TableConfig.Key.dropPartitionColumns)])
    }
    guard let newest = writes.last else { return }
    let numbered = try context.commits.metadata(of: newest).extraMetadata[NumberedHistory.key]
    guard let numbered, !numbered.isEmpty else { return }
    throw LakeError(
      .tableFeatureUnsupported,
      "columns of the table were renamed or changed by schema-on-read, which this version reads "
        + "but does not continue",
      facts: [("commit", newest.requested.text)])
  }

  /// Throws `tableFeatureUnsupported` for slices with log files, where base files must be all there
  /// is. [QUERY-6]
  public static func requireNoLogs(_ slices: [FileSlice]) throws(LakeError) {
    guard let logged = slices.first(where: { !$0.logs.isEmpty }) else { return }
    throw LakeError(
      .tableFeatureUnsupported,
      "file group \(logged.group) has log files, which this version does not read",
      path: logged.partition.appending(logged.logs[0].name.text))
  }

  /// Cleaning says from which commit on it kept everything; of older moments files may be gone.
  private func requireKeptFiles() throws(LakeError) {
    guard let asOf,
      let clean = timeline.completed.last(where: { $0.action == .clean })
    else { return }
    let bytes = try context.store.content(of: clean)
    if bytes.isEmpty { return }
    let metadata = try CleanMetadata(parsing: bytes, limits: context.world.limits)
    guard let kept = InstantTime(metadata.earliestCommitToRetain), asOf < kept else { return }
    throw LakeError(
      .snapshotExpired, "files of the moment \(asOf.text) were cleaned",
      hint: "read @\(kept.text) or later",
      facts: [("kept from", kept.text), ("cleaned by", clean.requested.text)])
  }

  /// The schema of the newest base file that a write names and that is there. [SCHEMA-3]
  static func fileSchema(
    _ context: TableContext, _ writes: [Instant]
  ) throws(LakeError) -> TableSchema? {
    for instant in writes.reversed() {
      for stat in try context.commits.metadata(of: instant).stats {
        guard let path = stat.path, path.hasSuffix(".parquet") else { continue }
        let place = try StoragePath(path)
        guard try context.storage.entry(place) != nil else { continue }
        let reader = try BaseFileReader(context.storage, place, size: nil)
        return try TableSchema(reader.file, table: context.config.name)
      }
    }
    return nil
  }
}
