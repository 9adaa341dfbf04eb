// Spec: 08-hfile. The last 4096 bytes of a file: where everything else lies.
import LakeBase

/// The trailer's fields that a reader needs.
public struct HFileTrailer: Sendable, Hashable {
  /// Bytes of every trailer.
  public static let size = 4_096
  static let magic = Array("TRABLK\"$".utf8)

  public var fileInfoOffset = 0
  /// Where the root index starts; meta index and file info follow it.
  public var loadOnOpenOffset = 0
  /// Entries of the root index.
  public var dataIndexCount = 0
  public var metaIndexCount = 0
  /// Keys of the whole file.
  public var entryCount = 0
  public var indexLevels = 1
  /// The codec of every block, as its number in the file.
  public var codec = 2
  /// 3 where the HBase library wrote the file, 0 where Hudi did.
  public var minorVersion = 0

  /// - Parameters:
  ///   - bytes: the last 4096 bytes of the file.
  ///   - offset: where they start in the file.
  init(_ bytes: Buffer, at offset: Int, _ limits: Limits) throws(LakeError) {
    var reader = ByteReader(bytes, code: .hfileMalformed)
    guard bytes.count == Self.size, try reader.take(8).bytes == Self.magic else {
      throw LakeError(.hfileMalformed, "the file does not end in a trailer", offset: offset)
    }
    let major = Int(bytes[4_093]) << 16 | Int(bytes[4_094]) << 8 | Int(bytes[4_095])
    guard major == 3 else {
      throw LakeError(
        .hfileUnsupported, "HFile version \(major) is not supported, only 3", offset: offset)
    }
    minorVersion = Int(bytes[4_092])
    do throws(LakeError) {
      let length = try reader.varint()
      guard let count = Int(exactly: length), count <= 4_092 - reader.position else {
        throw reader.failure("the trailer's message is longer than the trailer")
      }
      try read(try reader.take(count))
      try check(fileSize: offset + Self.size, limits)
    } catch {
      throw error.shifted(by: offset)
    }
  }

  private mutating func read(_ message: Buffer) throws(LakeError) {
    var fields = ProtobufFields(message)
    while let field = try fields.next() {
      switch field.number {
      case 1: fileInfoOffset = try fields.size(field)
      case 2: loadOnOpenOffset = try fields.size(field)
      case 5: dataIndexCount = try fields.size(field)
      case 6: metaIndexCount = try fields.size(field)
      case 7: entryCount = try fields.size(field)
      case 8: indexLevels = try fields.size(field)
      case 12: codec = try fields.size(field)
      case 13 where !field.bytes.isEmpty:
        throw LakeError(.hfileUnsupported, "the file is encrypted", offset: 0)
      default: break
      }
    }
  }

  /// Every place lies before the trailer, every count fits into the bytes. [HFILE-2]
  private func check(fileSize: Int, _ limits: Limits) throws(LakeError) {
    let end = fileSize - Self.size
    func fail(_ what: String) -> LakeError {
      LakeError(.hfileMalformed, "the trailer's \(what)", offset: 0)
    }
    if loadOnOpenOffset > end { throw fail("index offset \(loadOnOpenOffset) leaves the file") }
    if fileInfoOffset > end || fileInfoOffset < loadOnOpenOffset {
      throw fail("file info offset \(fileInfoOffset) leaves the file")
    }
    // An index entry takes 13 bytes at least, an entry of data 22 before compression.
    if dataIndexCount > limits.hfileIndexBytesMax / 13 { throw fail("index count is too large") }
    if metaIndexCount > limits.hfileIndexBytesMax / 13 { throw fail("meta count is too large") }
    if indexLevels > limits.hfileIndexLevelsMax {
      throw LakeError(
        .limitExceeded, "an index of \(indexLevels) levels, \(limits.hfileIndexLevelsMax) allowed",
        offset: 0)
    }
    if indexLevels == 0 && dataIndexCount > 0 { throw fail("index has no level") }
  }
}
