// Files and their expected rows for readers that are not ours: Tools/Peers/parquet_check.py reads
// the folder that LAKE_PARQUET_OUT names.
import Glibc
import LakeBase
import LakeCodecs
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite("Files for other readers")
struct PeerFilesTests {
  static let folder = getenv("LAKE_PARQUET_OUT").map { String(cString: $0) }

  /// A value as JSON: times in nanoseconds, floats as the hexadecimal pattern of a double.
  private func spell(_ value: Scalar, _ type: ColumnType) -> String {
    switch (value, type) {
    case (.null, _): return "null"
    case (.bool(let bool), _): return bool ? "true" : "false"
    case (.int(let number), .time(let unit)), (.int(let number), .timestamp(let unit, _)):
      return "\(Int128(number) * Int128(1_000_000_000 / unit.perSecond))"
    case (.int(let number), _): return "\(number)"
    case (.uint(let number), _): return "\(number)"
    case (.float(let number), _):
      return "{\"f\":\"\(String(Double(number).bitPattern, radix: 16))\"}"
    case (.double(let number), _): return "{\"f\":\"\(String(number.bitPattern, radix: 16))\"}"
    case (.decimal(let unscaled), .decimal(_, let scale)):
      return "{\"d\":\"\(unscaled)\",\"s\":\(scale)}"
    case (.string(let text), _): return quoted(text)
    case (.binary(let bytes), _):
      return "{\"x\":\""
        + bytes.map { byte in
          let digits = String(byte, radix: 16)
          return digits.count == 1 ? "0" + digits : digits
        }.joined() + "\"}"
    case (.list(let items), .list(let element)):
      return "[" + items.map { spell($0, element.type) }.joined(separator: ",") + "]"
    case (.map(let entries), .map(let key, let item)):
      return "["
        + entries.map { "[\(spell($0.key, key.type)),\(spell($0.value, item.type))]" }
        .joined(separator: ",") + "]"
    case (.structure(let parts), .structure(let fields)):
      return "{"
        + zip(fields, parts).map { "\(quoted($0.name)):\(spell($1, $0.type))" }
        .joined(separator: ",") + "}"
    default: return "\"?\""
    }
  }

  private func quoted(_ text: String) -> String {
    "\""
      + text.unicodeScalars.map { scalar in
        scalar.value < 32 || scalar == "\"" || scalar == "\\"
          ? "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
          : String(scalar)
      }.joined() + "\""
  }

  private func save(_ name: String, _ bytes: Buffer) throws {
    let path = try #require(Self.folder) + "/" + name
    let file = try #require(fopen(path, "wb"))
    defer { fclose(file) }
    bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Void in
      fwrite(raw.baseAddress, 1, raw.count, file)
    }
  }

  private func emit(
    _ name: String, _ schema: Schema, _ batches: [RecordBatch], _ options: ParquetWriteOptions
  ) throws {
    let written = try write(schema, batches, options)
    try save(name + ".parquet", written.bytes)
    let lines = GrowingBuffer()
    let indexed = options.pageIndex && options.statistics
    lines.append(
      utf8: "{\"rows\":\(written.result.metadata.rowCount),\"pageIndex\":\(indexed),"
        + "\"bloom\":["
        + options.bloomFilterColumns.keys.sorted().map(quoted).joined(separator: ",")
        + "]}\n")
    for batch in batches {
      for row in 0..<batch.count {
        let values = zip(schema.fields, batch.columns).map { field, column in
          "\(quoted(field.name)):\(spell(column.scalar(row), field.type))"
        }
        lines.append(utf8: "{" + values.joined(separator: ",") + "}\n")
      }
    }
    try save(name + ".ndjson", lines.take())
  }

  @Test(
    "are written with their expected rows", .spec("PQW-3"),
    .enabled(if: folder != nil, "LAKE_PARQUET_OUT names no folder"))
  func emitAll() throws {
    let all = Schema(
      Samples.flat.fields + [
        Field("uuid", .fixedBinary(16), metadata: ["parquet.logical": "UUID"]),
        Field("symbol", .string, metadata: ["avro.symbols": "A"]),
        Field("nothing", .null),
      ])
    let shapes: [(String, Schema, Bool)] = [
      ("flat", all, false), ("nested", Samples.nested(strict: false), false),
      ("nested2", Samples.nested(strict: true), true),
    ]
    for (shape, schema, twoLevel) in shapes {
      for (index, variant) in ParquetWriterTests.variants().enumerated() {
        var options = variant.options
        if twoLevel { options.dialect = .avro(messageName: "hoodie.t.t_record", lists: .twoLevel) }
        if shape == "flat" { options.bloomFilterColumns = ["c3": 0.01, "c27": 0.05, "c14": 0.01] }
        let spread = Spread.allCases[index % 3]
        var samples = Samples(UInt64(index) + 100, spread, nullEvery: [5, 0, 2, 1][index % 4])
        let batches = [try samples.batch(schema, 230), try samples.batch(schema, 20)]
        let name = "\(shape)-\(variant.name.replacing(" ", with: "_"))-\(spread)"
        try emit(name, schema, batches, options)
      }
    }
    let encodings: [(String, Encoding, [ColumnType])] = [
      (
        "delta", .deltaBinaryPacked,
        [.int8, .int32, .uint32, .int64, .uint64, .timestamp(.micro, utc: true)]
      ),
      ("lengths", .deltaLengthByteArray, [.string, .binary]),
      ("prefixes", .deltaByteArray, [.string, .binary, .fixedBinary(16)]),
      ("split", .byteStreamSplit, [.float32, .float64, .int32, .int64, .fixedBinary(5)]),
      ("rle", .rle, [.bool]),
    ]
    for (name, encoding, types) in encodings {
      let schema = Schema(types.enumerated().map { Field("c\($0.offset)", $0.element) })
      for version in [1, 2] {
        for (index, spread) in Spread.allCases.enumerated() {
          var options = ParquetWriteOptions()
          options.dataPageVersion = version
          options.pageRows = 150
          for field in schema.fields { options.encodings[field.name] = encoding }
          var samples = Samples(UInt64(index), spread, nullEvery: [0, 4, 2][index])
          let batches = [try samples.batch(schema, 400), try samples.batch(schema, 1)]
          try emit("encoding-\(name)-v\(version)-\(spread)", schema, batches, options)
        }
      }
    }
    try emit("empty", all, [], .init())
  }
}
