// Spec: 09-metadata-table. What indexes a table has, as its definitions tell.
import HudiModel
import LakeBase
import LakeStorage

/// One index as `index.json` describes it.
public struct IndexDefinition: Sendable, Hashable {
  public let name: String
  /// `column_stats`, `secondary_index`, `bloom_filters`, `record_index`.
  public let type: String
  /// `identity`, or the function of an expression index.
  public let function: String
  public let sourceFields: [String]
  public let options: [String: String]
  /// 1 where none is written.
  public let version: Int
}

/// The file at `hoodie.table.index.defs.path`.
public struct IndexDefinitions: Sendable, Hashable {
  public let byPartition: [String: IndexDefinition]

  public static let none = IndexDefinitions(byPartition: [:])

  private init(byPartition: [String: IndexDefinition]) { self.byPartition = byPartition }

  public subscript(partition: String) -> IndexDefinition? { byPartition[partition] }

  public init(
    _ storage: any Storage, _ config: TableConfig, _ limits: Limits
  ) throws(LakeError) {
    guard let path = config[TableConfig.Key.indexDefinitions], !path.isEmpty else {
      self = .none
      return
    }
    let bytes: Buffer
    do throws(LakeError) {
      bytes = try storage.readAll(try StoragePath(path), limit: limits.propertiesBytesMax)
    } catch {
      guard error.code == .fileNotFound else { throw error }
      self = .none
      return
    }
    self = try naming(path) { () throws(LakeError) in try IndexDefinitions(parsing: bytes) }
  }

  public init(parsing bytes: Buffer) throws(LakeError) {
    let json = try JSONReader.parse(bytes)
    var definitions: [String: IndexDefinition] = [:]
    for (name, value) in json["indexDefinitions"]?.object ?? [] {
      var options: [String: String] = [:]
      for (key, option) in value["indexOptions"]?.object ?? [] { options[key] = option.string }
      let version = value["version"]?.string ?? "V1"
      guard version.hasPrefix("V"), let number = Int(version.dropFirst()) else {
        throw LakeError(
          .metadataTableMalformed, "the version \(version.debugDescription) of index \(name)")
      }
      definitions[name] = IndexDefinition(
        name: value["indexName"]?.string ?? name, type: value["indexType"]?.string ?? "",
        function: value["indexFunction"]?.string ?? "",
        sourceFields: (value["sourceFields"]?.array ?? []).compactMap(\.string),
        options: options, version: number)
    }
    byPartition = definitions
  }
}
