// Logic with three values: conditions over rows with many nulls, and the rows that DuckDB takes.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Three-valued logic")
struct ThreeValuedTests {
  static let rows: [(Int64?, Int64?, String?, Bool?, String?, String?)] = [
    (0, -2, "ab", false, nil, nil),
    (7, nil, "a", false, nil, "-1.50"),
    (nil, nil, "ab", true, nil, "-1.50"),
    (nil, 7, "ab", nil, "2024-02-29", nil),
    (-2, 7, nil, false, "2024-02-29", "2.25"),
    (nil, -2, nil, false, nil, "0.00"),
    (1, -2, "b%", nil, "2024-02-29", "0.00"),
    (7, -2, nil, false, "2024-02-29", "-1.50"),
    (0, nil, "b%", false, nil, nil),
    (7, -2, "ab", false, "2024-02-29", "2.25"),
    (0, 1, "b%", true, "1969-12-31", "0.00"),
    (-2, -2, "", nil, "2024-02-29", "0.00"),
    (7, 1, "a", false, "1969-12-31", "0.00"),
    (7, nil, nil, false, "1969-12-31", "-1.50"),
    (0, -2, "ab", true, nil, nil),
    (7, 7, "a", true, "2024-02-29", "0.00"),
  ]

  static let conditions: [(String, [Int32])] = [
    ("(n between -2 and 1) and ((n > k) or (s not between 'a' and 'zz'))", [0, 6, 11, 14]),
    ("n is null", [2, 3, 5]),
    ("not (p not between 2.251 and -1.5)", []),
    (
      "(s not between 'zz' and '') or (p in (0, -1.5))",
      [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    ),
    ("p is null", [0, 3, 8, 14]),
    ("not (not (k > 1))", [3, 4, 15]),
    (
      "((p != -1.5) or (b != false)) or ((b = true) and (p is null))",
      [2, 4, 5, 6, 9, 10, 11, 12, 14, 15]
    ),
    ("k in (-2, 1)", [0, 5, 6, 7, 9, 10, 11, 12, 14]),
    ("n = 0", [0, 8, 10, 14]),
    ("s is null", [4, 5, 7, 13]),
    ("n < k", [4, 10]),
    ("s like '%b%'", [0, 2, 3, 6, 8, 9, 10, 14]),
    ("n > k", [0, 6, 7, 9, 12, 14]),
    ("(n not in (1, 3)) and (not (d in (date '2000-01-01', date '2024-02-29')))", [10, 12, 13]),
    ("not (n >= k)", [4, 10]),
    ("not (n < k)", [0, 6, 7, 9, 11, 12, 14, 15]),
    ("not (b is not null)", [3, 6, 11]),
    ("n not between 0 and 1", [1, 4, 7, 9, 11, 12, 13, 15]),
    ("((n is null) and (k in (1, 0))) or ((n = k) or (b is null))", [3, 6, 11, 15]),
    ("n != k", [0, 4, 6, 7, 9, 10, 12, 14]),
    ("not b", [0, 1, 4, 5, 7, 8, 9, 12, 13]),
    ("((n not between 3 and -2) and (p in (0, -1.5))) and (not b)", [1, 7, 12, 13]),
    ("(d is null) and (p is null)", [0, 8, 14]),
    ("s not in ('ab', '')", [1, 6, 8, 10, 12, 15]),
    ("not (p not between 0 and 0)", [5, 6, 10, 11, 12, 15]),
    ("not (k between -2 and 1)", [3, 4, 15]),
    ("not (not (k not in (-2, -2)))", [3, 4, 10, 12, 15]),
    ("not ((d >= date '1969-12-31') or (p not between 0 and 2.25))", []),
    ("not (b = true)", [0, 1, 4, 5, 7, 8, 9, 12, 13]),
    ("(n < 1) or (not (p != 2.25))", [0, 4, 8, 9, 10, 11, 14]),
    ("b = true", [2, 10, 14, 15]),
    ("((s not in ('zz', 'zz')) or (p not between 2.25 and -1.5)) and (n < k)", [4, 10]),
    ("n not in (-2, 0)", [1, 6, 7, 9, 12, 13, 15]),
    ("((n <= k) or (b != false)) and ((b is null) or (n is null))", [2, 11]),
    ("not (s = 'a')", [0, 2, 3, 6, 8, 9, 10, 11, 14]),
    ("s between '' and 'zz'", [0, 1, 2, 3, 6, 8, 9, 10, 11, 12, 14, 15]),
    ("not (not (n not in (-2, 0)))", [1, 6, 7, 9, 12, 13, 15]),
    (
      "(s in ('', 'zz')) or (d in (date '2024-02-29', date '2024-02-29'))",
      [3, 4, 6, 7, 9, 11, 15]
    ),
    ("p >= 0", [4, 5, 6, 9, 10, 11, 12, 15]),
    ("b is not null", [0, 1, 2, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15]),
    (
      "((d <= date '1969-12-31') and (k in (0, 7.5))) or (not (n < k))",
      [0, 6, 7, 9, 11, 12, 14, 15]
    ),
    ("n != 1", [0, 1, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
    ("s in ('zz', 'a')", [1, 12, 15]),
    ("s in ('a', 'ab')", [0, 1, 2, 3, 9, 12, 14, 15]),
    ("(not (s not like '_')) or (n != k)", [0, 1, 4, 6, 7, 9, 10, 12, 14, 15]),
    (
      "(d >= date '1969-12-31') or ((n != k) or (p != 0))",
      [0, 1, 2, 3, 4, 6, 7, 9, 10, 11, 12, 13, 14, 15]
    ),
    ("n in (1, -2)", [4, 6, 11]),
    ("(n != 0) or (not (b is not null))", [1, 3, 4, 6, 7, 9, 11, 12, 13, 15]),
    ("not (not (p in (2.251, 2.251)))", []),
    ("k not in (1, 0)", [0, 3, 4, 5, 6, 7, 9, 11, 14, 15]),
    ("not (b is null)", [0, 1, 2, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15]),
    ("d not in (date '2024-02-29', date '1969-12-31')", []),
    ("n < null", []),
    ("not ((d is null) or (p in (2.251, 2.251)))", [4, 6, 7, 9, 10, 11, 12, 13, 15]),
    ("n > 3", [1, 7, 9, 12, 13, 15]),
    ("not ((s not in ('a', '')) and (n <= k))", [0, 1, 6, 7, 9, 11, 12, 14, 15]),
    ("k is null", [1, 2, 8, 13]),
    ("not ((n not between -2 and 1) or (n = 1))", [0, 4, 8, 10, 11, 14]),
    ("(n between -2 and -2) and (p between 2.25 and 2.251)", [4]),
    ("d in (date '2024-02-29', date '2024-02-29')", [3, 4, 6, 7, 9, 11, 15]),
    ("((s > 'ab') or (s like '')) and (p is null)", [8]),
    ("(d not between date '2024-02-29' and date '2024-02-29') and (k in (0, -2))", []),
    ("not (s not in ('', 'ab'))", [0, 2, 3, 9, 11, 14]),
    ("p not between 0 and 2.251", [1, 2, 7, 13]),
    ("not ((s < 'ab') or (n in (3, 3)))", [0, 6, 8, 9, 10, 14]),
    ("(not (k not between 7.5 and -2)) and (n >= k)", []),
    ("not (not (k < -2))", []),
    ("n = k", [11, 15]),
    ("not (p not in (0, 2.25))", [4, 5, 6, 9, 10, 11, 12, 15]),
    ("not (s not like '_')", [1, 12, 15]),
    (
      "(d not between date '2024-02-29' and date '2000-01-01') or (not (not b))",
      [2, 3, 4, 6, 7, 9, 10, 11, 12, 13, 14, 15]
    ),
    ("k > 7.5", []),
    ("s < 'zz'", [0, 1, 2, 3, 6, 8, 9, 10, 11, 12, 14, 15]),
    ("n not in (3, 1)", [0, 1, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
    ("n <= k", [4, 10, 11, 15]),
    ("k in (1, 0)", [10, 12]),
    ("(n <= k) and (n between 0 and 3)", [10]),
    ("not (not (not b))", [0, 1, 4, 5, 7, 8, 9, 12, 13]),
    ("d between date '2000-01-01' and date '1969-12-31'", []),
    ("(s is null) or (n not in (0, 0))", [1, 4, 5, 6, 7, 9, 11, 12, 13, 15]),
    ("p not between 2.25 and 2.251", [1, 2, 5, 6, 7, 10, 11, 12, 13, 15]),
    ("not (not (b is null))", [3, 6, 11]),
    ("p in (2.25, 2.251)", [4, 9]),
    ("(b is not null) or (b is not null)", [0, 1, 2, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15]),
    ("s < 'a'", [11]),
    ("((n <= 1) or (s is null)) and ((n != k) or (n in (-2, 3)))", [0, 4, 6, 7, 10, 11, 14]),
    ("(k in (0, 7.5)) or (n > null)", []),
    ("b", [2, 10, 14, 15]),
    ("b != false", [2, 10, 14, 15]),
    ("(n = k) or (n <= k)", [4, 10, 11, 15]),
    (
      "((s between 'ab' and 'ab') or (k not in (0, 1))) and (s not like '_')",
      [0, 2, 3, 6, 9, 11, 14]
    ),
    ("n in (3, 1)", [6]),
    ("k >= 0", [3, 4, 10, 12, 15]),
    ("s in ('zz', '')", [11]),
    ("n != null", []),
    ("p in (-1.5, 2.25)", [1, 2, 4, 7, 9, 13]),
    ("not (not (k not between -2 and 7.5))", []),
    ("not (p not between 2.251 and 2.25)", []),
    ("not ((s between '' and 'ab') or (b = true))", [8]),
    ("(k is null) and (n = k)", []),
    ("(not (k is null)) and ((n > k) or (n >= 1))", [0, 6, 7, 9, 12, 14, 15]),
    ("s not like '_'", [0, 2, 3, 6, 8, 9, 10, 11, 14]),
    ("n between 1 and 0", []),
    ("(n < k) or (n > k)", [0, 4, 6, 7, 9, 10, 12, 14]),
    ("not (not b)", [2, 10, 14, 15]),
    ("not (p is null)", [1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15]),
    ("(not (k not between -2 and 7.5)) and ((n = 0) or (n not in (null, -2)))", [0, 10, 14]),
    ("n >= k", [0, 6, 7, 9, 11, 12, 14, 15]),
    ("not (n >= -2)", []),
    ("(d in (date '2000-01-01', date '2024-02-29')) and (not (s is null))", [3, 6, 9, 11, 15]),
    ("k not in (1, 7.5)", [0, 3, 4, 5, 6, 7, 9, 11, 14, 15]),
    ("(n is null) and (p between 2.25 and 2.251)", []),
    ("n not in (1, -2)", [0, 1, 7, 8, 9, 10, 12, 13, 14, 15]),
    ("((k not in (7.5, 0)) or (k in (0, 7.5))) and (p < 2.25)", [5, 6, 7, 10, 11, 12, 15]),
    (
      "((p in (0, -1.5)) or (n = -2)) or (not (k is null))",
      [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]
    ),
    ("d >= date '1969-12-31'", [3, 4, 6, 7, 9, 10, 11, 12, 13, 15]),
    ("(d != date '2000-01-01') or (p > 0)", [3, 4, 6, 7, 9, 10, 11, 12, 13, 15]),
    ("p = 2.251", []),
    ("p in (0, -1.5)", [1, 2, 5, 6, 7, 10, 11, 12, 13, 15]),
    ("((s <= 'ab') or (n is null)) or (k in (0, 1))", [0, 1, 2, 3, 5, 9, 10, 11, 12, 14, 15]),
    ("(d not between date '2024-02-29' and date '2000-01-01') and (p is null)", [3]),
    ("not ((n < k) and (b != false))", [0, 1, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15]),
    ("d in (date '1969-12-31', date '1969-12-31')", [10, 12, 13]),
    ("n in (1, 0)", [0, 6, 8, 10, 14]),
    ("n in (-2, -2)", [4, 11]),
    ("n not in (0, null)", []),
    ("not (n != k)", [11, 15]),
    ("(b) and (s not in ('a', ''))", [2, 10, 14]),
    (
      "((d is null) and (n > k)) or (d not in (date '2024-02-29', date '2000-01-01'))",
      [0, 10, 12, 13, 14]
    ),
    ("d in (date '2000-01-01', date '1969-12-31')", [10, 12, 13]),
    ("not ((s not in ('ab', '')) or (n < k))", [0, 9, 11, 14]),
    ("not (p between 2.25 and 2.25)", [1, 2, 5, 6, 7, 10, 11, 12, 13, 15]),
    (
      "(b != false) or ((n >= k) or (p not in (2.25, 0)))",
      [0, 1, 2, 6, 7, 9, 10, 11, 12, 13, 14, 15]
    ),
    ("not (p <= 2.25)", []),
    ("k <= -2", [0, 5, 6, 7, 9, 11, 14]),
    ("not (k in (0, 1))", [0, 3, 4, 5, 6, 7, 9, 11, 14, 15]),
    ("not (n in (3, 3))", [0, 1, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
    ("n between 1 and 3", [6]),
    ("k <= 7.5", [0, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15]),
    ("p not between 0 and 0", [1, 2, 4, 7, 9, 13]),
  ]

  private static func batch() throws -> RecordBatch {
    let schema = Schema([
      Field("n", .int32), Field("k", .int64), Field("s", .string), Field("b", .bool),
      Field("d", .date), Field("p", .decimal(precision: 9, scale: 2)),
    ])
    let days: [String: Int64] = ["1969-12-31": -1, "2024-02-29": 19_782]
    let cents: [String: Int128] = ["-1.50": -150, "0.00": 0, "2.25": 225]
    let builder = BatchBuilder(schema)
    for row in rows {
      try builder.append([
        row.0.map { .int($0) } ?? .null, row.1.map { .int($0) } ?? .null,
        row.2.map { .string($0) } ?? .null, row.3.map { .bool($0) } ?? .null,
        row.4.flatMap { days[$0] }.map { .int($0) } ?? .null,
        row.5.flatMap { cents[$0] }.map { .decimal($0) } ?? .null,
      ])
    }
    return builder.finish()
  }

  @Test("rows are taken as DuckDB takes them", .spec("PRED-1", "PRED-2", "PRED-3", "PRED-5"))
  func conditionsHold() throws {
    let batch = try Self.batch()
    for (text, expected) in Self.conditions {
      #expect(try RowPredicate(text).evaluate(batch).selection() == expected, "\(text)")
    }
    #expect(Self.conditions.count == 140)
  }
}
