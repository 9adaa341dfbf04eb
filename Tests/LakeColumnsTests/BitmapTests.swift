// Bitmaps against arrays of Booleans.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Bitmaps")
struct BitmapTests {
  private func bits(_ bitmap: Bitmap) -> [Bool] { (0..<bitmap.count).map { bitmap[$0] } }

  private func random(_ count: Int, seed: UInt64) -> [Bool] {
    let source = SeededRandom(seed)
    return (0..<count).map { _ in source.next() & 1 == 1 }
  }

  @Test("the least significant bit comes first", .spec("COL-1"))
  func order() {
    #expect(Bitmap([true, false, true, true]).buffer.bytes == [0b0000_1101])
    let nine = Bitmap([Bool](repeating: false, count: 8) + [true])
    #expect(nine.buffer.bytes == [0, 1])
    #expect(nine.setCount == 1)
    #expect(Bitmap(repeating: true, count: 3).setCount == 3)
    #expect(Bitmap([]).setCount == 0)
  }

  @Test("slices and aligned copies hold the same bits", .spec("COL-1"))
  func slices() {
    for count in [1, 7, 8, 9, 63, 64, 65, 130, 200] {
      let plain = random(count, seed: UInt64(count))
      let bitmap = Bitmap(plain)
      #expect(bits(bitmap) == plain)
      for start in 0..<Swift.min(count, 19) {
        for end in [start, (start + count) / 2, count] {
          let slice = bitmap.slice(start..<end)
          let expected = Array(plain[start..<end])
          #expect(bits(slice) == expected)
          #expect(slice.setCount == expected.count { $0 })
          let aligned = slice.aligned()
          #expect(aligned.offset == 0 && bits(aligned) == expected)
          #expect(slice.slice(0..<expected.count / 2).count == expected.count / 2)
        }
      }
    }
  }

  @Test("builders take bits, runs and bitmaps", .spec("COL-2"))
  func building() {
    for seed in 0..<60 {
      let source = SeededRandom(UInt64(seed))
      var builder = BitmapBuilder()
      var expected: [Bool] = []
      for _ in 0..<12 {
        let count = Int(source.next() % 40)
        switch source.next() % 3 {
        case 0:
          for bit in random(count, seed: source.next()) {
            builder.append(bit)
            expected.append(bit)
          }
        case 1:
          let bit = source.next() & 1 == 1
          builder.append(repeating: bit, count: count)
          expected += [Bool](repeating: bit, count: count)
        default:
          let more = random(count + 3, seed: source.next())
          builder.append(Bitmap(more).slice(3..<count + 3))
          expected += more[3...]
        }
      }
      #expect(builder.count == expected.count)
      #expect(builder.zeroCount == expected.count { !$0 })
      #expect(bits(builder.take()) == expected)
      #expect(builder.count == 0 && builder.zeroCount == 0)
    }
  }

  @Test("no zeros, no validity", .spec("COL-2"))
  func validity() {
    var builder = BitmapBuilder(capacity: 3)
    builder.append(repeating: true, count: 20)
    #expect(builder.takeValidity() == nil)
    builder.append(true)
    builder.append(false)
    #expect(builder.takeValidity().map(bits) == [true, false])
  }
}
