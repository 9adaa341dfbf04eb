// Spec: 14-text-rows. Text inside JSON strings.
import LakeBase
import LakeColumns

enum JSONText {
  /// Appends text with `"`, `\`, control characters and DEL escaped; eight bytes at a time.
  static func append(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ out: inout ByteStore
  ) {
    // An escape takes six bytes at most, and the last step may store eight.
    out.reserve(count &* 6 &+ 8)
    var target = out.base + out.count
    let raw = UnsafeRawPointer(text)
    var at = 0
    while at < count {
      if at &+ 8 <= count {
        let word = (raw + at).loadUnaligned(as: UInt64.self)
        if stops(word) == 0 {
          target.storeBytes(of: word, as: UInt64.self)
          target += 8
          at &+= 8
          continue
        }
      }
      let end = Swift.min(count, at &+ 8)
      while at < end {
        let byte = text[at]
        if byte >= 0x20 && byte != 0x22 && byte != 0x5C && byte != 0x7F {
          target.storeBytes(of: byte, as: UInt8.self)
          target += 1
        } else {
          target = escape(byte, target)
        }
        at &+= 1
      }
    }
    out.count = target - out.base
  }

  @inline(__always)
  private static func stops(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let delete = word ^ (ones &* 0x7F)
    let found =
      ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((delete &- ones) & ~delete)
      | ((word &- ones &* 0x20) & ~word)
    return found & highs
  }

  private static func escape(
    _ byte: UInt8, _ target: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    var short: UInt8 = 0
    switch byte {
    case 0x22, 0x5C: short = byte
    case 0x08: short = 0x62
    case 0x0C: short = 0x66
    case 0x0A: short = 0x6E
    case 0x0D: short = 0x72
    case 0x09: short = 0x74
    default: break
    }
    let bytes = target.assumingMemoryBound(to: UInt8.self)
    bytes[0] = 0x5C
    if short != 0 {
      bytes[1] = short
      return target + 2
    }
    bytes[1] = 0x75
    bytes[2] = 0x30
    bytes[3] = 0x30
    var value = byte
    withUnsafePointer(to: &value) { ValueText.write(hexadecimal: $0, 1, to: bytes + 4) }
    return target + 6
  }
}
