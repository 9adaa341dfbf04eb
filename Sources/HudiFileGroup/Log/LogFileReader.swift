// Spec: 07-log-files. An open log file: where its blocks lie, and their bytes.
import HudiModel
import LakeBase
import LakeStorage

/// A log file that is open for reading. Safe to use from several threads.
public struct LogFileReader: Sendable {
  /// Relative to the table, for messages.
  public let path: String
  public let limits: Limits
  /// Bytes of this file that completed commits recorded.
  let committed: CommittedRanges
  let source: any ByteSource

  /// - Parameters:
  ///   - size: bytes that the file has at least; fewer is `fileTruncated`.
  ///   - committed: ranges of the file that completed commits recorded, see `WriteStat.logRange`.
  ///     Damage inside them is `logMalformed`, elsewhere it is passed over. [LOG-6]
  public init(
    _ storage: any Storage, _ path: StoragePath, size: Int? = nil, committed: [Range<Int>] = [],
    limits: Limits = .standard
  ) throws(LakeError) {
    try self.init(
      try storage.open(path, expectedSize: size), path: path.text, committed: committed,
      limits: limits)
  }

  public init(
    _ source: any ByteSource, path: String, committed: [Range<Int>] = [],
    limits: Limits = .standard
  ) throws(LakeError) {
    try self.init(
      source, path: path, CommittedRanges(committed.filter { !$0.isEmpty }), limits: limits)
  }

  private init(
    _ source: any ByteSource, path: String, _ committed: CommittedRanges, limits: Limits
  ) throws(LakeError) {
    self.source = source
    self.path = path
    self.limits = limits
    self.committed = committed
    guard self.committed.end <= source.count else {
      throw LakeError(
        .fileTruncated,
        "the file has \(source.count) bytes; commits recorded \(self.committed.end)",
        path: path, offset: source.count)
    }
  }

  /// The same file, read once and held in memory.
  func whole() throws(LakeError) -> LogFileReader {
    let bytes = try naming(path) { () throws(LakeError) in try source.read(0..<source.count) }
    return try LogFileReader(BufferSource(bytes), path: path, committed, limits: limits)
  }

  /// Bytes of the file.
  public var count: Int { source.count }

  /// The blocks in the order of the file; costs one small read a block. [LOG-1]
  public func blocks() -> LogBlocks { LogBlocks(self) }

  /// All blocks at once, those that were passed over included (`.corrupt`).
  public func allBlocks() throws(LakeError) -> [LogBlock] {
    var walk = blocks()
    var all: [LogBlock] = []
    while let block = try walk.next() { all.append(block) }
    return all
  }

  /// The whole content of a block, at most `avroBlockBytesMax`.
  public func content(of block: LogBlock) throws(LakeError) -> Buffer {
    guard block.content.count <= limits.avroBlockBytesMax else {
      throw LakeError(
        .limitExceeded,
        "a block's content of \(block.content.count) bytes exceeds "
          + "\(limits.avroBlockBytesMax) (avroBlockBytesMax)",
        path: path, offset: block.content.lowerBound)
    }
    return try naming(path) { () throws(LakeError) in try source.read(block.content) }
  }

  /// The content of a block as a file of its own; offsets in its errors count from the content's
  /// first byte. For point lookups in blocks of HFile data.
  public func contentSource(of block: LogBlock) -> any ByteSource {
    LogContentSource(whole: source, range: block.content)
  }

  /// The positions that a block's header lists, ascending; nil where it lists none. [LOG-13]
  ///
  /// - Parameter atMost: entries of the block; more positions are `logMalformed`.
  public func positions(of block: LogBlock, atMost: Int) throws(LakeError) -> [Int64]? {
    guard let place = block.positions else { return nil }
    do throws(LakeError) {
      return try RecordPositions.decode(
        try source.read(place), atMost: atMost, limit: limits.logPositionsMax)
    } catch {
      throw LakeError(error.code, error.message, path: path, offset: place.lowerBound)
    }
  }

  func malformed(_ message: String, at offset: Int) -> LakeError {
    LakeError(.logMalformed, message, path: path, offset: offset)
  }

  func unsupported(_ message: String, at offset: Int) -> LakeError {
    LakeError(.logUnsupported, message, path: path, offset: offset)
  }
}

extension WriteStat {
  /// The bytes of its log file that this write recorded; nil for base files and where the stat is
  /// incomplete. [LOG-6]
  public var logRange: Range<Int>? {
    guard let name = path?.split(separator: "/").last, LogFileName(String(name)) != nil,
      let size = fileSizeInBytes.flatMap({ Int(exactly: $0) }), size > 0
    else { return nil }
    let start = Int(clamping: logOffset ?? 0)
    guard start >= 0 else { return nil }
    let (end, overflow) = start.addingReportingOverflow(size)
    return overflow ? nil : start..<end
  }
}
