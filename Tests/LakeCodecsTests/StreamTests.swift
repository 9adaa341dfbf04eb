// Compressed files in pieces of every size.
import LakeBase
import LakeTestKit
import Testing

@testable import LakeCodecs

@Suite struct StreamTests {
  static let codecs: [Codec] = [.none, .gzip, .deflateRaw, .zstd]

  static func packed(_ text: Buffer, _ codec: Codec, piece: Int) throws -> Buffer {
    let encoder = try StreamEncoder(codec)
    let output = GrowingBuffer()
    var at = 0
    while at < text.count {
      let end = Swift.min(text.count, at + piece)
      try encoder.encode(text[at..<end], into: output)
      at = end
    }
    try encoder.finish(into: output)
    return output.take()
  }

  static let text = Buffer(utf8: (0..<20_000).map { "line \($0 % 101)\n" }.joined())

  @Test("Pieces in, the same text out", arguments: codecs)
  func pieces(_ codec: Codec) throws {
    for piece in [1 << 20, 4096, 777] {
      let body = try Self.packed(Self.text, codec, piece: piece)
      // The whole-piece decoder agrees with the stream.
      let whole = try CodecContext().decompress(body, codec: codec, exactly: Self.text.count)
      #expect(whole == Self.text)
      let decoder = try StreamDecoder(codec)
      let output = GrowingBuffer()
      var at = 0
      while at < body.count {
        let end = Swift.min(body.count, at + piece / 7 + 1)
        try decoder.decode(body[at..<end], into: output)
        at = end
      }
      try decoder.finish()
      #expect(output.take() == Self.text)
    }
  }

  @Test("Bounded output: never more than asked for", arguments: codecs)
  func bounded(_ codec: Codec) throws {
    let body = try Self.packed(Self.text, codec, piece: 1 << 20)
    let decoder = try StreamDecoder(codec)
    let output = GrowingBuffer()
    var all: [UInt8] = []
    var position = 0
    while true {
      position = try decoder.decode(body, from: position, into: output, atMost: 1000)
      let part = output.take()
      #expect(part.count <= 1000)
      all += part.bytes
      if position == body.count && part.count < 1000 { break }
    }
    try decoder.finish()
    #expect(all == Self.text.bytes)
  }

  @Test("A stream that ends early, or holds nothing, is an error", arguments: codecs)
  func early(_ codec: Codec) throws {
    guard codec != .none else { return }
    let body = try Self.packed(Self.text, codec, piece: 1 << 20)
    for count in [0, 1, 5, body.count / 2, body.count - 1] {
      let decoder = try StreamDecoder(codec)
      let output = GrowingBuffer()
      let error = #expect(throws: LakeError.self) {
        try decoder.decode(body[0..<count], into: output)
        try decoder.finish()
      }
      #expect(error?.code == .codecFailed)
    }
  }

  @Test("A zstd window above the limit is refused", .spec("LIMIT-10"))
  func window() throws {
    // A frame header that asks for a window of 2 GiB: exponent 21, mantissa 0.
    let frame = Buffer([0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0, 0])
    let decoder = try StreamDecoder(.zstd)
    let error = #expect(throws: LakeError.self) {
      try decoder.decode(frame, into: GrowingBuffer())
    }
    #expect(error?.code == .limitExceeded)
    var limits = Limits()
    limits.zstdWindowBytesMax = 1 << 10
    let small = try StreamDecoder(.zstd, limits: limits)
    let body = try Self.packed(Self.text, .zstd, piece: 1 << 20)
    #expect(throws: LakeError.self) { try small.decode(body, into: GrowingBuffer()) }
  }

  @Test("Codecs without a streaming form are refused")
  func refused() {
    for codec in [Codec.snappy, .lz4Raw, .lz4Hadoop] {
      #expect(throws: LakeError.self) { _ = try StreamDecoder(codec) }
      #expect(throws: LakeError.self) { _ = try StreamEncoder(codec) }
    }
  }
}
