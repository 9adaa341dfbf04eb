// Container files: codecs, equal seeds, damage.
import LakeAvro
import LakeBase
import LakeCodecs
import LakeColumns
import LakeTestKit
import Testing

@Suite("Avro container files")
struct AvroObjectFileTests {
  static let codecs: [Codec] = [.none, .deflateRaw, .snappy, .zstd]

  private func file(_ codec: Codec, count: Int = 500) throws -> (Buffer, [AvroValue]) {
    let values = (0..<count).map { AvroValue.string("value \($0 % 7) of many") }
    let bytes = try AvroObjectFileWriter.file(
      of: values, schema: .string, codec: codec, metadata: [("who", Array("me".utf8))],
      random: SeededRandom(5))
    return (bytes, values)
  }

  @Test("what is written is read, in every codec", .spec("AVROFILE-1", "AVROFILE-2"),
    arguments: codecs)
  func roundTrip(codec: Codec) throws {
    let (bytes, values) = try file(codec)
    var file = try AvroObjectFile(bytes)
    #expect(file.codec.avroName == codec.avroName && file.schema == .string)
    #expect(file.metadata.map(\.name) == ["avro.schema", "avro.codec", "who"])
    #expect(file["who"]?.text == "me")
    #expect(try file.values() == values)
    #expect(try self.file(codec).0 == bytes)
  }

  /// Written by hand from the specification: header of one entry, one block of two longs.
  @Test("a file worked out by hand", .spec("AVROFILE-1", "AVROFILE-2"))
  func byHand() throws {
    let marker = [UInt8](0..<16)
    var bytes: [UInt8] = [0x4F, 0x62, 0x6A, 1, 2, 22]
    bytes += Array("avro.schema".utf8) + [12] + Array(#""long""#.utf8) + [0] + marker
    let empty = bytes
    bytes += [4, 4, 0x02, 0x03] + marker
    var file = try AvroObjectFile(Buffer(bytes))
    #expect(file.syncMarker == marker && file.codec == .none)
    #expect(try file.values() == [.long(1), .long(-2)])
    var none = try AvroObjectFile(Buffer(empty))
    #expect(try none.nextBlock() == nil)
    let cases: [([UInt8], LakeCode)] = [
      ([4, 4, 2, 3] + marker.reversed(), .avroMalformed), ([4, 4, 2], .avroMalformed),
      ([4], .avroMalformed), ([4, 3, 2, 3] + marker, .avroMalformed),
      ([3, 4, 2, 3] + marker, .avroMalformed), ([6, 4, 2, 3] + marker, .avroMalformed),
      ([2, 4, 2, 3] + marker, .avroMalformed),
      ([4, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F] + marker, .limitExceeded),
    ]
    for (block, code) in cases {
      let error = #expect(throws: LakeError.self, "\(block)") {
        var file = try AvroObjectFile(Buffer(empty + block))
        _ = try file.values()
      }
      #expect(error?.code == code && (error?.offset ?? 0) >= empty.count, "\(block)")
    }
  }

  @Test("headers that are none", .spec("AVROFILE-3"))
  func headers() throws {
    func header(_ entries: [(String, String)]) -> Buffer {
      let bytes = GrowingBuffer()
      bytes.append([0x4F, 0x62, 0x6A, 1])
      bytes.append(zigzag: Int64(entries.count))
      for entry in entries {
        for text in [entry.0, entry.1] {
          bytes.append(zigzag: Int64(text.utf8.count))
          bytes.append(utf8: text)
        }
      }
      bytes.append([UInt8](repeating: 0, count: 17))
      return bytes.take()
    }
    let cases: [(Buffer, LakeCode)] = [
      (Buffer(), .avroMalformed), (Buffer(utf8: "PAR1PAR1"), .avroMalformed),
      (Buffer([0x4F, 0x62, 0x6A, 1, 2]), .avroMalformed),
      (header([("a", "b")]), .avroSchemaInvalid), (header([("avro.schema", "{")]), .jsonMalformed),
      (header([("avro.schema", #""moon""#)]), .avroSchemaInvalid),
    ]
    for (bytes, code) in cases {
      let error = #expect(throws: LakeError.self) { try AvroObjectFile(bytes) }
      #expect(error?.code == code)
    }
    for name in ["bzip2", "xz", "lzo"] {
      let error = #expect(throws: LakeError.self) {
        try AvroObjectFile(header([("avro.schema", #""int""#), ("avro.codec", name)]))
      }
      #expect(error?.code == .codecUnsupported && error?.message.contains(name) == true)
    }
    #expect(throws: LakeError.self) {
      try AvroObjectFileWriter(BufferSink(), schema: .int, codec: .gzip)
    }
    // A header longer than the first read: schemas may be large.
    let long = #"{"type":"int","note":"\#(String(repeating: "x", count: 300_000))"}"#
    #expect(try AvroObjectFile(header([("avro.schema", long)])).schema.bare == .int)
  }

  @Test("damaged files give errors, never traps", .spec("AVROFILE-3"), arguments: codecs)
  func damage(codec: Codec) throws {
    let (bytes, _) = try file(codec, count: 50)
    let good = bytes.bytes
    let random = SeededRandom(77)
    for round in 0..<400 {
      var bad = good
      if round % 4 == 0 {
        bad.removeLast(1 + Int(random.next() % UInt64(good.count - 1)))
      } else {
        bad[Int(random.next() % UInt64(bad.count))] ^= UInt8(1 + random.next() % 255)
      }
      do throws(LakeError) {
        var file = try AvroObjectFile(Buffer(bad))
        _ = try file.values()
      } catch {
        #expect([.corrupted, .limitExceeded, .unsupported].contains(error.kind), "\(error)")
      }
    }
    if codec == .snappy {
      // The last byte of the block, before the marker, belongs to its checksum.
      var bad = good
      bad[bad.count - 17] ^= 1
      let error = #expect(throws: LakeError.self) {
        var file = try AvroObjectFile(Buffer(bad))
        _ = try file.values()
      }
      #expect(error?.code == .codecFailed)
    }
  }

  @Test("a block that unpacks beyond the limit is refused", .spec("AVROFILE-3", "LIMIT-9"))
  func bomb() throws {
    let value = AvroValue.bytes([UInt8](repeating: 0, count: 1 << 20))
    var limits = Limits.standard
    limits.avroBlockBytesMax = 1 << 19
    for codec in Self.codecs {
      let bytes = try AvroObjectFileWriter.file(of: [value], schema: .bytes, codec: codec)
      var file = try AvroObjectFile(bytes, limits: limits)
      let error = #expect(throws: LakeError.self) { try file.values() }
      #expect(error?.code == .limitExceeded, "\(codec)")
    }
  }

  /// A block as Python's writers make it: a zlib stream without its first two bytes and its last
  /// one, so that three bytes of a checksum follow the end of the deflate stream.
  @Test("bytes behind a deflated block do not matter", .spec("AVROFILE-4"))
  func tail() throws {
    let marker = [UInt8](repeating: 9, count: 16)
    var bytes: [UInt8] = [0x4F, 0x62, 0x6A, 1, 4, 22]
    bytes += Array("avro.schema".utf8) + [12] + Array(#""long""#.utf8)
    bytes += [20] + Array("avro.codec".utf8) + [14] + Array("deflate".utf8) + [0] + marker
    // One stored deflate block of two bytes, then three bytes of nothing.
    let block: [UInt8] = [1, 2, 0, 0xFD, 0xFF, 0x02, 0x03, 0xAA, 0xBB, 0xCC]
    bytes += [4, 20] + block + marker
    var file = try AvroObjectFile(Buffer(bytes))
    #expect(try file.values() == [.long(1), .long(-2)])
  }

  @Test("batches in, batches out", .spec("AVROFILE-5"), arguments: codecs)
  func batches(codec: Codec) throws {
    let schema = Schema([Field("a", .int64), Field("b", .string, nullable: false)])
    let builder = BatchBuilder(schema)
    for row in 0..<5_000 {
      try builder.append([row % 3 == 0 ? .null : .int(Int64(row)), .string("text \(row)")])
    }
    let batch = builder.finish()
    let sink = BufferSink()
    let writer = try AvroBatchWriter(sink, columns: schema, codec: codec, random: SeededRandom(1))
    try writer.append(batch)
    try writer.append(batch.slice(4_990..<5_000))
    try writer.finish()
    #expect(writer.count == 5_010)
    var reader = try AvroBatches(BufferSource(sink.take()))
    var back: [RecordBatch] = []
    while let next = try reader.next() { back.append(next) }
    let whole = try RecordBatch.concat(back, as: reader.schema)
    #expect(whole.count == 5_010 && reader.schema.fields.map(\.name) == ["a", "b"])
    for (row, source) in [(0, 0), (1, 1), (4_999, 4_999), (5_000, 4_990), (5_009, 4_999)] {
      for column in 0..<2 {
        #expect(whole.columns[column].scalar(row) == batch.columns[column].scalar(source))
      }
    }
  }
}
