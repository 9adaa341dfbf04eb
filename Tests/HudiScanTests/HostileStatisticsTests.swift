// Statistics that lie: what cannot be is not believed, and the rest can be switched off (H18, H19).
import Lake
import LakeTestKit
import TableTestKit
import Testing

@testable import HudiScan

@Suite("Hostile statistics") struct HostileStatisticsTests {
  private static let schema = Schema([
    Field("n", .int64), Field("d", .float64), Field("t", .string), Field("b", .binary),
    Field("m", .decimal(precision: 38, scale: 2)), Field("at", .timestamp(.micro, utc: true)),
  ])

  private static func verdict(
    _ condition: String, _ bounds: ColumnBounds
  ) throws -> RowPredicate.Verdict {
    try BoundPredicate(try RowPredicate(condition), schema).verdict { _ in bounds }
  }

  @Test("bounds that cannot be exclude nothing and include nothing", .spec("PRUNE-23"))
  func impossible() throws {
    func bounds(_ min: Scalar?, _ max: Scalar?, nulls: Int? = 0, rows: Int? = 9) -> ColumnBounds {
      ColumnBounds(min: min, max: max, nullCount: nulls, rowCount: rows)
    }
    let cases: [(String, ColumnBounds)] = [
      ("n = 3", bounds(.int(9), .int(1))), ("n > 20", bounds(.int(9), .int(1))),
      ("n in (3, 4)", bounds(.int(9), .int(1))), ("n != 3", bounds(.int(.max), .int(.min))),
      ("d = 3", bounds(.double(9), .double(1))), ("d > 3", bounds(.double(.nan), .double(1))),
      ("d < 3", bounds(.double(1), .double(.nan))),
      ("d in (3)", bounds(.double(.nan), .double(.nan))),
      ("t = 'k'", bounds(.string("z"), .string("a"))),
      ("t in ('k', 'l')", bounds(.string("z"), .string("a"))),
      ("t like 'k%'", bounds(.string("z"), .string("a"))),
      ("t > 'zz'", bounds(.string("z"), .string("a"))),
      ("m > 5", bounds(.decimal(.max), .decimal(.min))),
      // Bounds of another type than the column's.
      ("n = 3", bounds(.string("a"), .string("b"))), ("t = 'k'", bounds(.int(1), .int(2))),
      ("d = 3", bounds(.bool(false), .bool(false))),
      // Counts that cannot be.
      ("n = 3", bounds(.int(1), .int(5), nulls: 10)), ("n is null", bounds(nil, nil, nulls: -1)),
      ("n is not null", bounds(nil, nil, nulls: 10)), ("n = 3", bounds(nil, nil, rows: -4)),
      ("n is null", bounds(nil, nil, nulls: .max, rows: .min)),
      ("n = 3", bounds(.int(3), .int(3), nulls: .min)),
    ]
    for (condition, bounds) in cases {
      #expect(try Self.verdict(condition, bounds) == .maybe, "\(condition) \(bounds)")
    }
    // The same with bounds that can be are decided.
    #expect(try Self.verdict("t = 'k'", bounds(.string("a"), .string("b"))) == .never)
    #expect(try Self.verdict("n is null", bounds(nil, nil)) == .never)
  }

  @Test("zero has two signs in bounds, too", .spec("PRUNE-23", "PRED-12"))
  func zeros() throws {
    for (low, high) in [(0.0, 0.0), (-0.0, -0.0), (0.0, -0.0), (-0.0, 0.0)] {
      let bounds = ColumnBounds(min: .double(low), max: .double(high), nullCount: 0, rowCount: 2)
      #expect(try Self.verdict("d = 0", bounds) == .maybe)
      #expect(try Self.verdict("d = -0.0", bounds) == .maybe)
      #expect(try Self.verdict("d > 0", bounds) == .never)
    }
  }

  @Test("crossed bounds of one file do not hide behind those of another", .spec("PRUNE-23"))
  func crossed() {
    let crossed = FileStatistics.ordered(
      ColumnBounds(min: .int(9), max: .int(1), nullCount: 0, rowCount: 4))
    #expect(crossed == ColumnBounds(nullCount: 0, rowCount: 4))
    let sound = ColumnBounds(min: .int(1), max: .int(9), nullCount: 0, rowCount: 4)
    #expect(FileStatistics.ordered(sound) == sound)
    let mixed = FileStatistics.ordered(
      ColumnBounds(min: .int(1), max: .string("x"), nullCount: 0, rowCount: 4))
    #expect(mixed.min == nil && mixed.max == nil)
  }

  /// A table of version 6 whose base file says that `fare` is 1, where it is far greater
  /// in both rows; without checksums, as another engine writes it.
  private static func lying() throws -> LakeTable {
    let storage = MemoryStorage("lying")
    let trips = try TripTable(storage) {
      $0.version = .six
      $0.partitionFields = []
    }
    let odd: Int64 = 0x0011_2233_4455_6677
    try trips.commit(.insert, [Trip("a", "oslo", odd), Trip("b", "oslo", odd)])
    let folder = try StoragePath("")
    let name = try #require(try storage.list(folder).first { $0.name.hasSuffix(".parquet") }).name
    let path = try StoragePath(name)
    var bytes = try storage.readAll(path, limit: 1 << 24).bytes
    let length = bytes[(bytes.count - 8)..<(bytes.count - 4)].reversed().reduce(0) {
      $0 << 8 | Int($1)
    }
    let old = (0..<8).map { UInt8(truncatingIfNeeded: odd >> Int64(8 * $0)) }
    var places = 0
    // Footer and page index; the data lies before them.
    for place in (bytes.count - 8 - length - 400)..<(bytes.count - 16)
    where Array(bytes[place..<place + 8]) == old {
      bytes.replaceSubrange(place..<place + 8, with: [1, 0, 0, 0, 0, 0, 0, 0])
      places += 1
    }
    #expect(places >= 2)
    _ = try storage.publish(Buffer(bytes), at: path, .replacing)
    let timeline = try StoragePath(".hoodie")
    for entry in try storage.list(timeline) where entry.name.hasSuffix(".commit") {
      let path = try timeline.appending(entry.name)
      let text = String(decoding: try storage.readAll(path, limit: 1 << 20).bytes, as: UTF8.self)
      let plain = text.replacing("lake.crc32c", with: "some.other1").replacing(
        "lake.digest", with: "some.other2")
      #expect(plain != text)
      _ = try storage.publish(Buffer(utf8: plain), at: path, .replacing)
    }
    return try LakeTable.open(storage, TestWorld.make())
  }

  @Test("what lying statistics hide is there without them", .spec("PRUNE-22"))
  func switchedOff() throws {
    let snapshot = try Self.lying().snapshot()
    func rows(_ believes: Bool) throws -> Int {
      var options = ScanOptions(columns: ["id", "fare"])
      options.predicate = try RowPredicate("fare > 100")
      options.believesStatistics = believes
      var scan = SnapshotScan(try ScanPlan(snapshot, options))
      var count = 0
      while let batch = try scan.next() { count += batch.count }
      return count
    }
    #expect(try rows(true) == 0)
    #expect(try rows(false) == 2)
  }

  @Test("switched off, a scan is the same and reads all files", .spec("PRUNE-22"))
  func same() throws {
    let trips = try TripTable { $0.partitionFields = [] }
    try trips.commit(.insert, (0..<200).map { Trip("k\($0)", "oslo", Int64($0)) }) {
      $0.files.rowGroupRows = 20
    }
    for condition in ["fare = 77", "id = 'k5'", "id = 'nobody'", "fare < 30", "fare is null"] {
      var found: [[String]] = []
      for believes in [true, false] {
        var options = ScanOptions(columns: ["id", "fare"])
        options.predicate = try RowPredicate(condition)
        options.believesStatistics = believes
        let plan = try ScanPlan(try trips.table.snapshot(), options, .explaining)
        if !believes { #expect(!plan.explanation.rows.contains { !$0.isKept }) }
        var scan = SnapshotScan(plan)
        var rows: [String] = []
        while let batch = try scan.next() {
          rows += (0..<batch.count).map { batch.columns[0].string($0) }
        }
        found.append(rows)
      }
      #expect(found[0] == found[1], "\(condition)")
    }
  }
}
