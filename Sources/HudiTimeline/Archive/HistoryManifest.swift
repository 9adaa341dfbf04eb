// Spec: 04-timeline. The archive of layout 2: which Parquet files make up the history.
import HudiModel
import LakeBase
import LakeStorage

/// The files that the current manifest names.
struct HistoryManifest {
  /// `<first requested time>_<last requested time>_<level>.parquet`
  struct File: Hashable {
    let name: String
    let first: InstantTime
    let last: InstantTime
    let size: Int?
  }

  let files: [File]

  private static let versionName = "_version_"
  private static let prefix = "manifest_"
  private static let versionBytesMax = 64
  private static let manifestBytesMax = 64 << 20

  /// The current manifest in `directory`; no files where there is no history. [TIME-29]
  init(_ storage: any Storage, _ directory: StoragePath, _ limits: Limits) throws(LakeError) {
    guard let number = try Self.current(storage, directory) else {
      files = []
      return
    }
    let path = try directory.appending(Self.prefix + String(number))
    let bytes = try storage.readAll(path, limit: Self.manifestBytesMax)
    files = try naming(path.text) { () throws(LakeError) in
      try Self.parse(try JSONReader.parse(bytes, duplicateNames: .refused, limits: limits))
    }
  }

  /// What `_version_` says; where it is missing or unreadable, the largest manifest there is: a
  /// writer that died between deleting and creating it had published its manifest already.
  private static func current(
    _ storage: any Storage, _ directory: StoragePath
  ) throws(LakeError) -> Int? {
    do throws(LakeError) {
      let bytes = try storage.readAll(
        try directory.appending(versionName), limit: versionBytesMax)
      if let number = bytes.text.flatMap({ Int($0.filter { !$0.isWhitespace }) }), number >= 0,
        try storage.entry(try directory.appending(prefix + String(number))) != nil
      {
        return number
      }
    } catch {
      guard error.code == .fileNotFound || error.code == .limitExceeded else { throw error }
    }
    do throws(LakeError) {
      return try storage.list(directory).compactMap { entry -> Int? in
        guard entry.kind == .file, entry.name.hasPrefix(prefix) else { return nil }
        let digits = entry.name.dropFirst(prefix.count)
        return digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(digits) : nil
      }.max()
    } catch {
      guard error.code == .fileNotFound else { throw error }
      return nil
    }
  }

  static func parse(_ tree: JSONValue) throws(LakeError) -> [File] {
    guard let items = tree["files"]?.array else {
      throw LakeError(.timelineMalformed, "a manifest of the history without files")
    }
    var files: [File] = []
    for item in items {
      guard let name = item["fileName"]?.string, let file = File(name, item["fileLen"]?.int64)
      else { throw LakeError(.timelineMalformed, "a manifest entry that names no history file") }
      files.append(file)
    }
    return files.sorted { $0.first != $1.first ? $0.first < $1.first : $0.name < $1.name }
  }
}

extension HistoryManifest.File {
  init?(_ name: String, _ length: Int64?) {
    guard name.hasSuffix(".parquet") else { return nil }
    let parts = name.dropLast(8).split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, let first = InstantTime(parts[0]), let last = InstantTime(parts[1]),
      parts[2].utf8.count <= 2, Int(parts[2]) != nil
    else { return nil }
    self.name = name
    self.first = first
    self.last = last
    size = length.flatMap { Int(exactly: $0) }
  }
}
