import LakeBase
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite("Encoders")
struct EncoderTests {
  private func packed(_ values: [UInt32], _ width: Int) -> [UInt8] {
    let target = GrowingBuffer(capacity: values.count * 4 + 64)
    values.withUnsafeBufferPointer { raw in
      if let base = raw.baseAddress {
        BitPackingEncoder.pack(base, groups: values.count / 8, width: width, into: target.pointer)
      }
    }
    target.setCount(values.count / 8 * width)
    return target.copy().bytes
  }

  private func hybrid(_ values: [UInt32], _ width: Int) -> [UInt8] {
    let target = GrowingBuffer()
    values.withUnsafeBufferPointer { raw in
      if let base = raw.baseAddress {
        RunLengthHybridEncoder.append(base, count: values.count, width: width, to: target)
      }
    }
    return target.copy().bytes
  }

  @Test("the format's own example: 0 to 7 in three bits", .spec("PQW-7"))
  func example() {
    #expect(packed([0, 1, 2, 3, 4, 5, 6, 7], 3) == [0x88, 0xC6, 0xFA])
  }

  @Test("every width packs bit by bit", .spec("PQW-7"), arguments: 1...32)
  func widths(_ width: Int) {
    let random = SeededRandom(UInt64(width))
    let mask = width == 32 ? UInt32.max : (1 << UInt32(width)) - 1
    let values = (0..<40).map { _ in UInt32(truncatingIfNeeded: random.next()) & mask }
    var bits: [UInt8] = Array(repeating: 0, count: 5 * width)
    for (index, value) in values.enumerated() {
      for bit in 0..<width where value >> UInt32(bit) & 1 == 1 {
        let place = index * width + bit
        bits[place / 8] |= 1 << UInt8(place % 8)
      }
    }
    #expect(packed(values, width) == bits)
  }

  @Test("runs and packed groups", .spec("PQW-7"))
  func runs() {
    // 100 times 4 in three bits: header 100 << 1, value in one byte.
    #expect(hybrid(Array(repeating: 4, count: 100), 3) == [0xC8, 0x01, 0x04])
    #expect(hybrid([0, 1, 2, 3, 4, 5, 6, 7], 3) == [0x03, 0x88, 0xC6, 0xFA])
    // Three values are padded to a group of eight.
    #expect(hybrid([1, 2, 3], 8) == [0x03, 1, 2, 3, 0, 0, 0, 0, 0])
    // A run of a value wider than a byte.
    #expect(hybrid(Array(repeating: 0x1234, count: 8), 13) == [0x10, 0x34, 0x12])
    #expect(hybrid([], 5) == [])
  }

  @Test("bits as they lie", .spec("PQW-7"))
  func bits() {
    func encode(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
      let target = GrowingBuffer()
      bytes.withUnsafeBytes { raw in
        if let base = raw.baseAddress {
          RunLengthHybridEncoder.append(bits: base, count: count, to: target)
        }
      }
      return target.copy().bytes
    }
    #expect(encode([0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 40) == [80, 1])
    #expect(encode([0xFF, 0x0F], 12) == [0x05, 0xFF, 0x0F])
    #expect(encode([0xA5], 8) == [0x03, 0xA5])
    #expect(encode([0, 0, 0, 0, 0x55, 0xFF, 0xFF, 0xFF, 0xFF], 72) == [64, 0, 0x03, 0x55, 64, 1])
  }

  @Test("the format's examples of differences", .spec("PQW-7"))
  func deltas() {
    func encode(_ values: [Int64]) -> [UInt8] {
      let target = GrowingBuffer()
      values.withUnsafeBytes { raw in
        if let base = raw.baseAddress {
          DeltaBinaryPackedEncoder.append(int64: base, count: values.count, to: target)
        }
      }
      return target.copy().bytes
    }
    // Block size 128, 4 miniblocks, 5 values, first 1; least difference 1, all widths 0.
    #expect(encode([1, 2, 3, 4, 5]) == [0x80, 0x01, 4, 5, 2, 2, 0, 0, 0, 0])
    // 7 5 3 1 2 3 4 5: least difference -2, then 0 0 0 3 3 3 3 in two bits.
    let bytes = encode([7, 5, 3, 1, 2, 3, 4, 5])
    #expect(bytes.prefix(11) == [0x80, 0x01, 4, 8, 14, 3, 2, 0, 0, 0, 0b1100_0000])
    #expect(bytes[11] == 0b0011_1111)
    #expect(bytes.count == 10 + 8)
    #expect(encode([9]) == [0x80, 0x01, 4, 1, 18])
  }

  @Test("byte arrays by length and by prefix", .spec("PQW-7"))
  func byteArrays() {
    func plain(_ texts: [String]) -> [UInt8] {
      texts.flatMap { [UInt8($0.utf8.count), 0, 0, 0] + Array($0.utf8) }
    }
    let target = GrowingBuffer()
    plain(["Hello", "World", "Foobar", "ABCDEF"]).withUnsafeBytes { raw in
      DeltaLengthByteArrayEncoder.append(plain: raw, count: 4, to: target)
    }
    // Lengths 5 5 6 6: least difference 0, then 0 1 0 in one bit.
    let head: [UInt8] = [0x80, 0x01, 4, 4, 10, 0, 1, 0, 0, 0, 0b010, 0, 0, 0]
    #expect(target.copy().bytes == head + Array("HelloWorldFoobarABCDEF".utf8))
    target.removeAll()
    plain(["axis", "axle", "babble", "babyhood"]).withUnsafeBytes { raw in
      DeltaByteArrayEncoder.append(plain: raw, count: 4, width: nil, to: target)
    }
    // The format's example: prefixes 0 2 0 3, suffixes axis le babble yhood.
    let text = String(decoding: target.copy().bytes.suffix(17), as: UTF8.self)
    #expect(text == "axislebabbleyhood")
  }

  @Test("streams of bytes", .spec("PQW-7"))
  func split() {
    let target = GrowingBuffer()
    let values: [UInt8] = [0xAA, 0xBB, 0xCC, 0xDD, 0x00, 0x11, 0x22, 0x33, 0xA3, 0xB4, 0xC5, 0xD6]
    values.withUnsafeBytes { raw in
      if let base = raw.baseAddress {
        ByteStreamSplitEncoder.append(base, count: 3, width: 4, to: target)
      }
    }
    #expect(
      target.copy().bytes == [
        0xAA, 0x00, 0xA3, 0xBB, 0x11, 0xB4, 0xCC, 0x22, 0xC5, 0xDD, 0x33, 0xD6,
      ])
  }

  @Test("the dictionary finds every value again", .spec("PQW-9"))
  func dictionary() {
    let random = SeededRandom(4)
    let numbers = (0..<20_000).map { _ in random.next() % 3000 &* 0x0101_0101_0101 }
    let words = DictionaryEncoder(.words(byteCount: 8, bigEndian: nil))
    let codes = GrowingBuffer()
    numbers.withUnsafeBufferPointer { raw in
      if let base = raw.baseAddress { words.encode(words8: base, count: raw.count, to: codes) }
    }
    #expect(words.count == Set(numbers).count)
    #expect(codes.count == numbers.count * 4)
    let given = codes.pointer.assumingMemoryBound(to: UInt32.self)
    #expect(numbers.indices.allSatisfy { words.words[Int(given[$0])] == numbers[$0] })

    let texts = numbers.map { number in String(number % 1500, radix: 2).suffix(Int(number % 40)) }
    var starts: [Int32] = [0]
    var data: [UInt8] = []
    for text in texts {
      data += Array(text.utf8)
      starts.append(Int32(data.count))
    }
    let strings = DictionaryEncoder(.bytes(lengths: true))
    codes.removeAll()
    starts.withUnsafeBufferPointer { offsets in
      data.withUnsafeBufferPointer { bytes in
        guard let first = offsets.baseAddress, let base = bytes.baseAddress else { return }
        strings.encode(
          ByteRanges(
            starts: first, ends: first + 1, data: base, dataCount: bytes.count, isContiguous: true),
          count: texts.count, to: codes)
      }
    }
    #expect(strings.count == Set(texts).count)
    let ranges = strings.ranges
    let found = codes.pointer.assumingMemoryBound(to: UInt32.self)
    #expect(
      texts.indices.allSatisfy { index in
        let entry = Int(found[index])
        let range = Int(ranges.starts[entry])..<Int(ranges.ends[entry])
        return texts[index].utf8.elementsEqual(range.map { ranges.data[$0] })
      })
  }
}
