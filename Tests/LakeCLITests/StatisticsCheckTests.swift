// `lake inspect --verify`: files whose statistics and filters are not true of their values.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("Statistics that lie")
struct StatisticsCheckTests {
  /// A file of keys and numbers, its footer changed.
  private static func file(
    _ keys: [Scalar], known: [String]? = nil, _ change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> BufferSource {
    let storage = MemoryStorage("lies")
    let path = try StoragePath("f.parquet")
    var options = ParquetWriteOptions()
    options.pageIndex = false
    if let known {
      var filter = try HudiBloomFilter(simpleFor: 10, falsePositives: 0.000001)
      filter.add(try Column(.string, scalars: known.map { .string($0) }))
      options.keyValues = HudiFooter(filter: filter).keyValues
    }
    let schema = Schema([MetaField.recordKey.field, Field("n", .int64)])
    let writer = try ParquetWriter(try storage.create(path), schema, options)
    let numbers = keys.indices.map { $0 == 1 ? Scalar.null : .int(Int64($0) + 70_001) }
    try writer.write(
      RecordBatch(
        schema, [try Column(.string, scalars: keys), try Column(.int64, scalars: numbers)],
        count: keys.count))
    _ = try writer.finish()
    let source = try storage.open(path)
    var bytes = try source.read(0..<source.count).bytes
    change(&bytes)
    return BufferSource(Buffer(bytes))
  }

  private func failure(_ source: BufferSource) throws -> LakeError? {
    try Inspection.of(source, "f.parquet", verify: true, World()).failure
  }

  /// Replaces the last place where a number stands in eight bytes: the footer's.
  private static func replace(_ old: Int64, _ new: Int64, _ bytes: inout [UInt8]) {
    func pattern(_ value: Int64) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
    }
    let wanted = pattern(old)
    for start in stride(from: bytes.count - 8, through: 0, by: -1)
    where bytes[start..<start + 8].elementsEqual(wanted) {
      bytes.replaceSubrange(start..<start + 8, with: pattern(new))
      return
    }
  }

  private static let keys: [Scalar] = ["a", "b", "", "d"].map { .string($0) }

  @Test("bounds that leave out a value, on either side", .spec("CLI-59"))
  func bounds() throws {
    #expect(try failure(Self.file(Self.keys)) == nil)
    // Wider bounds are true.
    #expect(try failure(Self.file(Self.keys) { Self.replace(70_001, 60_000, &$0) }) == nil)
    #expect(try failure(Self.file(Self.keys) { Self.replace(70_004, 80_000, &$0) }) == nil)
    for (old, new) in [(70_001, 70_002), (70_004, 70_003)] as [(Int64, Int64)] {
      let lie = try failure(Self.file(Self.keys) { Self.replace(old, new, &$0) })
      #expect(lie?.code == .parquetMalformed && lie?.message.contains("column n") == true)
      #expect(lie?.hint?.contains("--no-skipping") == true)
    }
  }

  @Test("a key filter without one of the keys; empty keys are in none", .spec("CLI-59"))
  func keyFilter() throws {
    #expect(try failure(Self.file(Self.keys, known: ["a", "b", "d", "x"])) == nil)
    let lie = try failure(Self.file(Self.keys, known: ["a", "d"]))
    #expect(lie?.code == .parquetMalformed && lie?.message.contains("key filter") == true)
  }

  @Test("other nulls than there are", .spec("CLI-59"))
  func nulls() throws {
    let source = try Self.file(Self.keys)
    let file = try ParquetFile(source)
    var check = StatisticsCheck(file, nil, rowGroup: 0)
    let batch = try #require(try Self.first(file))
    try check.add(batch)
    try check.finish()
    // One row less, the one with the null.
    check = StatisticsCheck(file, nil, rowGroup: 0)
    try check.add(batch.filter(Bitmap([true, false, true, true])))
    let lie = #expect(throws: LakeError.self) { try check.finish() }
    #expect(lie?.message.contains("0 nulls") == true)
  }

  private static func first(_ file: ParquetFile) throws -> RecordBatch? {
    var batches = try file.batches()
    return try batches.next()
  }
}
