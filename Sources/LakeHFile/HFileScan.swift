// Spec: 08-hfile. Entries block by block: all of them, or those whose keys share a prefix.
import LakeBase
import LakeCodecs

/// Reads block after block; owned by one worker.
public struct HFileScan {
  private let file: HFile
  private let codecs: CodecContext
  private let prefix: Buffer
  private var block: Int
  private var delivered = 0

  init(_ file: HFile, prefix: Buffer, from block: Int, _ codecs: CodecContext) {
    self.file = file
    self.codecs = codecs
    self.prefix = prefix
    self.block = block
  }

  /// The next entries, never none; nil at the end.
  ///
  /// A scan of everything must deliver as many entries as the trailer says. [HFILE-6]
  public mutating func next() throws(LakeError) -> HFileEntries? {
    while block < file.blocks.count {
      let isAmbiguous = HFileKeys.isAmbiguous(prefix)
      let key = file.blocks[block].key
      if !isAmbiguous, HFileKeys.precedes(prefix, key), !HFileKeys.hasPrefix(key, prefix) {
        return nil
      }
      let entries = matching(try file.entries(block: block, codecs))
      block += 1
      delivered += entries.count
      if !entries.isEmpty { return entries }
    }
    if prefix.isEmpty && delivered != file.entryCount {
      throw LakeError(
        .hfileMalformed, "the file has \(delivered) entries, its trailer says \(file.entryCount)",
        offset: file.source.count - HFileTrailer.size)
    }
    return nil
  }

  /// Keys with one prefix stand together in either order.
  private func matching(_ entries: HFileEntries) -> HFileEntries {
    if prefix.isEmpty { return entries }
    var first = entries.isByteOrdered ? entries.lowerBound(prefix) : 0
    while first < entries.count, !HFileKeys.hasPrefix(entries.key(first), prefix) {
      if entries.isByteOrdered { return entries[0..<0] }
      first += 1
    }
    var end = first
    while end < entries.count, HFileKeys.hasPrefix(entries.key(end), prefix) { end += 1 }
    return entries[first..<end]
  }
}

extension HFile {
  /// All entries.
  public func scan(_ codecs: CodecContext = CodecContext()) -> HFileScan {
    HFileScan(self, prefix: Buffer(), from: 0, codecs)
  }

  /// The entries whose keys start with `prefix`; only blocks that can hold any are read. [HFILE-9]
  public func scan(prefix: Buffer, _ codecs: CodecContext = CodecContext()) -> HFileScan {
    let first = HFileKeys.isAmbiguous(prefix) ? 0 : blockIndex(prefix, HFileKeys.compare) ?? 0
    // Where several keys equal the prefix, they sit in one block; one before may end in it.
    return HFileScan(self, prefix: prefix, from: first, codecs)
  }
}
