// Spec: 14-text-rows. The quick scan: 64 bytes become bits, and only set bits are looked at.
import LakeBase

extension CSVScan {
  /// Writes the entries of all records and returns their number, or -1 when the text is not
  /// regular: a row of another width, quotes in odd places, lone carriage returns, oversized
  /// fields.
  func quickScan(
    _ chunk: RecordChunk, _ start: Int, _ width: Int, _ entries: GrowingBuffer
  ) -> Int {
    var state = QuickState(at: start, width: width)
    let counts = chunk.counts
    let hasQuotes = counts.quotes > 0
    let hasReturns = counts.returns > 0
    var block = start
    var carry: UInt64 = 0
    while block < chunk.count {
      // A block of 64 bytes yields at most 64 fields and one more at the end.
      if entries.capacity &- state.written &* 8 < 66 &* 8 {
        entries.setCount(state.written &* 8)
        entries.reserve(Swift.max(entries.capacity, 4096))
      }
      let end = Swift.min(chunk.count, block &+ 4096)
      if !hasQuotes && !hasReturns {
        plainBlocks(chunk.bytes, block, end, entries, &state)
      } else {
        quotedBlocks(chunk.bytes, block, end, entries, &state, &carry)
      }
      if state.isIrregular { return -1 }
      block = state.reached
    }
    guard carry == 0 else { return -1 }
    if state.fieldStart < chunk.count || state.fields > 0 {
      let out = entries.pointer.assumingMemoryBound(to: UInt64.self)
      close(chunk.bytes, chunk.count, true, out, &state, hasQuotes)
      if state.isIrregular { return -1 }
    }
    if state.quotes != counts.quotes || state.returns != counts.returns { return -1 }
    if state.longest > fieldBytesMax { return -1 }
    entries.setCount(state.written &* 8)
    return state.rows
  }

  struct QuickState {
    var fieldStart: Int
    /// Fields of the current record so far.
    var fields = 0
    var rows = 0
    var written = 0
    var width: Int
    var quotes = 0
    var returns = 0
    var longest = 0
    var isIrregular = false
    var reached: Int

    init(at start: Int, width: Int) {
      fieldStart = start
      reached = start
      self.width = width
    }
  }

  /// Ends the field before `at`, and the record when `isLast`.
  @inline(__always)
  private func close(
    _ bytes: UnsafePointer<UInt8>, _ at: Int, _ isLast: Bool,
    _ out: UnsafeMutablePointer<UInt64>, _ state: inout QuickState, _ mayHaveQuotes: Bool
  ) {
    var start = state.fieldStart
    var end = at
    state.fieldStart = at &+ 1
    var flags: UInt64 = 0
    if mayHaveQuotes {
      if isLast && end > start && bytes[end &- 1] == 0x0D {
        end &-= 1
        state.returns &+= 1
      }
      if bytes[start] == quote && start < end {
        let inner = innerQuotes(bytes, start &+ 1, end &- 1)
        if end &- start < 2 || bytes[end &- 1] != quote || inner < 0 {
          state.isIrregular = true
          return
        }
        state.quotes &+= 2 &+ inner
        flags = inner == 0 ? FieldTable.quoted : FieldTable.quoted | FieldTable.escaped
        start &+= 1
        end &-= 1
      }
    }
    if end &- start > state.longest { state.longest = end &- start }
    out[state.written] = FieldTable.entry(start, end, flags)
    state.written &+= 1
    state.fields &+= 1
    if isLast {
      if state.fields != state.width {
        let isBlank = state.fields == 1 && start == end && flags == 0
        if !isBlank {
          state.isIrregular = true
          return
        }
        state.written &-= 1
      } else {
        state.rows &+= 1
      }
      state.fields = 0
    }
  }

  /// The number of quotes in the range, all of them doubled; -1 otherwise.
  @inline(__always)
  private func innerQuotes(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int {
    var found = 0
    var at = from
    while at < to {
      if bytes[at] == quote {
        if at &+ 1 >= to || bytes[at &+ 1] != quote { return -1 }
        found &+= 2
        at &+= 1
      }
      at &+= 1
    }
    return found
  }

  /// Blocks without quotes and carriage returns.
  private func plainBlocks(
    _ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, _ entries: GrowingBuffer,
    _ state: inout QuickState
  ) {
    var local = state
    let out = entries.pointer.assumingMemoryBound(to: UInt64.self)
    let room = entries.capacity / 8 &- 66
    var at = from
    while at < to && local.written <= room {
      var specials = matches(bytes + at, delimiter, 0x0A)
      if to &- at < 64 { specials &= (1 << UInt64(to &- at)) &- 1 }
      while specials != 0 {
        let position = at &+ specials.trailingZeroBitCount
        specials &= specials &- 1
        close(bytes, position, bytes[position] == 0x0A, out, &local, false)
      }
      at &+= 64
    }
    local.reached = Swift.min(at, to)
    state = local
  }

  private func quotedBlocks(
    _ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, _ entries: GrowingBuffer,
    _ state: inout QuickState, _ carry: inout UInt64
  ) {
    var local = state
    var inside = carry
    let out = entries.pointer.assumingMemoryBound(to: UInt64.self)
    let room = entries.capacity / 8 &- 66
    var at = from
    while at < to && local.written <= room && !local.isIrregular {
      var specials = matches(bytes + at, delimiter, 0x0A)
      var quotes = matches(bytes + at, quote, quote)
      if to &- at < 64 {
        let mask: UInt64 = (1 << UInt64(to &- at)) &- 1
        specials &= mask
        quotes &= mask
      }
      if quotes != 0 || inside != 0 {
        // Bit i of the running parity: an odd number of quotes up to byte i.
        var parity = quotes
        parity ^= parity << 1
        parity ^= parity << 2
        parity ^= parity << 4
        parity ^= parity << 8
        parity ^= parity << 16
        parity ^= parity << 32
        parity ^= inside
        inside = parity >> 63 == 1 ? .max : 0
        specials &= ~parity
      }
      while specials != 0 {
        let position = at &+ specials.trailingZeroBitCount
        specials &= specials &- 1
        close(bytes, position, bytes[position] == 0x0A, out, &local, true)
      }
      at &+= 64
    }
    // A short last block leaves the parity of its masked end, which is the true one.
    carry = inside
    local.reached = Swift.min(at, to)
    state = local
  }

  /// One bit a byte of the 64 at `start`: equal to one of two bytes.
  @inline(__always)
  private func matches(_ start: UnsafePointer<UInt8>, _ first: UInt8, _ second: UInt8) -> UInt64 {
    let raw = UnsafeRawPointer(start)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let firsts = ones &* UInt64(first)
    let seconds = ones &* UInt64(second)
    var bits: UInt64 = 0
    for lane in 0..<8 {
      let word = (raw + lane &* 8).loadUnaligned(as: UInt64.self)
      let a = word ^ firsts
      let b = word ^ seconds
      // High bit of each byte: set where the byte of `a` (of `b`) is zero.
      let isFirst = ~(((a & low) &+ low) | a | low)
      let isSecond = ~(((b & low) &+ low) | b | low)
      let marks = (isFirst | isSecond) >> 7
      bits |= ((marks &* 0x0102_0408_1020_4080) >> 56) << UInt64(lane &* 8)
    }
    return bits
  }
}
