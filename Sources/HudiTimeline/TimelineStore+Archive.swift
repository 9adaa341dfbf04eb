// Spec: 04-timeline. The archived timeline, read only when a question needs it.
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage

extension TimelineStore {
  /// Instants that were archived. Nothing is read before it is called, and of layout 2 only files
  /// that can hold an instant of the range.
  ///
  /// - Parameters:
  ///   - range: of completion times, in layout 1 of requested times; instants outside may be among
  ///     the result.
  ///   - keepsMetadata: whether entries can tell their commit metadata. [TIME-27] [TIME-28]
  public func archived(
    _ range: InstantRange = .everything, keepsMetadata: Bool = false
  ) throws(LakeError) -> ArchivedTimeline {
    let directory = try StoragePath(config.archiveDirectory)
    switch layout {
    case .one: return try archiveLogs(directory, keepsMetadata)
    case .two: return try history(directory, range, keepsMetadata)
    }
  }

  // MARK: Layout 1

  private static let archivePrefix = ".commits_.archive."

  private func archiveLogs(
    _ directory: StoragePath, _ keepsMetadata: Bool
  ) throws(LakeError) -> ArchivedTimeline {
    let listed: [FileEntry]
    do throws(LakeError) { listed = try storage.list(directory) } catch {
      guard error.code == .fileNotFound else { throw error }
      return ArchivedTimeline(layout, [])
    }
    var files: [(number: Int, name: String)] = []
    for entry in listed where entry.kind == .file && entry.name.hasPrefix(Self.archivePrefix) {
      let rest = entry.name.dropFirst(Self.archivePrefix.count)
      guard let number = Int(rest.prefix { $0 != "_" }), !rest.hasSuffix(".crc") else { continue }
      files.append((number, entry.name))
    }
    files.sort { $0.number != $1.number ? $0.number < $1.number : $0.name < $1.name }
    let parts = try world.workers.map(files.map(\.name)) {
      name throws(LakeError) -> [ArchivedTimeline.Entry] in
      let path = try directory.appending(name)
      let source = try self.storage.open(path)
      return try naming(path.text) { () throws(LakeError) in
        var log = ArchiveLog(source, keepsContent: keepsMetadata, self.world.limits)
        return try log.entries()
      }
    }
    return ArchivedTimeline(layout, parts.flatMap { $0 })
  }

  // MARK: Layout 2

  private func history(
    _ directory: StoragePath, _ range: InstantRange, _ keepsMetadata: Bool
  ) throws(LakeError) -> ArchivedTimeline {
    let manifest = try HistoryManifest(storage, directory, world.limits)
    // An instant completed in the range was requested before the end of it.
    let files = manifest.files.filter { file in range.through.map { file.first <= $0 } ?? true }
    let parts = try world.workers.map(files) {
      file throws(LakeError) -> [ArchivedTimeline.Entry] in
      let path = try directory.appending(file.name)
      let source = try self.storage.open(path, expectedSize: file.size)
      return try naming(path.text) { () throws(LakeError) in
        try Self.entries(source, range, keepsMetadata, self.world.limits)
      }
    }
    return ArchivedTimeline(
      layout, parts.flatMap { $0 }, oldest: manifest.files.map(\.first).min())
  }

  /// The rows of one history file.
  static func entries(
    _ source: any ByteSource, _ range: InstantRange, _ keepsMetadata: Bool, _ limits: Limits
  ) throws(LakeError) -> [ArchivedTimeline.Entry] {
    var options = ParquetReadOptions()
    options.limits = limits
    let file = try ParquetFile(source, options)
    var columns = ["instantTime", "completionTime", "action"]
    if keepsMetadata { columns.append("metadata") }
    for name in columns {
      guard let type = file.schema.fields.first(where: { $0.name == name })?.type,
        type == .string || type == .binary
      else {
        throw LakeError(
          .timelineMalformed, "a history file without the column \(name.debugDescription)")
      }
    }
    let groups = rowGroups(file, range)
    if groups.isEmpty { return [] }
    var entries: [ArchivedTimeline.Entry] = []
    var batches = try file.batches(columns: columns, rowGroups: groups)
    while let batch = try batches.next() {
      let decoded = batch.columns.map { $0.decoded() }
      for row in 0..<batch.count { entries.append(try entry(decoded, row)) }
    }
    return entries
  }

  /// Row groups whose completion times can lie in the range, by the footer.
  private static func rowGroups(_ file: ParquetFile, _ range: InstantRange) -> [Int] {
    let all = Array(file.metadata.rowGroups.indices)
    guard let after = range.after, let leaf = ParquetPruning(file).leaf(named: "completionTime")
    else { return all }
    return all.filter { group in
      let bounds = ParquetPruning(file).bounds(rowGroup: group, leaf: leaf.index)
      guard case .string(let text)? = bounds.upper, bounds.hasNoNulls,
        let newest = InstantTime(text)
      else { return true }
      return newest > after
    }
  }

  private static func entry(
    _ columns: [Column], _ row: Int
  ) throws(LakeError) -> ArchivedTimeline.Entry {
    func text(_ column: Int) -> String? {
      columns[column].isNull(row) ? nil : columns[column].string(row)
    }
    guard let requested = text(0).flatMap({ InstantTime($0) }), let word = text(2) else {
      throw LakeError(.timelineMalformed, "a row \(row) of the history that names no instant")
    }
    guard let action = Action(rawValue: word) else {
      throw LakeError(
        .timelineActionUnknown, "an archived instant has the unknown action \"\(word)\"")
    }
    let completed = text(1).flatMap { InstantTime($0) }
    if completed == nil, let told = text(1), !told.isEmpty {
      throw LakeError(
        .timelineMalformed, "\(told.debugDescription) is no completion time")
    }
    var content = ArchivedTimeline.Content.none
    if columns.count > 3, !columns[3].isNull(row) {
      let bytes = columns[3].bytes(row)
      if !bytes.isEmpty { content = .file(bytes) }
    }
    let instant = Instant(
      requested, action.completed, .completed, completed: completed ?? requested, origin: action)
    return ArchivedTimeline.Entry(instant: instant, content: content)
  }
}
