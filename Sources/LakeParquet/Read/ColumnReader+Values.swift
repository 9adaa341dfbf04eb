// Spec: 06-base-files. The values of a page, by encoding, into the batch.
import LakeBase
import LakeColumns

/// Where the values of the page under way come from.
enum PageValues {
  case none
  /// At the reader's cursor; booleans count bits from `bit`.
  case plain(bit: Int)
  case codes(RunReader)
  case booleans(RunReader)
  case delta(DeltaReader)
  /// Lengths; the bytes are at the cursor.
  case deltaLengths(DeltaReader)
  /// Prefix and suffix lengths; the suffixes' bytes are at the cursor.
  case deltaPrefixes(DeltaReader, DeltaReader)
  /// Byte streams of `total` values at the cursor, `next` of them read.
  case split(total: Int, next: Int)
}

extension ColumnReader {
  /// Bytes of one plain value of fixed width.
  var plainWidth: Int {
    switch leaf.physicalType {
    case .int32, .float: 4
    case .int64, .double: 8
    case .int96: 12
    case .fixedLenByteArray: leaf.element.typeLength ?? 0
    case .boolean, .byteArray: 0
    }
  }

  // MARK: Opening

  func openValues(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ encoding: Encoding
  ) throws(LakeError) {
    cursor = start
    cursorEnd = end
    let byteCount = end - start
    let type = leaf.physicalType
    switch (encoding, type) {
    case (.plain, _): values = .plain(bit: 0)
    case (.plainDictionary, _), (.rleDictionary, _): try openCodes(byteCount)
    case (.rle, .boolean):
      guard byteCount >= 4 else {
        if byteCount == 0 {
          values = .none
          return
        }
        throw failure("booleans end early")
      }
      let length = Int(start.loadUnaligned(as: UInt32.self))
      guard length <= byteCount - 4 else { throw failure("booleans leave their page") }
      values = .booleans(RunReader(start + 4, length, width: 1))
    case (.deltaBinaryPacked, .int32), (.deltaBinaryPacked, .int64):
      values = .delta(try delta(start))
    case (.deltaLengthByteArray, .byteArray):
      let lengths = try delta(start)
      cursor = try endOf(lengths)
      values = .deltaLengths(lengths)
    case (.deltaByteArray, .byteArray), (.deltaByteArray, .fixedLenByteArray):
      let prefixes = try delta(start)
      let suffixes = try delta(try endOf(prefixes))
      cursor = try endOf(suffixes)
      previous.removeAll()
      values = .deltaPrefixes(prefixes, suffixes)
    case (.byteStreamSplit, .int32), (.byteStreamSplit, .int64), (.byteStreamSplit, .float),
      (.byteStreamSplit, .double), (.byteStreamSplit, .fixedLenByteArray):
      let width = plainWidth
      guard width > 0, byteCount % width == 0 else { throw failure("byte streams of odd length") }
      values = .split(total: byteCount / width, next: 0)
    default:
      throw LakeError(
        .parquetUnsupported, "column \(leaf.name): encoding \(encoding.rawValue) of \(type)",
        offset: pages.position)
    }
  }

  private func openCodes(_ byteCount: Int) throws(LakeError) {
    guard byteCount > 0 else {
      // A page of nulls may leave the codes out altogether.
      values = .none
      return
    }
    guard dictionary != nil else { throw failure("codes without a dictionary page") }
    let width = Int(cursor.load(as: UInt8.self))
    guard width <= 32 else { throw failure("codes of \(width) bits") }
    values = .codes(RunReader(cursor + 1, byteCount - 1, width: width))
  }

  private func delta(_ start: UnsafeRawPointer) throws(LakeError) -> DeltaReader {
    // An empty page of nulls has no header.
    guard let reader = DeltaReader(start, cursorEnd - start) else {
      throw failure("a delta header that makes no sense")
    }
    return reader
  }

  private func endOf(_ reader: DeltaReader) throws(LakeError) -> UnsafeRawPointer {
    guard let end = reader.endOfStream() else { throw failure("delta blocks end early") }
    return end
  }

  // MARK: Appending

  /// Appends `slots` rows, of which `valid` have values; their validity bits are written already.
  func appendValues(_ slots: Int, valid: Int) throws(LakeError) {
    output.reserve(slots)
    switch output.conversion {
    case .nothing:
      guard valid == 0 else { throw failure("values in a column that is always null") }
    case .bits: try appendBits(slots, valid)
    case .bytes: try appendBytes(slots, valid)
    default: try appendFixed(slots, valid, width: output.conversion.outputWidth ?? 0)
    }
    output.advance(slots, valid: valid)
    try hold()
    guard output.byteCount <= options.memoryBudget else {
      throw LakeError(
        .limitExceeded,
        "column \(leaf.name): a batch takes more than \(options.memoryBudget) bytes (memoryBudget)",
        hint: "read fewer rows at once (batchRows)")
    }
  }

  private func appendFixed(_ slots: Int, _ valid: Int, width: Int) throws(LakeError) {
    let target = output.values.pointer + output.slots * width
    if valid == slots {
      try readFixed(valid, target, width)
      return
    }
    let scratch = room(dense, (valid + 1) * max(width, 1))
    try readFixed(valid, scratch, width)
    spreadFixed(
      UnsafeRawPointer(scratch), target, width, UnsafeRawPointer(output.validity.pointer),
      output.slots, slots)
  }

  /// Memory of at least that size with slack, contents undefined.
  func room(_ buffer: GrowingBuffer, _ byteCount: Int) -> UnsafeMutableRawPointer {
    buffer.removeAll()
    buffer.reserve(byteCount + slackBytes)
    return buffer.pointer
  }

  /// Reads `count` values as they stand in the column.
  private func readFixed(
    _ count: Int, _ target: UnsafeMutableRawPointer, _ width: Int
  ) throws(LakeError) {
    guard count > 0 else { return }
    let conversion = output.conversion
    switch values {
    case .codes(var runs):
      let codes = try readCodes(&runs, count)
      values = .codes(runs)
      guard let dictionary else { throw failure("codes without a dictionary page") }
      gather(dictionary.values.pointer, codes, target, count, width: width)
      withExtendedLifetime(dictionary) {}
    case .plain where conversion != .bytesToDecimal:
      let byteCount = count * plainWidth
      guard byteCount <= cursorEnd - cursor else { throw failure("values end early") }
      try convert(cursor, target, count)
      cursor += byteCount
    default:
      if conversion == .bytesToDecimal {
        try readByteDecimals(count, target.assumingMemoryBound(to: Int128.self))
      } else {
        let plain = try readPlainForm(count)
        try convert(plain, target, count)
      }
    }
  }

  private func convert(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int
  ) throws(LakeError) {
    guard convertPlain(source, target, count, output.conversion) else {
      throw LakeError(
        .parquetMalformed, "column \(leaf.name): a value beyond the range of \(leaf.type)",
        offset: pages.position)
    }
  }

  /// Dictionary codes, all of them within the dictionary.
  func readCodes(
    _ runs: inout RunReader, _ count: Int
  ) throws(LakeError) -> UnsafePointer<UInt32> {
    let scratch = room(codes, count * 4).assumingMemoryBound(to: UInt32.self)
    guard runs.read(scratch, count) == count else { throw failure("codes end early") }
    let most = maximum(scratch, count)
    guard most < dictionary?.count ?? 0 else {
      throw failure("code \(most) of a dictionary of \(dictionary?.count ?? 0)")
    }
    return UnsafePointer(scratch)
  }

  /// Values of the encodings that are undone into plain ones first.
  private func readPlainForm(_ count: Int) throws(LakeError) -> UnsafeRawPointer {
    let width = plainWidth
    switch values {
    case .delta(var reader):
      let longs = room(codes, count * 8).assumingMemoryBound(to: Int64.self)
      guard reader.read(longs, count) == count else { throw failure("deltas end early") }
      values = .delta(reader)
      if width == 8 { return UnsafeRawPointer(longs) }
      let ints = UnsafeMutableRawPointer(longs).assumingMemoryBound(to: Int32.self)
      for k in 0..<count { ints[k] = Int32(truncatingIfNeeded: longs[k]) }
      return UnsafeRawPointer(ints)
    case .split(let total, let next):
      guard count <= total - next else { throw failure("byte streams end early") }
      let scratch = room(codes, count * width)
      mergeStreams(cursor, total: total, from: next, scratch, count, width: width)
      values = .split(total: total, next: next + count)
      return UnsafeRawPointer(scratch)
    case .deltaPrefixes:
      let start = data.count
      defer { data.setCount(start) }
      let ends = room(codes, count * 4).assumingMemoryBound(to: Int32.self)
      try readBytes(count, ends)
      for k in 0..<count where Int(ends[k]) != start + (k + 1) * width {
        throw failure("a value that has not \(width) bytes")
      }
      return UnsafeRawPointer(data.pointer + start)
    default: throw failure("values end early")
    }
  }

  var data: GrowingBuffer { output.data }

  private func readByteDecimals(
    _ count: Int, _ target: UnsafeMutablePointer<Int128>
  ) throws(LakeError) {
    let ends = room(codes, count * 4).assumingMemoryBound(to: Int32.self)
    let start = data.count
    try readBytes(count, ends)
    var last = start
    for k in 0..<count {
      let end = Int(ends[k])
      guard let value = bigEndianDecimal(data.pointer + last, end - last) else {
        throw failure("a decimal beyond 128 bits")
      }
      target[k] = value
      last = end
    }
    data.setCount(start)
  }

  // MARK: Booleans

  private func appendBits(_ slots: Int, _ valid: Int) throws(LakeError) {
    if valid == slots {
      try readBits(valid, output.values.pointer, at: output.slots)
      return
    }
    let scratch = room(dense, (valid + 7) / 8)
    try readBits(valid, scratch, at: 0)
    fillBits(output.values.pointer, at: output.slots, slots, false)
    spreadBits(
      UnsafeRawPointer(scratch), output.values.pointer, at: output.slots,
      bits: UnsafeRawPointer(output.validity.pointer), at: output.slots, slots)
  }

  private func readBits(
    _ count: Int, _ target: UnsafeMutableRawPointer, at bit: Int
  ) throws(LakeError) {
    guard count > 0 else { return }
    switch values {
    case .plain(let from):
      guard from + count <= (cursorEnd - cursor) * 8 else { throw failure("values end early") }
      _ = copyBits(from: cursor, at: from, to: target, at: bit, count)
      values = .plain(bit: from + count)
    case .booleans(var runs):
      let (read, _, isValid) = runs.readBits(target, at: bit, count)
      guard read == count, isValid else { throw failure("booleans end early") }
      values = .booleans(runs)
    case .codes(var runs):
      let codes = try readCodes(&runs, count)
      values = .codes(runs)
      guard let dictionary else { throw failure("codes without a dictionary page") }
      fillBits(target, at: bit, count, false)
      for k in 0..<count where bitsAt(dictionary.values.pointer, Int(codes[k]), 1) == 1 {
        fillBits(target, at: bit + k, 1, true)
      }
      withExtendedLifetime(dictionary) {}
    default: throw failure("values end early")
    }
  }
}

private func spreadFixed(
  _ dense: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ width: Int,
  _ bits: UnsafeRawPointer, _ bit: Int, _ count: Int
) {
  func go<T: BitwiseCopyable>(_ zero: T) {
    spread(
      dense.assumingMemoryBound(to: T.self), out.assumingMemoryBound(to: T.self), bits: bits,
      at: bit, count, zero: zero)
  }
  switch width {
  case 1: go(UInt8(0))
  case 2: go(UInt16(0))
  case 4: go(UInt32(0))
  case 8: go(UInt64(0))
  case 16: go(SIMD2<UInt64>.zero)
  default: spreadBytes(dense, out, width: width, bits: bits, at: bit, count)
  }
}
