// DELTA_BINARY_PACKED from the format's examples.
import LakeBase
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite struct DeltaReaderTests {
  private func read(_ bytes: [UInt8], step: Int = .max) -> (values: [Int64], end: Int?)? {
    let memory = slacked(bytes)
    defer { withExtendedLifetime(memory) {} }
    let start = UnsafeRawPointer(memory.start)
    guard var reader = DeltaReader(start, bytes.count) else { return nil }
    let end = reader.endOfStream().map { $0 - start }
    var all: [Int64] = []
    var out = [Int64](repeating: 0, count: 4096)
    while true {
      let some = out.withUnsafeMutableBufferPointer { buffer -> Int in
        guard let start = buffer.baseAddress else { return 0 }
        return reader.read(start, min(step, 4096))
      }
      if some == 0 { return (all, end) }
      all += out[0..<some]
    }
  }

  @Test("1 to 5 need no bits; 7, 5, 3, 1, 2, 3, 4, 5 need two", .spec("PQR-12"))
  func formatExamples() throws {
    let first = try #require(read([0x80, 1, 4, 5, 2, 2, 0, 0, 0, 0]))
    #expect(first.values == [1, 2, 3, 4, 5])
    #expect(first.end == 10)
    // Minimum -2; relative deltas 0 0 0 3 3 3 3 in two bits, padded to 32 values.
    let second: [UInt8] = [0x80, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0, 0, 0]
    for step in [1, 3, 100] {
      let got = try #require(read(second, step: step))
      #expect(got.values == [7, 5, 3, 1, 2, 3, 4, 5])
      #expect(got.end == 18)
    }
    // The padding cut off.
    #expect(try #require(read(Array(second.dropLast(6)))).values == [7, 5, 3, 1, 2, 3, 4, 5])
  }

  @Test("sums wrap around at 64 bits", .spec("PQR-12"))
  func wrapping() throws {
    // Int64.max, then a delta of 1.
    let bytes: [UInt8] = [0x80, 1, 4, 2] + varint(UInt64.max - 1) + [2, 0, 0, 0, 0]
    #expect(try #require(read(bytes)).values == [.max, .min])
  }

  @Test("every width, over several blocks", .spec("PQR-12"))
  func widths() throws {
    let random = SeededRandom(11)
    for width in 0...64 {
      let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
      let deltas = (0..<256).map { _ in random.next() & mask }
      var bytes: [UInt8] = varint(128) + varint(4) + varint(257) + varint(0)
      for block in 0..<2 {
        bytes += varint(5) + [UInt8](repeating: UInt8(width), count: 4)  // minimum -3
        bytes += packed(Array(deltas[block * 128..<block * 128 + 128]), width: width)
      }
      var wanted: [Int64] = [0]
      for delta in deltas {
        wanted.append(wanted[wanted.count - 1] &- 3 &+ Int64(bitPattern: delta))
      }
      let got = try #require(read(bytes, step: 50))
      #expect(got.values == wanted, "\(width)")
      #expect(got.end == bytes.count)
    }
  }

  @Test(
    "headers that make no sense are refused", .spec("PQR-12"),
    arguments: [
      [], [0x80], [0, 4, 5, 2], [0x80, 1, 0, 5, 2], [0x80, 1, 3, 5, 2], [0x80, 1, 8, 5, 2],
      [0x81, 1, 1, 5, 2], [0x80, 1, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 2],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1, 5, 2],
    ] as [[UInt8]])
  func headers(bytes: [UInt8]) { #expect(read(bytes) == nil) }

  @Test("blocks that end early or are too wide give what there was", .spec("PQR-12"))
  func short() throws {
    let cut = try #require(read([0x80, 1, 4, 5, 2, 2, 0]))
    #expect(cut.values == [1])
    #expect(cut.end == nil)
    let wide = try #require(
      read([0x80, 1, 4, 5, 2, 2, 65, 0, 0, 0] + [UInt8](repeating: 0, count: 300)))
    #expect(wide.values == [1])
  }
}
