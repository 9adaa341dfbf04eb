// Conditions and numbered schemas: texts from the command line and from a table's history.
import HudiModel
import LakeBase
import LakeColumns

enum FuzzSchema {
  static func history(_ input: Buffer) throws(LakeError) {
    let text = String(decoding: input.bytes, as: UTF8.self)
    let schemas = try NumberedSchema.history(text)
    for (older, newer) in zip(schemas, schemas.dropFirst()) {
      precondition((older.version ?? 0) <= (newer.version ?? 0), "versions ascend")
    }
  }
}

enum FuzzPredicate {
  private static let schema = Schema([
    Field("n", .int64), Field("t", .string), Field("d", .float64), Field("f", .bool),
    Field("at", .date), Field("ts", .timestamp(.micro, utc: true)),
    Field("m", .decimal(precision: 38, scale: 2)), Field("b", .binary),
    Field("s", .structure([Field("x", .int32)])), Field("u", .uint64),
  ])

  /// Ordered by every column, so that the first and last rows hold the bounds; made anew each
  /// time, since the leak check cannot follow constants of indirect enums.
  private static func makeRows() -> [[Scalar]] {
    [
      [
        .int(.min), .string(""), .double(-.infinity), .bool(false), .int(-40_000), .int(.min),
        .decimal(-500), .binary([]), .structure([.int(-1)]), .uint(0),
      ],
      [
        .int(3), .string("k%"), .double(0), .bool(false), .int(19_000), .int(1_700_000_000_000_000),
        .decimal(0), .binary([7]), .structure([.int(0)]), .uint(7),
      ],
      [
        .int(.max), .string("zé"), .double(1e300), .bool(true), .int(60_000), .int(.max),
        .decimal(123_456), .binary([255, 0]), .structure([.int(9)]), .uint(.max),
      ],
    ]
  }

  private static func bounds(_ name: String, _ rows: [[Scalar]], _ count: Int) -> ColumnBounds? {
    let place = name == "s.x" ? "s" : name
    guard let column = schema.index(of: place) else { return nil }
    var low = rows[0][column]
    var high = rows[count - 1][column]
    if case .structure(let inner) = low { low = inner[0] }
    if case .structure(let inner) = high { high = inner[0] }
    return ColumnBounds(min: low, max: high, nullCount: 0, rowCount: count)
  }

  /// What the rows answer and what their bounds say agree.
  static func run(_ input: Buffer) throws(LakeError) {
    let text = String(decoding: input.bytes, as: UTF8.self)
    let predicate = try RowPredicate(text, zoneOffset: 3_600)
    let bound = try BoundPredicate(predicate, schema)
    let rows = makeRows()
    for count in 1...rows.count {
      let builder = BatchBuilder(schema)
      for row in rows.prefix(count) { try builder.append(row) }
      let batch = builder.finish()
      let kept = batch.filter(try predicate.evaluate(batch)).count
      switch bound.verdict(bounds: { bounds($0, rows, count) }) {
      case .never: precondition(kept == 0, "bounds exclude a row that matches")
      case .always: precondition(kept == count, "bounds include a row that does not match")
      case .maybe: break
      }
    }
  }
}
