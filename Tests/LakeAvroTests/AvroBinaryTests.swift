// Binary data: the specification's own examples, and bytes that lie.
import LakeAvro
import LakeBase
import LakeTestKit
import Testing

@Suite("Avro binary data")
struct AvroBinaryTests {
  static let pair = #"{"type":"record","name":"test","fields":[{"name":"a","type":"long"},"#
    + #"{"name":"b","type":"string"}]}"#

  /// The examples of the Avro specification, and the ends of the number ranges worked out by hand.
  static let exampleCases: [(String, AvroValue, String)] = [
    (#""long""#, .long(0), "00"), (#""long""#, .long(-1), "01"), (#""long""#, .long(1), "02"),
    (#""long""#, .long(-2), "03"), (#""long""#, .long(-64), "7f"), (#""long""#, .long(64), "8001"),
    (#""long""#, .long(.max), "feffffffffffffffff01"),
    (#""long""#, .long(.min), "ffffffffffffffffff01"),
    (#""int""#, .int(.max), "feffffff0f"), (#""int""#, .int(.min), "ffffffff0f"),
    (#""string""#, .string("foo"), "06666f6f"), (#""bytes""#, .bytes([0xAB]), "02ab"),
    (#""null""#, .null, ""), (#""boolean""#, .boolean(true), "01"),
    (#""float""#, .float(1), "0000803f"), (#""double""#, .double(-2), "00000000000000c0"),
    (pair, .record([.long(27), .string("foo")]), "3606666f6f"),
    (#"{"type":"array","items":"long"}"#, .array([.long(3), .long(27)]), "04063600"),
    (#"{"type":"array","items":"long"}"#, .array([]), "00"),
    (#"["null","string"]"#, .union(0, .null), "00"),
    (#"["null","string"]"#, .union(1, .string("a")), "020261"),
    (#"{"type":"map","values":"int"}"#, .map([("k", .int(1))]), "02026b0200"),
    (#"{"type":"enum","name":"E","symbols":["A","B","C","D"]}"#, .enumeration(3), "06"),
    (#"{"type":"fixed","name":"F","size":3}"#, .fixed([1, 2, 3]), "010203"),
  ]

  @Test("the specification's examples", .spec("AVRO-6", "AVRO-10"), arguments: exampleCases)
  func examples(schema: String, value: AvroValue, hex: String) throws {
    let schema = try AvroSchema(json: schema)
    let bytes = try AvroWriter(schema).bytes(of: value)
    #expect(Hex.text(bytes.bytes) == hex)
    #expect(try AvroReader(schema).read(bytes) == value)
  }

  /// An array of longs 3, 27 in other legal forms: several blocks, blocks with sizes.
  @Test("every legal block form is read", .spec("AVRO-6"), arguments: [
    "02060236" + "00", "03040636" + "00", "01020601023600",
  ])
  func blocks(hex: String) throws {
    let reader = try AvroReader(.array(.long))
    #expect(
      try reader.read(Buffer(bytes(hex))) == .array([.long(3), .long(27)]))
  }

  static let lies: [(String, String)] = [
    (#""long""#, "80"), (#""long""#, "ffffffffffffffffffff01"),
    (#""long""#, "ffffffffffffffffff02"),
    (#""int""#, "8080808010"), (#""boolean""#, "02"), (#""boolean""#, ""), (#""float""#, "000000"),
    (#""string""#, "08616263"), (#""string""#, "01"), (#""string""#, "02ff"),
    (#""bytes""#, "feffffffffffffffff01"), (#"["null","int"]"#, "04"), (#"["null","int"]"#, "01"),
    (#"{"type":"enum","name":"E","symbols":["A"]}"#, "02"),
    (#"{"type":"enum","name":"E","symbols":["A"]}"#, "01"),
    (#"{"type":"fixed","name":"F","size":3}"#, "0102"),
    (#"{"type":"array","items":"long"}"#, "feffffffffffffffff01"),
    (#"{"type":"array","items":"long"}"#, "ffffffffffffffffff01"),
    (#"{"type":"array","items":"long"}"#, "0106"), (#"{"type":"array","items":"long"}"#, "010102"),
    (#"{"type":"array","items":"double"}"#, "0400000000000000000000"),
    (#"{"type":"map","values":"int"}"#, "040261"), (#""int""#, "0000"),
  ]

  @Test("bytes that lie are refused with their offset", .spec("AVRO-7"), arguments: lies)
  func refused(schema: String, hex: String) throws {
    let reader = try AvroReader(try AvroSchema(json: schema))
    let error = #expect(throws: LakeError.self) { try reader.read(Buffer(bytes(hex))) }
    #expect(error?.code == .avroMalformed && error?.offset != nil)
  }

  @Test("values of no bytes are counted", .spec("AVRO-8", "LIMIT-8"))
  func free() throws {
    var limits = Limits.standard
    limits.zeroSizeItemsMax = 100
    let reader = try AvroReader(.array(.null), limits: limits)
    #expect(try reader.read(Buffer(bytes("c80100"))).asArray?.count == 100)
    for hex in ["ca0100", "c801" + "0200", "feffffffffffffffff0100"] {
      let error = #expect(throws: LakeError.self) { try reader.read(Buffer(bytes(hex))) }
      #expect(error?.code == .limitExceeded)
    }
    // Records of nothing, doubled at every level: 2^40 values in no byte at all.
    var fields: [AvroField] = []
    for level in 0..<40 {
      let inner: AvroSchema = level == 0 ? .null : .reference("R\(level - 1)")
      let record = AvroRecord(
        AvroName("R\(level)"), fields: [AvroField("a", inner), AvroField("b", inner)])
      fields.append(AvroField("f\(level)", .union([.null, .record(record)])))
    }
    let root = AvroSchema.record(AvroRecord(AvroName("Root"), fields: fields))
    let bomb = try AvroReader(root)
    let value = Buffer([UInt8](repeating: 0, count: 39) + [2])
    let error = #expect(throws: LakeError.self) { try bomb.read(value) }
    #expect(error?.code == .limitExceeded)
    #expect(throws: LakeError.self) { try root.columns() }
  }

  @Test("a list through a type that contains itself is read to the depth limit", .spec("AVRO-9"))
  func recursion() throws {
    let schema = try AvroSchema(
      json: #"{"type":"record","name":"L","fields":[{"name":"v","type":"int"},"#
        + #"{"name":"next","type":["null","L"]}]}"#)
    let reader = try AvroReader(schema)
    let short = Buffer(bytes("02020402060" + "0"))
    #expect(
      try reader.read(short)
        == .record([
          .int(1),
          .union(
            1, .record([.int(2), .union(1, .record([.int(3), .union(0, .null)]))])),
        ]))
    let endless = Buffer([UInt8](repeating: 2, count: 100_000))
    let error = #expect(throws: LakeError.self) { try reader.read(endless) }
    #expect(error?.code == .limitExceeded)
    let columns = #expect(throws: LakeError.self) { try schema.columns() }
    #expect(columns?.code == .avroUnsupported)
    // Where nobody asks for the field, its values are passed over.
    let wide = try AvroSchema(
      json: #"{"type":"record","name":"W","fields":[{"name":"l","type":\#(schema.jsonText)},"#
        + #"{"name":"x","type":"int"}]}"#)
    let narrow = try AvroSchema(
      json: #"{"type":"record","name":"W","fields":[{"name":"x","type":"int"}]}"#)
    let decoder = try RowDecoder(writer: wide, reader: narrow)
    try decoder.append(Buffer(short.bytes + [0x0A]))
    #expect(try decoder.finish().columns[0].scalar(0) == .int(5))
  }

  @Test("values of another schema are not written", .spec("AVRO-11"))
  func mismatch() throws {
    let cases: [(AvroSchema, AvroValue)] = [
      (.int, .long(1)), (.nullable(.int), .int(1)), (.nullable(.int), .union(2, .null)),
      (.fixed(AvroFixed(AvroName("F"), size: 2)), .fixed([1])), (.array(.int), .array([.null])),
      (.enumeration(AvroEnum(AvroName("E"), symbols: ["A"])), .enumeration(1)),
      (.record(AvroRecord(AvroName("R"), fields: [])), .record([.null])),
    ]
    for (schema, value) in cases {
      let writer = try AvroWriter(schema)
      let error = #expect(throws: LakeError.self) { try writer.bytes(of: value) }
      #expect(error?.code == .inputValueInvalid)
    }
  }

  private func bytes(_ hex: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in hex.utf8 {
      let value = digit < 0x3A ? digit - 0x30 : digit - 0x61 + 10
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }
}
