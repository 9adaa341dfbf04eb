// Spec: 05-commit-metadata. An instant file that can prove its own bytes (R13).
import LakeBase

/// A CRC-32C of a completed file's content inside that content: computed while its eight
/// hexadecimal digits are zeros, then written over them. Other engines keep it as an unknown key.
public enum CommitDigest {
  /// The key in the extra metadata.
  public static let key = "lake.digest"
  /// What stands there while the digest is computed.
  public static let blank = "00000000"

  /// The bytes with the digest in its place; unchanged where there is no place for one.
  public static func sealed(_ bytes: Buffer) -> Buffer {
    guard let place = place(in: bytes) else { return bytes }
    var content = bytes.bytes
    content.replaceSubrange(place, with: Array(blank.utf8))
    let digits = hex(CRC32C.checksum(content))
    content.replaceSubrange(place, with: Array(digits.utf8))
    return Buffer(content)
  }

  /// Throws `commitMetadataMalformed` when the content has a digest that is not its own. [META-20]
  public static func verify(_ bytes: Buffer) throws(LakeError) {
    guard let place = place(in: bytes) else { return }
    var content = bytes.bytes
    let told = String(decoding: content[place], as: UTF8.self)
    content.replaceSubrange(place, with: Array(blank.utf8))
    let found = hex(CRC32C.checksum(content))
    if told != found {
      throw LakeError(
        .commitMetadataMalformed, "the content was changed: its digest is \(found), not \(told)",
        offset: place.lowerBound)
    }
  }

  /// Where the digits stand: after the key, with at most six bytes of syntax between.
  private static func place(in bytes: Buffer) -> Range<Int>? {
    let wanted = Array(key.utf8)
    let content = bytes.bytes
    guard content.count > wanted.count + 9 else { return nil }
    for start in 0...(content.count - wanted.count - 9) where content[start] == wanted[0] {
      guard content[start..<start + wanted.count].elementsEqual(wanted) else { continue }
      for gap in 1...6 {
        let from = start + wanted.count + gap
        guard from + 8 <= content.count else { break }
        if content[from..<from + 8].allSatisfy(isHex) && !isHex(content[from - 1]) {
          return from..<from + 8
        }
      }
    }
    return nil
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66)
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
