// Spec: 09-metadata-table. From record keys to file groups, from secondary values to keys.
import HudiModel
import LakeBase

/// The record index of a table: every key that exists, with its file group.
public struct RecordIndex: Sendable {
  public static let name = "record_index"

  private let partition: MetadataPartition
  /// Each data partition has file groups of its own, and a key may live in several of them.
  public let isPartitioned: Bool

  public init(_ table: MetadataTable) throws(LakeError) {
    partition = try table.partition(Self.name)
    let option = table.definitions[Self.name]?.options["isPartitioned"]
    isPartitioned =
      option == "true"
      || partition.slices.contains { Self.dataPartition(of: $0.fileID.text) != nil }
  }

  /// Where keys live, in their order; none where the table does not have the key. [MDT-12]
  ///
  /// - Parameter partitions: of a partitioned index: those to look in; nil: all.
  public func locate(
    _ keys: [String], in partitions: [PartitionPath]? = nil
  ) throws(LakeError) -> [[RecordLocation]] {
    if !isPartitioned { return try Self.locations(partition.lookup(keys)) }
    let wanted = partitions.map { Set($0.map { Self.escaped($0.text) }) }
    var found = [[RecordLocation]](repeating: [], count: keys.count)
    for (name, groups) in groupsByPartition() {
      if let wanted, !wanted.contains(name) { continue }
      let part = try Self.locations(partition.lookup(keys, among: groups))
      for index in keys.indices { found[index] += part[index] }
    }
    return found
  }

  private static func locations(
    _ contents: [MetadataRecord.Content?]
  ) throws(LakeError) -> [[RecordLocation]] {
    var locations: [[RecordLocation]] = []
    for content in contents {
      switch content {
      case .location(let location)?: locations.append([location])
      case nil: locations.append([])
      case let other?:
        throw LakeError(
          .metadataTableMalformed, "the record index has a record of type \(other.type)",
          path: MetadataTable.directory + "/" + name)
      }
    }
    return locations
  }

  /// The file groups of each data partition: neighbours, as file ids are sorted.
  private func groupsByPartition() -> [(name: String, groups: Range<Int>)] {
    var parts: [(name: String, groups: Range<Int>)] = []
    for (index, slice) in partition.slices.enumerated() {
      let name = Self.dataPartition(of: slice.fileID.text) ?? ""
      if let last = parts.last, last.name == name {
        parts[parts.count - 1].groups = last.groups.lowerBound..<index + 1
      } else {
        parts.append((name, index..<index + 1))
      }
    }
    return parts
  }

  /// `record-index-<escaped partition>-<4 digits>-0`; nil for `record-index-<4 digits>-0`.
  static func dataPartition(of fileID: String) -> String? {
    let prefix = "record-index-"
    guard fileID.hasPrefix(prefix) else { return nil }
    let parts = fileID.dropFirst(prefix.count).split(
      separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 ? String(parts[0]) : nil
  }

  /// As Hudi escapes partition paths in file names.
  static func escaped(_ path: String) -> String {
    let special = Set("\"#%'*/:=?\\\u{7F}{[]^_-".utf8)
    var bytes: [UInt8] = []
    for byte in path.utf8 {
      if byte < 0x20 || special.contains(byte) {
        bytes += Array("%".utf8) + Array(Hex.text([byte]).uppercased().utf8)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A secondary index: values of one column, with the record keys that have them.
public struct SecondaryIndex: Sendable {
  public static let prefix = "secondary_index_"

  public let name: String
  /// The column whose values are indexed.
  public let column: String
  private let partition: MetadataPartition
  private let hashesValue: Bool

  /// - Parameter name: of the partition, `secondary_index_` included.
  public init(_ table: MetadataTable, _ name: String) throws(LakeError) {
    partition = try table.partition(name)
    guard name.hasPrefix(Self.prefix), let definition = table.definitions[name],
      let column = definition.sourceFields.first
    else {
      throw LakeError(.metadataTableMissing, "\(name) has no definition of a secondary index")
    }
    self.name = name
    self.column = column
    hashesValue = definition.version >= 2
  }

  /// The secondary indexes of a table that have a definition.
  public static func all(_ table: MetadataTable) throws(LakeError) -> [SecondaryIndex] {
    var indexes: [SecondaryIndex] = []
    for name in table.partitions where name.hasPrefix(prefix) && table.definitions[name] != nil {
      indexes.append(try SecondaryIndex(table, name))
    }
    return indexes
  }

  /// The keys of all records with a value, sorted; nil: of those without one. From version 2 on the
  /// keys of a value share a file group. [MDT-13]
  ///
  /// - Parameter value: text as it is; dates as days, integers and timestamps as digits.
  public func recordKeys(_ value: String?) throws(LakeError) -> [String] {
    let prefix = MetadataKeys.secondaryPrefix(value)
    var groups = 0..<partition.slices.count
    if hashesValue {
      let group = MetadataKeys.fileGroup(prefix, of: groups.count)
      groups = group..<group + 1
    }
    var keys: [String] = []
    for record in try partition.records(prefix: prefix, in: groups) {
      guard let parts = MetadataKeys.split(secondary: record.key.text) else {
        throw LakeError(
          .metadataTableMalformed, "a key of \(name) has no separator",
          path: MetadataTable.directory + "/" + name)
      }
      keys.append(parts.recordKey)
    }
    return keys
  }
}
