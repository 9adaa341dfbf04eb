// Keys and partitions of batches: hostile values, nulls, nesting, dictionaries, zones.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import HudiModel

@Suite struct KeyGeneratorTests {
  private func generator(
    _ properties: [String: String], version: Int = 9, _ options: KeyOptions = KeyOptions(),
    limits: Limits = .standard
  ) throws(LakeError) -> KeyGenerator {
    try KeyGenerator(try TableConfigTests.config(version, properties), options, limits: limits)
  }

  private func batch(_ columns: [(String, Column)]) -> RecordBatch {
    RecordBatch(Schema(columns.map { Field($0.0, $0.1.type) }), columns.map(\.1))
  }

  private let twoKeys = [
    TableConfig.Key.recordKeyFields: "a,b", TableConfig.Key.keyGeneratorType: "COMPLEX",
  ]

  private func code(_ body: () throws(LakeError) -> Void) -> LakeCode? {
    do throws(LakeError) {
      try body()
      return nil
    } catch { return error.code }
  }

  @Test("Difficult texts go through unchanged (H11)", .spec("KEY-5"))
  func difficult() throws {
    let texts = [
      "a/b", "a:b,c", "%2F", "x=\"'y", "line\nbreak\ttab", "😀", "\u{202E}abc", "__null__",
      "__empty__",
      String(repeating: "k", count: 65_536),
    ]
    let keys = try generator([TableConfig.Key.recordKeyFields: "id"])
      .keys(of: batch([("id", try strings(texts))]))
    #expect((0..<texts.count).map { keys.recordKeys?.string($0) ?? "" } == texts)
    #expect(keys.partitions.paths == [.none])
  }

  @Test(
    "Null, empty, too long, not UTF-8: refused with the row", .spec("KEY-5", "LIMIT-17"))
  func refused() throws {
    let plain = try generator([TableConfig.Key.recordKeyFields: "id"])
    for value in [nil, ""] as [String?] {
      let column = try strings(["x", value])
      let error = #expect(throws: LakeError.self) {
        try plain.keys(of: batch([("id", column)]), firstRow: 100)
      }
      #expect(error?.code == .keyNull && error?.message.contains("row 101") == true)
    }
    let bad = Column(
      .string, count: 2,
      layout: .bytes(
        offsets: Buffer([0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0]),
        data: Buffer([0x61, 0x62, 0xC3, 0x28])))
    let error = #expect(throws: LakeError.self) { try plain.keys(of: batch([("id", bad)])) }
    #expect(error?.code == .inputEncoding && error?.message.contains("row 1") == true)
    #expect(error?.message.contains("byte 1") == true)
    var limits = Limits.standard
    limits.keyBytesMax = 3
    let short = try generator([TableConfig.Key.recordKeyFields: "id"], limits: limits)
    #expect(
      code { () throws(LakeError) in _ = try short.keys(of: batch([("id", Column.texts(["abc"]))]))
      } == nil)
    #expect(
      code { () throws(LakeError) in _ = try short.keys(of: batch([("id", Column.texts(["abcd"]))]))
      } == .keyTooLong)
    #expect(
      code { () throws(LakeError) in _ = try plain.keys(of: batch([("x", Column.texts(["a"]))])) }
        == .columnNotFound)
    let list = Column(
      .list(Field("element", .string)), count: 1,
      layout: .list(offsets: Buffer([0, 0, 0, 0, 0, 0, 0, 0]), child: Column.texts([])))
    #expect(
      code { () throws(LakeError) in _ = try plain.keys(of: batch([("id", list)])) }
        == .typeUnsupported)
  }

  @Test("Composite keys that could stand for others are refused (H12)", .spec("KEY-2", "KEY-4"))
  func ambiguous() throws {
    let keys = try generator(twoKeys)
    let generous = try generator(twoKeys, KeyOptions(allowsAmbiguousKeys: true))
    // The two rows of each pair would have one key: a:1,b:2,b:3 or a:__null__,b:x.
    for (a, b) in [
      ("1,b:2", "3"), ("1", "2,b:3"), ("__null__", "x"), ("x", "__empty__"),
    ] {
      let rows = batch([("a", Column.texts(["ok", a])), ("b", Column.texts(["ok", b]))])
      let error = #expect(throws: LakeError.self) { try keys.keys(of: rows, firstRow: 5) }
      #expect(error?.code == .keyAmbiguous && error?.message.contains("row 6") == true)
      #expect(try generous.keys(of: rows).recordKeys?.string(1) == "a:\(a),b:\(b)")
    }
    for (a, b) in [("1,2", "10:30"), (",", ":"), ("b:2", "a:1"), ("x,b", "y"), ("1,c:2", "3")] {
      let rows = batch([("a", Column.texts([a])), ("b", Column.texts([b]))])
      #expect(try keys.keys(of: rows).recordKeys?.string(0) == "a:\(a),b:\(b)")
    }
  }

  @Test("Types, dictionaries, slices and nested columns")
  func types() throws {
    let numbers = try Column(.int64, scalars: [.int(.min), .int(-7), .int(0), .int(.max)])
    let keys = try generator([TableConfig.Key.recordKeyFields: "id"])
    let made = try keys.keys(of: batch([("id", numbers)])).recordKeys
    #expect(
      (0..<4).map { made?.string($0) } == [
        "-9223372036854775808", "-7", "0", "9223372036854775807",
      ])
    let part = try keys.keys(of: batch([("id", numbers.slice(1..<3))])).recordKeys
    #expect(part?.count == 2 && part?.string(0) == "-7")
    let constant = Column.constant("same", count: 3)
    #expect(try keys.keys(of: batch([("id", constant)])).recordKeys?.string(2) == "same")
    let inner = try strings(["x", "y", nil])
    let parent = Column(
      .structure([Field("b", .string)]), count: 3, validity: Bitmap([true, false, true]),
      layout: .structure([inner]))
    let nested = try FieldPath.column("a.b", in: batch([("a", parent)]))
    #expect((0..<3).map { nested.isNull($0) } == [false, true, true] && nested.string(0) == "x")
    #expect(throws: LakeError.self) { try FieldPath.column("a.c", in: batch([("a", parent)])) }
    #expect(throws: LakeError.self) { try FieldPath.column("z.c", in: batch([("a", parent)])) }
  }

  @Test("Partitions: few paths, a code for each row", .spec("KEY-7"))
  func partitions() throws {
    let keys = try generator([
      TableConfig.Key.partitionFields: "p", TableConfig.Key.hiveStyle: "true",
      TableConfig.Key.urlEncode: "true",
    ])
    let rows = batch([("p", try strings(["eu", "us", nil, "eu", "", "a/b"]))])
    let found = try keys.partitions(of: rows)
    #expect(
      found.paths.map(\.text) == ["p=eu", "p=us", "p=__HIVE_DEFAULT_PARTITION__", "p=a%2Fb"])
    #expect(found.codes == [0, 1, 2, 0, 2, 3] && found[5].text == "p=a%2Fb" && found.count == 6)
    let raw = try generator([TableConfig.Key.partitionFields: "p"])
    for value in ["..", "a/../b", "/a", "a//b", ".hoodie", String(repeating: "x", count: 256)] {
      let error = #expect(throws: LakeError.self) {
        try raw.partitions(of: batch([("p", Column.texts(["ok", value]))]), firstRow: 10)
      }
      #expect(error?.code == .partitionInvalid && error?.message.contains("row 11") == true)
    }
    // Encoded, the same dots are still a directory that must not be made.
    let encoded = try generator([
      TableConfig.Key.partitionFields: "p", TableConfig.Key.urlEncode: "true",
    ])
    #expect(throws: LakeError.self) {
      try encoded.partitions(of: batch([("p", Column.texts([".."]))]))
    }
    #expect(try encoded.partitions(of: batch([("p", Column.texts(["../x"]))]))[0].text == "..%2Fx")
  }

  @Test("Custom generators and refusals", .spec("KEY-9"))
  func custom() throws {
    let time = "hoodie.keygen.timebased."
    let keys = try generator([
      TableConfig.Key.keyGeneratorType: "CUSTOM",
      TableConfig.Key.partitionFields: "r:SIMPLE,t:timestamp",
      time + "timestamp.type": "EPOCHMILLISECONDS", time + "output.dateformat": "yyyy-MM-dd'T'HH",
      time + "output.timezone": "GMT+5:30", TableConfig.Key.recordKeyFields: "r",
    ])
    let rows = batch([
      ("r", Column.texts(["eu", "eu"])),
      ("t", try Column(.int64, scalars: [.int(1_705_311_000_000), .int(-1)])),
    ])
    // 2024-01-15T09:30Z and the last millisecond of 1969, both five and a half hours later.
    #expect(
      try keys.keys(of: rows).partitions.paths.map(\.text)
        == ["eu/2024-01-15T15", "eu/1970-01-01T05"])
    for properties in [
      [time + "output.dateformat": "EEEE"], [time + "output.dateformat": "MMM"],
      [time + "output.dateformat": "yyyy", time + "timezone": "America/New_York"],
      [time + "output.dateformat": "yyyy", time + "timestamp.type": "LUNAR"], [:],
    ] {
      var all = properties
      all[TableConfig.Key.keyGeneratorType] = "TIMESTAMP"
      all[TableConfig.Key.partitionFields] = "t"
      if all[time + "timestamp.type"] == nil { all[time + "timestamp.type"] = "UNIX_TIMESTAMP" }
      #expect(code { () throws(LakeError) in _ = try generator(all) } == .tableFeatureUnsupported)
    }
    #expect(
      code { () throws(LakeError) in
        _ = try generator([TableConfig.Key.keyGeneratorClass: "com.example.K"])
      } == .tableFeatureUnsupported)
    #expect(
      code { () throws(LakeError) in
        _ = try generator([
          TableConfig.Key.keyGeneratorType: "SIMPLE", TableConfig.Key.recordKeyFields: "a,b",
        ])
      } == .tableFeatureUnsupported)
  }

  @Test("Texts as times: several patterns, offsets, no pattern", .spec("KEY-8"))
  func datesInText() throws {
    let time = "hoodie.keygen.timebased."
    let keys = try generator([
      TableConfig.Key.keyGeneratorType: "TIMESTAMP", TableConfig.Key.partitionFields: "t",
      time + "timestamp.type": "DATE_STRING", time + "output.dateformat": "yyyyMMddHH",
      time + "input.dateformat": "yyyy-MM-dd'T'HH:mm:ssZ,yyyy-MM-dd HH:mm",
      time + "output.timezone": "UTC",
    ])
    let rows = batch([
      (
        "t",
        try strings(["2024-01-15T23:30:00-02:00", "2024-01-15 08:05", nil, "2024-01-15 08:55"])
      )
    ])
    #expect(
      try keys.partitions(of: rows).paths.map(\.text) == ["2024011601", "2024011508", "1970010100"])
    let error = #expect(throws: LakeError.self) {
      try keys.partitions(of: batch([("t", Column.texts(["yesterday"]))]), firstRow: 3)
    }
    #expect(error?.code == .partitionInvalid && error?.message.contains("row 3") == true)
    let huge = try generator([
      TableConfig.Key.keyGeneratorType: "TIMESTAMP", TableConfig.Key.partitionFields: "t",
      time + "timestamp.type": "SCALAR", time + "timestamp.scalar.time.unit": "days",
      time + "output.dateformat": "yyyy",
    ])
    for value in [Int64.max, Int64.min, 4_000_000] {
      let column = try Column(.int64, scalars: [.int(value)])
      #expect(
        code { () throws(LakeError) in _ = try huge.partitions(of: batch([("t", column)])) }
          == .partitionInvalid)
    }
  }

  @Test("Damaged key filters", .spec("KEY-13"))
  func filters() throws {
    var filter = try HudiBloomFilter(dynamicRowOf: 10, falsePositives: 0.01, keysMax: 20)
    filter.add(Column.texts(["a", "b"]))
    #expect(filter.mayContain("a") && !filter.mayContain(""))
    let bytes = filter.encode()
    for length in 0..<bytes.count {
      #expect(
        code { () throws(LakeError) in _ = try HudiBloomFilter(.dynamic, parsing: bytes[0..<length])
        } == .baseFileMalformed)
    }
    func changed(_ at: Int, _ value: UInt8) -> LakeCode? {
      var copy = bytes.bytes
      copy[at] = value
      return code { () throws(LakeError) in _ = try HudiBloomFilter(.dynamic, parsing: Buffer(copy))
      }
    }
    #expect(changed(3, 7) == .codecUnsupported)
    #expect(changed(8, 0) == .codecUnsupported)
    #expect(changed(9, 0x7F) == .baseFileMalformed)
    #expect(changed(21, 0x7F) == .baseFileMalformed)
    #expect(changed(4, 0x7F) == .baseFileMalformed)
    #expect(
      code { () throws(LakeError) in
        _ = try HudiBloomFilter(footer: { $0 == HudiBloomFilter.footerKey ? "*" : nil })
      }
        == .baseFileMalformed)
    #expect(
      code { () throws(LakeError) in
        _ = try HudiBloomFilter(footer: { $0 == HudiBloomFilter.formKey ? "X" : "AAAA" })
      }
        == .baseFileMalformed)
    #expect(try HudiBloomFilter(footer: { _ in nil }) == nil)
    var simple = try HudiBloomFilter(simpleFor: 3, falsePositives: 0.001)
    simple.add(Column.texts(["x"]))
    let footer = [HudiBloomFilter.legacyFooterKey: simple.footerValue]
    #expect(try HudiBloomFilter(footer: { footer[$0] })?.mayContain("x") == true)
    #expect(
      code { () throws(LakeError) in _ = try HudiBloomFilter(simpleFor: .max, falsePositives: 0.1) }
        == .limitExceeded)
  }
}
