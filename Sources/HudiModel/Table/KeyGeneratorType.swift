// Spec: 03-table-config. Which key generator a table uses.

/// The key generators by the names that properties use.
public enum KeyGeneratorType: Sendable, Hashable {
  case simple, complex, nonPartitioned, timestamp, custom, globalDelete, metadataTable
  /// A class or type this project cannot compute keys for; such a table is read, not written.
  case other(String)

  /// The word of `hoodie.table.keygenerator.type`.
  public var typeName: String {
    switch self {
    case .simple: "SIMPLE"
    case .complex: "COMPLEX"
    case .nonPartitioned: "NON_PARTITION"
    case .timestamp: "TIMESTAMP"
    case .custom: "CUSTOM"
    case .globalDelete: "GLOBAL_DELETE"
    case .metadataTable: "HOODIE_TABLE_METADATA"
    case .other(let name): name
    }
  }

  /// The class of `hoodie.table.keygenerator.class`.
  public var className: String {
    switch self {
    case .simple: "org.apache.hudi.keygen.SimpleKeyGenerator"
    case .complex: "org.apache.hudi.keygen.ComplexKeyGenerator"
    case .nonPartitioned: "org.apache.hudi.keygen.NonpartitionedKeyGenerator"
    case .timestamp: "org.apache.hudi.keygen.TimestampBasedKeyGenerator"
    case .custom: "org.apache.hudi.keygen.CustomKeyGenerator"
    case .globalDelete: "org.apache.hudi.keygen.GlobalDeleteKeyGenerator"
    case .metadataTable: "org.apache.hudi.metadata.HoodieTableMetadataKeyGenerator"
    case .other(let name): name
    }
  }

  private static let known: [KeyGeneratorType] = [
    .simple, .complex, .nonPartitioned, .timestamp, .custom, .globalDelete, .metadataTable,
  ]

  /// The class wins over the type; without both, the fields decide. [CONF-5]
  init(
    className: String?, typeName: String?, keyFieldCount: Int, partitionFields: [String]
  ) {
    if let className, !className.isEmpty {
      let plain = className.replacing("AvroKeyGenerator", with: "KeyGenerator")
      self = Self.known.first { $0.className == plain } ?? .other(className)
    } else if let typeName, !typeName.isEmpty {
      let upper = typeName.uppercased()
      let plain = upper.hasSuffix("_AVRO") ? String(upper.dropLast(5)) : upper
      self = Self.known.first { $0.typeName == plain } ?? .other(typeName)
    } else if partitionFields.isEmpty {
      self = .nonPartitioned
    } else if partitionFields[0].contains(":") {
      self = .custom
    } else {
      self = partitionFields.count == 1 && keyFieldCount <= 1 ? .simple : .complex
    }
  }
}
