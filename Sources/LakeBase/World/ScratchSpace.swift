// Spec: 15-storage. Room outside the table for what does not fit the memory.

/// Where temporary files go; injectable.
public protocol ScratchSpace: Sendable {
  /// A new, empty file.
  func makeFile() throws(LakeError) -> any ScratchFile
}

/// Where bytes lie in a temporary file, and what they were.
public struct ScratchExtent: Sendable {
  public let range: Range<Int>
  /// XXHash64 of the bytes.
  public let checksum: UInt64

  public init(range: Range<Int>, checksum: UInt64) {
    self.range = range
    self.checksum = checksum
  }
}

/// A temporary file without a name, which grows at its end. Its room is given back when it is
/// forgotten, however the process ends. Owned by one worker. [STORE-52]
public protocol ScratchFile: AnyObject {
  /// Throws `diskFull`, `ioFailed`.
  func append(_ bytes: Buffer) throws(LakeError) -> ScratchExtent
  /// Bytes appended before. Throws `ioFailed` also where they are no longer what they were.
  func read(_ extent: ScratchExtent) throws(LakeError) -> Buffer
}
