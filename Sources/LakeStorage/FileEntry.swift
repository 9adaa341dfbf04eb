// Spec: 15-storage. What a listing says about one name.

/// One name in a directory.
public struct FileEntry: Sendable, Hashable {
  public enum Kind: Sendable, Hashable { case file, directory, other }

  public let name: String
  /// Bytes; 0 for anything but files.
  public let size: Int
  public let kind: Kind
  /// Milliseconds since 1970 as the store tells; for people only, never for decisions (R27).
  public let modified: Int64

  public init(name: String, size: Int, kind: Kind, modified: Int64 = 0) {
    self.name = name
    self.size = size
    self.kind = kind
    self.modified = modified
  }
}
