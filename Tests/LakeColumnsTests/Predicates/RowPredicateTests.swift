// Predicates: parsing, evaluation by hand-computed truth, bounds.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Predicates")
struct RowPredicateTests {
  static let schema = Schema([
    Field("n", .int32), Field("x", .float64), Field("s", .string), Field("b", .bool),
    Field("d", .date), Field("t", .timestamp(.micro, utc: true)),
    Field("p", .decimal(precision: 9, scale: 2)), Field("a.b", .int64),
    Field("st", .structure([Field("f", .int64)])), Field("l", .timestamp(.milli, utc: false)),
    Field("f", .float32),
  ])

  /// Four rows; row 3 is null everywhere.
  static func batch() throws -> RecordBatch {
    let rows: [[Scalar]] = [
      [.int(1), .int(3), .int(-5), .null], [.double(1.5), .double(.nan), .double(-2), .null],
      [.string("abc"), .string("a%c"), .string("äbc"), .null],
      [.bool(true), .bool(false), .bool(true), .null],
      [.int(20513), .int(0), .int(-1), .null],
      [.int(1_000_000), .int(-1), .int(86_400_000_000), .null],
      [.decimal(150), .decimal(-25), .decimal(100), .null], [.int(7), .int(8), .int(9), .null],
      [.structure([.int(1)]), .structure([.null]), .structure([.int(2)]), .null],
      [.int(0), .int(1500), .int(-1), .null], [.float(0.1), .float(0.25), .float(-0.0), .null],
    ]
    var columns: [Column] = []
    for (field, values) in zip(schema.fields, rows) {
      columns.append(try Column(field.type, scalars: values))
    }
    return RecordBatch(schema, columns)
  }

  @Test(
    "Rows taken",
    .spec("PRED-1", "PRED-2", "PRED-3", "PRED-4", "PRED-5"),
    .spec("PRED-6", "PRED-7", "PRED-8", "PRED-10"),
    arguments: [
      ("n = 1", [0]), ("n == 1", [0]), ("1 = n", [0]), ("n != 1", [1, 2]), ("n <> 1", [1, 2]),
      ("n < 3", [0, 2]), ("n <= 3", [0, 1, 2]), ("3 > n", [0, 2]), ("n >= 2.5", [1]),
      ("n > -5.5", [0, 1, 2]),
      ("n = 1.5", []), ("n < 1e400", [0, 1, 2]), ("n in (1, -5, 99)", [0, 2]),
      ("n not in (1, null)", []),
      ("n between 0 and 2", [0]), ("n not between 0 and 2", [1, 2]), ("n is null", [3]),
      ("n is not null", [0, 1, 2]), ("not n = 1", [1, 2]), ("n = null", []), ("b", [0, 2]),
      ("not b", [1]),
      ("b = false", [1]), ("x > 0", [0]), ("x != 1.5", [1, 2]), ("x >= 1.5 or x < 0", [0, 2]),
      ("s = 'abc'", [0]), ("s > 'a%c'", [0, 2]), ("s like 'a%'", [0, 1]), ("s like '_bc'", [0, 2]),
      ("s like 'a\\%c'", [1]), ("s like '%'", [0, 1, 2]), ("s like ''", []),
      ("s like '%b%'", [0, 2]),
      ("s not like '%b%'", [1]), ("s in ('abc','x')", [0]),
      ("d = date '2026-03-01'", [0]), ("d = '2026-03-01'", [0]), ("d < date '1970-01-01'", [2]),
      ("t = 1000000", [0]), ("t = timestamp '1970-01-01T00:00:01Z'", [0]),
      ("t > '1970-01-01T08:00:01+08:00'", [2]), ("t >= 0 and t < 86400000001", [0, 2]),
      ("l = timestamp '1970-01-01 00:00:01.500'", [1]), ("p = 1.5", [0]), ("p > 0.999", [0, 2]),
      ("p <= -0.25", [1]), ("a.b = 8", [1]), ("\"a.b\" = 8", [1]), ("st.f = 2", [2]),
      ("st.f is null", [1, 3]),
      ("`n` = 1", [0]), ("f = 0.1", [0]), ("f = 0", [2]), ("n < st.f", [2]), ("x > n", [0, 2]),
      ("n = 1 or n = 3 and b", [0]), ("(n = 1 or n = 3) and b", [0]), ("true", [0, 1, 2, 3]),
      ("n = 1 OR null", [0]), ("NOT (n = 1 AND b)", [1, 2]),
    ] as [(String, [Int32])])
  func rows(_ text: String, _ expected: [Int32]) throws {
    let found = try RowPredicate(text).evaluate(Self.batch())
    #expect(found.selection() == expected, "\(text)")
  }

  @Test(
    "Malformed text is refused where it is wrong", .spec("PRED-11", "PRED-8", "PRED-9"),
    arguments: [
      ("", 0), ("n", 0), ("n =", 3), ("n = 1 x", 6), ("n ! 1", 2), ("n = 'a", 4), ("(n = 1", 6),
      ("n in ()", 6),
      ("n between 1 or 2", 12), ("n not 1", 6), ("1 = 2", 0), ("n = 'abc'", 0), ("äö = 1", 0),
      ("x like 'a'", 0),
      ("t > '2026-01-01'", 0), ("l = '2026-01-01T00:00:00Z'", 0), ("n = date '2026-13-01'", 9),
      ("n = 1.2.3", 4),
      ("n.z = 1", 0), ("s = 1", 0), (String(repeating: "(", count: 200), 128),
    ])
  func malformed(_ text: String, _ offset: Int) throws {
    let failure = #expect(throws: LakeError.self) {
      try RowPredicate(text).check(Self.schema)
    }
    #expect(failure?.code == (text.hasPrefix("äö") ? .columnNotFound : .predicateMalformed))
    #expect(failure?.offset == offset, "\(text): \(failure?.message ?? "")")
  }

  @Test("A zone that was given makes instants of unzoned texts", .spec("PRED-9"))
  func zone() throws {
    let found = try RowPredicate("t = '1970-01-01T08:00:01'", zoneOffset: 8 * 3600).evaluate(
      Self.batch())
    #expect(found.selection() == [0])
  }

  @Test("Dictionaries are tested once a value", .spec("PRED-5"))
  func dictionary() throws {
    let values = try Column(.string, scalars: [.string("x"), .string("y")])
    let codes = Buffer([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
    let column = Column(.string, count: 3, layout: .dictionary(codes: codes, values: values))
    let batch = RecordBatch(Schema([Field("s", .string)]), [column])
    #expect(try RowPredicate("s = 'y'").evaluate(batch).selection() == [0, 2])
  }

  @Test(
    "Bounds decide only what is certain", .spec("PRED-12"),
    arguments: [
      ("n > 10", .never), ("n >= 1", .always), ("n = 5", .maybe), ("n = 11", .never),
      ("not n > 10", .always),
      ("n is null", .never), ("n is not null", .always), ("n in (20, 30)", .never),
      ("n != 20", .always),
      ("x > 10", .never), ("x >= 1", .maybe), ("s < 'a'", .never), ("s like 'z%'", .never),
      ("s like 'b%'", .maybe),
      ("s >= 'b'", .maybe), ("s is null", .maybe), ("p > 0", .maybe),
      ("n > 10 or s like 'z%'", .never),
      ("n > 10 and p > 0", .never), ("n >= 1 or p > 0", .always), ("d is null", .always),
      ("d = '2026-01-01'", .never),
      ("d != '2026-01-01'", .never),
    ] as [(String, RowPredicate.Verdict)])
  func bounds(_ text: String, _ expected: RowPredicate.Verdict) throws {
    let verdict = try RowPredicate(text).verdict(Self.schema) { name in
      switch name {
      case "n": ColumnBounds(min: .int(1), max: .int(10), nullCount: 0, rowCount: 100)
      case "x": ColumnBounds(min: .double(1), max: .double(10), nullCount: 0, rowCount: 100)
      case "s": ColumnBounds(min: .string("b"), max: .string("m"), nullCount: 5, rowCount: 100)
      case "d": ColumnBounds(nullCount: 100, rowCount: 100)
      default: nil
      }
    }
    #expect(verdict == expected, "\(text)")
  }

  @Test("Bounds of a column leave out NaN and widen zero", .spec("PRED-12"))
  func minMax() throws {
    let column = try Column(.float64, scalars: [.double(.nan), .double(0), .null, .double(2)])
    let bounds = column.bounds()
    #expect(bounds == ColumnBounds(min: .double(-0.0), max: .double(2), nullCount: 1, rowCount: 4))
    #expect(
      try Column(.string, scalars: [.string("b"), .string("a")]).bounds().min == .string("a"))
  }

  @Test("Schemas as people write them", .spec("PRED-13"))
  func schemas() throws {
    let schema = try Schema.parse(
      columns: "id string not null, \"a b\" decimal(12,2), "
        + "m map<string, list<struct<x int, y date not null>>>, at timestamp(3)")
    #expect(schema.fields[0] == Field("id", .string, nullable: false))
    #expect(schema.fields[1] == Field("a b", .decimal(precision: 12, scale: 2)))
    #expect(
      schema.fields[2].type.description
        == "map<string,list<struct<x int,y date not null>>>")
    #expect(schema.fields[3].type == .timestamp(.milli, utc: true))
    for type in schema.fields.map(\.type) {
      #expect(try ColumnType.parse(type.description) == type)
    }
  }

  @Test(
    "Schemas that are wrong", .spec("PRED-13"),
    arguments: [
      "", "a", "a foo", "a int b int", "a int,", "a int, a int", "a decimal(39,2)",
      "a decimal(3,4)", "a list<int", "a time(2)", "a int not",
    ])
  func wrongSchemas(_ text: String) {
    let failure = #expect(throws: LakeError.self) { try Schema.parse(columns: text) }
    #expect(failure?.code == .schemaMalformed)
  }
}
