// Spec: 13-concurrency. Names announced before their files exist, so that a dead writer's are
// found (R11).
import HudiModel
import LakeBase
import LakeStorage

/// The markers of one instant below `.hoodie/.temp`.
public struct Markers: Sendable {
  private let storage: any Storage
  public let directory: StoragePath

  public init(_ storage: any Storage, _ instant: InstantTime) throws(LakeError) {
    self.storage = storage
    directory = try StoragePath(".hoodie/.temp/\(instant)")
  }

  /// Announces a data file. Must be called before the file is created. [TXN-3]
  public func create(_ marker: MarkerName) throws(LakeError) {
    let path = try directory.appending(marker.text)
    try storage.makeDirectory(path.parent)
    _ = try storage.create(path).finish()
  }

  /// All markers, of either layout; none when there is no directory. [TXN-4]
  public func all() throws(LakeError) -> [MarkerName] {
    var markers: [MarkerName] = []
    try walk(directory, "") { (path, isBatch) throws(LakeError) in
      if isBatch {
        let text = try storage.readAll(directory.appending(path), limit: 64 << 20).lossyText
        for line in text.split(separator: "\n") {
          markers.append(try MarkerName(parsing: String(line)))
        }
      } else if let marker = try? MarkerName(parsing: path) {
        markers.append(marker)
      }
    }
    return markers
  }

  private func walk(
    _ folder: StoragePath, _ prefix: String,
    _ visit: (_ path: String, _ isBatch: Bool) throws(LakeError) -> Void
  ) throws(LakeError) {
    for entry in try entries(folder) {
      let path = prefix.isEmpty ? entry.name : prefix + "/" + entry.name
      switch entry.kind {
      case .directory: try walk(folder.appending(entry.name), path, visit)
      case .file: try visit(path, prefix.isEmpty && MarkerName.isBatch(entry.name))
      case .other: continue
      }
    }
  }

  private func entries(_ folder: StoragePath) throws(LakeError) -> [FileEntry] {
    do { return try storage.list(folder) } catch {
      if error.code == .fileNotFound { return [] }
      throw error
    }
  }

  /// Removes the directory and all in it; absent ones are fine.
  public func remove() throws(LakeError) { try remove(directory) }

  private func remove(_ folder: StoragePath) throws(LakeError) {
    for entry in try entries(folder) {
      let path = try folder.appending(entry.name)
      if entry.kind == .directory { try remove(path) } else { try storage.delete(path) }
    }
    try storage.delete(folder)
  }
}
