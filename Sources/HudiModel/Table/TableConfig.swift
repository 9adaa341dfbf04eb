// Spec: 03-table-config. hoodie.properties as a value: every key kept in order, and what the keys
// mean.
import LakeBase

/// One property.
public struct TableProperty: Sendable, Hashable {
  public let key: String
  public let value: String

  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// The configuration of a table. A value of this type has a name, a type, a supported version, and
/// a timeline layout that agrees with it; every property, known or not, is kept in order. [CONF-2]
public struct TableConfig: Sendable, Hashable {
  /// All properties in file order, without repetition.
  public let properties: [TableProperty]
  private let places: [String: Int]

  public let name: String
  public let type: TableType
  public let version: TableVersion
  /// Which base files new writes make.
  public let baseFileFormat: BaseFileFormat
  public let keyGenerator: KeyGeneratorType

  /// Throws `propertiesMalformed` for a missing or impossible value, `tableVersionUnsupported` for
  /// a version outside 6, 8, 9.
  public init(_ properties: [TableProperty]) throws(LakeError) {
    var kept: [TableProperty] = []
    var places: [String: Int] = [:]
    for property in properties {
      if let place = places[property.key] {
        kept[place] = property  // Java's reader keeps the last value of a repeated key.
      } else {
        places[property.key] = kept.count
        kept.append(property)
      }
    }
    func value(_ key: String) -> String? { places[key].map { kept[$0].value } }
    func required(_ key: String) throws(LakeError) -> String {
      guard let text = value(key), !text.isEmpty else {
        throw LakeError(.propertiesMalformed, "the property \(key) is missing")
      }
      return text
    }
    self.properties = kept
    self.places = places
    version = try TableVersion(parsing: try required(Key.version))
    name = try required(Key.name)
    type = try Self.oneOf(
      TableType.self, Key.type, value(Key.type) ?? TableType.copyOnWrite.rawValue)
    baseFileFormat = try Self.oneOf(
      BaseFileFormat.self, Key.baseFileFormat,
      value(Key.baseFileFormat)?.uppercased() ?? BaseFileFormat.parquet.rawValue)
    let layout = try required(Key.layout)
    guard layout == String(version.layout.rawValue) else {
      throw LakeError(
        .propertiesMalformed,
        "timeline layout \(layout.debugDescription) does not belong to table version \(version)")
    }
    keyGenerator = KeyGeneratorType(
      className: value(Key.keyGeneratorClass), typeName: value(Key.keyGeneratorType),
      keyFieldCount: Self.list(value(Key.recordKeyFields)).count,
      partitionFields: Self.list(value(Key.partitionFields)))
  }

  private static func oneOf<T: RawRepresentable<String>>(
    _: T.Type, _ key: String, _ text: String
  ) throws(LakeError) -> T {
    guard let value = T(rawValue: text) else {
      throw LakeError(.propertiesMalformed, "\(key) has the unknown value \(text.debugDescription)")
    }
    return value
  }

  static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
  }

  /// The raw value of a property.
  public subscript(key: String) -> String? { places[key].map { properties[$0].value } }

  /// A boolean property; anything but `true` in any case is false, as Java reads it.
  public func flag(_ key: String, default missing: Bool = false) -> Bool {
    self[key].map { $0.trimmingSpaces().lowercased() == "true" } ?? missing
  }

  /// The same table with some properties replaced (at their place), added (at the end) or, for nil,
  /// taken out. The checksum follows the names.
  public func setting(_ changes: [(key: String, value: String?)]) throws(LakeError) -> TableConfig {
    var changed = properties
    for change in changes {
      let place = changed.firstIndex { $0.key == change.key }
      switch (place, change.value) {
      case (let place?, let value?): changed[place] = TableProperty(change.key, value)
      case (let place?, nil): changed.remove(at: place)
      case (nil, let value?): changed.append(TableProperty(change.key, value))
      case (nil, nil): break
      }
    }
    return try TableConfig(changed).withChecksum()
  }

  /// The same table with the right checksum.
  func withChecksum() throws(LakeError) -> TableConfig {
    let right = String(Self.checksum(database: database, name: name))
    if self[Key.checksum] == right { return self }
    return try TableConfig(
      properties.filter { $0.key != Key.checksum } + [TableProperty(Key.checksum, right)])
  }

  /// CRC-32 of `<database>.<name>`: it covers these two names and nothing else. [CONF-3]
  public static func checksum(database: String, name: String) -> UInt32 {
    CRC32.checksum(Array("\(database).\(name)".utf8))
  }
}

extension TableConfig {
  public var layout: TimelineLayout { version.layout }
  /// Empty when there is none.
  public var database: String { self[Key.database] ?? "" }

  /// Columns of the record key in order; empty: keys are generated.
  public var recordKeyFields: [String] { Self.list(self[Key.recordKeyFields]) }

  /// Columns of the partition path in order, without the kinds of custom generators; empty: one
  /// partition, the root.
  public var partitionFields: [String] {
    Self.list(self[Key.partitionFields]).map { String($0.prefix { $0 != ":" }) }
  }

  /// The partition fields as written, with the kinds of custom generators (`day:TIMESTAMP`).
  public var partitionFieldsAsWritten: [String] { Self.list(self[Key.partitionFields]) }

  /// Columns that decide which of two rows is newer, the first first. The new name wins. [CONF-4]
  public var orderingFields: [String] {
    let new = Self.list(self[Key.orderingFields])
    return new.isEmpty ? Self.list(self[Key.precombineField]) : new
  }

  public var isHiveStyle: Bool { flag(Key.hiveStyle) }
  public var isURLEncoded: Bool { flag(Key.urlEncode) }
  public var populatesMetaFields: Bool { flag(Key.populateMetaFields, default: true) }
  public var dropsPartitionColumns: Bool { flag(Key.dropPartitionColumns) }
  public var isCDCEnabled: Bool { flag(Key.cdcEnabled) }

  /// The schema in Avro's JSON that holds until the first commit brings one.
  public var createSchema: String? { self[Key.createSchema].flatMap { $0.isEmpty ? nil : $0 } }

  /// Metadata-table partitions that readers may trust.
  public var metadataPartitions: [String] { Self.list(self[Key.metadataPartitions]) }
  public var metadataPartitionsInflight: [String] {
    Self.list(self[Key.metadataPartitionsInflight])
  }

  /// Whether instants are spelled in UTC; otherwise in the local zone of whoever writes.
  public var isUTC: Bool { self[Key.timezone]?.uppercased() == "UTC" }

  /// The timeline's directory below the table's root.
  public var timelineDirectory: String {
    switch layout {
    case .one: ".hoodie"
    case .two: ".hoodie/" + folder(Key.timelinePath, "timeline")
    }
  }

  /// Where archived instants lie: in layout 1 a folder of `.hoodie`, in layout 2 of the timeline.
  public var archiveDirectory: String {
    switch layout {
    case .one: ".hoodie/" + folder(Key.archiveFolder, "archived")
    case .two: timelineDirectory + "/" + folder(Key.historyPath, "history")
    }
  }

  private func folder(_ key: String, _ missing: String) -> String {
    self[key].flatMap { $0.isEmpty ? nil : $0 } ?? missing
  }
}

extension StringProtocol {
  /// Without leading and trailing spaces and tabs.
  func trimmingSpaces() -> String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard let first = firstIndex(where: { !isSpace($0) }),
      let last = lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(self[first...last])
  }
}
