// Seeded schemas and values of them, for tests that hold two ways of doing the same against each
// other.
import LakeAvro
import LakeBase
import LakeColumns

/// Makes record schemas without recursion, and values.
struct GeneratedData {
  let random: SeededRandom
  private var names = 0

  init(seed: UInt64) { random = SeededRandom(seed) }

  func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  mutating func record(depth: Int = 0) -> AvroSchema {
    names += 1
    let name = AvroName("r\(names)", namespace: "gen")
    var fields: [AvroField] = []
    for index in 0..<(1 + below(depth == 0 ? 8 : 3)) {
      fields.append(AvroField("f\(index)", schema(depth: depth + 1)))
    }
    return .record(AvroRecord(name, fields: fields))
  }

  mutating func schema(depth: Int) -> AvroSchema {
    switch below(depth > 3 ? 6 : 10) {
    case 0, 1, 2: return leaf()
    case 3, 4, 5:
      let inner = leaf()
      return below(2) == 0 ? .union([.null, inner]) : .union([inner, .null])
    case 6: return .array(schema(depth: depth + 1))
    case 7: return .map(schema(depth: depth + 1))
    case 8: return below(2) == 0 ? record(depth: depth) : .nullable(record(depth: depth))
    default: return .union(below(2) == 0 ? [.null, .int, .string] : [.boolean, .string, .double])
    }
  }

  mutating func leaf() -> AvroSchema {
    names += 1
    let name = AvroName("n\(names)", namespace: "gen")
    switch below(16) {
    case 0: return .boolean
    case 1: return .int
    case 2: return .long
    case 3: return .float
    case 4: return .double
    case 5: return .bytes
    case 6: return .string
    case 7: return .fixed(AvroFixed(name, size: 1 + below(9)))
    case 8: return .enumeration(AvroEnum(name, symbols: ["A", "BB", "CCC"]))
    case 9: return .logical(.date, .int)
    case 10: return .logical(.timestampMicros, .long)
    case 11: return .logical(.localTimestampMillis, .long)
    case 12:
      let type = AvroLogicalType.decimal(precision: 11, scale: 2)
      return .fixed(AvroFixed(name, size: 5, properties: type.properties))
    case 13: return .logical(.decimal(precision: 30, scale: 4), .bytes)
    case 14: return .logical(.timeMillis, .int)
    default: return .logical(.uuid, .string)
    }
  }

  func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(below(256)) } }

  func number() -> Int64 { Int64(bitPattern: random.next()) >> Int64(below(64)) }

  func text() -> String {
    let letters = ["a", "Z", "é", "日", "🜁", "0", " "]
    return (0..<below(12)).map { _ in letters[below(letters.count)] }.joined()
  }

  func value(of schema: AvroSchema) -> AvroValue {
    switch schema {
    case .annotated(let base, _):
      guard case .decimal = schema.logicalType else { return value(of: base) }
      // The shortest form: what a writer from numbers gives back.
      return .bytes(shortest(Int128(number())))
    case .null, .reference: return .null
    case .boolean: return .boolean(below(2) == 1)
    case .int: return .int(Int32(truncatingIfNeeded: number()))
    case .long: return .long(number())
    case .float: return .float(Float(number()) / 8)
    case .double: return .double(Double(number()) / 8)
    case .bytes: return .bytes(bytes(below(20)))
    case .string: return .string(text())
    case .fixed(let type): return .fixed(bytes(type.size))
    case .enumeration(let type): return .enumeration(below(type.symbols.count))
    case .array(let item): return .array((0..<below(4)).map { _ in value(of: item) })
    case .map(let item): return .map((0..<below(4)).map { _ in (text(), value(of: item)) })
    case .union(let branches):
      let branch = below(branches.count)
      return .union(branch, value(of: branches[branch]))
    case .record(let record): return .record(record.fields.map { value(of: $0.schema) })
    }
  }

  private func shortest(_ value: Int128) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while true {
      let byte = UInt8(truncatingIfNeeded: rest)
      bytes.insert(byte, at: 0)
      rest >>= 8
      if (rest == 0 && byte < 0x80) || (rest == -1 && byte >= 0x80) { return bytes }
    }
  }
}

/// What a value should look like in a column of its schema.
func scalar(_ value: AvroValue, _ schema: AvroSchema) -> Scalar {
  switch (value, schema.bare) {
  case (.union(let branch, let inner), .union(let branches)):
    let others = branches.filter { $0 != .null }
    if branches[branch] == .null { return .null }
    if others.count == 1 { return scalar(inner, branches[branch]) }
    return .structure(
      others.map { $0 == branches[branch] ? scalar(inner, branches[branch]) : .null })
  case (.null, _): return .null
  case (.boolean(let flag), _): return .bool(flag)
  case (.int(let number), _): return .int(Int64(number))
  case (.long(let number), _): return .int(number)
  case (.float(let number), _): return .float(number)
  case (.double(let number), _): return .double(number)
  case (.string(let text), _): return .string(text)
  case (.bytes(let bytes), _), (.fixed(let bytes), _):
    guard case .decimal = schema.logicalType else { return .binary(bytes) }
    var number: Int128 = bytes[0] >= 0x80 ? -1 : 0
    for byte in bytes { number = number << 8 | Int128(byte) }
    return .decimal(number)
  case (.enumeration(let index), .enumeration(let type)): return .string(type.symbols[index])
  case (.array(let items), .array(let item)): return .list(items.map { scalar($0, item) })
  case (.map(let entries), .map(let item)):
    return .map(entries.map { (.string($0.key), scalar($0.value, item)) })
  case (.record(let fields), .record(let record)):
    return .structure(zip(fields, record.fields).map { scalar($0, $1.schema) })
  default: return .null
  }
}
