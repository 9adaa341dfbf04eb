// Spec: 06-base-files. One leaf of one row group: rows in order, read or passed over.
import LakeBase
import LakeCodecs
import LakeColumns

/// Reads one column chunk. Owned by one worker.
final class ColumnReader {
  let leaf: Leaf
  let pages: PageReader
  let options: ParquetReadOptions
  let output: ColumnOutput
  /// What the batch and the dictionary take.
  private let share: MemoryShare
  private let slotTotal: Int
  private let index: OffsetIndex?
  private let keepsLevels: Bool

  /// Rows of the row group behind us.
  private(set) var row = 0
  private var slotsSeen = 0
  private var isWhole = true
  private var sawData = false
  private var page = -1

  // The page under way.
  private(set) var slotsLeft = 0
  private var definitions: RunReader
  private var repetitions: RunReader
  var values = PageValues.none
  var cursor: UnsafeRawPointer
  var cursorEnd: UnsafeRawPointer
  var dictionary: DecodedDictionary?
  var dictionaryBytes = 0

  // Scratch, reused for every page.
  let codes = GrowingBuffer()
  let dense = GrowingBuffer()
  let lengths = GrowingBuffer()
  let previous = GrowingBuffer()
  private let repacked = (GrowingBuffer(), GrowingBuffer())
  /// Levels read but not handed out: only for repeated columns.
  private let ahead = (definitions: GrowingBuffer(), repetitions: GrowingBuffer())
  private var aheadIndex = 0
  private var aheadCount = 0
  private static let aheadMax = 4_096

  /// - Parameters:
  ///   - keepsLevels: the column is part of a list, map or struct.
  ///   - index: checked against the chunk; pages that are passed over are then never read.
  init(
    _ leaf: Leaf, _ pages: PageReader, slots: Int, keepsLevels: Bool, index: OffsetIndex?,
    _ options: ParquetReadOptions
  ) {
    self.leaf = leaf
    self.pages = pages
    self.options = options
    self.index = index
    self.keepsLevels = keepsLevels
    slotTotal = slots
    output = ColumnOutput(leaf)
    share = MemoryShare(options.memory)
    let nowhere = UnsafeRawPointer(dense.pointer)
    cursor = nowhere
    cursorEnd = nowhere
    definitions = RunReader(nowhere, 0, width: 0)
    repetitions = RunReader(nowhere, 0, width: 0)
  }

  func failure(_ message: String) -> LakeError { pages.failure(message) }

  // MARK: Rows

  /// Appends the next `rows` rows to the batch.
  func read(_ rows: Int) throws(LakeError) {
    guard rows > 0 else { return }
    output.reserve(rows)
    if leaf.maxRepetition > 0 {
      try readRepeated(rows)
    } else {
      try readFlat(rows)
    }
    row += rows
  }

  /// Passes over the next `rows` rows.
  func skip(_ rows: Int) throws(LakeError) {
    let target = row + rows
    try jump(to: target)
    while row < target {
      if leaf.maxRepetition == 0 && slotsLeft == 0 {
        let stub = try nextStub()
        if stub.valueCount <= target - row {
          // Nobody wants a row of this page: its bytes stay compressed.
          pages.skip(stub)
          try count(stub)
          row += stub.valueCount
          continue
        }
        try open(stub)
      }
      let some = min(target - row, Self.aheadMax)
      let (slots, nulls) = (output.slots, output.nulls)
      let levels = output.definitions.count
      try read(some)
      output.truncate(slots, nulls: nulls, levels: levels)
    }
  }

  /// Reading will end before row `end`: nothing behind its page is read ahead.
  func prepare(until end: Int) {
    guard let index, let last = Self.page(of: end - 1, in: index) else { return }
    let location = index.pages[last]
    pages.readLimit = location.offset + location.compressedPageSize
  }

  /// Moves to the page of row `target` where an offset index says which that is.
  private func jump(to target: Int) throws(LakeError) {
    guard let index, let wanted = Self.page(of: target, in: index), wanted > max(page, 0),
      index.pages[wanted].firstRowIndex > row
    else { return }
    if !sawData && dictionary == nil && pages.position == pages.range.lowerBound,
      index.pages[0].offset > pages.position, let stub = try pages.next(), stub.isDictionary
    {
      try openDictionary(stub)
    }
    try pages.seek(index.pages[wanted].offset)
    isWhole = false
    sawData = true
    slotsLeft = 0
    aheadIndex = 0
    aheadCount = 0
    page = wanted - 1
    row = index.pages[wanted].firstRowIndex
  }

  private static func page(of row: Int, in index: OffsetIndex) -> Int? {
    var low = 0
    var high = index.pages.count
    while low < high {
      let middle = (low + high) / 2
      if index.pages[middle].firstRowIndex <= row { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }

  /// Everything of the chunk has been read: the counts must agree.
  func checkEnd() throws(LakeError) {
    guard isWhole else { return }
    guard slotsLeft == 0, aheadIndex == aheadCount else {
      throw failure("more values than its row group has rows")
    }
    guard slotsSeen == slotTotal else {
      throw failure("\(slotsSeen) values where the footer says \(slotTotal)")
    }
  }

  func finish() -> LeafBatch { output.finish(dictionary: dictionary?.column) }

  /// Counts what is held, with data up to `end` bytes that is about to be.
  func hold(data end: Int = 0) throws(LakeError) {
    guard options.memory != nil else { return }
    let held = Swift.max(output.byteCount, end)
    try share.resize(to: held + dictionaryBytes)
  }

  // MARK: Pages

  private func nextStub() throws(LakeError) -> PageStub {
    while let stub = try pages.next() {
      guard stub.isDictionary else { return stub }
      guard !sawData, dictionary == nil else {
        throw failure("a dictionary page that is not the chunk's first page")
      }
      try openDictionary(stub)
    }
    throw failure("the chunk ends after \(row) rows and \(slotsSeen) values")
  }

  private func count(_ stub: PageStub) throws(LakeError) {
    sawData = true
    page += 1
    slotsSeen += stub.valueCount
    guard slotsSeen <= slotTotal else {
      throw failure("more values than the \(slotTotal) of the footer")
    }
  }

  private func open(_ stub: PageStub) throws(LakeError) {
    try count(stub)
    let body = try pages.load(stub)
    slotsLeft = stub.valueCount
    var position = body.pointer
    let end = body.pointer + body.count
    let encoding: Encoding
    if let header = stub.header.dataPageV2, stub.header.type == .dataV2 {
      encoding = header.encoding
      repetitions = RunReader(
        position, body.repetitionBytes, width: bitWidth(leaf.maxRepetition))
      position += body.repetitionBytes
      definitions = RunReader(
        position, body.definitionBytes, width: bitWidth(leaf.maxDefinition))
      position += body.definitionBytes
    } else {
      guard let header = stub.header.dataPage else { throw failure("a page without its header") }
      encoding = header.encoding
      repetitions = try levels(
        &position, end, leaf.maxRepetition, header.repetitionLevelEncoding, repacked.0)
      definitions = try levels(
        &position, end, leaf.maxDefinition, header.definitionLevelEncoding, repacked.1)
    }
    try openValues(position, end, encoding)
  }

  /// The levels at the front of a version 1 page.
  private func levels(
    _ position: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ max: Int, _ encoding: Encoding,
    _ scratch: GrowingBuffer
  ) throws(LakeError) -> RunReader {
    let width = bitWidth(max)
    if max == 0 { return RunReader(position, 0, width: 0) }
    switch encoding {
    case .rle:
      guard end - position >= 4 else { throw failure("a page ends within its levels") }
      let length = Int(position.loadUnaligned(as: UInt32.self))
      position += 4
      guard length <= end - position else { throw failure("levels leave their page") }
      defer { position += length }
      return RunReader(position, length, width: width)
    case .bitPacked:
      let length = (slotsLeft * width + 7) / 8
      guard length <= end - position else { throw failure("levels leave their page") }
      scratch.removeAll()
      scratch.reserve(length + slackBytes)
      scratch.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: length + slackBytes)
      repackLevels(position, width: width, scratch.pointer, slotsLeft)
      position += length
      return RunReader(
        packed: UnsafeRawPointer(scratch.pointer), length, width: width, count: slotsLeft)
    default:
      throw LakeError(
        .parquetUnsupported, "levels in encoding \(encoding.rawValue)", offset: pages.position)
    }
  }

  private func bitWidth(_ level: Int) -> Int { Int.bitWidth - level.leadingZeroBitCount }

  // MARK: Flat columns

  private func readFlat(_ rows: Int) throws(LakeError) {
    var left = rows
    while left > 0 {
      if slotsLeft == 0 {
        try open(try nextStub())
        continue
      }
      let some = min(left, slotsLeft)
      let valid: Int
      if leaf.maxDefinition == 0 {
        valid = some
        if keepsLevels { try readLevels(&definitions, 0, output.definitions, some) }
      } else if leaf.maxDefinition == 1 && !keepsLevels {
        let (count, set, isValid) = definitions.readBits(
          output.validity.pointer, at: output.slots, some)
        guard count == some, isValid else { throw failure("levels end early or exceed 1") }
        valid = set
      } else {
        try readLevels(&definitions, leaf.maxDefinition, output.definitions, some)
        let start = output.definitions.pointer + (output.definitions.count - some)
        valid = levelBits(
          start.assumingMemoryBound(to: UInt8.self), threshold: UInt8(leaf.maxDefinition),
          output.validity.pointer, at: output.slots, some)
      }
      try appendValues(some, valid: valid)
      slotsLeft -= some
      left -= some
    }
  }

  /// Appends `count` levels as bytes to `target`.
  private func readLevels(
    _ runs: inout RunReader, _ max: Int, _ target: GrowingBuffer, _ count: Int
  ) throws(LakeError) {
    target.reserve(count + slackBytes)
    codes.removeAll()
    codes.reserve(count * 4 + slackBytes)
    let scratch = codes.pointer.assumingMemoryBound(to: UInt32.self)
    if max == 0 {
      scratch.update(repeating: 0, count: count)
    } else {
      guard runs.read(scratch, count) == count else { throw failure("levels end early") }
      let most = maximum(scratch, count)
      guard most <= UInt32(max) else { throw failure("a level of \(most), at most \(max)") }
    }
    let bytes = (target.pointer + target.count).assumingMemoryBound(to: UInt8.self)
    for k in 0..<count { bytes[k] = UInt8(truncatingIfNeeded: scratch[k]) }
    target.setCount(target.count + count)
  }

  // MARK: Repeated columns

  private func readRepeated(_ rows: Int) throws(LakeError) {
    var begun = 0
    while true {
      if aheadIndex == aheadCount {
        // Where there is an index, pages begin with a row.
        if slotsLeft == 0 && begun == rows && (index != nil || slotsSeen == slotTotal) { return }
        if slotsLeft == 0 {
          try open(try nextStub())
          continue
        }
        try lookAhead()
      }
      let levels = ahead.repetitions.pointer.assumingMemoryBound(to: UInt8.self)
      if begun == 0 && levels[aheadIndex] != 0 && rows > 0 {
        throw failure("a row begins with repetition level \(levels[aheadIndex])")
      }
      var place = aheadIndex
      while place < aheadCount {
        if levels[place] == 0 {
          if begun == rows { break }
          begun += 1
        }
        place += 1
      }
      try append(place - aheadIndex)
      if place < aheadCount { return }
    }
  }

  private func lookAhead() throws(LakeError) {
    let some = min(Self.aheadMax, slotsLeft)
    ahead.definitions.removeAll()
    ahead.repetitions.removeAll()
    try readLevels(&definitions, leaf.maxDefinition, ahead.definitions, some)
    try readLevels(&repetitions, leaf.maxRepetition, ahead.repetitions, some)
    aheadIndex = 0
    aheadCount = some
    slotsLeft -= some
  }

  /// Hands out the next `count` levels of `ahead` with their values.
  private func append(_ count: Int) throws(LakeError) {
    guard count > 0 else { return }
    let levels = ahead.definitions.pointer + aheadIndex
    output.definitions.append(UnsafeRawBufferPointer(start: levels, count: count))
    output.repetitions.append(
      UnsafeRawBufferPointer(start: ahead.repetitions.pointer + aheadIndex, count: count))
    aheadIndex += count
    output.reserve(count)
    let (slots, valid) = elementBits(
      levels.assumingMemoryBound(to: UInt8.self), count, list: UInt8(leaf.listDefinition),
      max: UInt8(leaf.maxDefinition), output.validity.pointer, at: output.slots)
    try appendValues(slots, valid: valid)
  }
}

/// A bit for every level that stands for an element of the innermost list: set where it is a value.
private func elementBits(
  _ levels: UnsafePointer<UInt8>, _ count: Int, list: UInt8, max: UInt8,
  _ target: UnsafeMutableRawPointer, at bit: Int
) -> (slots: Int, valid: Int) {
  var slots = 0
  var valid = 0
  for k in 0..<count where levels[k] >= list {
    let place = bit &+ slots
    let byte = target + (place &>> 3)
    let isSet: UInt8 = levels[k] == max ? 1 : 0
    let kept = place & 7 == 0 ? 0 : byte.load(as: UInt8.self)
    byte.storeBytes(of: kept | isSet &<< UInt8(place & 7), as: UInt8.self)
    slots = slots &+ 1
    valid = valid &+ Int(isSet)
  }
  return (slots, valid)
}
