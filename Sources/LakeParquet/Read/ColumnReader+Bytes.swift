// Spec: 06-base-files. Strings and binaries of a page into the batch; the chunk's dictionary.
import LakeBase
import LakeColumns

extension ColumnReader {
  // MARK: Strings and binaries

  func appendBytes(_ slots: Int, _ valid: Int) throws(LakeError) {
    if options.keepDictionaries {
      if case .codes(var runs) = values, output.isCoded || output.slots == 0 {
        output.isCoded = true
        output.reserve(slots)
        try appendCodes(&runs, slots, valid)
        values = .codes(runs)
        return
      }
      if output.isCoded && valid == 0 {
        (output.values.pointer + output.slots * 4).initializeMemory(
          as: UInt8.self, repeating: 0, count: slots * 4)
        return
      }
      try output.decode(dictionary)
      output.reserve(slots)
    }
    let offsets = output.offsets.pointer.assumingMemoryBound(to: Int32.self) + (output.slots + 1)
    if valid == slots {
      try readBytes(valid, offsets)
      return
    }
    let start = Int32(truncatingIfNeeded: data.count)
    let ends = room(dense, valid * 4).assumingMemoryBound(to: Int32.self)
    try readBytes(valid, ends)
    spreadOffsets(
      ends, start: start, offsets, bits: UnsafeRawPointer(output.validity.pointer),
      at: output.slots, slots)
  }

  private func appendCodes(
    _ runs: inout RunReader, _ slots: Int, _ valid: Int
  ) throws(LakeError) {
    let target = (output.values.pointer + output.slots * 4).assumingMemoryBound(to: UInt32.self)
    let read = valid > 0 ? try readCodes(&runs, valid) : nil
    if let read, valid == slots {
      target.update(from: read, count: slots)
    } else if let read {
      spread(
        read, target, bits: UnsafeRawPointer(output.validity.pointer), at: output.slots, slots,
        zero: 0)
    } else {
      target.update(repeating: 0, count: slots)
    }
  }

  /// Appends the bytes of `count` values to `data` and writes where each ends.
  func readBytes(_ count: Int, _ ends: UnsafeMutablePointer<Int32>) throws(LakeError) {
    guard count > 0 else { return }
    let start = data.count
    switch values {
    case .plain:
      guard let used = scanPlainBytes(cursor, cursorEnd - cursor, start: start, ends, count) else {
        throw failure("a string leaves its page, or a batch exceeds 2 GiB")
      }
      let end = Int(ends[count - 1])
      try reserveData(end)
      copyPlainBytes(cursor, start: start, ends, data.pointer, count)
      data.setCount(end)
      cursor += used
    case .codes(var runs):
      let codes = try readCodes(&runs, count)
      values = .codes(runs)
      guard let dictionary else { throw failure("codes without a dictionary page") }
      let offsets = dictionary.offsets.pointer.assumingMemoryBound(to: Int32.self)
      let end: Int
      if count * dictionary.longest <= 1 << 20 {
        // Short values: room for the most there could be, and one pass.
        try reserveData(start + count * dictionary.longest)
        end = copyCodesAtOnce(
          codes, offsets, dictionary.values.pointer, data.pointer, start: start, ends, count)
      } else {
        end = scanCodes(codes, offsets, start: start, ends, count)
        try reserveData(end)
        copyCodes(codes, offsets, dictionary.values.pointer, data.pointer, start: start, count)
      }
      data.setCount(end)
      withExtendedLifetime(dictionary) {}
    case .deltaLengths(var reader):
      let list = room(lengths, count * 8).assumingMemoryBound(to: Int64.self)
      guard reader.read(list, count) == count,
        let end = sumLengths(
          list, start: start, limit: start + (cursorEnd - cursor), ends, count)
      else { throw failure("lengths end early or leave their page") }
      try reserveData(end)
      (data.pointer + start).copyMemory(from: cursor, byteCount: end - start)
      cursor += end - start
      data.setCount(end)
      values = .deltaLengths(reader)
    case .deltaPrefixes(var prefixes, var suffixes):
      try readPrefixed(&prefixes, &suffixes, count, ends)
      values = .deltaPrefixes(prefixes, suffixes)
    default: throw failure("values end early")
    }
  }

  /// Makes room for data up to `end` bytes, within the budget.
  private func reserveData(_ end: Int) throws(LakeError) {
    guard end <= min(options.memoryBudget, Int(Int32.max)) else {
      throw LakeError(
        .limitExceeded,
        "column \(leaf.name): a batch takes more than \(options.memoryBudget) bytes (memoryBudget)",
        hint: "read fewer rows at once (batchRows)")
    }
    try hold(data: end)
    if data.capacity < end + slackBytes { data.reserve(end + slackBytes - data.count) }
  }

  private func readPrefixed(
    _ prefixes: inout DeltaReader, _ suffixes: inout DeltaReader, _ count: Int,
    _ ends: UnsafeMutablePointer<Int32>
  ) throws(LakeError) {
    let list = room(lengths, count * 16).assumingMemoryBound(to: Int64.self)
    guard prefixes.read(list, count) == count, suffixes.read(list + count, count) == count
    else { throw failure("lengths end early") }
    for k in 0..<count {
      let prefix = list[k]
      let suffix = list[count + k]
      guard prefix >= 0, prefix <= Int64(previous.count), suffix >= 0,
        suffix <= Int64(cursorEnd - cursor)
      else { throw failure("a prefix or suffix longer than what it is taken from") }
      let end = data.count + Int(prefix) + Int(suffix)
      try reserveData(end)
      let place = data.pointer + data.count
      place.copyMemory(from: previous.pointer, byteCount: Int(prefix))
      (place + Int(prefix)).copyMemory(from: cursor, byteCount: Int(suffix))
      cursor += Int(suffix)
      previous.setCount(Int(prefix))
      previous.append(
        UnsafeRawBufferPointer(start: place + Int(prefix), count: Int(suffix)))
      data.setCount(end)
      ends[k] = Int32(truncatingIfNeeded: end)
    }
  }

  // MARK: Dictionaries

  /// Decodes the chunk's dictionary into the form of the column.
  func openDictionary(_ stub: PageStub) throws(LakeError) {
    let body = try pages.load(stub)
    let encoding = stub.header.dictionaryPage?.encoding ?? .plain
    guard encoding == .plain || encoding == .plainDictionary else {
      throw LakeError(
        .parquetUnsupported, "column \(leaf.name): a dictionary in encoding \(encoding.rawValue)",
        offset: stub.body.lowerBound)
    }
    // At most a word a value besides the values themselves.
    dictionaryBytes = body.count + stub.valueCount * 16
    try hold()
    dictionary = try DecodedDictionary(
      body, stub.valueCount, leaf, output.conversion, plainWidth: plainWidth, pages)
  }
}
