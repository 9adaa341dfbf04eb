// Spec: 06-base-files. Closing pages and chunks.
import LakeBase
import LakeColumns

/// A finished column chunk, waiting for its place in the file.
struct EncodedChunk: Sendable {
  let leaf: WriteLeaf
  let dictionary: EncodedPage?
  let pages: [EncodedPage]
  let bounds: ValueBounds
  let filter: Buffer?
  let rawBytes: Int
}

extension ColumnWriter {
  /// Closes the open page, if it has rows.
  func endPage() throws(LakeError) {
    guard rows > 0 else { return }
    if !fellBack, finished.isEmpty, !dictionaryPays { giveUpDictionary() }
    let encoding: Encoding
    if let dictionary, codes.count > 0 {
      addBoundsOfCodes()
      encodeCodes(dictionary)
      encoding = options.dataPageVersion == 1 ? .plainDictionary : .rleDictionary
    } else {
      encoding = encodePlain()
    }
    let source = encoding == .plain && lane != .bits ? plain : encoded
    var content = PageContent(
      rowCount: rows, slotCount: slots, nullCount: slots - valueCount, encoding: encoding,
      bounds: statistics.endPage())
    levelScratch.removeAll()
    let repetitionBytes = encodeRepetition()
    let definitionBytes = encodeDefinition()
    let levels = levelScratch.view
    if leaf.maxRepetition > 0 {
      content.repetition = UnsafeRawBufferPointer(rebasing: levels[..<repetitionBytes])
    }
    if leaf.maxDefinition > 0 {
      content.definition = UnsafeRawBufferPointer(
        rebasing: levels[repetitionBytes..<repetitionBytes + definitionBytes])
    }
    let page = try pages.data(content, source)
    heldByteCount += page.byteCount
    finished.append(page)
    clearPage()
  }

  private func clearPage() {
    rows = 0
    slots = 0
    valueCount = 0
    plain.setCount(PageWriter.headroom)
    codes.removeAll()
    booleans.removeAll()
    validity.removeAll()
    definition.removeAll()
    repetition.removeAll()
  }

  private func startEncoded() {
    encoded.removeAll()
    encoded.reserve(PageWriter.headroom)
    encoded.setCount(PageWriter.headroom)
  }

  private func encodeCodes(_ dictionary: DictionaryEncoder) {
    startEncoded()
    let width = Swift.max(
      1, BitPackingEncoder.width(of: UInt32(truncatingIfNeeded: dictionary.count - 1)))
    encoded.append(byte: UInt8(width))
    RunLengthHybridEncoder.append(
      codes.pointer.assumingMemoryBound(to: UInt32.self), count: codes.count / 4, width: width,
      to: encoded)
  }

  /// Brings the page's plain values into the requested encoding; returns the one used.
  private func encodePlain() -> Encoding {
    if lane == .bits { return encodeBits() }
    guard let requested, valueCount > 0 else { return .plain }
    startEncoded()
    let values = UnsafeRawBufferPointer(rebasing: plain.view[PageWriter.headroom...])
    let start = UnsafeRawPointer(plain.pointer + PageWriter.headroom)
    switch requested {
    case .deltaBinaryPacked:
      if lane == .words4 {
        DeltaBinaryPackedEncoder.append(int32: start, count: valueCount, to: encoded)
      } else {
        DeltaBinaryPackedEncoder.append(int64: start, count: valueCount, to: encoded)
      }
    case .deltaLengthByteArray:
      DeltaLengthByteArrayEncoder.append(plain: values, count: valueCount, to: encoded)
    case .deltaByteArray:
      DeltaByteArrayEncoder.append(
        plain: values, count: valueCount, width: leaf.typeLength, to: encoded)
    case .byteStreamSplit:
      ByteStreamSplitEncoder.append(
        start, count: valueCount, width: values.count / valueCount, to: encoded)
    default: return .plain
    }
    return requested
  }

  private func encodeBits() -> Encoding {
    startEncoded()
    guard requested == .rle else {
      encoded.append(
        UnsafeRawBufferPointer(start: booleans.pointer, count: booleans.byteCount))
      return .plain
    }
    encoded.append(littleEndian: UInt32(0))
    let before = encoded.count
    RunLengthHybridEncoder.append(bits: booleans.pointer, count: booleans.count, to: encoded)
    (encoded.pointer + (before - 4)).storeBytes(
      of: UInt32(encoded.count - before).littleEndian, as: UInt32.self)
    return .rle
  }

  private func encodeRepetition() -> Int {
    guard leaf.maxRepetition > 0 else { return 0 }
    return encode(repetition, leaf.maxRepetition)
  }

  private func encodeDefinition() -> Int {
    guard leaf.maxDefinition > 0 else { return 0 }
    guard leaf.isFlat else { return encode(definition, leaf.maxDefinition) }
    let before = levelScratch.count
    if validity.count == 0 {
      RunLengthHybridEncoder.appendRun(1, slots, 1, to: levelScratch)
    } else {
      RunLengthHybridEncoder.append(bits: validity.pointer, count: slots, to: levelScratch)
    }
    return levelScratch.count - before
  }

  private func encode(_ levels: GrowingBuffer, _ maximum: Int) -> Int {
    let before = levelScratch.count
    let count = levels.count
    scratch.removeAll()
    scratch.reserve(count * 4)
    let wide = scratch.pointer.assumingMemoryBound(to: UInt32.self)
    let narrow = levels.pointer.assumingMemoryBound(to: UInt8.self)
    for index in 0..<count { wide[index] = UInt32(narrow[index]) }
    RunLengthHybridEncoder.append(
      wide, count: count, width: BitPackingEncoder.width(of: UInt32(maximum)), to: levelScratch)
    return levelScratch.count - before
  }

  /// Closes the chunk and starts the next one.
  func endChunk() throws(LakeError) -> EncodedChunk {
    try endPage()
    var page: EncodedPage?
    if let dictionary, dictionary.count > 0 {
      page = try pages.dictionary(dictionary.page(), count: dictionary.count)
    }
    let chunk = EncodedChunk(
      leaf: leaf, dictionary: page, pages: finished, bounds: statistics.endChunk(),
      filter: bloomFilter()?.encoded(), rawBytes: rawBytes)
    startChunk()
    return chunk
  }
}
