// Spec: 06-base-files. Values of varying length: walked and checked once, copied wide.

/// End offsets of `count` plain byte arrays, counted from `start`, and where the next one begins.
/// Nil where a length leaves the page or the offsets would leave 31 bits.
func scanPlainBytes(
  _ source: UnsafeRawPointer, _ byteCount: Int, start: Int, _ ends: UnsafeMutablePointer<Int32>,
  _ count: Int
) -> Int? {
  var position = 0
  var total = start
  for k in 0..<count {
    guard byteCount &- position >= 4 else { return nil }
    let length = Int(source.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    position = position &+ 4
    guard length <= byteCount &- position else { return nil }
    position = position &+ length
    total = total &+ length
    ends[k] = Int32(truncatingIfNeeded: total)
  }
  return total <= Int(Int32.max) ? position : nil
}

/// Copies the bytes of `count` plain byte arrays whose end offsets are known. Both sides have
/// `slackBytes` behind their ends.
func copyPlainBytes(
  _ source: UnsafeRawPointer, start: Int, _ ends: UnsafePointer<Int32>,
  _ target: UnsafeMutableRawPointer, _ count: Int
) {
  var from = source + 4
  var last = start
  for k in 0..<count {
    let end = Int(ends[k])
    copyWide(from, target + last, end &- last)
    from += end &- last &+ 4
    last = end
  }
}

/// Copies `count` bytes in steps of 16; may write up to 15 bytes behind them.
@inline(__always)
func copyWide(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int) {
  if count > 128 {
    target.copyMemory(from: source, byteCount: count)
    return
  }
  var done = 0
  repeat {
    let word = source.loadUnaligned(fromByteOffset: done, as: SIMD2<UInt64>.self)
    target.storeBytes(of: word, toByteOffset: done, as: SIMD2<UInt64>.self)
    done = done &+ 16
  } while done < count
}

/// End offsets of the dictionary values that `codes` name, counted from `start`; the total end.
func scanCodes(
  _ codes: UnsafePointer<UInt32>, _ dictionary: UnsafePointer<Int32>, start: Int,
  _ ends: UnsafeMutablePointer<Int32>, _ count: Int
) -> Int {
  var total = start
  for k in 0..<count {
    let code = Int(codes[k])
    total = total &+ Int(dictionary[code &+ 1] &- dictionary[code])
    ends[k] = Int32(truncatingIfNeeded: total)
  }
  return total
}

/// Copies the dictionary values that `codes` name. Both sides have slack behind their ends.
func copyCodes(
  _ codes: UnsafePointer<UInt32>, _ dictionary: UnsafePointer<Int32>, _ data: UnsafeRawPointer,
  _ target: UnsafeMutableRawPointer, start: Int, _ count: Int
) {
  var to = target + start
  for k in 0..<count {
    let code = Int(codes[k])
    let from = Int(dictionary[code])
    let length = Int(dictionary[code &+ 1]) &- from
    copyWide(data + from, to, length)
    to += length
  }
}

/// Both of the above in one pass, for short values; the target has room for the longest each time.
func copyCodesAtOnce(
  _ codes: UnsafePointer<UInt32>, _ dictionary: UnsafePointer<Int32>, _ data: UnsafeRawPointer,
  _ target: UnsafeMutableRawPointer, start: Int, _ ends: UnsafeMutablePointer<Int32>, _ count: Int
) -> Int {
  var total = start
  for k in 0..<count {
    // The end of a value is the start of the next: one load for both.
    let entry = UnsafeRawPointer(dictionary + Int(codes[k]))
    let both = entry.loadUnaligned(as: UInt64.self)
    let from = Int(truncatingIfNeeded: both & 0xFFFF_FFFF)
    let length = Int(truncatingIfNeeded: both &>> 32) &- from
    copyWide(data + from, target + total, length)
    total = total &+ length
    ends[k] = Int32(truncatingIfNeeded: total)
  }
  return total
}

/// Sums `count` lengths into end offsets from `start`. Nil for a negative length or a sum beyond
/// `limit`.
func sumLengths(
  _ lengths: UnsafePointer<Int64>, start: Int, limit: Int, _ ends: UnsafeMutablePointer<Int32>,
  _ count: Int
) -> Int? {
  var total = start
  for k in 0..<count {
    let length = lengths[k]
    guard length >= 0, length <= Int64(limit &- total) else { return nil }
    total = total &+ Int(length)
    ends[k] = Int32(truncatingIfNeeded: total)
  }
  return total
}
