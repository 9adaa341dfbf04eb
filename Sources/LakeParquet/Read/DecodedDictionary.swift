// Spec: 06-base-files. A chunk's dictionary, decoded once into the form of its column.
import LakeBase
import LakeColumns

/// Dictionary values: fixed width, bits, or offsets and bytes; with slack behind them.
final class DecodedDictionary {
  let count: UInt32
  /// Values of fixed width, bits, or the bytes of strings.
  let values: Buffer
  /// `count + 1` Int32 offsets of strings; empty otherwise.
  let offsets: Buffer
  /// Bytes of the longest string.
  private(set) var longest = 0
  /// The values as a column, for those who keep codes.
  let column: Column?

  init(
    _ body: PageBody, _ valueCount: Int, _ leaf: Leaf, _ conversion: Conversion, plainWidth: Int,
    _ pages: PageReader
  ) throws(LakeError) {
    count = UInt32(truncatingIfNeeded: valueCount)
    switch conversion {
    case .nothing, .bits:
      guard conversion == .nothing || valueCount <= body.count * 8 else {
        throw pages.failure("a dictionary of \(valueCount) in \(body.count) bytes")
      }
      values = Self.copy(body.pointer, body.count)
      offsets = Buffer()
      column = nil
    case .bytes, .bytesToDecimal:
      guard valueCount <= body.count / 4 else {
        throw pages.failure("a dictionary of \(valueCount) in \(body.count) bytes")
      }
      let ends = Memory(byteCount: (valueCount + 1) * 4 + slackBytes)
      let list = ends.start.assumingMemoryBound(to: Int32.self)
      list[0] = 0
      guard scanPlainBytes(body.pointer, body.count, start: 0, list + 1, valueCount) != nil else {
        throw pages.failure("a dictionary value leaves its page")
      }
      let total = Int(list[valueCount])
      let data = Memory(byteCount: total + slackBytes)
      copyPlainBytes(body.pointer, start: 0, list + 1, data.start, valueCount)
      let plain = Buffer(data, count: total)
      let places = Buffer(ends, count: (valueCount + 1) * 4)
      if conversion == .bytes {
        values = plain
        offsets = places
        for k in 0..<valueCount { longest = max(longest, Int(list[k + 1] &- list[k])) }
        column = Column(
          leaf.type, count: valueCount, layout: .bytes(offsets: places, data: plain))
        return
      }
      let target = Memory(byteCount: valueCount * 16 + slackBytes)
      for k in 0..<valueCount {
        guard
          let value = bigEndianDecimal(data.start + Int(list[k]), Int(list[k + 1] &- list[k]))
        else { throw pages.failure("a decimal beyond 128 bits") }
        target.start.storeBytes(of: value, toByteOffset: k * 16, as: Int128.self)
      }
      values = Buffer(target, count: valueCount * 16)
      offsets = Buffer()
      column = nil
    default:
      guard plainWidth == 0 || valueCount <= body.count / plainWidth else {
        throw pages.failure("a dictionary of \(valueCount) in \(body.count) bytes")
      }
      let width = conversion.outputWidth ?? 0
      let target = Memory(byteCount: (plainWidth == 0 ? 0 : valueCount) * width + slackBytes)
      guard convertPlain(body.pointer, target.start, valueCount, conversion) else {
        throw pages.failure("a dictionary value beyond the range of \(leaf.type)")
      }
      values = Buffer(target, count: (plainWidth == 0 ? 0 : valueCount) * width)
      offsets = Buffer()
      column = nil
    }
  }

  private static func copy(_ start: UnsafeRawPointer, _ count: Int) -> Buffer {
    let memory = Memory(byteCount: count + slackBytes)
    memory.start.copyMemory(from: start, byteCount: count)
    return Buffer(memory, count: count)
  }
}

extension ColumnOutput {
  /// Codes written so far become strings: a later page of the batch has no codes.
  func decode(_ dictionary: DecodedDictionary?) throws(LakeError) {
    guard isCoded else { return }
    isCoded = false
    guard let dictionary, slots > 0 else { return }
    let codes = values.pointer.assumingMemoryBound(to: UInt32.self)
    let list = dictionary.offsets.pointer.assumingMemoryBound(to: Int32.self)
    offsets.reserve((slots + 1) * 4 + slackBytes)
    let ends = offsets.pointer.assumingMemoryBound(to: Int32.self)
    ends[0] = 0
    if dictionary.count == 0 {
      ends.update(repeating: 0, count: slots + 1)
    } else {
      let total = scanCodes(codes, list, start: 0, ends + 1, slots)
      guard total <= Int(Int32.max) else {
        throw LakeError(
          .limitExceeded, "a batch of strings exceeds 2 GiB",
          hint: "read fewer rows at once (batchRows)")
      }
      data.reserve(total + slackBytes)
      copyCodes(codes, list, dictionary.values.pointer, data.pointer, start: 0, slots)
      data.setCount(total)
    }
    offsets.setCount((slots + 1) * 4)
    values.removeAll()
    withExtendedLifetime(dictionary) {}
  }
}
