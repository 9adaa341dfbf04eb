// Spec: 02-layout-and-names. The directory of a partition, as data that is never trusted.
import LakeBase

/// A directory below the table's root: `""` for a table without partitions.
public struct PartitionPath: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let text: String

  /// The partition of a table without partitions.
  public static let none = PartitionPath(unchecked: "")

  private init(unchecked text: String) { self.text = text }

  /// Throws `pathInvalid` for a path that would leave the table, that names its metadata, or that
  /// no file system can hold. [NAME-9]
  public init(_ text: String, limits: Limits = .standard) throws(LakeError) {
    if !text.isEmpty { try Self.check(text, limits) }
    self.text = text
  }

  private static func check(_ text: String, _ limits: Limits) throws(LakeError) {
    func refuse(_ why: String) -> LakeError {
      LakeError(.pathInvalid, "the partition path \(text.debugDescription) \(why)")
    }
    if text.utf8.count > limits.pathBytesMax {
      throw LakeError(
        .pathInvalid, "a partition path has more than \(limits.pathBytesMax) bytes")
    }
    if text.utf8.contains(0) { throw refuse("contains NUL") }
    let bytes = text.utf8.span
    var start = 0
    for place in 0...bytes.count where place == bytes.count || bytes[place] == 0x2F {
      let segment = bytes.extracting(start..<place)
      if segment.isEmpty { throw refuse("has an empty segment") }
      if segment.spells(".") || segment.spells("..") {
        throw refuse("has a segment \"\(segment.count == 1 ? "." : "..")\"")
      }
      if segment.count > limits.pathSegmentBytesMax {
        throw refuse("has a segment of more than \(limits.pathSegmentBytesMax) bytes")
      }
      if start == 0 && segment.spells(".hoodie") { throw refuse("lies in the table's metadata") }
      start = place + 1
    }
  }

  public var isNone: Bool { text.isEmpty }

  /// Directory levels below the table's root.
  public var depth: Int { text.isEmpty ? 0 : text.utf8.count { $0 == 0x2F } + 1 }

  /// A path relative to the table's root for a file of this partition.
  public func appending(_ fileName: String) -> String {
    text.isEmpty ? fileName : text + "/" + fileName
  }

  public var description: String { text }

  public static func < (left: PartitionPath, right: PartitionPath) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
