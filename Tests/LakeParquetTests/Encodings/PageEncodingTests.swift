// Whole columns of one page in each encoding, from the format's examples.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite struct PageEncodingTests {
  private func column(
    _ element: SchemaElement, _ pages: [TinyFile.Page], rows: Int,
    _ options: ParquetReadOptions = .init()
  ) throws -> [Scalar] {
    var file = TinyFile(rows: rows)
    file.add([element], path: [element.name], pages, count: rows)
    let batches = try allBatches(file.finished(), options).batches
    return batches.flatMap { batch in (0..<batch.count).map { batch.columns[0].scalar($0) } }
  }

  private func required(
    _ type: PhysicalType, _ logical: LogicalType? = nil, length: Int? = nil
  ) -> SchemaElement {
    SchemaElement(
      "c", type: type, typeLength: length, repetition: .required, logicalType: logical)
  }

  @Test("the format's examples of byte array encodings", .spec("PQR-12"))
  func byteArrays() throws {
    // Lengths 5 5 6 6: first 5, deltas 0 1 0, minimum 0, one bit.
    let lengths: [UInt8] = [0x80, 1, 4, 4, 10, 0, 1, 0, 0, 0, 0b010, 0, 0, 0]
    #expect(
      try column(
        required(.byteArray, .string),
        [
          TinyFile.data(
            lengths + Array("HelloWorldFoobarABCDEF".utf8), count: 4, .deltaLengthByteArray)
        ], rows: 4) == [.string("Hello"), .string("World"), .string("Foobar"), .string("ABCDEF")])
    // Prefixes 0 2 0 3: deltas 2 -2 3, minimum -2: 4 0 5 in three bits.
    let prefixes: [UInt8] =
      [0x80, 1, 4, 4, 0, 3, 3, 0, 0, 0] + packed([4, 0, 5], width: 3)
      + [UInt8](repeating: 0, count: 10)
    // Suffixes 4 2 6 5: deltas -2 4 -1, minimum -2: 0 6 1 in three bits.
    let suffixes: [UInt8] =
      [0x80, 1, 4, 4, 8, 3, 3, 0, 0, 0] + packed([0, 6, 1], width: 3)
      + [UInt8](repeating: 0, count: 10)
    #expect(
      try column(
        required(.byteArray, .string),
        [
          TinyFile.data(
            prefixes + suffixes + Array("axislebabbleyhood".utf8), count: 4, .deltaByteArray)
        ], rows: 4) == [.string("axis"), .string("axle"), .string("babble"), .string("babyhood")])
  }

  @Test("the format's example of byte stream split", .spec("PQR-12"))
  func byteStreamSplit() throws {
    let body: [UInt8] = [
      0xAA, 0x00, 0xA3, 0xBB, 0x11, 0xB4, 0xCC, 0x22, 0xC5, 0xDD, 0x33, 0xD6,
    ]
    let wanted = [0xDDCC_BBAA, 0x3322_1100, 0xD6C5_B4A3].map { (bits: UInt32) -> Scalar in
      .float(Float(bitPattern: bits))
    }
    #expect(
      try column(required(.float), [TinyFile.data(body, count: 3, .byteStreamSplit)], rows: 3)
        == wanted)
  }

  @Test("a dictionary of texts, with codes kept or not", .spec("PQR-12"))
  func dictionaries() throws {
    let pages = [
      TinyFile.dictionary(texts(["a", "", "ccc"]), count: 3),
      TinyFile.data([2, 3, 0b1001_0010, 0b0000_0001], count: 5, .rleDictionary),
      TinyFile.data(texts(["plain"]), count: 1),
    ]
    let wanted: [Scalar] = ["ccc", "a", "b", "ccc", "b", "plain"].map {
      .string($0 == "b" ? "" : $0)
    }
    var keep = ParquetReadOptions()
    keep.keepDictionaries = true
    // Codes 2 0 1 2 1 in two bits: 0b10_01_00_10 and 0b01.
    #expect(try column(required(.byteArray, .string), pages, rows: 6) == wanted)
    #expect(try column(required(.byteArray, .string), pages, rows: 6, keep) == wanted)
    keep.batchRows = 5
    #expect(try column(required(.byteArray, .string), pages, rows: 6, keep) == wanted)
  }

  @Test("integers of every annotation keep their sign", .spec("PQR-3"))
  func integers() throws {
    let body = int32s([-1, 1])
    let cases: [(Int, Bool, [Scalar])] = [
      (8, true, [.int(-1), .int(1)]), (8, false, [.uint(255), .uint(1)]),
      (16, true, [.int(-1), .int(1)]), (16, false, [.uint(65535), .uint(1)]),
      (32, true, [.int(-1), .int(1)]), (32, false, [.uint(4_294_967_295), .uint(1)]),
    ]
    for (bits, signed, wanted) in cases {
      #expect(
        try column(
          required(.int32, .integer(bits: bits, signed: signed)),
          [TinyFile.data(body, count: 2)], rows: 2) == wanted)
    }
  }

  @Test("decimals in arrays of up to 17 bytes", .spec("PQR-3"))
  func decimals() throws {
    for width in [1, 5, 8, 9, 16, 17] {
      let negative = [UInt8](repeating: 0xFF, count: width - 1) + [0xFE]
      let positive = [UInt8](repeating: 0, count: width - 1) + [0x7B]
      #expect(
        try column(
          required(.fixedLenByteArray, .decimal(scale: 1, precision: 2), length: width),
          [TinyFile.data(negative + positive, count: 2)], rows: 2)
          == [.decimal(-2), .decimal(123)])
    }
  }

  @Test("levels in the deprecated packing", .spec("PQR-12"))
  func packedLevels() throws {
    var page = TinyFile.data([0b1010_0000] + int32s([4, 5]), count: 4)
    page.header.dataPage?.definitionLevelEncoding = .bitPacked
    let element = SchemaElement("c", type: .int32, repetition: .optional)
    #expect(try column(element, [page], rows: 4) == [.int(4), .null, .int(5), .null])
  }
}
