// Spec: 02-layout-and-names. Markers announce a data file before it exists.
import LakeBase

/// `<partition>/<data file>.marker.<CREATE|MERGE|APPEND>`, below `.hoodie/.temp/<requested time>`.
/// [NAME-8]
public struct MarkerName: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable {
    /// A file of a new group, or a log file of version 8 and later.
    case create = "CREATE"
    /// A new version of a base file.
    case merge = "MERGE"
    /// A log file of version 6.
    case append = "APPEND"
  }

  public let partition: PartitionPath
  /// The data file's name, without directories.
  public let fileName: String
  public let kind: Kind

  public init(_ partition: PartitionPath, _ fileName: String, _ kind: Kind) {
    self.partition = partition
    self.fileName = fileName
    self.kind = kind
  }

  /// Reads a path relative to the instant's marker directory; throws `fileNameMalformed` for
  /// anything that is no marker, and `pathInvalid` for one that would leave the table.
  public init(parsing path: String) throws(LakeError) {
    let slash = path.lastIndex(of: "/")
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    guard let separator = name.ranges(of: ".marker.").last,
      let kind = Kind(rawValue: String(name[separator.upperBound...])),
      separator.lowerBound > name.startIndex
    else { throw LakeError(.fileNameMalformed, "\(path.debugDescription) is not a marker") }
    partition = try PartitionPath(slash.map { String(path[..<$0]) } ?? "")
    fileName = String(name[..<separator.lowerBound])
    self.kind = kind
  }

  /// Relative to the instant's marker directory.
  public var text: String { partition.appending(fileName) + ".marker.\(kind.rawValue)" }
  public var description: String { text }

  /// The file in a marker directory that says how the markers are kept; absent: one file per
  /// marker.
  public static let typeFileName = "MARKERS.type"
  /// What that file says when the markers are lines of `MARKERS<n>` files.
  public static let batchedType = "TIMELINE_SERVER_BASED"

  /// Whether `name` holds markers as lines.
  public static func isBatch(_ name: String) -> Bool {
    name.hasPrefix("MARKERS") && name.utf8.count > 7
      && name.dropFirst(7).utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }
}
