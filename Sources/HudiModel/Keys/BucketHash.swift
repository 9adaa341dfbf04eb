// Spec: 11-keys-and-indexes. Which bucket a record key belongs to.
import LakeBase

/// The hash of the bucket index, computed from the text of the record key. [KEY-10]
public enum BucketHash {
  /// How the hash fields' values are taken out of a key: releases before 1.0 cut differently.
  public enum Extraction: Sendable, Hashable {
    case current
    case before1
  }

  /// The values of `fields` in a record key; nil stands for null.
  public static func hashKeys(
    of recordKey: String, fields: [String], _ extraction: Extraction = .current
  ) -> [String?] {
    switch extraction {
    case .current: current(recordKey, fields)
    case .before1: before1(recordKey, fields)
    }
  }

  private static func current(_ key: String, _ fields: [String]) -> [String?] {
    guard key.utf8.contains(0x2C), key.utf8.contains(0x3A) else { return [key] }
    let bytes = Array(key.utf8)
    var found: [String?] = []
    var at = 0
    while at < bytes.count {
      guard let colon = bytes[at...].firstIndex(of: 0x3A) else { break }
      let name = String(decoding: bytes[at..<colon], as: UTF8.self)
      // The value ends at the last comma before the next colon that has one before it.
      var end = bytes.count
      var comma: Int?
      for index in (colon + 1)..<bytes.count {
        if bytes[index] == 0x2C { comma = index }
        if bytes[index] == 0x3A, let comma {
          end = comma
          break
        }
      }
      if fields.contains(name) {
        found.append(value(String(decoding: bytes[(colon + 1)..<end], as: UTF8.self)))
      }
      at = end + 1
    }
    return found.isEmpty ? [key] : found
  }

  private static func before1(_ key: String, _ fields: [String]) -> [String?] {
    guard key.utf8.contains(0x3A) else { return [key] }
    var found: [String?] = []
    for part in key.split(separator: ",", omittingEmptySubsequences: false) {
      guard let colon = part.firstIndex(of: ":") else {
        found.append(value(String(part)))
        continue
      }
      if fields.contains(String(part[..<colon])) {
        found.append(value(String(part[part.index(after: colon)...])))
      }
    }
    return found
  }

  private static func value(_ text: String) -> String? {
    text == "__null__" ? nil : text == "__empty__" ? "" : text
  }

  /// The bucket of hash keys: Java's hash of a list of strings, without its sign, modulo the count.
  public static func bucket(_ hashKeys: [String?], count: Int32) -> Int32 {
    precondition(count > 0, "there is at least one bucket")
    return (JavaHash.list(strings: hashKeys) & Int32.max) % count
  }

  /// The bucket of a record key.
  public static func bucket(
    of recordKey: String, fields: [String], count: Int32, _ extraction: Extraction = .current
  ) -> Int32 {
    bucket(hashKeys(of: recordKey, fields: fields, extraction), count: count)
  }

  /// The file id of a bucket: its number instead of a UUID's first eight digits.
  public static func fileID(
    _ bucket: Int32, _ random: any RandomSource
  ) throws(LakeError) -> FileID {
    try FileID(prefix(bucket) + random.uuid().dropFirst(8) + "-0")
  }

  /// The file id on which writers without a common lock agree.
  public static func fixedFileID(_ bucket: Int32) throws(LakeError) -> FileID {
    try FileID(prefix(bucket) + "-0000-0000-0000-000000000000-0")
  }

  private static func prefix(_ bucket: Int32) -> String {
    let digits = String(bucket)
    return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
  }

  /// The bucket a file id names; nil when its first eight characters are no number.
  public static func bucket(of fileID: FileID) -> Int32? {
    let head = fileID.text.prefix(8)
    guard head.utf8.count == 8, head.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
      return nil
    }
    return Int32(head)
  }
}
