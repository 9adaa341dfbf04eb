// Spec: 15-storage. A listing by names alone: one piece of memory, however many names.

/// The names of a directory with their kinds. Directories of tens of thousands of names are read
/// byte by byte; a `String` is made only of those that somebody asks for.
public struct FileNames: Sendable {
  /// All names, back to back.
  public private(set) var bytes: [UInt8] = []
  public private(set) var kinds: [FileEntry.Kind] = []
  /// Milliseconds since 1970, one a name; empty where the listing did not ask. See `FileEntry`.
  public private(set) var modified: [Int64] = []
  private var ends: [Int] = []

  public init() {}

  /// The same with the times that entries have.
  public init(_ entries: [FileEntry]) {
    for entry in entries {
      append(entry.name.utf8.span, entry.kind)
      modified.append(entry.modified)
    }
  }

  public var count: Int { kinds.count }

  /// Where in `bytes` a name is.
  public func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// The name for people; bytes that are no UTF-8 are repaired.
  public func name(_ index: Int) -> String {
    String(decoding: bytes[range(index)], as: UTF8.self)
  }

  mutating func append(_ name: Span<UInt8>, _ kind: FileEntry.Kind) {
    for place in 0..<name.count { bytes.append(name[place]) }
    ends.append(bytes.count)
    kinds.append(kind)
  }

  mutating func append(_ name: UnsafeRawBufferPointer, _ kind: FileEntry.Kind) {
    bytes.append(contentsOf: name)
    ends.append(bytes.count)
    kinds.append(kind)
  }
}
