// Columns of every type from a seed, for properties and for files that other readers check.
import LakeBase
import LakeColumns

@testable import LakeParquet

/// How the values of a sample are spread.
enum Spread: CaseIterable {
  /// Few distinct values in no order.
  case few
  /// Nearly all distinct.
  case many
  /// Long runs of one value.
  case runs
}

struct Samples {
  let random: SeededRandom
  let spread: Spread
  /// One of so many values is null; 0 for none.
  let nullEvery: Int
  private var runValue: UInt64 = 0
  private var runLeft = 0

  init(_ seed: UInt64, _ spread: Spread, nullEvery: Int) {
    random = SeededRandom(seed)
    self.spread = spread
    self.nullEvery = nullEvery
  }

  private mutating func word() -> UInt64 {
    switch spread {
    case .few: return (random.next() % 7) &* 0x9E37_79B9_7F4A_7C15
    case .many: return random.next()
    case .runs:
      if runLeft == 0 {
        runLeft = Int(random.next() % 200)
        runValue = random.next() % 5 &* 0x9E37_79B9_7F4A_7C15
      }
      runLeft -= 1
      return runValue
    }
  }

  private func pow10(_ digits: Int) -> Int128 {
    (0..<digits).reduce(Int128(1)) { product, _ in product * 10 }
  }

  mutating func scalar(_ field: Field) -> Scalar {
    if field.nullable && nullEvery > 0 && random.next() % UInt64(nullEvery) == 0 { return .null }
    return scalar(field.type)
  }

  private mutating func scalar(_ type: ColumnType) -> Scalar {
    let value = word()
    let signed = Int64(bitPattern: value)
    switch type {
    case .null: return .null
    case .bool: return .bool(value & 0x8000 != 0)
    case .int8: return .int(Int64(Int8(truncatingIfNeeded: signed)))
    case .int16: return .int(Int64(Int16(truncatingIfNeeded: signed)))
    case .int32: return .int(Int64(Int32(truncatingIfNeeded: signed)))
    case .int64: return .int(signed)
    case .uint8: return .uint(value & 0xFF)
    case .uint16: return .uint(value & 0xFFFF)
    case .uint32: return .uint(value & 0xFFFF_FFFF)
    case .uint64: return .uint(value)
    case .float16: return .float(Float(Int(value % 2048) - 1024) / 8)
    case .float32: return .float(Float(Int32(truncatingIfNeeded: signed)) / 1024)
    case .float64: return .double(Double(signed) / 4096)
    case .decimal(let precision, _):
      let bound = pow10(precision)
      let wide = Int128(signed) &* Int128(Int64(bitPattern: value &* 31)) &+ Int128(signed)
      return .decimal(wide % bound)
    case .date: return .int(Int64(Int32(truncatingIfNeeded: signed % 40_000)))
    case .time(let unit): return .int(Int64(value % UInt64(86_400 * unit.perSecond)))
    case .timestamp(let unit, _): return .int(signed % (4_000_000_000 * unit.perSecond))
    case .string:
      let texts = ["", "ä", "wörld", "日本語", "🌊 lake", "plain text", String(value, radix: 36)]
      return .string(texts[Int(value >> 8 % 7)] + (spread == .many ? String(value % 5000) : ""))
    case .binary:
      return .binary((0..<Int(value % 20)).map { UInt8(truncatingIfNeeded: value >> $0) })
    case .fixedBinary(let count):
      return .binary((0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 % 60)) })
    case .list(let element):
      return .list((0..<Int(random.next() % 4)).map { _ in scalar(element) })
    case .map(let key, let item):
      return .map(
        (0..<Int(random.next() % 3)).map {
          (
            scalar(key.type == .string ? Field("key", .int64, nullable: false) : key).asKey(
              key.type, $0), scalar(item)
          )
        })
    case .structure(let fields): return .structure(fields.map { scalar($0) })
    }
  }

  mutating func batch(_ schema: Schema, _ count: Int) throws(LakeError) -> RecordBatch {
    var columns: [Column] = []
    for field in schema.fields {
      var scalars: [Scalar] = []
      for _ in 0..<count { scalars.append(scalar(field)) }
      columns.append(try Column(field.type, scalars: scalars))
    }
    return RecordBatch(schema, columns, count: count)
  }

  // MARK: Schemas

  /// Every type without nesting, nullable and not.
  static let flatTypes: [ColumnType] = [
    .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32,
    .float64, .decimal(precision: 4, scale: 2), .decimal(precision: 9, scale: 0),
    .decimal(precision: 18, scale: 18), .decimal(precision: 19, scale: 3),
    .decimal(precision: 38, scale: 10), .date, .time(.milli), .time(.micro), .time(.nano),
    .timestamp(.milli, utc: true), .timestamp(.micro, utc: true), .timestamp(.nano, utc: true),
    .timestamp(.milli, utc: false), .timestamp(.micro, utc: false), .timestamp(.nano, utc: false),
    .string, .binary, .fixedBinary(1), .fixedBinary(16), .fixedBinary(70),
  ]

  static let flat = Schema(
    flatTypes.enumerated().map { Field("c\($0.offset)", $0.element) }
      + flatTypes.enumerated().map { Field("r\($0.offset)", $0.element, nullable: false) })

  /// Nesting; lists hold no nulls where `strict`.
  static func nested(strict: Bool) -> Schema {
    let element = { (type: ColumnType) in Field("element", type, nullable: !strict) }
    let point = ColumnType.structure([
      Field("x", .float64), Field("name", .string), Field("n", .int32, nullable: false),
    ])
    return Schema([
      Field("id", .int64, nullable: false),
      Field("tags", .list(element(.string))),
      Field("numbers", .list(element(.int32)), nullable: false),
      Field("matrix", .list(element(.list(element(.int64))))),
      Field("place", point),
      Field("places", .list(element(point))),
      Field(
        "attributes",
        .map(key: Field("key", .string, nullable: false), value: Field("value", .int64))),
      Field(
        "deep",
        .structure([
          Field(
            "a",
            .list(
              element(
                .structure([
                  Field(
                    "m",
                    .map(
                      key: Field("key", .int32, nullable: false), value: Field("value", point)))
                ])))),
          Field("d", .decimal(precision: 20, scale: 4)),
        ])),
    ])
  }
}

extension Scalar {
  /// A key that differs from its neighbours'.
  fileprivate func asKey(_ type: ColumnType, _ position: Int) -> Scalar {
    switch (self, type) {
    case (.int(let value), .string): .string("k\(position)_\(value)")
    case (.int(let value), _): .int(Int64(Int32(truncatingIfNeeded: value &* 4 &+ Int64(position))))
    default: self
    }
  }
}

/// The file written from batches.
func write(
  _ schema: Schema, _ batches: [RecordBatch], _ options: ParquetWriteOptions
) throws(LakeError) -> (bytes: Buffer, result: ParquetWriteResult) {
  let sink = BufferSink()
  let writer = try ParquetWriter(sink, schema, options)
  for batch in batches { try writer.write(batch) }
  let result = try writer.finish()
  return (sink.take(), result)
}

/// All values of a file, column by column.
func readColumns(
  _ bytes: Buffer, _ options: ParquetReadOptions = .init()
) throws(LakeError) -> (file: ParquetFile, columns: [[Scalar]]) {
  let file = try ParquetFile(BufferSource(bytes), options)
  var source = try file.batches()
  var columns: [[Scalar]] = file.schema.fields.map { _ in [] }
  while let batch = try source.next() {
    for (index, column) in batch.columns.enumerated() {
      for row in 0..<batch.count { columns[index].append(column.scalar(row)) }
    }
  }
  return (file, columns)
}

/// All values of batches, column by column.
func scalars(_ batches: [RecordBatch]) -> [[Scalar]] {
  guard let first = batches.first else { return [] }
  return first.columns.indices.map { index in
    batches.flatMap { batch in (0..<batch.count).map { batch.columns[index].scalar($0) } }
  }
}
