// Every codec against bytes other programs made, against itself, and against damage.
import LakeBase
import LakeTestKit
import Testing

@testable import LakeCodecs

@Suite struct CodecTests {
  static let all: [Codec] = [
    .none, .snappy, .gzip, .deflateRaw, .zstd(level: 1), .zstd(level: 3), .lz4Raw, .lz4Hadoop,
  ]

  static func buffer(_ hex: String) throws -> Buffer { Buffer(try #require(Hex.bytes(hex))) }

  /// Texts of many shapes: empty, short, repeating with every short period, random, mixed.
  static let samples: [[UInt8]] = {
    let random = SeededRandom(7)
    func noise(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
    var samples: [[UInt8]] = [[], [1], Array("hello hello hello".utf8)]
    for size in [3, 4, 5, 11, 12, 13, 15, 16, 17, 59, 60, 61, 64, 65, 68, 255, 256, 270] {
      samples.append(noise(size))
      samples.append([UInt8](repeating: 7, count: size))
    }
    for period in 1...20 {
      let unit = noise(period)
      samples.append((0..<(300 + period)).map { unit[$0 % period] })
    }
    samples.append(noise(70_000))
    samples.append((0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 1000) })
    samples.append(
      (0..<100_000).flatMap { _ in Array("key-\(random.next() % 1000),".utf8) })
    return samples
  }()

  @Test("What is packed unpacks to the same bytes", arguments: all)
  func roundTrip(_ codec: Codec) throws {
    let context = CodecContext()
    for sample in Self.samples {
      let packed = GrowingBuffer()
      packed.append(byte: 0xEE)
      try context.compress(Buffer(sample), codec: codec, into: packed)
      let bytes = packed.take()
      let body = bytes[1..<bytes.count]
      let plain = try context.decompress(body, codec: codec, exactly: sample.count)
      #expect(plain.bytes == sample)
      if !(sample.isEmpty && codec == .lz4Hadoop) {
        let unknown = try context.decompress(body, codec: codec, atMost: sample.count)
        #expect(unknown.bytes == sample)
      }
    }
  }

  @Test("A size that is not the announced one is an error", .spec("CODEC-2"), arguments: all)
  func exactly(_ codec: Codec) throws {
    let context = CodecContext()
    for sample in Self.samples where sample.count > 2 {
      let packed = GrowingBuffer()
      try context.compress(Buffer(sample), codec: codec, into: packed)
      let body = packed.take()
      for size in [0, sample.count - 1, sample.count + 1] {
        let error = #expect(throws: LakeError.self) {
          _ = try context.decompress(body, codec: codec, exactly: size)
        }
        #expect(error?.code == .codecFailed)
        #expect(error?.offset != nil)
      }
    }
  }

  @Test("Unpacking stops at the limit", .spec("CODEC-3"), arguments: all)
  func atMost(_ codec: Codec) throws {
    let context = CodecContext()
    let sample = [UInt8](repeating: 0, count: 3_000_000)
    let packed = GrowingBuffer()
    try context.compress(Buffer(sample), codec: codec, into: packed)
    let body = packed.take()
    #expect(try context.decompress(body, codec: codec, atMost: 3_000_000).count == 3_000_000)
    let error = #expect(throws: LakeError.self) {
      _ = try context.decompress(body, codec: codec, atMost: 2_999_999)
    }
    #expect(error?.code == .limitExceeded || error?.code == .codecFailed)
  }

  @Test("Bytes made by other programs")
  func foreign() throws {
    let text = Buffer(utf8: "hello hello hello")
    let context = CodecContext()
    let deflated = "cb48cdc9c957c8409000"
    let zlib = try Self.buffer("789c" + deflated + "3a2e067d")
    #expect(try context.decompress(zlib, codec: .gzip, exactly: 17) == text)
    let bare = try Self.buffer(deflated)
    #expect(try context.decompress(bare, codec: .deflateRaw, exactly: 17) == text)
    let gzip = try Self.buffer("1f8b0800000000000203" + deflated + "8088f9e511000000")
    #expect(try context.decompress(gzip, codec: .gzip, exactly: 17) == text)
    // Written by the tools zstd and lz4 from seven times "hello " and "world".
    let long = Buffer(utf8: String(repeating: "hello ", count: 7) + "world")
    let zstd = try Self.buffer("28b52ffd00588d00005868656c6c6f20776f726c640100439622")
    #expect(try context.decompress(zstd, codec: .zstd, exactly: 47) == long)
    #expect(try context.decompress(zstd, codec: .zstd, atMost: 47) == long)
    let lz4 = try Self.buffer("6f68656c6c6f2006001150776f726c64")
    #expect(try context.decompress(lz4, codec: .lz4Raw, exactly: 47) == long)
    // One literal of six bytes, one copy of eleven bytes from six before.
    let snappy = try Self.buffer("111468656c6c6f20" + "1d06")
    #expect(try context.decompress(snappy, codec: .snappy, exactly: 17) == text)
    // The same copy with a two-byte and with a four-byte offset.
    let wide = try Self.buffer("111468656c6c6f20" + "2a0600")
    #expect(try context.decompress(wide, codec: .snappy, exactly: 17) == text)
    let wider = try Self.buffer("111468656c6c6f20" + "2b06000000")
    #expect(try context.decompress(wider, codec: .snappy, exactly: 17) == text)
    // Six literals and a match of six at distance six, then five literals.
    let block = "6268656c6c6f20" + "0600" + "5068656c6c6f"
    #expect(try context.decompress(try Self.buffer(block), codec: .lz4Raw, exactly: 17) == text)
    // The block above in a frame of Hadoop's, twice, and as two blocks within one frame.
    let once = "00000011" + "0000000f" + block
    #expect(try context.decompress(try Self.buffer(once), codec: .lz4Hadoop, exactly: 17) == text)
    let twice = try context.decompress(
      try Self.buffer(once + once), codec: .lz4Hadoop, exactly: 34)
    #expect(twice.lossyText == "hello hello hellohello hello hello")
    let frame = "00000022" + "0000000f" + block + "0000000f" + block
    let both = try context.decompress(try Self.buffer(frame), codec: .lz4Hadoop, exactly: 34)
    #expect(both == twice)
  }

  @Test("A bare block is read where Hadoop's frames are missing", .spec("CODEC-4"))
  func hadoopFallback() throws {
    let block = try Self.buffer("6268656c6c6f20" + "0600" + "5068656c6c6f")
    let plain = try CodecContext().decompress(block, codec: .lz4Hadoop, exactly: 17)
    #expect(plain == Buffer(utf8: "hello hello hello"))
  }

  @Test("Concatenated gzip members and zstd frames are one text")
  func members() throws {
    let context = CodecContext()
    for codec in [Codec.gzip, .zstd] {
      let packed = GrowingBuffer()
      for part in ["one ", "", "two ", "three"] {
        try context.compress(Buffer(utf8: part), codec: codec, into: packed)
      }
      let body = packed.take()
      let text = Buffer(utf8: "one two three")
      #expect(try context.decompress(body, codec: codec, exactly: 13) == text)
      #expect(try context.decompress(body, codec: codec, atMost: 13) == text)
    }
  }

  @Test("A page of 1 KiB that unpacks to more stops there (H4)", .spec("CODEC-2"), arguments: all)
  func bombs(_ codec: Codec) throws {
    let context = CodecContext()
    let packed = GrowingBuffer()
    try context.compress(Buffer([UInt8](repeating: 0, count: 8 << 20)), codec: codec, into: packed)
    let error = #expect(throws: LakeError.self) {
      _ = try context.decompress(packed.take(), codec: codec, exactly: 1 << 10)
    }
    #expect(error?.code == .codecFailed)
  }

  /// Two gigabytes in a few megabytes at most: what is held is what was asked for.
  @Test("A chain of members stops at the limit of all of them (H4)", .spec("CODEC-3"))
  func chains() throws {
    let context = CodecContext()
    for codec in [Codec.gzip, .zstd] {
      let member = GrowingBuffer()
      try context.compress(
        Buffer([UInt8](repeating: 0, count: 1 << 20)), codec: codec, into: member)
      let one = member.take()
      let chain = GrowingBuffer()
      for _ in 0..<2_000 { chain.append(one.bytes) }
      let bytes = chain.take()
      let limited = #expect(throws: LakeError.self) {
        _ = try context.decompress(bytes, codec: codec, atMost: 4 << 20)
      }
      #expect(limited?.code == .limitExceeded || limited?.code == .codecFailed)
      let short = #expect(throws: LakeError.self) {
        _ = try context.decompress(bytes, codec: codec, exactly: 3 << 20)
      }
      #expect(short?.code == .codecFailed)
    }
  }

  @Test(
    "Every truncation and every changed byte is an error or other bytes, never a trap",
    arguments: all)
  func damage(_ codec: Codec) throws {
    let context = CodecContext()
    let random = SeededRandom(3)
    let sample = Array((0..<40).map { "row \($0 % 7) of \($0)" }.joined(separator: ";").utf8)
    let packed = GrowingBuffer()
    try context.compress(Buffer(sample), codec: codec, into: packed)
    let body = packed.take()
    for count in 0..<body.count where codec != .none {
      #expect(throws: LakeError.self) {
        _ = try context.decompress(body[0..<count], codec: codec, exactly: sample.count)
      }
      _ = try? context.decompress(body[0..<count], codec: codec, atMost: 10_000)
    }
    for place in 0..<body.count {
      for _ in 0..<8 {
        var bytes = body.bytes
        bytes[place] = UInt8(truncatingIfNeeded: random.next())
        _ = try? context.decompress(Buffer(bytes), codec: codec, exactly: sample.count)
        _ = try? context.decompress(Buffer(bytes), codec: codec, atMost: 10_000)
      }
    }
  }

  @Test("A lying snappy size is refused before memory is asked for")
  func lyingSize() throws {
    let bomb = try Self.buffer("ffffffff0f" + "00")
    let error = #expect(throws: LakeError.self) {
      _ = try CodecContext().decompress(bomb, codec: .snappy, atMost: 1 << 40)
    }
    #expect(error?.code == .codecFailed)
  }

  @Test("Names of codecs; what is not there is refused by name", .spec("CODEC-1"))
  func names() throws {
    #expect(try Codec(name: "GZIP") == .gzip)
    #expect(try Codec(name: "uncompressed") == Codec.none)
    #expect(try Codec(name: "zstandard") == .zstd)
    #expect(try Codec(name: "deflate") == .deflateRaw)
    for name in ["brotli", "LZO", "xz"] {
      let error = #expect(throws: LakeError.self) { _ = try Codec(name: name) }
      #expect(error?.code == .codecUnsupported)
      #expect(error?.message.contains(name) == true)
    }
  }
}
