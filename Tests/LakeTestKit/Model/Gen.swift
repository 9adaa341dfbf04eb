// Seeded generators, biased to trouble: few keys, equal ordering values, awkward names, many nulls.
import LakeBase
import LakeColumns

/// Makes test data. Equal seeds make equal data.
public struct Gen: Sendable {
  private let random: SeededRandom
  public let seed: UInt64

  public init(seed: UInt64) {
    self.seed = seed
    random = SeededRandom(seed)
  }

  // MARK: Choices

  public func bits() -> UInt64 { random.next() }

  /// A number in a half-open range.
  public func number(_ range: Range<Int>) -> Int {
    range.isEmpty ? range.lowerBound : range.lowerBound + Int(random.next() % UInt64(range.count))
  }

  public func chance(_ oneIn: Int) -> Bool { random.next() % UInt64(max(1, oneIn)) == 0 }

  public func pick<T>(_ items: [T]) -> T {
    precondition(!items.isEmpty, "nothing to pick from")
    return items[number(0..<items.count)]
  }

  public func shuffled<T>(_ items: [T]) -> [T] {
    var items = items
    for index in items.indices.dropFirst().reversed() {
      items.swapAt(index, number(0..<index + 1))
    }
    return items
  }

  // MARK: Text

  /// Texts that break naive code (H11).
  public static let awkward = [
    "", " ", "a:b", "a,b", "a/b", "a=b", "a%b", "%2F", "'", "\"", "\n", "\t", "\u{0}", "\u{E9}",
    "e\u{301}", "\u{1F600}", "\u{202E}x", "null", "__null__", "__empty__", "NaN", "-0", "0x1",
    "\u{FEFF}", "\\", "..", ".", "default", "\u{10FFFF}", "z\u{7F}",
  ]

  public func text(maxLength: Int = 12) -> String {
    if chance(6) { return pick(Self.awkward) }
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_- ")
    return String((0..<number(0..<maxLength + 1)).map { _ in pick(letters) })
  }

  /// Keys from a small set, so that commits collide.
  public func keys(_ count: Int) -> [String] {
    (0..<count).map { "key-" + String($0) }
  }

  // MARK: Schemas and values

  /// Every flat type once.
  public static let flatTypes: [ColumnType] = [
    .bool, .int32, .int64, .float32, .float64, .decimal(precision: 9, scale: 2),
    .decimal(precision: 38, scale: 10), .date, .time(.milli), .time(.micro),
    .timestamp(.milli, utc: true), .timestamp(.micro, utc: true), .timestamp(.micro, utc: false),
    .string, .binary, .fixedBinary(7),
  ]

  public func type(depth: Int = 2) -> ColumnType {
    if depth > 0 && chance(4) {
      switch number(0..<3) {
      case 0: return .list(Field("element", type(depth: depth - 1)))
      case 1:
        return .map(
          key: Field("key", .string, nullable: false), value: Field("value", type(depth: depth - 1))
        )
      default:
        return .structure(
          (0..<number(1..<4)).map { Field("f\($0)", type(depth: depth - 1), nullable: !chance(3)) })
      }
    }
    return pick(Self.flatTypes)
  }

  public func schema(columns: Int, depth: Int = 2) -> Schema {
    Schema((0..<columns).map { Field("c\($0)", type(depth: depth), nullable: !chance(3)) })
  }

  /// A value of a field, with edges of its type.
  public func scalar(_ field: Field) -> Scalar {
    if field.nullable && chance(4) { return .null }
    return scalar(field.type)
  }

  private func whole(_ low: Int64, _ high: Int64) -> Int64 {
    switch number(0..<8) {
    case 0: return low
    case 1: return high
    case 2: return 0
    case 3: return Swift.min(high, Swift.max(low, -1))
    case 4, 5: return Swift.min(high, Swift.max(low, Int64(number(-100..<100))))
    default:
      let span = UInt64(bitPattern: high &- low)
      let step = span == .max ? bits() : bits() % (span + 1)
      return Int64(bitPattern: UInt64(bitPattern: low) &+ step)
    }
  }

  private func scalar(_ type: ColumnType) -> Scalar {
    switch type {
    case .null: return .null
    case .bool: return .bool(chance(2))
    case .int8: return .int(whole(-128, 127))
    case .int16: return .int(whole(-32768, 32767))
    case .int32, .date: return .int(whole(Int64(Int32.min), Int64(Int32.max)))
    case .int64: return .int(whole(.min, .max))
    case .uint8: return .uint(UInt64(number(0..<256)))
    case .uint16, .float16: return .uint(UInt64(number(0..<65536)))
    case .uint32: return .uint(bits() & 0xFFFF_FFFF)
    case .uint64: return .uint(bits())
    case .float32:
      let any = Float(number(-1000..<1000))
      return .float(pick([0, -0.0, 1.5, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, any]))
    case .float64:
      let any = Double(number(-1000..<1000)) / 8
      return .double(
        pick([0, -0.0, 0.1, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, any]))
    case .decimal(let precision, _):
      var limit: Int128 = 1
      for _ in 0..<precision { limit *= 10 }
      let wide = Int128(truncatingIfNeeded: Int64(bitPattern: bits())) &* 1_000_003
      return .decimal(pick([0, limit - 1, 1 - limit, wide % limit]))
    case .time(let unit): return .int(whole(0, 86_400 * unit.perSecond - 1))
    case .timestamp: return .int(whole(-62_135_596_800_000, 253_402_300_799_000))
    case .string: return .string(text())
    case .binary: return .binary((0..<number(0..<9)).map { _ in UInt8(truncatingIfNeeded: bits()) })
    case .fixedBinary(let count):
      return .binary((0..<count).map { _ in UInt8(truncatingIfNeeded: bits()) })
    case .list(let element): return .list((0..<number(0..<4)).map { _ in scalar(element) })
    case .map(_, let value):
      return .map((0..<number(0..<4)).map { (.string("k\($0)"), scalar(value)) })
    case .structure(let fields): return .structure(fields.map { scalar($0) })
    }
  }

  /// Rows of a schema.
  public func rows(_ schema: Schema, count: Int) -> [[Scalar]] {
    (0..<count).map { _ in schema.fields.map { scalar($0) } }
  }

  /// A batch of a schema.
  public func batch(_ schema: Schema, count: Int) throws(LakeError) -> RecordBatch {
    try Self.batch(schema, rows(schema, count: count))
  }

  /// A batch of given rows.
  public static func batch(_ schema: Schema, _ rows: [[Scalar]]) throws(LakeError) -> RecordBatch {
    let builder = BatchBuilder(schema, rowsMax: max(1, rows.count), bufferBytesMax: .max)
    for row in rows { try builder.append(row) }
    return builder.finish()
  }

  /// Changes to a keyed table: few keys and ordering values, moves between partitions, deletes.
  public func changes(
    count: Int, keys: Int, partitions: [String] = [""], deletes: Bool = true
  ) -> [OracleRow] {
    (0..<count).map { _ in
      let key = "key-\(number(0..<keys))"
      let ordering = Int64(number(0..<5))
      let partition = pick(partitions)
      return OracleRow(
        partition: partition, key: key, ordering: ordering, isDelete: deletes && chance(6),
        values: [.string(key), .string(partition), .int(ordering), .int(Int64(number(0..<1000)))])
    }
  }
}
