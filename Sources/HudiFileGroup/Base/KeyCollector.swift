// Spec: 06-base-files. The keys of a file while it is written: its range, and its filter at the
// end.
import HudiModel
import LakeBase
import LakeCodecs
import LakeColumns

/// Collects the record keys of one new base file.
///
/// A filter is sized to the rows it holds, and a writer learns their number last. Keys are
/// therefore kept compressed until the end, a chunk at a time, unless the number is known from the
/// start.
final class KeyCollector {
  private var lowest: Buffer?
  private var highest: Buffer?
  private var filter: HudiBloomFilter?
  private let rate: Double?
  private var chunks: [(rows: Int, offsets: Int, data: Int, packed: Buffer)] = []
  private let codec = CodecContext()
  private var count = 0

  /// - Parameter rows: number of keys to come, where it is known.
  init(rate: Double?, rows: Int?) throws(LakeError) {
    self.rate = rate
    if let rate, let rows {
      filter = try HudiBloomFilter(simpleFor: rows, falsePositives: rate)
    }
  }

  func add(_ column: Column) throws(LakeError) {
    let keys = column.decoded()
    count += keys.count
    if let range = keys.textRange() { widen(range.lowest, range.highest) }
    guard rate != nil else { return }
    if filter != nil {
      filter?.add(keys)
    } else {
      try keep(keys)
    }
  }

  private func widen(_ low: Buffer, _ high: Buffer) {
    func precedes(_ a: Buffer, _ b: Buffer) -> Bool { KeyOrder.precedes(a, b) }
    if let lowest { if precedes(low, lowest) { self.lowest = low } } else { lowest = low }
    if let highest { if precedes(highest, high) { self.highest = high } } else { highest = high }
  }

  private func keep(_ keys: Column) throws(LakeError) {
    guard case .bytes(let offsets, let data) = keys.layout else { return }
    let plain = GrowingBuffer(capacity: offsets.count + data.count)
    plain.append(offsets)
    plain.append(data)
    let packed = GrowingBuffer()
    try codec.compress(plain.take(), codec: .zstd(level: 1), into: packed)
    chunks.append((keys.count, offsets.count, data.count, packed.take()))
  }

  /// The footer of the file.
  func finish() throws(LakeError) -> HudiFooter {
    if let rate, filter == nil {
      var sized = try HudiBloomFilter(simpleFor: count, falsePositives: rate)
      for chunk in chunks {
        let plain = try codec.decompress(
          chunk.packed, codec: .zstd(level: 1), exactly: chunk.offsets + chunk.data)
        let offsets = plain[0..<chunk.offsets]
        let data = plain[chunk.offsets..<chunk.offsets + chunk.data]
        sized.add(
          Column(.string, count: chunk.rows, layout: .bytes(offsets: offsets, data: data)))
      }
      filter = sized
    }
    return HudiFooter(lowestKey: lowest, highestKey: highest, filter: filter)
  }
}
