// Ordering values of deletes: every wrapper, into every type that it may become.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeStorage
import LakeTestKit
import Testing

@Suite("Deletes in logs")
struct LogDeleteTests {
  private static let time = "20260101000000001"

  private func read(
    _ orders: [[UInt8]], _ types: [ColumnType]
  ) throws(LakeError) -> (order: [[Scalar]], isOrdered: [Bool]) {
    let bytes = LogBytes.deletes(Self.time, orders.indices.map { "k\($0)" }, orders: orders)
    let file = try LogFileReader(BufferSource(Buffer(bytes)), path: "f")
    var reader = try LogDeletesReader(file, try file.allBlocks()[0], ordering: types)
    guard let deletes = try reader.next() else { return ([], []) }
    let rows = 0..<deletes.keys.count
    for (column, type) in zip(deletes.order, types) { #expect(column.type == type) }
    #expect(deletes.order.count == types.count && deletes.instant.text == Self.time)
    return (
      deletes.order.map { column in rows.map { column.scalar($0) } },
      rows.map { deletes.isOrdered[$0] }
    )
  }

  /// The bytes of a float, little-endian.
  private static func bits<T: FixedWidthInteger>(_ word: T) -> [UInt8] {
    (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> T($0 * 8)) }
  }

  @Test("each wrapper in each type it may become", .spec("LOG-16"))
  func conversions() throws {
    let z = LogBytes.zigzag
    // 12.5 at scale 15.
    let decimal: [UInt8] = {
      let unscaled: Int64 = 12_500_000_000_000_000
      return z(8) + Self.bits(unscaled).reversed()
    }()
    let cases: [([UInt8], ColumnType, Scalar)] = [
      (z(1) + [1], .bool, .bool(true)),
      (z(2) + z(7), .int32, .int(7)), (z(2) + z(7), .int64, .int(7)),
      (z(2) + z(7), .float64, .double(7)), (z(2) + z(7), .date, .int(7)),
      (z(2) + z(7), .decimal(precision: 9, scale: 2), .decimal(700)),
      (z(2) + z(7), .string, .string("7")), (z(2) + z(-7), .int8, .int(-7)),
      (z(3) + z(1 << 40), .int64, .int(1 << 40)), (z(3) + z(9), .int32, .int(9)),
      (z(3) + z(1 << 40), .timestamp(.milli, utc: true), .int(1 << 40)),
      (z(3) + z(1 << 40), .timestamp(.micro, utc: false), .int(1 << 40)),
      (z(3) + z(9), .date, .int(9)), (z(3) + z(9), .time(.micro), .int(9)),
      (z(2) + z(9), .time(.milli), .int(9)), (z(2) + z(9), .timestamp(.micro, utc: true), .int(9)),
      (z(4) + Self.bits(Float(1.5).bitPattern), .float32, .float(1.5)),
      (z(4) + Self.bits(Float(0.1).bitPattern), .float64, .double(0.1)),
      (z(5) + Self.bits(2.5.bitPattern), .float64, .double(2.5)),
      (z(6) + z(2) + [1, 2], .binary, .binary([1, 2])),
      (z(7) + LogBytes.text("x"), .string, .string("x")), (z(8) + z(20_000), .date, .int(20_000)),
      (z(9) + decimal, .decimal(precision: 12, scale: 2), .decimal(1250)),
      (z(9) + decimal, .decimal(precision: 38, scale: 20), .decimal(1_250_000_000_000_000_000_000)),
      (z(10) + z(5), .time(.micro), .int(5)), (z(10) + z(5000), .time(.milli), .int(5)),
      (z(11) + z(5000), .timestamp(.micro, utc: true), .int(5000)),
      (z(11) + z(5000), .timestamp(.micro, utc: false), .int(5000)),
      (z(11) + z(5000), .timestamp(.milli, utc: true), .int(5)),
    ]
    for (bytes, type, value) in cases {
      // Between entries without an order, and beside one of the same kind.
      let found = try read([[0], bytes, z(2) + z(0), bytes], [type])
      #expect(found.order == [[.null, value, .null, value]], "\(type) of \(bytes)")
      #expect(found.isOrdered == [false, true, false, true], "\(type) of \(bytes)")
    }
  }

  @Test("wrappers that mix, and what cannot become the type", .spec("LOG-16"))
  func mixed() throws {
    let z = LogBytes.zigzag
    let mixed = try read([z(2) + z(3), z(3) + z(4), z(3) + z(0), z(2) + z(0)], [.int64])
    #expect(mixed.order == [[.int(3), .int(4), .int(0), .null]])
    // Only the Int 0 stands for none: a Long 0 is a value.
    #expect(mixed.isOrdered == [true, true, true, false])
    let refused: [([UInt8], ColumnType)] = [
      (z(3) + z(1 << 40), .int32), (z(7) + LogBytes.text("x"), .int64), (z(1) + [1], .int64),
      (z(8) + z(1), .timestamp(.micro, utc: true)), (z(3) + z(1 << 40), .date),
      (z(5) + Self.bits(2.5.bitPattern), .int64),
      (z(11) + z(5001), .timestamp(.milli, utc: true)),
    ]
    for (bytes, type) in refused {
      let error = #expect(throws: LakeError.self) { _ = try read([bytes], [type]) }
      #expect(error?.code == .schemaMismatch && error?.path == "f", "\(type)")
    }
    // Without an order in the table its values do not count.
    let none = try read([z(3) + z(4)], [])
    #expect(none.order.isEmpty && none.isOrdered == [false])
  }

  @Test("several ordering fields come as arrays", .spec("LOG-16"))
  func arrays() throws {
    let z = LogBytes.zigzag
    func array(_ items: [[UInt8]]) -> [UInt8] {
      z(12) + z(1) + z(items.count) + items.flatMap { $0 } + [0]
    }
    let types: [ColumnType] = [.int32, .string, .date]
    let found = try read(
      [
        array([z(2) + z(70), z(7) + LogBytes.text("a"), z(12) + z(9)]), z(2) + z(0), [0],
        array([z(2) + z(0), [0], z(8) + z(10)]),
      ], types)
    #expect(found.isOrdered == [true, false, false, true])
    #expect(
      found.order == [
        [.int(70), .null, .null, .int(0)], [.string("a"), .null, .null, .null],
        [.int(9), .null, .null, .int(10)],
      ])
    // In runs with their size, as Avro also allows.
    let one = try read([z(12) + z(1) + z(-1) + z(2) + z(2) + z(5) + [0]], [.int64])
    #expect(one.order == [[.int(5)]])
    for (bytes, types) in [
      (array([z(2) + z(1)]), types), (z(3) + z(1), types), (z(12) + z(0), types),
      (array([z(2) + z(1), z(2) + z(1)]), [ColumnType.int64]),
    ] {
      let error = #expect(throws: LakeError.self) { _ = try read([bytes], types) }
      #expect(error?.code == .logMalformed && error?.path == "f")
    }
  }

  @Test("lists of deletes that do not end where they say", .spec("LOG-15", "LOG-2"))
  func lists() throws {
    let word = LogBytes.int32
    let key = LogBytes.zigzag(1) + LogBytes.text("k") + [0, 0]
    let cases: [([UInt8], LakeCode)] = [
      (word(3), .logMalformed), (word(3) + word(9) + [0], .logMalformed),
      (word(3) + word(0), .avroMalformed), (word(3) + word(2) + [0, 0], .logMalformed),
      (word(3) + word(1) + [2], .avroMalformed), (word(3) + word(2) + [0x7E, 0], .avroMalformed),
      (word(3) + word(5) + [2, 0, 0, 0, 0], .logMalformed),
      (word(3) + word(key.count + 1) + [2] + key, .avroMalformed),
    ]
    for (content, code) in cases {
      let bytes = LogBytes.block(type: 1, [(0, Self.time)], content)
      let file = try LogVectors.reader(bytes)
      let error = #expect(throws: LakeError.self, "\(content)") {
        _ = try LogVectors.deletes(file, try file.allBlocks()[0], [.int64])
      }
      #expect(error?.code == code && error?.offset != nil, "\(content): \(error?.message ?? "")")
    }
  }

  @Test("many deletes come in bounded batches", .spec("LOG-23"))
  func many() throws {
    let keys = (0..<40_000).map { "key \($0)" }
    let file = try LogVectors.reader(LogBytes.deletes(Self.time, keys))
    let batches = try LogVectors.deletes(file, try file.allBlocks()[0], [.int64])
    #expect(batches.map(\.keys.count) == [16_384, 16_384, 7_232])
    #expect(batches[2].keys.string(0) == "key 32768")
  }
}
