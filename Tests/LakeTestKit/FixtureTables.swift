// The whole tables among the fixtures: data tables and the metadata tables inside them.
import LakeBase
import LakeStorage

/// A table inside a fixture's zip file.
public struct FixtureTable: Sendable {
  /// The zip file's name without its folder and extension.
  public let fixture: String
  /// `hudi` or `spark`.
  public let folder: String
  /// The table's root inside the zip file, with a slash at its end.
  public let root: String
  /// Names of files below the root, relative to it; checksum files of other file systems left out.
  public let names: [String]

  public var isMetadataTable: Bool { root.hasSuffix("/.hoodie/metadata/") }
  /// What a golden answer calls the table.
  public var name: String { String(root.dropLast().split(separator: "/").last ?? "") }

  /// Names of the files directly in a folder below the root (`""`: the root).
  public func names(in folder: String) -> [String] {
    let prefix = folder.isEmpty ? "" : folder + "/"
    return names.compactMap {
      guard $0.hasPrefix(prefix) else { return nil }
      let rest = $0.dropFirst(prefix.count)
      return rest.contains("/") ? nil : String(rest)
    }
  }
}

extension FixtureTable {
  /// The table in memory, its files as the archive has them.
  ///
  /// - Parameter withMetadata: whether the metadata table inside it is there too.
  public func storage(
    _ archive: ZipArchive, withMetadata: Bool = false
  ) throws -> MemoryStorage {
    let storage = MemoryStorage(fixture)
    // An empty folder is no file of the archive.
    try storage.makeDirectory(StoragePath(".hoodie/timeline"))
    var names = names
    if withMetadata {
      let inner = root + ".hoodie/metadata/"
      for name in archive.names
      where name.hasPrefix(inner) && !name.hasSuffix("/") && !name.hasSuffix(".crc") {
        names.append(String(name.dropFirst(root.count)))
      }
    }
    for name in names {
      let path = try StoragePath(name)
      try storage.makeDirectory(path.parent)
      guard let content = try archive.buffer(of: root + name) else {
        throw FixtureError(path: root + name)
      }
      _ = try storage.publish(content, at: path, .replacing)
    }
    return storage
  }

  /// The golden answer of the table; nil where there is none.
  public func golden() throws -> JSONValue? {
    let path = "\(Fixtures.root)/\(folder)/\(fixture).golden.json"
    let file = try JSONReader.parse(Buffer(try Fixtures.bytes(path)), duplicateNames: .kept)
    return folder == "hudi" ? file[name] : file
  }
}

extension Fixtures {
  /// Runs `body` on every table of both folders of whole tables; the zip file is open for its
  /// duration.
  public static func forEachTable(_ body: (FixtureTable, ZipArchive) throws -> Void) throws {
    for folder in ["hudi", "spark"] {
      for zip in try names("\(root)/\(folder)") where zip.hasSuffix(".zip") {
        let archive = try ZipArchive("\(root)/\(folder)/\(zip)")
        for table in tables(in: archive, folder, String(zip.dropLast(4))) {
          try body(table, archive)
        }
      }
    }
  }

  private static func tables(
    in archive: ZipArchive, _ folder: String, _ fixture: String
  ) -> [FixtureTable] {
    let mark = ".hoodie/hoodie.properties"
    let all = archive.names.filter { !$0.hasPrefix("__MACOSX") && !$0.hasSuffix(".crc") }
    let roots = all.filter { $0.hasSuffix("/" + mark) }.map { String($0.dropLast(mark.count)) }
    return roots.map { root in
      let inner = roots.filter { $0 != root && $0.hasPrefix(root) }
      let names = all.filter { name in
        name.hasPrefix(root) && !inner.contains { name.hasPrefix($0) }
      }
      return FixtureTable(
        fixture: fixture, folder: folder, root: root,
        names: names.map { String($0.dropFirst(root.count)) })
    }
  }
}
