// Spec: 05-commit-metadata. An instant file that can prove its own bytes (R13).
import LakeBase

/// A CRC-32C of a completed file's content inside that content, with the file's length behind it:
/// computed while both are zeros, then written over them. Another engine that rewrites the file (an
/// upgrade does) keeps the key but not the length, and then the digest says nothing any more.
public enum CommitDigest {
  /// The key in the extra metadata.
  public static let key = "lake.digest"
  /// What stands there while the digest is computed: eight hexadecimal digits, a dot, the length.
  public static let blank = "00000000.0000000000"

  private enum Place {
    case absent, damaged(Int)
    case found(Range<Int>)
  }

  /// The bytes with the digest in its place; unchanged where there is no place for one.
  public static func sealed(_ bytes: Buffer) -> Buffer {
    var content = bytes.bytes
    guard case .found(let place) = place(in: content) else { return bytes }
    content.replaceSubrange(place, with: Array(text(of: content, place).utf8))
    return Buffer(content)
  }

  /// Throws `commitMetadataMalformed` when the content has a digest that is not its own. [META-20]
  public static func verify(_ bytes: Buffer) throws(LakeError) {
    let content = bytes.bytes
    switch place(in: content) {
    case .absent: return
    case .damaged(let offset):
      throw LakeError(
        .commitMetadataMalformed, "the content was changed: it has no digest", offset: offset)
    case .found(let place):
      let told = String(decoding: content[place], as: UTF8.self)
      let right = text(of: content, place)
      if told.suffix(10) != right.suffix(10) { return }
      if told != right {
        throw LakeError(
          .commitMetadataMalformed, "the content was changed: its digest is \(right), not \(told)",
          offset: place.lowerBound)
      }
    }
  }

  private static func text(of content: [UInt8], _ place: Range<Int>) -> String {
    var blanked = content
    blanked.replaceSubrange(place, with: Array(blank.utf8))
    let digits = String(CRC32C.checksum(blanked), radix: 16)
    let length = String(content.count)
    return String(repeating: "0", count: 8 - digits.count) + digits + "."
      + String(repeating: "0", count: Swift.max(0, 10 - length.count)) + length
  }

  /// Where the digest stands: after the key, with at most six bytes of syntax between.
  private static func place(in content: [UInt8]) -> Place {
    let wanted = Array(key.utf8)
    let size = blank.utf8.count
    guard content.count > wanted.count + size else { return .absent }
    for start in 0..<(content.count - wanted.count - size) where content[start] == wanted[0] {
      guard content[start..<start + wanted.count].elementsEqual(wanted) else { continue }
      for gap in 1...6 {
        let from = start + wanted.count + gap
        guard from + size <= content.count else { break }
        if isDigest(content[from..<from + size]) { return .found(from..<from + size) }
      }
      return .damaged(start)
    }
    return .absent
  }

  private static func isDigest(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = bytes.startIndex
    return bytes[start..<start + 8].allSatisfy(isHex) && bytes[start + 8] == 0x2E
      && bytes[(start + 9)...].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66)
  }
}
