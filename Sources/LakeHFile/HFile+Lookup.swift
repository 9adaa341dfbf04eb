// Spec: 08-hfile. Point lookups: the index, one block, one search.
import LakeBase
import LakeCodecs

extension HFile {
  /// The value of `key`, the first one where the file has several; nil where it has none. Reads at
  /// most one block, two for keys about which writers disagree. [HFILE-8]
  public func find(
    _ key: Buffer, _ codecs: CodecContext = CodecContext()
  ) throws(LakeError) -> Buffer? {
    try find(sorted: [key], codecs)[0]
  }

  /// The values of several keys in one pass; each block is read once at most. [HFILE-8]
  ///
  /// - Parameter keys: in the order of their bytes; a key may repeat.
  /// - Returns: one element per key, nil where the file does not have it.
  public func find(
    sorted keys: [Buffer], _ codecs: CodecContext = CodecContext()
  ) throws(LakeError) -> [Buffer?] {
    var found = [Buffer?](repeating: nil, count: keys.count)
    var wanted: [(block: Int, key: Int)] = []
    for (index, key) in keys.enumerated() {
      let block = blockIndex(key, HFileKeys.compare)
      if let block { wanted.append((block, index)) }
      guard HFileKeys.isAmbiguous(key) else { continue }
      if let other = blockIndex(key, HFileKeys.compareUTF16), other != block {
        wanted.append((other, index))
      }
    }
    wanted.sort { $0.block != $1.block ? $0.block < $1.block : $0.key < $1.key }
    var open: (block: Int, entries: HFileEntries)?
    for want in wanted where found[want.key] == nil {
      if open?.block != want.block { open = (want.block, try entries(block: want.block, codecs)) }
      guard let entries = open?.entries, let at = entries.index(of: keys[want.key]) else {
        continue
      }
      found[want.key] = entries.value(at)
    }
    return found
  }

  /// The last block whose index key is not above `key`; nil when all are.
  func blockIndex(_ key: Buffer, _ compare: (Buffer, Buffer) -> Int) -> Int? {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if compare(blocks[middle].key, key) <= 0 { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}
