// Spec: 06-base-files. One leaf of the open row group: values in, finished pages out.
import LakeBase
import LakeColumns

/// One leaf of one batch, before conversion.
struct LeafInput {
  let column: Column
  let rowCount: Int
  /// Validity of a flat column with nulls.
  var validity: Bitmap?
  /// Level bytes of a nested leaf, one a slot; nil where all are the maximum (or zero).
  var definition: Buffer?
  var repetition: Buffer?
  /// First slots of the rows of a leaf that repeats.
  var rowStarts: Buffer?

  /// Slots before a row.
  func slot(_ row: Int) -> Int {
    guard let rowStarts else { return row }
    return Int(rowStarts.pointer.assumingMemoryBound(to: Int32.self)[row])
  }

  /// Values within slots.
  func valueCount(_ slots: Range<Int>, _ maximum: Int) -> Int {
    if let validity { return validity.slice(slots).setCount }
    guard let definition else { return slots.count }
    let levels = definition.pointer.assumingMemoryBound(to: UInt8.self)
    var total = 0
    for slot in slots { total &+= Int(levels[slot]) == maximum ? 1 : 0 }
    return total
  }
}

/// Encodes one leaf. Owned by one worker at a time, which is what makes sharing it sound.
final class ColumnWriter: @unchecked Sendable {
  let leaf: WriteLeaf
  let lane: Lane
  let options: ParquetWriteOptions
  let converter: LeafConverter
  let pages: PageWriter
  /// Encoding on request, in place of dictionary and PLAIN.
  let requested: Encoding?
  let falsePositives: Double?

  // The open page.
  var rows = 0
  var slots = 0
  var valueCount = 0
  let plain = GrowingBuffer()
  let codes = GrowingBuffer()
  var booleans = BitCollector()
  var validity = BitCollector()
  let definition = GrowingBuffer()
  let repetition = GrowingBuffer()
  var statistics: StatisticsCollector

  // The open chunk.
  var dictionary: DictionaryEncoder?
  /// Values have been written without the dictionary.
  var fellBack = false
  /// Codes arrive ready-made, so whether a dictionary pays is known already.
  var arrivesCoded = false
  var finished: [EncodedPage] = []
  /// Bytes the values would take in PLAIN encoding.
  var rawBytes = 0
  let hashes = GrowingBuffer()
  let codeMap = GrowingBuffer()
  var codeMapSource: Column?
  let stamps = GrowingBuffer()

  // For good.
  var neverPays = false
  let scratch = GrowingBuffer()
  let encoded = GrowingBuffer()
  let levelScratch = GrowingBuffer()

  /// Rows taken at a time; checks happen between steps.
  static let step = 4096

  init(
    _ leaf: WriteLeaf, _ options: ParquetWriteOptions, _ requested: Encoding?,
    _ falsePositives: Double?, _ pool: CodecPool
  ) {
    self.leaf = leaf
    self.options = options
    self.requested = requested
    self.falsePositives = falsePositives
    lane = leaf.lane
    converter = LeafConverter(leaf)
    pages = PageWriter(leaf, options, pool)
    statistics = StatisticsCollector(leaf)
    startPlain()
    startChunk()
  }

  private func startPlain() {
    plain.removeAll()
    plain.reserve(PageWriter.headroom)
    plain.setCount(PageWriter.headroom)
  }

  func startChunk() {
    let wanted = options.dictionary && requested == nil && !neverPays
    fellBack = !wanted
    dictionary = nil
    codeMapSource = nil
    stamps.removeAll()
    rawBytes = 0
    heldByteCount = 0
    finished = []
    hashes.removeAll()
    guard wanted else { return }
    switch lane {
    case .none, .bits: fellBack = true
    case .words4: dictionary = DictionaryEncoder(.words(byteCount: 4, bigEndian: nil))
    case .words8:
      dictionary = DictionaryEncoder(.words(byteCount: 8, bigEndian: leaf.bigEndianWidth))
    case .bytes: dictionary = DictionaryEncoder(.bytes(lengths: leaf.physical == .byteArray))
    }
  }

  /// Compressed bytes of the open chunk's finished pages.
  var heldByteCount = 0
  /// Plain bytes seen so far: what this column costs beside the others.
  private(set) var weight = 0

  // MARK: Input

  /// Adds a top-level column without nesting.
  func append(flat column: Column) throws(LakeError) {
    var input = LeafInput(column: column, rowCount: column.count)
    if column.nullCount == 0 {
      let values = try converter.values(column, rows: nil, count: column.count)
      return try append(input, values)
    }
    guard leaf.maxDefinition > 0 else { throw NestedShredding.unexpectedNull(leaf.name) }
    let bits = column.validity ?? Bitmap(repeating: false, count: column.count)
    input.validity = bits
    let count = column.count - column.nullCount
    let values = try converter.values(
      column, rows: converter.validRows(bits, count: count), count: count)
    try append(input, values)
  }

  /// Adds a leaf below lists, maps or structs.
  func append(_ shredded: ShreddedLeaf) throws(LakeError) {
    let input = LeafInput(
      column: shredded.column,
      rowCount: shredded.rowStarts.map { $0.count / 4 - 1 } ?? shredded.slotCount,
      definition: shredded.definition, repetition: shredded.repetition,
      rowStarts: shredded.rowStarts)
    let rows = shredded.rows.map { $0.pointer.assumingMemoryBound(to: Int32.self) }
    let values = try converter.values(shredded.column, rows: rows, count: shredded.valueCount)
    try append(input, values)
    withExtendedLifetime(shredded) {}
  }

  private func append(_ input: LeafInput, _ given: LeafValues) throws(LakeError) {
    var values = given
    var row = 0
    var value = 0
    while row < input.rowCount {
      var taken = Swift.min(Self.step, options.pageRows - rows, input.rowCount - row)
      let usesDictionary = !fellBack
      if !usesDictionary, values.ranges == nil, let codes = values.codes,
        let known = values.dictionary
      {
        values.ranges = try converter.spell(codes, values.count, known)
      }
      let first = input.slot(row)
      var slotEnd = input.slot(row + taken)
      var count = input.valueCount(first..<slotEnd, leaf.maxDefinition)
      var bytes = byteCount(values, value, count)
      let room = options.pageBytes - (usesDictionary ? undecidedBytes : pageBytes)
      while bytes > room && taken > 1 {
        taken /= 2
        slotEnd = input.slot(row + taken)
        count = input.valueCount(first..<slotEnd, leaf.maxDefinition)
        bytes = byteCount(values, value, count)
      }
      if bytes > room && rows > 0 {
        try endPage()
        continue
      }
      appendLevels(input, first..<slotEnd, count)
      try appendValues(values, value, count, usesDictionary)
      rawBytes += bytes
      weight += bytes + count
      rows += taken
      slots += slotEnd - first
      valueCount += count
      row += taken
      value += count
      try closePageIfFull()
    }
    withExtendedLifetime(values) {}
  }

  /// Bytes of plain values in the open page.
  private var pageBytes: Int { plain.count - PageWriter.headroom }

  /// Plain bytes of a first page of codes: it may yet turn into a plain page.
  private var undecidedBytes: Int { finished.isEmpty ? rawBytes : 0 }

  private func closePageIfFull() throws(LakeError) {
    if let dictionary, !fellBack {
      // Keys and other unique values show early; no need to fill a page of codes with them.
      if finished.isEmpty && valueCount >= Self.step && valueCount < 2 * Self.step
        && !arrivesCoded && dictionary.count * 100 > valueCount * 97
      {
        giveUpDictionary()
      } else if dictionary.byteCount >= options.dictionaryPageBytes {
        try endPage()
        fellBack = true
        return
      }
    }
    let isFull = rows >= options.pageRows || pageBytes * 10 >= options.pageBytes * 9
    if isFull || slots >= 8 * options.pageRows { try endPage() }
  }

  /// PLAIN bytes of `count` values.
  private func byteCount(_ values: LeafValues, _ first: Int, _ count: Int) -> Int {
    switch lane {
    case .none: return 0
    case .bits: return (count + 7) / 8
    case .words4: return count * 4
    case .words8: return count * (leaf.bigEndianWidth ?? 8)
    case .bytes:
      if let ranges = values.ranges {
        return ranges.advanced(by: first).byteCount(count) + count * 4
      }
      guard case .bytes(_, let data) = values.dictionary?.layout,
        let known = values.dictionary?.count
      else { return count * 4 }
      return count * (4 + data.count / Swift.max(1, known))
    }
  }

  // MARK: Levels

  private func appendLevels(_ input: LeafInput, _ range: Range<Int>, _ count: Int) {
    if leaf.isFlat {
      guard leaf.maxDefinition > 0 else { return }
      if count == range.count {
        if validity.count > 0 { validity.append(repeating: true, count: count) }
      } else if let bits = input.validity {
        if validity.count == 0 { validity.append(repeating: true, count: slots) }
        validity.append(bits.slice(range))
      }
      return
    }
    if leaf.maxDefinition > 0 {
      appendBytes(input.definition, range, leaf.maxDefinition, definition)
    }
    if leaf.maxRepetition > 0 { appendBytes(input.repetition, range, 0, repetition) }
  }

  private func appendBytes(
    _ levels: Buffer?, _ range: Range<Int>, _ whereNil: Int, _ target: GrowingBuffer
  ) {
    if let levels {
      target.append(levels[range])
    } else {
      target.reserve(range.count)
      (target.pointer + target.count).initializeMemory(
        as: UInt8.self, repeating: UInt8(truncatingIfNeeded: whereNil), count: range.count)
      target.setCount(target.count + range.count)
    }
  }

  // MARK: Values

  private func appendValues(
    _ values: LeafValues, _ first: Int, _ count: Int, _ usesDictionary: Bool
  ) throws(LakeError) {
    guard count > 0 else { return }
    switch lane {
    case .none: break
    case .bits: appendBits(values, first, count)
    case .words4, .words8:
      guard let base = values.words else { return }
      let words = base + first * (lane == .words4 ? 4 : 8)
      if options.statistics { statistics.add(words: words, count: count) }
      appendWords(words, count, usesDictionary)
    case .bytes:
      if usesDictionary, let codes = values.codes, let known = values.dictionary {
        arrivesCoded = true
        return try translate(codes + first, count, known)
      }
      guard let ranges = values.ranges?.advanced(by: first) else { return }
      appendBytes(ranges, count, usesDictionary)
    }
  }

  private func appendBits(_ values: LeafValues, _ first: Int, _ count: Int) {
    guard let bits = values.bits else { return }
    let before = booleans.count
    if let rows = values.rows {
      booleans.append(bits, at: rows + first, count: count)
    } else {
      booleans.append(bits.slice(first..<first + count))
    }
    if options.statistics {
      var set = 0
      for index in before..<booleans.count {
        let byte = booleans.pointer.load(fromByteOffset: index >> 3, as: UInt8.self)
        set &+= Int((byte >> UInt8(index & 7)) & 1)
      }
      statistics.add(bits: set, of: count)
    }
  }

  private func appendWords(_ words: UnsafeRawPointer, _ count: Int, _ usesDictionary: Bool) {
    if usesDictionary, let dictionary {
      if lane == .words4 {
        dictionary.encode(
          words4: words.assumingMemoryBound(to: UInt32.self), count: count, to: codes)
      } else {
        dictionary.encode(
          words8: words.assumingMemoryBound(to: UInt64.self), count: count, to: codes)
      }
    } else {
      appendPlain(words: words, count)
    }
  }

  func appendPlain(words: UnsafeRawPointer, _ count: Int) {
    let before = plain.count
    if let width = leaf.bigEndianWidth {
      PlainEncoder.appendBigEndian(
        words.assumingMemoryBound(to: UInt64.self), count: count, width: width, to: plain)
    } else {
      plain.append(
        UnsafeRawBufferPointer(start: words, count: count * (lane == .words4 ? 4 : 8)))
    }
    if falsePositives != nil {
      hashFixed(plain.pointer + before, count, (plain.count - before) / count)
    }
  }

  private func appendBytes(_ ranges: ByteRanges, _ count: Int, _ usesDictionary: Bool) {
    if usesDictionary, let dictionary {
      return dictionary.encode(ranges, count: count, to: codes)
    }
    if options.statistics { statistics.add(ranges, count: count) }
    appendPlain(ranges, count)
  }

  func appendPlain(_ ranges: ByteRanges, _ count: Int) {
    if leaf.physical == .byteArray {
      PlainEncoder.append(lengthPrefixed: ranges, count: count, to: plain)
    } else {
      PlainEncoder.append(fixed: ranges, count: count, width: leaf.typeLength ?? 0, to: plain)
    }
    if falsePositives != nil { hash(ranges, count) }
  }
}
