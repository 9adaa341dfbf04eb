import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite("Schemas of written files")
struct WriteSchemaTests {
  /// One line an element, depth first.
  private func text(_ schema: Schema, _ dialect: ParquetDialect) throws -> [String] {
    try WriteSchema(schema, dialect, .standard).elements.map { element in
      let repetition = element.repetition.map { "\($0) " } ?? ""
      let type = element.type.map { "\($0) " } ?? "group "
      return repetition + type + element.name
        + (element.convertedType.map { " (\($0))" } ?? "")
    }
  }

  private let schema = Schema([
    Field("id", .string, nullable: false),
    Field("l", .list(Field("element", .int32, nullable: false))),
    Field("m", .map(key: Field("key", .string, nullable: false), value: Field("value", .int64))),
  ])

  @Test("dialect A: message name, two-level lists, annotated map entries", .spec("PQW-6"))
  func avro() throws {
    let dialect = ParquetDialect.avro(messageName: "hoodie.t.t_record", lists: .twoLevel)
    let lines = try text(schema, dialect)
    #expect(
      lines == [
        "group hoodie.t.t_record", "required byteArray id (utf8)", "optional group l (list)",
        "repeated int32 array", "optional group m (map)", "repeated group key_value (mapKeyValue)",
        "required byteArray key (utf8)", "optional int64 value",
      ])
  }

  @Test("dialect B: spark_schema, three-level lists, plain map entries", .spec("PQW-6"))
  func spark() throws {
    let lines = try text(schema, .spark)
    #expect(
      lines == [
        "group spark_schema", "required byteArray id (utf8)", "optional group l (list)",
        "repeated group list", "required int32 element", "optional group m (map)",
        "repeated group key_value", "required byteArray key (utf8)", "optional int64 value",
      ])
  }

  @Test("types and annotations", .spec("PQW-8"))
  func types() throws {
    func element(_ field: Field) throws -> SchemaElement {
      try WriteSchema(Schema([field]), .spark, .standard).elements[1]
    }
    let cases: [(ColumnType, PhysicalType, Int?, ConvertedType?, LogicalType?)] = [
      (.bool, .boolean, nil, nil, nil), (.int32, .int32, nil, nil, nil),
      (.int8, .int32, nil, .int8, .integer(bits: 8, signed: true)),
      (.uint64, .int64, nil, .uint64, .integer(bits: 64, signed: false)),
      (.float16, .fixedLenByteArray, 2, nil, .float16),
      (.date, .int32, nil, .date, .date),
      (.time(.milli), .int32, nil, .timeMillis, .time(.milli, utc: true)),
      (.time(.nano), .int64, nil, nil, .time(.nano, utc: true)),
      (.timestamp(.micro, utc: true), .int64, nil, .timestampMicros, .timestamp(.micro, utc: true)),
      (.timestamp(.micro, utc: false), .int64, nil, nil, .timestamp(.micro, utc: false)),
      (.timestamp(.nano, utc: true), .int64, nil, nil, .timestamp(.nano, utc: true)),
      (
        .decimal(precision: 10, scale: 2), .fixedLenByteArray, 5, .decimal,
        .decimal(scale: 2, precision: 10)
      ),
      (
        .decimal(precision: 15, scale: 0), .fixedLenByteArray, 7, .decimal,
        .decimal(scale: 0, precision: 15)
      ),
      (
        .decimal(precision: 38, scale: 9), .fixedLenByteArray, 16, .decimal,
        .decimal(scale: 9, precision: 38)
      ),
      (.string, .byteArray, nil, .utf8, .string), (.binary, .byteArray, nil, nil, nil),
      (.fixedBinary(16), .fixedLenByteArray, 16, nil, nil),
    ]
    for (type, physical, length, converted, logical) in cases {
      let found = try element(Field("c", type))
      #expect(found.type == physical && found.typeLength == length, "\(type)")
      #expect(found.convertedType == converted && found.logicalType == logical, "\(type)")
    }
    let uuid = try element(Field("u", .fixedBinary(16), metadata: ["parquet.logical": "UUID"]))
    #expect(uuid.logicalType == .uuid)
    let symbols = try element(Field("e", .string, metadata: ["avro.symbols": "A,B"]))
    #expect(symbols.logicalType == .enumeration && symbols.convertedType == .enumeration)
    #expect(try element(Field("i", .int32, metadata: ["parquet.id": "7"])).fieldID == 7)
  }

  @Test("fewest bytes of a decimal", .spec("PQW-8"))
  func decimalBytes() {
    // Greatest precisions of 1 to 16 bytes, by 2^(8n-1) > 10^p.
    let most = [2, 4, 6, 9, 11, 14, 16, 18, 21, 23, 26, 28, 31, 33, 35, 38]
    for (index, precision) in most.enumerated() {
      #expect(decimalByteCount(precision) == index + 1)
      if precision < 38 { #expect(decimalByteCount(precision + 1) == index + 2) }
    }
  }

  @Test("what no file can have is refused", .spec("PQW-2"))
  func refused() {
    func open(_ fields: [Field], _ set: (inout ParquetWriteOptions) -> Void = { _ in }) -> LakeCode?
    {
      var options = ParquetWriteOptions()
      set(&options)
      return code { _ = try ParquetWriter(BufferSink(), Schema(fields), options) }
    }
    let int = Field("a", .int32)
    #expect(open([Field("s", .structure([]))]) == .typeUnsupported)
    #expect(open([Field("f", .fixedBinary(0))]) == .typeUnsupported)
    #expect(open([Field("d", .decimal(precision: 39, scale: 0))]) == .typeUnsupported)
    #expect(open([Field("d", .decimal(precision: 5, scale: 6))]) == .typeUnsupported)
    #expect(open([int, int]) == .schemaMalformed)
    var deep = ColumnType.int32
    for _ in 0..<80 { deep = .structure([Field("n", deep)]) }
    #expect(open([Field("deep", deep)]) == .limitExceeded)
    #expect(open([int]) { $0.limits.columnsMax = 0 } == .limitExceeded)
    #expect(open([int]) { $0.encodings["b"] = .plain } == .columnNotFound)
    #expect(open([int]) { $0.bloomFilterColumns["b"] = 0.1 } == .columnNotFound)
    #expect(open([int]) { $0.encodings["a"] = .deltaByteArray } == .badOptionValue)
    #expect(open([int]) { $0.encodings["a"] = .rleDictionary } == .badOptionValue)
    #expect(open([int]) { $0.bloomFilterColumns["a"] = 0 } == .badOptionValue)
    #expect(open([Field("a", .bool)]) { $0.bloomFilterColumns["a"] = 0.1 } == .badOptionValue)
    #expect(open([int]) { $0.dataPageVersion = 3 } == .badOptionValue)
    #expect(open([int]) { $0.pageRows = 0 } == .badOptionValue)
    #expect(open([int]) { $0.codec = .deflateRaw } == .badOptionValue)
    #expect(open([int]) == nil)
  }
}
