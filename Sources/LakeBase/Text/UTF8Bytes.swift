// Spec: 01-terms. Text stays bytes; this says once per page whether the bytes are text.

/// Validation of UTF-8.
public enum UTF8Bytes {
  /// The position of the first byte that does not belong to a well-formed sequence, or nil.
  /// [TEXT-1]
  public static func firstInvalid(_ raw: UnsafeRawBufferPointer) -> Int? {
    guard let start = raw.baseAddress else { return nil }
    let place = scan(start, raw.count)
    return place == raw.count ? nil : place
  }

  public static func firstInvalid(_ buffer: Buffer) -> Int? {
    buffer.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Int? in firstInvalid(raw) }
  }

  public static func isValid(_ buffer: Buffer) -> Bool { firstInvalid(buffer) == nil }

  /// The first byte at or after `start` that is not ASCII, or `count`.
  public static func firstNonASCII(_ base: UnsafeRawPointer, from start: Int, count: Int) -> Int {
    var at = start
    while at &+ 64 <= count {
      let a = (base + at).loadUnaligned(as: SIMD16<UInt8>.self)
      let b = (base + (at &+ 16)).loadUnaligned(as: SIMD16<UInt8>.self)
      let c = (base + (at &+ 32)).loadUnaligned(as: SIMD16<UInt8>.self)
      let d = (base + (at &+ 48)).loadUnaligned(as: SIMD16<UInt8>.self)
      let high = (a | b | c | d) & 0x80
      if high != SIMD16<UInt8>(repeating: 0) { break }
      at &+= 64
    }
    while at &+ 8 <= count {
      let word = (base + at).loadUnaligned(as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { break }
      at &+= 8
    }
    while at < count && base.load(fromByteOffset: at, as: UInt8.self) < 0x80 { at &+= 1 }
    return at
  }
}

/// Returns `count`, or the start of the first sequence that is not well-formed.
private func scan(_ base: UnsafeRawPointer, _ count: Int) -> Int {
  var at = UTF8Bytes.firstNonASCII(base, from: 0, count: count)
  while at < count {
    let lead = base.load(fromByteOffset: at, as: UInt8.self)
    if lead < 0x80 {
      at = UTF8Bytes.firstNonASCII(base, from: at, count: count)
      continue
    }
    // The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, low) = (3, 0xA0)
    case 0xED: (length, high) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, low) = (4, 0x90)
    case 0xF4: (length, high) = (4, 0x8F)
    case 0xF1...0xF3: length = 4
    default: return at
    }
    if at &+ length > count { return at }
    let second = base.load(fromByteOffset: at &+ 1, as: UInt8.self)
    if second < low || second > high { return at }
    var step = 2
    while step < length {
      if base.load(fromByteOffset: at &+ step, as: UInt8.self) & 0xC0 != 0x80 { return at }
      step &+= 1
    }
    at &+= length
  }
  return count
}
