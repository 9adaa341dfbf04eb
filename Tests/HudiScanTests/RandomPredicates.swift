// Random rows and conditions on them, for comparing a pruned scan with a full one.
import Lake
import LakeTestKit

/// Rows whose values lie in small domains, so that conditions match some of them.
struct RandomRows {
  static let schema = Schema([
    Field("id", .string, nullable: false), Field("p", .string), Field("n", .int64),
    Field("t", .string), Field("d", .float64), Field("f", .bool), Field("at", .date),
    Field("m", .decimal(precision: 9, scale: 2)),
    Field("s", .structure([Field("x", .int32)])),
  ])

  let gen: Gen

  private func orNull(_ value: Scalar) -> Scalar { gen.chance(6) ? .null : value }

  /// Rows sorted by one of the columns, so that bounds of row groups and pages tell something.
  func rows(_ count: Int, firstKey: Int = 0) throws -> RecordBatch {
    var rows: [[Scalar]] = (0..<count).map { row in
      let number = gen.number(0..<50)
      return [
        .string("k\(firstKey + row)"), .string(gen.pick(["a", "b/c", "c=d", ""])),
        orNull(.int(Int64(number - 10))), orNull(.string(gen.pick(["", "x", "xy", "y%", "z"]))),
        orNull(.double(gen.pick([0, -0.0, 1.5, .nan, .infinity, Double(number)]))),
        orNull(.bool(gen.chance(2))), orNull(.int(Int64(19_000 + number))),
        orNull(.decimal(Int128(number * 25))),
        gen.chance(8) ? .null : .structure([orNull(.int(Int32(number % 7).int64))]),
      ]
    }
    let column = gen.number(1..<Self.schema.count)
    if gen.chance(4) == false { rows.sort { "\($0[column])" < "\($1[column])" } }
    return try Gen.batch(Self.schema, rows)
  }

  /// A condition, nested up to `depth`.
  func condition(_ depth: Int = 2) -> String {
    if depth > 0, !gen.chance(3) {
      let left = condition(depth - 1)
      switch gen.number(0..<3) {
      case 0: return "not (\(left))"
      case 1: return "(\(left) and \(condition(depth - 1)))"
      default: return "(\(left) or \(condition(depth - 1)))"
      }
    }
    let (column, values) = gen.pick([
      ("id", ["'k3'", "'k77'", "'nobody'"]), ("p", ["'a'", "'b/c'", "'c=d'", "''", "'q'"]),
      ("n", ["-10", "0", "3", "7.5", "39", "99"]), ("t", ["''", "'x'", "'xy'", "'y%'", "'q'"]),
      ("d", ["0", "1.5", "12", "-1", "1e9"]),
      ("at", ["'2022-01-08'", "'2022-01-20'", "'2030-01-01'"]),
      ("m", ["0", "2.5", "0.251", "12.25", "-1"]), ("s.x", ["0", "3", "6", "9"]),
    ])
    switch gen.number(0..<6) {
    case 0: return "\(column) is null"
    case 1: return "\(column) is not null"
    case 2: return "\(column) in (\(gen.pick(values)), \(gen.pick(values)))"
    case 3: return "\(column) not between \(gen.pick(values)) and \(gen.pick(values))"
    case 4 where column == "t": return gen.pick(["t like 'x%'", "t not like '%y'", "not f", "f"])
    default: return "\(column) \(gen.pick(["=", "<", "<=", ">", ">=", "!="])) \(gen.pick(values))"
    }
  }
}

extension Int32 {
  fileprivate var int64: Int64 { Int64(self) }
}
