// Spec: 01-terms. Hash codes as a Java virtual machine computes them: bucket numbers depend on
// them.

/// The hash codes of Java's strings and lists. [CHECK-7]
public enum JavaHash {
  /// `String.hashCode` of the text whose UTF-8 bytes these are: over UTF-16 code units, wrapping.
  /// Bytes that are not UTF-8 count as U+FFFD, as Java's own decoder has it.
  public static func string(_ utf8: UnsafeRawBufferPointer) -> Int32 {
    guard let start = utf8.baseAddress else { return 0 }
    let count = utf8.count
    var hash: UInt32 = 0
    var at = 0
    while at < count {
      let byte = start.load(fromByteOffset: at, as: UInt8.self)
      if byte >= 0x80 { break }
      hash = hash &* 31 &+ UInt32(byte)
      at &+= 1
    }
    if at < count {
      let rest = UnsafeRawBufferPointer(rebasing: utf8[at...])
      for unit in String(decoding: rest, as: UTF8.self).utf16 {
        hash = hash &* 31 &+ UInt32(unit)
      }
    }
    return Int32(bitPattern: hash)
  }

  public static func string(_ utf8: Buffer) -> Int32 {
    utf8.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Int32 in string(raw) }
  }

  public static func string(_ utf8: [UInt8]) -> Int32 { utf8.withUnsafeBytes { string($0) } }

  public static func string(_ text: String) -> Int32 {
    var text = text
    return text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
  }

  /// `List.hashCode` and `Arrays.hashCode(Object[])` of elements with these hash codes; a null
  /// element counts 0.
  public static func list(_ elements: [Int32?]) -> Int32 {
    elements.reduce(1) { $0 &* 31 &+ ($1 ?? 0) }
  }

  /// `List.hashCode` of strings.
  public static func list(strings: [String?]) -> Int32 {
    list(strings.map { text in text.map { string($0) } })
  }

  /// `Arrays.hashCode(byte[])`: over signed bytes.
  public static func bytes(_ bytes: Buffer) -> Int32 {
    bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Int32 in
      raw.reduce(1) { $0 &* 31 &+ Int32(Int8(bitPattern: $1)) }
    }
  }
}
