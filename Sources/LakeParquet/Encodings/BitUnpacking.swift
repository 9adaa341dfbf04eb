// Spec: 06-base-files. Bit-packed values, eight to a step, the width a compile-time constant.

/// Unpacks groups of eight `W`-bit values, least significant bit first.
private struct Unpack<let W: Int> {
  /// Reads `groups * W` bytes and up to 8 bytes of slack behind them.
  @inline(__always)
  static func groups(
    _ source: UnsafeRawPointer, _ out: UnsafeMutablePointer<UInt32>, _ groups: Int
  ) {
    var source = source
    var out = out
    let mask: UInt64 = W == 32 ? 0xFFFF_FFFF : (1 &<< UInt64(W)) &- 1
    for _ in 0..<groups {
      if W <= 8 {
        let word = source.loadUnaligned(as: UInt64.self)
        for k in 0..<8 {
          out[k] = UInt32(truncatingIfNeeded: (word &>> UInt64(k &* W)) & mask)
        }
      } else {
        for k in 0..<8 {
          let bit = k &* W
          let word = source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
          out[k] = UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
        }
      }
      source += W
      out += 8
    }
  }
}

/// Unpacks `groups * 8` values of `width` bits (0...32). Reads up to 8 bytes behind the source.
func unpackGroups(
  _ source: UnsafeRawPointer, width: Int, _ out: UnsafeMutablePointer<UInt32>, groups: Int
) {
  switch width {
  case 0: out.initialize(repeating: 0, count: groups &* 8)
  case 1: Unpack<1>.groups(source, out, groups)
  case 2: Unpack<2>.groups(source, out, groups)
  case 3: Unpack<3>.groups(source, out, groups)
  case 4: Unpack<4>.groups(source, out, groups)
  case 5: Unpack<5>.groups(source, out, groups)
  case 6: Unpack<6>.groups(source, out, groups)
  case 7: Unpack<7>.groups(source, out, groups)
  case 8: Unpack<8>.groups(source, out, groups)
  case 9: Unpack<9>.groups(source, out, groups)
  case 10: Unpack<10>.groups(source, out, groups)
  case 11: Unpack<11>.groups(source, out, groups)
  case 12: Unpack<12>.groups(source, out, groups)
  case 13: Unpack<13>.groups(source, out, groups)
  case 14: Unpack<14>.groups(source, out, groups)
  case 15: Unpack<15>.groups(source, out, groups)
  case 16: Unpack<16>.groups(source, out, groups)
  case 17: Unpack<17>.groups(source, out, groups)
  case 18: Unpack<18>.groups(source, out, groups)
  case 19: Unpack<19>.groups(source, out, groups)
  case 20: Unpack<20>.groups(source, out, groups)
  case 21: Unpack<21>.groups(source, out, groups)
  case 22: Unpack<22>.groups(source, out, groups)
  case 23: Unpack<23>.groups(source, out, groups)
  case 24: Unpack<24>.groups(source, out, groups)
  case 25: Unpack<25>.groups(source, out, groups)
  case 26: Unpack<26>.groups(source, out, groups)
  case 27: Unpack<27>.groups(source, out, groups)
  case 28: Unpack<28>.groups(source, out, groups)
  case 29: Unpack<29>.groups(source, out, groups)
  case 30: Unpack<30>.groups(source, out, groups)
  case 31: Unpack<31>.groups(source, out, groups)
  default: Unpack<32>.groups(source, out, groups)
  }
}

/// Unpacks `count` values of `width` bits (1...32) that begin at bit `index * width`.
/// Reads up to 8 bytes behind the last value.
func unpackSome(
  _ source: UnsafeRawPointer, width: Int, from index: Int, _ out: UnsafeMutablePointer<UInt32>,
  _ count: Int
) {
  let mask: UInt64 = (1 &<< UInt64(width)) &- 1
  var bit = index &* width
  for k in 0..<count {
    let word = source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
    out[k] = UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
    bit = bit &+ width
  }
}

/// One value of `width` bits (0...64) that begins at bit `bit`. Reads up to 16 bytes from there.
@inline(__always)
func unpackWide(_ source: UnsafeRawPointer, bit: Int, width: Int) -> UInt64 {
  if width == 0 { return 0 }
  let shift = UInt64(bit & 7)
  var word = source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self) &>> shift
  if width &+ Int(shift) > 64 {
    let high = source.load(fromByteOffset: (bit &>> 3) &+ 8, as: UInt8.self)
    word |= UInt64(high) &<< (64 &- shift)
  }
  return width == 64 ? word : word & ((1 &<< UInt64(width)) &- 1)
}
