// Spec: 01-terms. Bytes as text in footers and metadata.

/// Base64 of RFC 4648, standard alphabet, with padding. [TEXT-2]
public enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The value of each character; 255 for all others.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  public static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
    guard let start = bytes.baseAddress else { return "" }
    let size = (bytes.count + 2) / 3 * 4
    return alphabet.withUnsafeBufferPointer { letters in
      String(unsafeUninitializedCapacity: size) { target in
        guard let out = target.baseAddress, let first = letters.baseAddress else { return 0 }
        encodeAll(start, bytes.count, out, first)
        return size
      }
    }
  }

  public static func encode(_ bytes: Buffer) -> String {
    bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> String in encode(raw) }
  }

  public static func encode(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { encode($0) } }

  /// The bytes, or nil when the text has another character, a wrong length or bits left over.
  public static func decode(_ text: UnsafeRawBufferPointer) -> Buffer? {
    guard let start = text.baseAddress, text.count > 0 else { return Buffer() }
    guard text.count % 4 == 0 else { return nil }
    let last = text[text.count - 1] == 0x3D
    let padding = last ? (text[text.count - 2] == 0x3D ? 2 : 1) : 0
    let memory = Memory(byteCount: text.count / 4 * 3)
    let isGood = values.withUnsafeBufferPointer { table in
      guard let first = table.baseAddress else { return false }
      return decodeAll(start, text.count, padding, memory.start, first)
    }
    return isGood ? Buffer(memory, count: text.count / 4 * 3 - padding) : nil
  }

  public static func decode(_ text: Buffer) -> Buffer? {
    text.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Buffer? in decode(raw) }
  }

  public static func decode(_ text: String) -> Buffer? {
    var text = text
    return text.withUTF8 { decode(UnsafeRawBufferPointer($0)) }
  }
}

private func encodeAll(
  _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutablePointer<UInt8>,
  _ letters: UnsafePointer<UInt8>
) {
  var at = 0
  var out = 0
  while at < count {
    let left = count &- at
    let a = source.load(fromByteOffset: at, as: UInt8.self)
    let b = left > 1 ? source.load(fromByteOffset: at &+ 1, as: UInt8.self) : 0
    let c = left > 2 ? source.load(fromByteOffset: at &+ 2, as: UInt8.self) : 0
    target[out] = letters[Int(a &>> 2)]
    target[out &+ 1] = letters[Int((a & 3) &<< 4 | b &>> 4)]
    target[out &+ 2] = left > 1 ? letters[Int((b & 15) &<< 2 | c &>> 6)] : 0x3D
    target[out &+ 3] = left > 2 ? letters[Int(c & 63)] : 0x3D
    at &+= 3
    out &+= 4
  }
}

private func decodeAll(
  _ source: UnsafeRawPointer, _ count: Int, _ padding: Int, _ target: UnsafeMutableRawPointer,
  _ values: UnsafePointer<UInt8>
) -> Bool {
  var at = 0
  var out = 0
  while at < count {
    let isLast = at &+ 4 == count
    let a = values[Int(source.load(fromByteOffset: at, as: UInt8.self))]
    let b = values[Int(source.load(fromByteOffset: at &+ 1, as: UInt8.self))]
    var c = values[Int(source.load(fromByteOffset: at &+ 2, as: UInt8.self))]
    var d = values[Int(source.load(fromByteOffset: at &+ 3, as: UInt8.self))]
    if isLast && padding > 0 {
      d = 0
      if padding == 2 { c = 0 }
      // Bits that no byte takes must be zero, so that one value has one spelling.
      if padding == 2 ? b & 15 != 0 : c & 3 != 0 { return false }
    }
    if (a | b | c | d) > 63 { return false }
    target.storeBytes(of: a &<< 2 | b &>> 4, toByteOffset: out, as: UInt8.self)
    target.storeBytes(of: b &<< 4 | c &>> 2, toByteOffset: out &+ 1, as: UInt8.self)
    target.storeBytes(of: c &<< 6 | d, toByteOffset: out &+ 2, as: UInt8.self)
    at &+= 4
    out &+= 3
  }
  return true
}
