// Two states of a file group and what became of which row, against lists worked out by hand and
// against a plain model.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Changed rows") struct ChangeRowsTests {
  private static let data = Schema([Field("n", .int64), Field("s", .string)])
  private static let old = "20260101000000001"
  private static let new = "20260101000000002"

  /// Key, commit time, values.
  private struct Row {
    var key: String?
    var time: String
    var values: [Scalar]

    init(_ key: String?, _ time: String, _ n: Int64?, _ s: String? = nil) {
      self.init(key, time, values: [n.map { .int($0) } ?? .null, s.map { .string($0) } ?? .null])
    }

    init(_ key: String?, _ time: String, values: [Scalar]) {
      self.key = key
      self.time = time
      self.values = values
    }
  }

  private static func side(
    _ rows: [Row], _ data: Schema = data, batch: Int = 1_000
  ) throws -> ChangeRows.Side {
    let schema = Schema(ChangeRows.leading.map { Field($0.name, .string) } + data.fields)
    var batches: [RecordBatch] = []
    for start in stride(from: 0, to: rows.count, by: batch) {
      let builder = BatchBuilder(schema)
      for row in rows[start..<Swift.min(start + batch, rows.count)] {
        try builder.append([row.key.map { .string($0) } ?? .null, .string(row.time)] + row.values)
      }
      batches.append(builder.finish())
    }
    let all = batches
    return { () throws(LakeError) in MemoryBatches(schema, all) }
  }

  private static func keys(_ keys: [String]) throws -> ChangeRows.Candidates {
    let table = KeyTable()
    _ = table.insert(try Column(.string, scalars: keys.map { .string($0) }))
    return .keys(table.freeze())
  }

  private static var written: ChangeRows.Candidates {
    get throws { .written(by: try InstantTime(parsing: new)) }
  }

  /// One line a change: letter, key, images.
  private static func lines(
    _ before: [Row]?, _ after: [Row]?, _ candidates: ChangeRows.Candidates, of data: Schema = data,
    keepsEqual: Bool = false, budget: Int = 1 << 20, batch: Int = 1_000
  ) throws -> [String] {
    var changes = ChangeRows(
      data, before: try before.map { try side($0, data, batch: batch) },
      after: try after.map { try side($0, data, batch: batch) }, candidates,
      keepsEqual: keepsEqual, budget: budget)
    var lines: [String] = []
    while let some = try changes.next() {
      #expect(some.count > 0 && some.count <= RecordBatch.targetRows)
      for column in [some.operations, some.keys, some.before, some.after] {
        #expect(column.count == some.count)
      }
      for row in 0..<some.count {
        func text(_ column: Column) -> String {
          guard case .structure(let values) = column.scalar(row) else { return "-" }
          return values.map { "\($0)" }.joined(separator: ",")
        }
        lines.append(
          [some.operations.string(row), some.keys.string(row), text(some.before), text(some.after)]
            .joined(separator: " "))
      }
    }
    return lines
  }

  private static func image(_ n: Int64?, _ s: String? = nil) -> String {
    Row("", "", n, s).values.map { "\($0)" }.joined(separator: ",")
  }

  static let batches = [1, 2, 1_000]

  @Test("every operation of a written file", .spec("CHANGE-2", "CHANGE-3"), arguments: batches)
  func operations(_ batch: Int) throws {
    let before = [
      Row("gone", Self.old, 1, "a"), Row("kept", Self.old, 2), Row("new value", Self.old, 3, "b"),
      Row("now null", Self.old, 4, "c"), Row("was null", Self.old, nil),
    ]
    let after = [
      Row("inserted", Self.new, 7), Row("kept", Self.old, 2), Row("new value", Self.new, 30, "b"),
      Row("now null", Self.new, nil), Row("was null", Self.new, 5, ""),
    ]
    let expected = [
      "d gone \(Self.image(1, "a")) -",
      "u new value \(Self.image(3, "b")) \(Self.image(30, "b"))",
      "u now null \(Self.image(4, "c")) \(Self.image(nil))",
      "u was null \(Self.image(nil)) \(Self.image(5, ""))",
      "i inserted - \(Self.image(7))",
    ]
    #expect(try Self.lines(before, after, Self.written, batch: batch) == expected)
    // Asked by key, rows of other keys are passed over, whatever they carry.
    let asked = try Self.keys(["now null", "inserted", "absent"])
    #expect(
      try Self.lines(before, after, asked, batch: batch) == [expected[2], expected[4]])
  }

  @Test("a row written as it was is no change, unless a log told it", .spec("CHANGE-4"))
  func equal() throws {
    let before = [Row("a", Self.old, 1, "x"), Row("b", Self.old, nil, nil)]
    let after = [Row("a", Self.new, 1, "x"), Row("b", Self.new, nil, nil)]
    #expect(try Self.lines(before, after, Self.written).isEmpty)
    #expect(
      try Self.lines(before, after, Self.written, keepsEqual: true) == [
        "u a \(Self.image(1, "x")) \(Self.image(1, "x"))",
        "u b \(Self.image(nil)) \(Self.image(nil))",
      ])
  }

  @Test("nothing before, nothing after", .spec("CHANGE-2", "CHANGE-7"))
  func oneSided() throws {
    let rows = [Row("a", Self.old, 1), Row("b", Self.new, 2), Row(nil, Self.new, 3)]
    // A new file is written whole; a row without a key is nobody's.
    #expect(
      try Self.lines(nil, rows, Self.written)
        == ["i a - \(Self.image(1))", "i b - \(Self.image(2))"])
    #expect(try Self.lines(nil, rows, Self.keys(["b"])) == ["i b - \(Self.image(2))"])
    #expect(
      try Self.lines(rows, nil, Self.written)
        == ["d a \(Self.image(1)) -", "d b \(Self.image(2)) -"])
    #expect(try Self.lines(rows, [], Self.written).count == 2)
    #expect(try Self.lines([], [], Self.written).isEmpty)
    #expect(try Self.lines(nil, nil, Self.written).isEmpty)
  }

  @Test("a key that is there twice: row by row, in their order", .spec("CHANGE-2"))
  func twice() throws {
    let before = [Row("a", Self.old, 1), Row("a", Self.old, 2), Row("b", Self.old, 3)]
    let after = [
      Row("a", Self.new, 10), Row("b", Self.new, 30), Row("b", Self.new, 31),
    ]
    #expect(
      try Self.lines(before, after, Self.written) == [
        "u a \(Self.image(1)) \(Self.image(10))", "d a \(Self.image(2)) -",
        "u b \(Self.image(3)) \(Self.image(30))", "i b - \(Self.image(31))",
      ])
  }

  @Test("NaN is as it was, a zero that changes its sign is not", .spec("CHANGE-4"))
  func floats() throws {
    let data = Schema([Field("d", .float64)])
    func rows(_ time: String, _ values: [Double]) -> [Row] {
      values.enumerated().map { Row("k\($0)", time, values: [.double($1)]) }
    }
    let found = try Self.lines(
      rows(Self.old, [.nan, 0, -0.0, 1]), rows(Self.new, [.nan, -0.0, -0.0, 1]), Self.written,
      of: data)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("u k1 ") == true)
  }

  @Test("nested values, and structs that are null beside structs of nulls", .spec("CHANGE-4"))
  func nested() throws {
    let inner = ColumnType.structure([Field("x", .int32)])
    let data = Schema([
      Field("l", .list(Field("element", .string))), Field("t", inner),
      Field("m", .map(key: Field("key", .string, nullable: false), value: Field("value", inner))),
    ])
    let one: Scalar = .structure([.int(1)])
    let cases: [(old: [Scalar], new: [Scalar], isChange: Bool)] = [
      (
        [.list([.string("a")]), one, .map([(.string("k"), one)])],
        [.list([.string("a")]), one, .map([(.string("k"), one)])], false
      ),
      ([.list([.string("a")]), one, .null], [.list([.null]), one, .null], true),
      ([.null, .null, .null], [.null, .structure([.null]), .null], true),
      (
        [.null, one, .map([(.string("k"), one)])], [.null, one, .map([(.string("k"), .null)])],
        true
      ),
      ([.list([]), .null, .null], [.null, .null, .null], true),
      ([.null, .null, .map([])], [.null, .null, .map([])], false),
    ]
    let before = cases.enumerated().map { Row("k\($0)", Self.old, values: $1.old) }
    let after = cases.enumerated().map { Row("k\($0)", Self.new, values: $1.new) }
    for batch in Self.batches {
      let found = try Self.lines(before, after, Self.written, of: data, batch: batch)
      let expected = cases.enumerated().filter { $0.element.isChange }.map { place, one in
        let texts = [one.old, one.new].map { $0.map { "\($0)" }.joined(separator: ",") }
        return "u k\(place) \(texts[0]) \(texts[1])"
      }
      #expect(found == expected, "batches of \(batch)")
    }
  }

  @Test("a dictionary on one side, plain values on the other", .spec("CHANGE-4"))
  func dictionaries() throws {
    let texts = ["a", "b", "a", "c"]
    let before = texts.enumerated().map { Row("k\($0)", Self.old, 1, $1) }
    var changed = before.map { Row($0.key, Self.new, values: $0.values) }
    changed[2] = Row("k2", Self.new, 1, "c")
    let plain = try Self.side(changed)
    // Codes in another order, for the values as for the keys.
    func coded(_ column: Column) throws -> Column {
      let values = Set((0..<column.count).map { column.string($0) }).sorted(by: >)
      let codes = (0..<column.count).map { row in
        Scalar.int(Int64(values.firstIndex(of: column.string(row)) ?? 0))
      }
      guard case .fixed(let buffer) = try Column(.int32, scalars: codes).layout else {
        throw LakeError(.limitExceeded, "no codes")
      }
      return Column(
        .string, count: column.count, validity: nil,
        layout: .dictionary(
          codes: buffer, values: try Column(.string, scalars: values.map { .string($0) })))
    }
    var source = try plain()
    let batch = try #require(try source.next())
    let encoded = RecordBatch(
      batch.schema,
      [
        try coded(batch.columns[0]), try coded(batch.columns[1]), batch.columns[2],
        try coded(batch.columns[3]),
      ], count: batch.count)
    let after: ChangeRows.Side = { () throws(LakeError) in
      MemoryBatches(encoded.schema, [encoded])
    }
    for (one, other) in [(try Self.side(before), after), (after, try Self.side(before))] {
      var changes = ChangeRows(
        Self.data, before: one, after: other, try Self.keys((0..<4).map { "k\($0)" }),
        budget: 1 << 20)
      let found = try #require(try changes.next())
      #expect(found.count == 1 && found.keys.string(0) == "k2")
      #expect(try changes.next() == nil)
    }
  }

  @Test(
    "as a plain model, however little memory and however small the batches",
    .spec("CHANGE-2", "CHANGE-9"), arguments: [1, 2, 3, 4] as [UInt64])
  func model(_ seed: UInt64) throws {
    let random = SeededRandom(seed)
    func below(_ bound: UInt64) -> UInt64 { random.next() % bound }
    var before: [Row] = []
    var after: [Row] = []
    var expected: Set<String> = []
    for number in 0..<600 {
      let key = "key-\(number)"
      let was = below(4) > 0 ? Int64(below(3)) : nil
      let value = below(4) > 0 ? Int64(below(3)) : nil
      let isCarried = was != nil && below(3) == 0
      if let was { before.append(Row(key, Self.old, was)) }
      if isCarried {
        after.append(Row(key, Self.old, was))
        continue
      }
      if let value { after.append(Row(key, Self.new, value)) }
      switch (was, value) {
      case (let was?, nil): expected.insert("d \(key) \(Self.image(was)) -")
      case (nil, let value?): expected.insert("i \(key) - \(Self.image(value))")
      case (let was?, let value?) where was != value:
        expected.insert("u \(key) \(Self.image(was)) \(Self.image(value))")
      default: break
      }
    }
    for budget in [1, 4_000, 1 << 30] {
      for batch in [7, 1_000] {
        let found = try Self.lines(before, after, Self.written, budget: budget, batch: batch)
        #expect(found.count == expected.count && Set(found) == expected, "budget \(budget)")
      }
    }
  }
}
