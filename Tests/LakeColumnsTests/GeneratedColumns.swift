// Seeded types and values: columns are held against plain arrays of scalars.
import LakeBase
import LakeColumns

struct GeneratedColumns {
  let random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed) }

  func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  static let leaves: [ColumnType] = [
    .null, .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16,
    .float32, .float64, .decimal(precision: 38, scale: 3), .date, .time(.milli), .time(.micro),
    .timestamp(.micro, utc: true), .string, .binary, .fixedBinary(3), .fixedBinary(16),
  ]

  func type(depth: Int = 0) -> ColumnType {
    switch below(depth > 2 ? 1 : 4) {
    case 1: return .list(Field("element", type(depth: depth + 1)))
    case 2:
      return .map(
        key: Field("key", .string, nullable: false), value: Field("value", type(depth: depth + 1)))
    case 3:
      return .structure((0..<1 + below(3)).map { Field("f\($0)", type(depth: depth + 1)) })
    default: return Self.leaves[below(Self.leaves.count)]
    }
  }

  /// - Parameter nulls: one value in so many is null; 0 for none at the top.
  func value(_ type: ColumnType, nulls: Int) -> Scalar {
    if nulls > 0 && below(nulls) == 0 { return .null }
    switch type {
    case .null: return .null
    case .bool: return .bool(below(2) == 1)
    case .int8: return .int(Int64(below(256)) - 128)
    case .int16: return .int(Int64(below(65_536)) - 32_768)
    case .int32, .date, .time(.milli), .time(.second):
      return .int(Int64(Int32(truncatingIfNeeded: random.next())))
    case .int64, .timestamp, .time: return .int(Int64(bitPattern: random.next()))
    case .uint8: return .uint(UInt64(below(256)))
    case .uint16: return .uint(UInt64(below(65_536)))
    case .uint32: return .uint(random.next() >> 32)
    case .uint64: return .uint(random.next())
    case .float16: return .float(Float(below(2_048)) / 4 - 100)
    case .float32: return .float(Float(bitPattern: UInt32(below(1 << 30))))
    case .float64: return .double(Double(below(1 << 30)) / 7)
    case .decimal: return .decimal(Int128(Int64(bitPattern: random.next())) << Int128(below(40)))
    case .string: return .string(String(repeating: "é", count: below(5)) + "x\(below(10))")
    case .binary: return .binary((0..<below(9)).map { _ in UInt8(below(256)) })
    case .fixedBinary(let size): return .binary((0..<size).map { _ in UInt8(below(256)) })
    case .list(let element): return .list((0..<below(4)).map { _ in value(element.type, nulls: 4) })
    case .map(_, let item):
      return .map((0..<below(3)).map { (.string("k\($0)"), value(item.type, nulls: 4)) })
    case .structure(let fields): return .structure(fields.map { value($0.type, nulls: 4) })
    }
  }

  /// A column and what it holds.
  func column(_ type: ColumnType, count: Int) throws -> (Column, [Scalar]) {
    let nulls = below(3) * 3
    let values = (0..<count).map { _ in value(type, nulls: nulls) }
    return (try Column(type, scalars: values), values)
  }
}

func scalars(_ column: Column) -> [Scalar] { (0..<column.count).map { column.scalar($0) } }
