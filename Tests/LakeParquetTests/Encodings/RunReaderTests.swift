// The hybrid encoding, from the format's examples and from a bit-by-bit packer.
import LakeBase
import LakeTestKit
import Testing

@testable import LakeParquet

/// Bytes with the slack that decoders rely on.
func slacked(_ bytes: [UInt8]) -> Memory {
  let memory = Memory(byteCount: bytes.count + slackBytes)
  memory.start.initializeMemory(as: UInt8.self, repeating: 0xA5, count: memory.capacity)
  for (index, byte) in bytes.enumerated() {
    memory.start.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
  }
  return memory
}

/// Packs one bit after the other, least significant first.
func packed(_ values: [UInt64], width: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: (values.count * width + 7) / 8)
  for (index, value) in values.enumerated() {
    for bit in 0..<width where value >> UInt64(bit) & 1 == 1 {
      bytes[(index * width + bit) / 8] |= 1 << UInt8((index * width + bit) % 8)
    }
  }
  return bytes
}

@Suite struct RunReaderTests {
  private func read(_ bytes: [UInt8], width: Int, _ count: Int, step: Int = .max) -> [UInt32] {
    let memory = slacked(bytes)
    var reader = RunReader(UnsafeRawPointer(memory.start), bytes.count, width: width)
    var all: [UInt32] = []
    var out = [UInt32](repeating: 0, count: count + 8)
    while all.count < count {
      let some = out.withUnsafeMutableBufferPointer { buffer -> Int in
        guard let start = buffer.baseAddress else { return 0 }
        return reader.read(start, min(step, count - all.count))
      }
      if some == 0 { break }
      all += out[0..<some]
    }
    withExtendedLifetime(memory) {}
    return all
  }

  @Test("the format's example: 0 to 7 in three bits", .spec("PQR-12"))
  func formatExample() {
    // One bit-packed run of one group, header 1 << 1 | 1.
    #expect(read([3, 0x88, 0xC6, 0xFA], width: 3, 8) == [0, 1, 2, 3, 4, 5, 6, 7])
    // A run of 100 fours, header 100 << 1, value in one byte.
    #expect(read([0xC8, 0x01, 4], width: 3, 100) == [UInt32](repeating: 4, count: 100))
  }

  @Test("the deprecated packing runs from the most significant bit", .spec("PQR-12"))
  func deprecated() {
    let source = slacked([0x05, 0x39, 0x77])
    let target = slacked([0, 0, 0])
    repackLevels(UnsafeRawPointer(source.start), width: 3, target.start, 8)
    let bytes = (0..<3).map { target.start.load(fromByteOffset: $0, as: UInt8.self) }
    #expect(bytes == [0x88, 0xC6, 0xFA])
  }

  @Test("every width, read in steps of every size", .spec("PQR-12"))
  func widths() {
    let random = SeededRandom(7)
    for width in 0...32 {
      let mask = width == 32 ? UInt64(UInt32.max) : (1 << UInt64(width)) - 1
      let values = (0..<80).map { _ in random.next() & mask }
      let run = varint(UInt64(10 << 1 | 1)) + packed(values, width: width)
      let repeated = varint(37 << 1) + Array(packed([5 & mask], width: (width + 7) / 8 * 8))
      let wanted = values.map { UInt32($0) } + [UInt32](repeating: UInt32(5 & mask), count: 37)
      for step in [1, 3, 7, 8, 13, 1000] {
        #expect(
          read(run + repeated, width: width, 117, step: step) == wanted, "\(width), \(step)")
      }
    }
  }

  @Test("bits go to any place and are counted", .spec("PQR-12"))
  func bits() {
    let random = SeededRandom(3)
    let values = (0..<200).map { _ in random.next() & 1 }
    let stream = varint(25 << 1 | 1) + packed(values, width: 1) + varint(50 << 1) + [1]
    let wanted = values.map { $0 == 1 } + [Bool](repeating: true, count: 50)
    for step in [1, 5, 8, 57, 64, 250] {
      let memory = slacked(stream)
      let target = slacked([UInt8](repeating: 0, count: 40))
      var reader = RunReader(UnsafeRawPointer(memory.start), stream.count, width: 1)
      var place = 3
      var set = 0
      fillBits(target.start, at: 0, 3, false)
      while place < 253 {
        let (count, some, isValid) = reader.readBits(
          target.start, at: place, min(step, 253 - place))
        #expect(isValid && count > 0)
        place += count
        set += some
      }
      let got = (3..<253).map { bitsAt(UnsafeRawPointer(target.start), $0, 1) == 1 }
      #expect(got == wanted, "\(step)")
      #expect(set == wanted.filter { $0 }.count)
    }
  }

  @Test("a stream that ends early says so", .spec("PQR-12"))
  func short() {
    #expect(read([], width: 3, 8) == [])
    #expect(read([0xC8], width: 3, 8) == [])
    #expect(read([4], width: 9, 8) == [])
    #expect(read([4, 1], width: 9, 8) == [])
    #expect(read([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], width: 9, 8) == [])
    // A bit-packed run of two groups of which one is there.
    #expect(read([5, 0x88, 0xC6, 0xFA], width: 3, 16) == [0, 1, 2, 3, 4, 5, 6, 7])
  }
}
