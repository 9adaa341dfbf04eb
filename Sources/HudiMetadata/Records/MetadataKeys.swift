// Spec: 09-metadata-table. How keys of index records are spelled, and which file group has them.
import HudiModel
import LakeBase

/// Keys of the metadata table's records.
public enum MetadataKeys {
  /// The record of all partition paths.
  public static let allPartitions = "__all_partitions__"

  /// What Hudi calls the partition of a table without partitions.
  public static func name(of partition: PartitionPath) -> String {
    partition.isNone ? "." : partition.text
  }

  /// The directory that a partition's name stands for.
  public static func path(_ name: String) throws(LakeError) -> PartitionPath {
    name == "." || name.isEmpty ? .none : try PartitionPath(name)
  }

  // MARK: Identifiers [MDT-3]

  /// XXH64 of the text under Hudi's seed, as Base64.
  public static func id64(_ text: String) -> String {
    let hash = XXHash64.hash(Array(text.utf8), seed: 0xFFFF_FFFF_DABA_DABA)
    return Base64.encode((0..<8).map { UInt8(truncatingIfNeeded: hash >> (56 - 8 * $0)) })
  }

  /// MD5 of the text, as Base64.
  public static func id128(_ text: String) -> String { Base64.encode(MD5.digest(Array(text.utf8))) }

  /// Of a column's statistics in one file.
  public static func columnStats(
    _ column: String, _ partition: PartitionPath, _ fileName: String
  ) -> String {
    id64(column) + id64(name(of: partition)) + id128(fileName)
  }

  /// Of a column's statistics in one partition.
  public static func partitionStats(_ column: String, _ partition: PartitionPath) -> String {
    id64(column) + id64(name(of: partition))
  }

  /// Of a base file's bloom filter.
  public static func bloomFilter(_ partition: PartitionPath, _ fileName: String) -> String {
    id64(name(of: partition)) + id128(fileName)
  }

  // MARK: Secondary keys [MDT-4]

  /// The start that all keys of one secondary value share, its separator included; nil: no value.
  public static func secondaryPrefix(_ value: String?) -> String {
    guard let value else { return "\0$" }
    return escaped(value) + "$"
  }

  public static func secondary(_ value: String?, recordKey: String) -> String {
    secondaryPrefix(value) + escaped(recordKey)
  }

  private static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if byte == 0x5C || byte == 0x24 || byte == 0 { bytes.append(0x5C) }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Value and record key of a secondary key; nil where it has no separator.
  public static func split(secondary key: String) -> (value: String?, recordKey: String)? {
    var parts: [[UInt8]] = [[]]
    var isNull = false
    var isEscaped = false
    for byte in key.utf8 {
      if !isEscaped && byte == 0x5C {
        isEscaped = true
        continue
      }
      if !isEscaped && byte == 0x24 && parts.count == 1 {
        parts.append([])
        continue
      }
      if !isEscaped && byte == 0 && parts.count == 1 { isNull = parts[0].isEmpty }
      parts[parts.count - 1].append(byte)
      isEscaped = false
    }
    guard parts.count == 2 else { return nil }
    let value = String(decoding: parts[0], as: UTF8.self)
    return (isNull && parts[0] == [0] ? nil : value, String(decoding: parts[1], as: UTF8.self))
  }

  // MARK: File groups

  /// The file group among `count` that has the key; the same arithmetic as Java's. [MDT-5]
  public static func fileGroup(_ key: String, of count: Int) -> Int {
    guard count > 0, let groups = Int32(exactly: count) else { return 0 }
    let hash = JavaHash.string(key)
    let positive = hash == .min ? hash : abs(hash)
    return Int(abs(positive % groups))
  }
}
