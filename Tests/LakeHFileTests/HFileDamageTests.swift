// Damage and lies: a typed error, never a trap, never memory for nothing.
import LakeBase
import LakeHFile
import LakeTestKit
import Testing

extension HFileSuite {
  @Suite("Damage") struct Damage {
    static func code(_ tiny: TinyHFile, _ limits: Limits = .standard) throws -> LakeCode? {
      let source = BufferSource(Buffer(try tiny.bytes()))
      do throws(LakeError) {
        var scan = try HFile(source, limits: limits).scan()
        while try scan.next() != nil {}
        return nil
      } catch {
        #expect((0...source.count).contains(error.offset ?? -1), "\(error)")
        return error.code
      }
    }

    @Test("what is not supported is refused", .spec("HFILE-1"))
    func unsupported() throws {
      for codec in [0, 3, 4, 5, 6, 7, 99] {
        var tiny = Reading.sample()
        tiny.trailer = { $0 == 12 ? UInt64(codec) : $1 }
        #expect(try Self.code(tiny) == .hfileUnsupported, "codec \(codec)")
      }
      var tiny = Reading.sample()
      tiny.major = 2
      #expect(try Self.code(tiny) == .hfileUnsupported)
      tiny = Reading.sample()
      tiny.info[1].1[7] = 1
      #expect(try Self.code(tiny) == .hfileUnsupported)
      tiny.info.remove(at: 1)
      #expect(try Self.code(tiny) == .hfileUnsupported)
    }

    @Test("lies of the trailer", .spec("HFILE-2", "HFILE-6", "LIMIT-31"))
    func trailer() throws {
      let lies: [(UInt64, UInt64, LakeCode)] = [
        (1, 0, .hfileMalformed), (1, 1 << 40, .hfileMalformed), (1, .max, .hfileMalformed),
        (2, 0, .hfileMalformed), (2, 1 << 40, .hfileMalformed), (2, .max, .hfileMalformed),
        (5, 0, .hfileMalformed), (5, 19, .hfileMalformed), (5, 21, .hfileMalformed),
        (5, 1 << 24, .hfileMalformed), (5, .max, .hfileMalformed), (6, 1, .hfileMalformed),
        (6, 1 << 24, .hfileMalformed), (6, 1 << 62, .hfileMalformed), (7, 99, .hfileMalformed),
        (7, 101, .hfileMalformed), (7, 1 << 62, .hfileMalformed), (8, 0, .hfileMalformed),
        (8, 2, .hfileMalformed), (8, 9, .limitExceeded), (8, 1 << 40, .limitExceeded),
        (12, 1, .codecFailed),
      ]
      for (field, value, code) in lies {
        var tiny = Reading.sample()
        tiny.trailer = { $0 == field ? value : $1 }
        let found = try Self.code(tiny)
        // Bytes read as another codec are damaged in one way or the other.
        #expect(found == code || field == 12 && found == .hfileMalformed, "\(field) = \(value)")
      }
    }

    @Test("an index that points backwards, to itself, outside, or across", .spec("HFILE-4"))
    func index() throws {
      let lies: [(Int, Int, Int) -> (offset: Int, size: Int)] = [
        { number, offset, size in number == 3 ? (0, size) : (offset, size) },
        { number, offset, size in number == 19 ? (1 << 40, size) : (offset, size) },
        { number, offset, size in number == 19 ? (Int.max, size) : (offset, size) },
        { number, offset, size in number == 0 ? (-1, size) : (offset, size) },
        { number, offset, size in number == 5 ? (offset, size + 1) : (offset, size) },
        { number, offset, size in number == 5 ? (offset, -size) : (offset, size) },
        { number, offset, size in number == 5 ? (offset, 0) : (offset, size) },
        { number, offset, size in number == 19 ? (offset, size + 100) : (offset, size) },
        { number, offset, size in number == 5 ? (offset, size - 1) : (offset, size) },
        { number, offset, size in number == 5 ? (offset + 1, size - 1) : (offset, size) },
      ]
      for (number, lie) in lies.enumerated() {
        for levels in [1, 2, 3] {
          var tiny = Reading.sample()
          tiny.index = lie
          tiny.levels = levels
          #expect(try Self.code(tiny) == .hfileMalformed, "lie \(number), \(levels) levels")
        }
      }
      for key in ["key-0", "key-1055", "key-9", "k", ""] {
        var tiny = Reading.sample()
        tiny.indexKey = { $0 == 5 ? key : $1 }
        #expect(try Self.code(tiny) == .hfileMalformed, "\(key)")
      }
    }

    @Test("an index entry that points to its own index block", .spec("HFILE-4"))
    func itself() throws {
      for levels in [2, 3] {
        var tiny = Reading.sample()
        tiny.levels = levels
        var end = 0
        tiny.index = { number, offset, size in
          end = offset + size
          return (offset, size)
        }
        _ = try tiny.bytes()
        let last = tiny.blocks.count - 1
        let own = end
        tiny.index = { number, offset, size in number == last ? (own, size) : (offset, size) }
        #expect(try Self.code(tiny) == .hfileMalformed, "\(levels) levels")
      }
    }

    @Test("keys out of order inside a block", .spec("HFILE-5"))
    func unordered() throws {
      var tiny = TinyHFile()
      tiny.blocks = [[("a", "1"), ("c", "3")], [("d", "4"), ("f", "5")]]
      #expect(try Self.code(tiny) == nil)
      tiny.blocks[1] = [("d", "4"), ("f", "5"), ("e", "6")]
      #expect(try Self.code(tiny) == .hfileMalformed)
      tiny.blocks = [[("b", "1"), ("a", "2")]]
      #expect(try Self.code(tiny) == .hfileMalformed)
    }

    @Test("checksums", .spec("HFILE-3"))
    func checksums() throws {
      for type: UInt8 in [1, 2] {
        for step: Int32 in [16_384, 7, 1] {
          var tiny = TinyHFile()
          tiny.checksum = type
          tiny.bytesPerChecksum = step
          tiny.blocks = [[("apple", "red"), ("banana", "yellow")]]
          #expect(try Self.code(tiny) == nil)
          let good = try tiny.bytes()
          // A value, and a checksum.
          for place in [33 + 8 + 17 + 1, good.count - 4_096 - 1] {
            var bad = good
            bad[place] ^= 0x20
            let error = #expect(throws: LakeError.self) {
              _ = try HFile(BufferSource(Buffer(bad))).everything()
            }
            #expect(error?.code == .hfileChecksum)
          }
        }
      }
      var tiny = Reading.sample()
      tiny.checksum = 3
      #expect(try Self.code(tiny) == .hfileMalformed)
      tiny.checksum = 2
      tiny.bytesPerChecksum = 0
      #expect(try Self.code(tiny) == .hfileMalformed)
      tiny.bytesPerChecksum = -5
      #expect(try Self.code(tiny) == .hfileMalformed)
    }

    @Test("limits", .spec("LIMIT-30", "LIMIT-32"))
    func limits() throws {
      var limits = Limits()
      limits.hfileBlockBytesMax = 400
      #expect(try Self.code(Reading.sample(), limits) == .limitExceeded)
      limits = Limits()
      limits.hfileIndexBytesMax = 500
      var tiny = Reading.sample()
      tiny.levels = 2
      #expect(try Self.code(tiny, limits) == .limitExceeded)
      limits.hfileIndexBytesMax = 5_000
      #expect(try Self.code(tiny, limits) == nil)
    }

    /// A block that says it unpacks to more than deflate can make of its bytes.
    @Test("a bomb costs nothing", .spec("HFILE-10"))
    func bomb() throws {
      var tiny = Reading.sample()
      tiny.codec = 1
      var bytes = try tiny.bytes()
      bytes.replaceSubrange(12..<16, with: TinyHFile.big(Int32(60 << 20)))
      let error = #expect(throws: LakeError.self) {
        _ = try HFile(BufferSource(Buffer(bytes))).everything()
      }
      #expect(error?.code == .hfileMalformed)
    }

    /// Where CRC32C covers the bytes a flip is an error or changes nothing.
    @Test("one flipped bit anywhere", .spec("HFILE-3", "HFILE-10"))
    func flips() throws {
      for form in Reading.forms {
        var tiny = TinyHFile()
        tiny.codec = form.codec
        tiny.checksum = 2
        tiny.levels = min(form.levels, 3)
        tiny.keyForm = form.keys
        tiny.blocks = [[("a", "1"), ("b", "2")], [("c", "3")], [("d", "4")]]
        let good = try tiny.bytes()
        let wanted = try tiny.open().everything().map { [$0.key, $0.value] }
        let end = good.count - 4_096
        for place in 0..<end + 40 {
          for bit in [0, 3, 7] {
            var bad = good
            bad[place] ^= 1 << bit
            let source = BufferSource(Buffer(bad))
            guard let found = try? HFile(source).everything().map({ [$0.key, $0.value] }) else {
              continue
            }
            #expect(found == wanted, "byte \(place), bit \(bit)")
          }
        }
      }
    }

    @Test("cut anywhere", .spec("HFILE-10"))
    func cuts() throws {
      var tiny = Reading.sample()
      tiny.codec = 1
      tiny.levels = 2
      let good = try tiny.bytes()
      for count in Array(stride(from: 0, to: good.count, by: 61)) + [good.count - 1] {
        let error = #expect(throws: LakeError.self) {
          _ = try HFile(BufferSource(Buffer(Array(good[..<count])))).everything()
        }
        #expect(error?.code == .hfileMalformed, "\(count)")
      }
      for count in stride(from: 1, to: good.count, by: 509) {
        let rest = Array(good[count...])
        #expect(throws: LakeError.self) { _ = try HFile(BufferSource(Buffer(rest))).everything() }
      }
    }
  }
}
