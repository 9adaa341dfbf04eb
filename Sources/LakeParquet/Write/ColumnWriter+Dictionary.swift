// Spec: 06-base-files. A column's dictionary: ready-made codes, giving up, bounds, bloom hashes.
import LakeBase
import LakeColumns

extension ColumnWriter {
  /// Takes codes of a dictionary column over into the chunk's own dictionary.
  func translate(
    _ given: UnsafePointer<Int32>, _ count: Int, _ source: Column
  ) throws(LakeError) {
    guard let dictionary else { return }
    if !isSame(source) {
      codeMap.removeAll()
      codeMap.reserve(source.count * 4)
      let map = codeMap.pointer.assumingMemoryBound(to: Int32.self)
      for code in 0..<source.count { map[code] = -1 }
      codeMap.setCount(source.count * 4)
      codeMapSource = source
    }
    let map = codeMap.pointer.assumingMemoryBound(to: Int32.self)
    scratch.removeAll()
    scratch.reserve(count * 4)
    let unseen = scratch.pointer.assumingMemoryBound(to: Int32.self)
    let unseenCount = listUnseen(given, count, map, unseen)
    if unseenCount > 0 {
      let ranges = try converter.spell(unseen, unseenCount, source)
      encoded.removeAll()
      dictionary.encode(ranges, count: unseenCount, to: encoded)
      let new = encoded.pointer.assumingMemoryBound(to: Int32.self)
      for index in 0..<unseenCount { map[Int(unseen[index])] = new[index] }
    }
    codes.reserve(count * 4)
    mapCodes(
      given, count, map, (codes.pointer + codes.count).assumingMemoryBound(to: Int32.self))
    codes.setCount(codes.count + count * 4)
  }

  private func isSame(_ source: Column) -> Bool {
    guard let known = codeMapSource, known.count == source.count,
      case .bytes(let a, let b) = known.layout, case .bytes(let c, let d) = source.layout
    else { return false }
    return a.pointer == c.pointer && b.pointer == d.pointer && b.count == d.count
  }

  /// Whether codes and dictionary together are clearly smaller than plain values.
  var dictionaryPays: Bool {
    guard let dictionary, !arrivesCoded, dictionary.count > 0 else { return true }
    let width = BitPackingEncoder.width(of: UInt32(truncatingIfNeeded: dictionary.count - 1))
    return (dictionary.byteCount + codes.count / 4 * width / 8) * 100 < rawBytes * 90
  }

  /// Turns the first page's codes back into plain values and goes on without a dictionary for good.
  func giveUpDictionary() {
    guard let dictionary else { return }
    let count = codes.count / 4
    let given = codes.pointer.assumingMemoryBound(to: UInt32.self)
    switch lane {
    case .none, .bits: break
    case .words4, .words8:
      let words = dictionary.words
      scratch.removeAll()
      scratch.reserve(count * 8)
      if lane == .words4 {
        let target = scratch.pointer.assumingMemoryBound(to: UInt32.self)
        for index in 0..<count {
          target[index] = UInt32(truncatingIfNeeded: words[Int(given[index])])
        }
      } else {
        let target = scratch.pointer.assumingMemoryBound(to: UInt64.self)
        for index in 0..<count { target[index] = words[Int(given[index])] }
      }
      appendPlain(words: UnsafeRawPointer(scratch.pointer), count)
    case .bytes:
      withSpelled(dictionary, given, count) { ranges in
        if options.statistics { statistics.add(ranges, count: count) }
        appendPlain(ranges, count)
      }
    }
    codes.removeAll()
    self.dictionary = nil
    fellBack = true
    neverPays = true
  }

  private func withSpelled(
    _ dictionary: DictionaryEncoder, _ codes: UnsafePointer<UInt32>, _ count: Int,
    _ body: (ByteRanges) -> Void
  ) {
    scratch.removeAll()
    scratch.reserve(count * 8 + 8)
    let starts = scratch.pointer.assumingMemoryBound(to: Int32.self)
    let ends = starts + count
    let known = dictionary.ranges
    for index in 0..<count {
      starts[index] = known.starts[Int(codes[index])]
      ends[index] = known.ends[Int(codes[index])]
    }
    body(
      ByteRanges(
        starts: starts, ends: ends, data: known.data, dataCount: known.dataCount,
        isContiguous: false))
  }

  /// Bounds of a page of codes: only values that this page names for the first time are compared.
  func addBoundsOfCodes() {
    guard options.statistics, lane == .bytes, let dictionary else { return }
    let needed = dictionary.count * 4
    if stamps.count < needed {
      stamps.reserve(needed - stamps.count)
      (stamps.pointer + stamps.count).initializeMemory(
        as: UInt8.self, repeating: 0, count: needed - stamps.count)
      stamps.setCount(needed)
    }
    let count = codes.count / 4
    levelScratch.removeAll()
    levelScratch.reserve(count * 4)
    let new = levelScratch.pointer.assumingMemoryBound(to: UInt32.self)
    let newCount = listNew(
      codes.pointer.assumingMemoryBound(to: UInt32.self), count,
      stamps.pointer.assumingMemoryBound(to: UInt32.self),
      UInt32(truncatingIfNeeded: finished.count + 1), new)
    withSpelled(dictionary, new, newCount) { ranges in statistics.add(ranges, count: newCount) }
  }

  // MARK: Bloom filter

  func hash(_ ranges: ByteRanges, _ count: Int) {
    hashes.reserve(count * 8)
    let target = (hashes.pointer + hashes.count).assumingMemoryBound(to: UInt64.self)
    for index in 0..<count {
      let start = Int(ranges.starts[index])
      target[index] = XXHash64.hash(
        UnsafeRawBufferPointer(start: ranges.data + start, count: Int(ranges.ends[index]) - start))
    }
    hashes.setCount(hashes.count + count * 8)
  }

  func hashFixed(_ values: UnsafeRawPointer, _ count: Int, _ width: Int) {
    hashes.reserve(count * 8)
    let target = (hashes.pointer + hashes.count).assumingMemoryBound(to: UInt64.self)
    for index in 0..<count {
      target[index] = XXHash64.hash(
        UnsafeRawBufferPointer(start: values + index * width, count: width))
    }
    hashes.setCount(hashes.count + count * 8)
  }

  /// The chunk's filter, where one was asked for and there are values.
  func bloomFilter() -> SplitBlockFilter? {
    guard let falsePositives else { return nil }
    if let dictionary, dictionary.count > 0 {
      if lane == .bytes {
        hash(dictionary.ranges, dictionary.count)
      } else {
        let page = dictionary.page()
        hashFixed(page.pointer, dictionary.count, page.count / dictionary.count)
        withExtendedLifetime(page) {}
      }
    }
    let count = hashes.count / 8
    guard count > 0 else { return nil }
    var filter = SplitBlockFilter(distinctCount: count, falsePositives: falsePositives)
    let values = hashes.pointer.assumingMemoryBound(to: UInt64.self)
    for index in 0..<count { filter.insert(hash: values[index]) }
    return filter
  }
}

/// Lists codes without a translation, each once, marking them with -2.
private func listUnseen(
  _ codes: UnsafePointer<Int32>, _ count: Int, _ map: UnsafeMutablePointer<Int32>,
  _ target: UnsafeMutablePointer<Int32>
) -> Int {
  var written = 0
  for index in 0..<count {
    let code = codes[index]
    if map[Int(code)] == -1 {
      map[Int(code)] = -2
      target[written] = code
      written &+= 1
    }
  }
  return written
}

private func mapCodes(
  _ codes: UnsafePointer<Int32>, _ count: Int, _ map: UnsafePointer<Int32>,
  _ target: UnsafeMutablePointer<Int32>
) {
  for index in 0..<count { target[index] = map[Int(codes[index])] }
}

/// Lists codes that do not carry `stamp` yet, and stamps them.
private func listNew(
  _ codes: UnsafePointer<UInt32>, _ count: Int, _ stamps: UnsafeMutablePointer<UInt32>,
  _ stamp: UInt32, _ target: UnsafeMutablePointer<UInt32>
) -> Int {
  var written = 0
  for index in 0..<count {
    let code = codes[index]
    target[written] = code
    written &+= stamps[Int(code)] == stamp ? 0 : 1
    stamps[Int(code)] = stamp
  }
  return written
}
