// Spec: 14-text-rows. One quick look at a piece of text: what needs care, and what does not.
import LakeBase

/// How often certain bytes occur.
struct ByteCounts {
  var newlines = 0
  var returns = 0
  var quotes = 0
  var hasNUL = false
  var isASCII = true

  /// Counts over `count` bytes.
  init(_ bytes: UnsafePointer<UInt8>, _ count: Int, quote: UInt8) {
    let raw = UnsafeRawPointer(bytes)
    var at = 0
    var high = SIMD16<UInt8>(repeating: 0)
    var noughts = SIMD16<UInt8>(repeating: 0)
    let newline = SIMD16<UInt8>(repeating: 0x0A)
    let carriageReturn = SIMD16<UInt8>(repeating: 0x0D)
    let quotes16 = SIMD16<UInt8>(repeating: quote)
    let nul = SIMD16<UInt8>(repeating: 0)
    while at &+ 16 <= count {
      // A lane counts at most 255 before it would wrap.
      let end = Swift.min(count &- 15, at &+ 16 &* 255)
      var newlineLanes = SIMD16<UInt8>(repeating: 0)
      var returnLanes = SIMD16<UInt8>(repeating: 0)
      var quoteLanes = SIMD16<UInt8>(repeating: 0)
      while at < end {
        let block = (raw + at).loadUnaligned(as: SIMD16<UInt8>.self)
        // A mask is all ones where it holds: minus one.
        newlineLanes &-= unsafeBitCast(block .== newline, to: SIMD16<UInt8>.self)
        returnLanes &-= unsafeBitCast(block .== carriageReturn, to: SIMD16<UInt8>.self)
        quoteLanes &-= unsafeBitCast(block .== quotes16, to: SIMD16<UInt8>.self)
        noughts |= unsafeBitCast(block .== nul, to: SIMD16<UInt8>.self)
        high |= block
        at &+= 16
      }
      for lane in 0..<16 {
        newlines &+= Int(newlineLanes[lane])
        returns &+= Int(returnLanes[lane])
        quotes &+= Int(quoteLanes[lane])
      }
    }
    var tailHigh: UInt8 = 0
    while at < count {
      let byte = bytes[at]
      if byte == 0x0A { newlines &+= 1 }
      if byte == 0x0D { returns &+= 1 }
      if byte == quote { quotes &+= 1 }
      if byte == 0 { hasNUL = true }
      tailHigh |= byte
      at &+= 1
    }
    for lane in 0..<16 {
      tailHigh |= high[lane]
      if noughts[lane] != 0 { hasNUL = true }
    }
    isASCII = tailHigh < 0x80
  }
}

/// Line ends in `count` bytes: LF, CR LF and lone CR count once each.
func countLines(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
  var lines = 0
  var at = 0
  while at < count {
    if bytes[at] == 0x0A { lines &+= 1 }
    if bytes[at] == 0x0D && (at &+ 1 == count || bytes[at &+ 1] != 0x0A) { lines &+= 1 }
    at &+= 1
  }
  return lines
}

/// The offset of the first byte that does not belong to well-formed UTF-8, or -1.
func firstInvalidUTF8(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
  let raw = UnsafeRawPointer(bytes)
  var at = 0
  while at < count {
    if at &+ 8 <= count
      && (raw + at).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      at &+= 8
      continue
    }
    let first = bytes[at]
    if first < 0x80 {
      at &+= 1
      continue
    }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    if first < 0xC2 || first > 0xF4 || count &- at < length { return at }
    var lower: UInt8 = 0x80
    var upper: UInt8 = 0xBF
    if first == 0xE0 { lower = 0xA0 }
    if first == 0xED { upper = 0x9F }
    if first == 0xF0 { lower = 0x90 }
    if first == 0xF4 { upper = 0x8F }
    if bytes[at &+ 1] < lower || bytes[at &+ 1] > upper { return at }
    var next = 2
    while next < length {
      if bytes[at &+ next] & 0xC0 != 0x80 { return at }
      next &+= 1
    }
    at &+= length
  }
  return -1
}
