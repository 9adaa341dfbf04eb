// Spec: 02-layout-and-names. What identifies a file group.
import LakeBase

/// The identity that all versions of a file group share: usually a UUID and a number.
public struct FileID: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let text: String

  /// Throws `fileNameMalformed` for an id that no file name could carry. [NAME-1]
  public init(_ text: String) throws(LakeError) {
    guard let id = FileID(validating: text) else {
      throw LakeError(.fileNameMalformed, "\"\(text.debugDescription)\" is not a file id")
    }
    self = id
  }

  init?(validating text: String) {
    guard Self.isValid(text.utf8.span) else { return nil }
    self.text = text
  }

  /// The id in a part of a name.
  init?(_ name: NameBytes, _ range: Range<Int>) {
    guard Self.isValid(name.bytes.span.extracting(range)) else { return nil }
    text = name.text(range)
  }

  private static func isValid(_ bytes: Span<UInt8>) -> Bool {
    guard !bytes.isEmpty, bytes.count <= 255 else { return false }
    for place in 0..<bytes.count {
      let byte = bytes[place]
      if byte == 0x5F || byte == 0x2E || byte == 0x2F || byte < 0x20 { return false }
    }
    return true
  }

  /// A new group's id: a random UUID and the number of the file within its task.
  public static func random(_ random: any RandomSource, file number: Int = 0) -> FileID {
    FileID(unchecked: "\(random.uuid())-\(number)")
  }

  private init(unchecked text: String) { self.text = text }

  /// The part before the last `-<digits>`: what consistent hashing calls the prefix.
  public var prefix: String {
    guard let dash = text.lastIndex(of: "-") else { return text }
    return String(text[..<dash])
  }

  public var description: String { text }

  public static func < (left: FileID, right: FileID) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

/// A file group of a table: partition and file id.
public struct FileGroupID: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let partition: PartitionPath
  public let fileID: FileID

  public init(_ partition: PartitionPath, _ fileID: FileID) {
    self.partition = partition
    self.fileID = fileID
  }

  public var description: String {
    partition.text.isEmpty ? fileID.text : "\(partition.text)/\(fileID.text)"
  }

  public static func < (left: FileGroupID, right: FileGroupID) -> Bool {
    left.partition != right.partition
      ? left.partition < right.partition : left.fileID < right.fileID
  }
}
