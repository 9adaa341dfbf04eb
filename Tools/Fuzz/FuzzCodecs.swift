// Every codec: hostile bytes, and packing then unpacking the same bytes.
import LakeBase
import LakeCodecs

enum FuzzCodecs {
  private static let codecs: [Codec] = [.snappy, .lz4Raw, .lz4Hadoop, .zstd, .gzip, .deflateRaw]

  /// The first byte chooses the codec and the use, the rest is the input.
  static func run(_ input: Buffer) throws(LakeError) {
    guard input.count > 3 else { return }
    let codec = codecs[Int(input[0]) % codecs.count]
    let context = CodecContext()
    let body = input[3..<input.count]
    switch input[0] / 6 % 4 {
    case 0:
      _ = try context.decompress(body, codec: codec, atMost: 1 << 18)
    case 1:
      let size = Int(input[1]) | Int(input[2]) << 8
      _ = try context.decompress(body, codec: codec, exactly: size)
    case 2:
      let packed = GrowingBuffer()
      try context.compress(body, codec: codec, into: packed)
      let plain = try context.decompress(packed.take(), codec: codec, exactly: body.count)
      precondition(plain == body, "\(codec.name) does not give back what it took")
    default:
      let decoder = try StreamDecoder(codec)
      let output = GrowingBuffer()
      var position = 0
      let piece = 1 + Int(input[1])
      while position < body.count && output.count < 1 << 20 {
        let end = Swift.min(body.count, position + piece)
        let part = body[position..<end]
        var at = 0
        while at < part.count && output.count < 1 << 20 {
          at = try decoder.decode(part, from: at, into: output, atMost: 1 + Int(input[2]) * 16)
        }
        position = end
      }
      try decoder.finish()
    }
  }
}
