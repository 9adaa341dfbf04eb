// Spec: 06-base-files. Small integers packed without gaps, least significant bit first.
import LakeBase

/// Packs unsigned integers, eight at a time: a group of eight `width`-bit values is `width` bytes.
enum BitPackingEncoder {
  /// Bytes that a store may touch beyond the packed bytes; targets reserve them.
  static let slack = 8

  /// Bits needed for values up to and including `largest`.
  static func width(of largest: UInt32) -> Int { 32 - largest.leadingZeroBitCount }

  /// Packs `groups * 8` values, each below `2^width`, into `groups * width` bytes of `target`,
  /// which has `slack` bytes of room behind them.
  static func pack(
    _ values: UnsafePointer<UInt32>, groups: Int, width: Int, into target: UnsafeMutableRawPointer
  ) {
    switch width {
    case 0: break
    case 1: Pack<1>.run(values, groups, target)
    case 2: Pack<2>.run(values, groups, target)
    case 3: Pack<3>.run(values, groups, target)
    case 4: Pack<4>.run(values, groups, target)
    case 5: Pack<5>.run(values, groups, target)
    case 6: Pack<6>.run(values, groups, target)
    case 7: Pack<7>.run(values, groups, target)
    case 8: Pack<8>.run(values, groups, target)
    case 9: Pack<9>.run(values, groups, target)
    case 10: Pack<10>.run(values, groups, target)
    case 11: Pack<11>.run(values, groups, target)
    case 12: Pack<12>.run(values, groups, target)
    case 13: Pack<13>.run(values, groups, target)
    case 14: Pack<14>.run(values, groups, target)
    case 15: Pack<15>.run(values, groups, target)
    case 16: Pack<16>.run(values, groups, target)
    case 17: Pack<17>.run(values, groups, target)
    case 18: Pack<18>.run(values, groups, target)
    case 19: Pack<19>.run(values, groups, target)
    case 20: Pack<20>.run(values, groups, target)
    default: packWide(values, groups, width, target)
    }
  }

  /// Packs `count` 64-bit values of any width up to 64; `count * width` is a multiple of 8.
  static func pack64(
    _ values: UnsafePointer<UInt64>, count: Int, width: Int, into target: UnsafeMutableRawPointer
  ) {
    guard width > 0 else { return }
    var output = target
    var pending: UInt64 = 0
    var filled = 0
    for position in 0..<count {
      let value = values[position]
      pending |= value &<< UInt64(truncatingIfNeeded: filled)
      filled &+= width
      if filled >= 64 {
        output.storeBytes(of: pending.littleEndian, as: UInt64.self)
        output += 8
        filled &-= 64
        pending = filled == 0 ? 0 : value &>> UInt64(truncatingIfNeeded: width &- filled)
      }
    }
    while filled > 0 {
      output.storeBytes(of: UInt8(truncatingIfNeeded: pending), as: UInt8.self)
      output += 1
      pending &>>= 8
      filled &-= 8
    }
  }
}

/// One width as a constant, so that all shifts are constants too.
private struct Pack<let W: Int> {
  static func run(
    _ values: UnsafePointer<UInt32>, _ groups: Int, _ target: UnsafeMutableRawPointer
  ) {
    var input = values
    var base = target
    for _ in 0..<groups {
      var output = base
      var pending: UInt64 = 0
      var filled = 0
      for lane in 0..<8 {
        let value = UInt64(input[lane])
        pending |= value &<< UInt64(truncatingIfNeeded: filled)
        filled &+= W
        if filled >= 64 {
          output.storeBytes(of: pending.littleEndian, as: UInt64.self)
          output += 8
          filled &-= 64
          pending = filled == 0 ? 0 : value &>> UInt64(truncatingIfNeeded: W &- filled)
        }
      }
      if filled > 0 { output.storeBytes(of: pending.littleEndian, as: UInt64.self) }
      input += 8
      base += W
    }
  }
}

/// Widths beyond those of dictionary codes in practice: one loop, the width in a register.
private func packWide(
  _ values: UnsafePointer<UInt32>, _ groups: Int, _ width: Int, _ target: UnsafeMutableRawPointer
) {
  var input = values
  var base = target
  for _ in 0..<groups {
    var output = base
    var pending: UInt64 = 0
    var filled = 0
    for lane in 0..<8 {
      let value = UInt64(input[lane])
      pending |= value &<< UInt64(truncatingIfNeeded: filled)
      filled &+= width
      if filled >= 64 {
        output.storeBytes(of: pending.littleEndian, as: UInt64.self)
        output += 8
        filled &-= 64
        pending = filled == 0 ? 0 : value &>> UInt64(truncatingIfNeeded: width &- filled)
      }
    }
    if filled > 0 { output.storeBytes(of: pending.littleEndian, as: UInt64.self) }
    input += 8
    base += width
  }
}
