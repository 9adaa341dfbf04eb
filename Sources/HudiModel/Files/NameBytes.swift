// Spec: 02-layout-and-names. The bytes of a file name: directories have thousands of names, and a
// `String` is slow to take apart.

/// A name as bytes.
struct NameBytes {
  let bytes: [UInt8]

  init(_ name: String) { bytes = Array(name.utf8) }

  var count: Int { bytes.count }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// Whether a part is spelled like this.
  func spells(_ range: Range<Int>, _ text: String) -> Bool {
    bytes.span.extracting(range).spells(text)
  }

  /// The first place of a byte in a part.
  func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
    for place in range where bytes[place] == byte { return place }
    return nil
  }

  func time(_ range: Range<Int>) -> InstantTime? {
    InstantTime(bytes.span.extracting(range))
  }
}
