// Schemas parsed once a text, and reading by a schema's own plan.
import LakeAvro
import LakeBase
import LakeTestKit
import Testing

@Suite("Schemas known by their text")
struct KnownSchemaTests {
  private static func text(_ name: String) -> Buffer {
    Buffer(utf8: #"{"type":"record","name":"\#(name)","fields":[{"name":"a","type":"long"}]}"#)
  }

  @Test("the same text is parsed once, another one is another schema", .spec("AVRO-1"))
  func once() throws {
    let first = try KnownSchema.parse(Self.text("KnownOnce"))
    #expect(try KnownSchema.parse(Self.text("KnownOnce")) === first)
    let other = try KnownSchema.parse(Self.text("KnownTwice"))
    #expect(other !== first && other.schema.name?.name == "KnownTwice")
    #expect(first.definitions.keys.sorted() == ["KnownOnce"])
    // So many others are remembered that the first one goes, and comes back equal.
    for number in 0..<20 { _ = try KnownSchema.parse(Self.text("Known\(number)")) }
    let again = try KnownSchema.parse(Self.text("KnownOnce"))
    #expect(again !== first && again.schema == first.schema)
  }

  @Test("a text that is remembered still meets the limits of who asks", .spec("LIMIT-7"))
  func limits() throws {
    let text = Self.text("KnownLimits")
    _ = try KnownSchema.parse(text)
    var limits = Limits.standard
    limits.avroSchemaBytesMax = text.count - 1
    let error = #expect(throws: LakeError.self) { try KnownSchema.parse(text, limits: limits) }
    #expect(error?.code == .limitExceeded)
    limits = .standard
    limits.schemaDepthMax = 0
    #expect(throws: LakeError.self) { try KnownSchema.parse(text, limits: limits) }
    #expect(throws: LakeError.self) { try KnownSchema.parse(Buffer(utf8: #"{"type":"record"}"#)) }
  }

  /// A documentation text makes the reader's schema another one, so that both ways are gone.
  @Test("reading by the writer's own schema is reading by an equal one", .spec("AVRO-10"))
  func ownPlan() throws {
    func schema(_ doc: String) throws -> AvroSchema {
      try AvroSchema(
        json: """
          {"type":"record","name":"Node","doc":"\(doc)","fields":[
            {"name":"id","type":"int"},{"name":"texts","type":{"type":"map","values":"string"}},
            {"name":"kind","type":{"type":"enum","name":"K","symbols":["A","B","C"]}},
            {"name":"mark","type":{"type":"fixed","name":"F","size":2}},
            {"name":"either","type":["null","long","string",{"type":"array","items":"double"}]},
            {"name":"next","type":["null","Node"],"default":null}]}
          """)
    }
    let writer = try schema("one")
    func node(_ id: Int32, _ either: AvroValue, _ next: AvroValue) -> AvroValue {
      .record([
        .int(id), .map([("k\(id)", .string("v"))]), .enumeration(Int(id) % 3),
        .fixed([1, UInt8(id)]), either, next,
      ])
    }
    let value = node(
      0, .union(3, .array([.double(1.5), .double(-2)])),
      .union(
        1,
        node(
          1, .union(0, .null),
          .union(
            1,
            node(
              2, .union(2, .string("s")),
              .union(
                1,
                node(
                  4, .union(1, .long(7)),
                  .union(0, .null))))))))
    let bytes = try AvroWriter(writer).bytes(of: value)
    #expect(try AvroReader(writer).read(bytes) == value)
    #expect(try AvroReader(writer: writer, reader: try schema("two")).read(bytes) == value)
    let known = try KnownSchema.parse(Buffer(utf8: writer.jsonText))
    #expect(try known.reader(.standard).read(bytes) == value)
  }
}
