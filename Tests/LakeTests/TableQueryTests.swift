// One door for every kind of question: the same rows as from the questions' own functions.
import Lake
import LakeTestKit
import Synchronization
import Testing

@Suite("Queries", .spec("QUERY-72"))
struct TableQueryTests {
  static func table(
    _ storage: any Storage = MemoryStorage()
  ) throws -> (table: LakeTable, first: String) {
    let table = try LakeTableTests.table(storage)
    let first = try table.upsert(
      try LakeTableTests.batch([("a", "oslo", 1, 1), ("b", "rome", 2, 1), ("c", "rome", 3, 1)]))
    _ = try table.upsert(
      try LakeTableTests.batch([("b", "rome", 20, 2), ("d", "oslo", 4, 2)]))
    return (table, try #require(first.instant).requested.text)
  }

  /// The keys of all rows, sorted.
  static func keys(_ source: any BatchSource) throws -> String {
    var source = source
    var keys: [String] = []
    while let batch = try source.next() { keys += Self.keys(batch) }
    return keys.sorted().joined()
  }

  static func keys(_ batch: RecordBatch) -> [String] {
    guard let column = batch["id"] else { return [] }
    return (0..<batch.count).map { row in
      if case .string(let key) = column.scalar(row) { return key }
      return "?"
    }
  }

  static func questions(_ first: String) -> [(TableQuery, String)] {
    [
      (.snapshot(), "abcd"), (.snapshot(asOf: first), "abc"), (.readOptimized(), "abcd"),
      (.readOptimized(asOf: "^"), "abc"), (.incremental(from: first), "bd"),
      (.incremental(from: "earliest", to: first), "abc"), (.get(keys: ["b", "x"]), "b"),
      (.get(keys: ["d"], asOf: first), ""),
    ]
  }

  @Test("every kind, now and asynchronously")
  func kinds() async throws {
    let (table, first) = try Self.table()
    for (query, wanted) in Self.questions(first) {
      #expect(try Self.keys(table.query(query)) == wanted, "\(query)")
      let rows = try table.rows(query)
      #expect(rows.schema.fields.map(\.name) == LakeTableTests.schema.fields.map(\.name))
      for _ in 0..<2 {
        var keys: [String] = []
        for try await batch in rows { keys += Self.keys(batch) }
        #expect(keys.sorted().joined() == wanted, "\(query)")
      }
      let narrow = QueryOptions(ScanOptions(columns: ["id"]))
      #expect(try table.query(query, narrow).schema.fields.map(\.name) == ["id"])
      let wide = QueryOptions(ScanOptions(columns: ["nope"]))
      #expect(throws: LakeError.self, "\(query)") { try table.query(query, wide) }
    }
  }

  @Test("an asynchronous pull is planned once, however often it is read", .spec("QUERY-70"))
  func plannedOnce() async throws {
    let storage = ObservedStorage(MemoryStorage())
    let (_, first) = try Self.table(storage)
    for query in [TableQuery.incremental(from: first), .changes(from: first)] {
      let direct = try LakeTable.open(storage)
      storage.reset()
      var rows = try direct.query(query)
      var wanted = 0
      while let batch = try rows.next() { wanted += batch.count }
      let lists = storage.counts.calls(.list)
      #expect(lists > 0 && wanted > 0)
      let other = try LakeTable.open(storage)
      storage.reset()
      let sequence = try other.rows(query)
      for _ in 0..<3 {
        var found = 0
        for try await batch in sequence { found += batch.count }
        #expect(found == wanted)
      }
      #expect(storage.counts.calls(.list) == lists, "\(query)")
    }
  }

  @Test("what is known before the rows")
  func facts() throws {
    let (table, first) = try Self.table()
    #expect(try table.query(.snapshot()).position == nil)
    #expect(try table.query(.readOptimized()).staleness?.isCurrent == true)
    let pull = try table.query(.incremental(from: first))
    let position = try #require(pull.position)
    #expect(!pull.isWholeSnapshot)
    #expect(try Self.keys(table.query(.incremental(from: position.text))).isEmpty)
    _ = try table.upsert(try LakeTableTests.batch([("e", "oslo", 5, 5)]))
    #expect(try Self.keys(table.query(.incremental(from: position.text))) == "e")
    #expect(try table.query(.snapshot(asOf: first)).snapshot.writes.count == 1)
  }

  @Test("a cancellation of its own stops a query and nothing else", .spec("QUERY-70"))
  func cancellation() throws {
    let (table, first) = try Self.table()
    for (query, _) in Self.questions(first) {
      let cancellation = Cancellation()
      let options = QueryOptions(cancellation: cancellation)
      var rows = try table.query(query, options)
      cancellation.cancel()
      let error = #expect(throws: LakeError.self, "\(query)") { _ = try rows.next() }
      #expect(error?.code == .cancelled)
      #expect(throws: LakeError.self, "\(query)") { try table.query(query, options) }
    }
    #expect(try Self.keys(table.query(.snapshot())) == "abcd")
  }

  @Test("progress of every kind", .spec("QUERY-71"))
  func progress() throws {
    final class Seen: Sendable {
      let last = Mutex<QueryProgress?>(nil)
    }
    let (table, first) = try Self.table()
    for (query, wanted) in Self.questions(first) where !wanted.isEmpty {
      let seen = Seen()
      let options = QueryOptions(progress: { step in seen.last.withLock { $0 = step } })
      _ = try Self.keys(table.query(query, options))
      let last = seen.last.withLock { $0 }
      #expect(last?.rows == wanted.count && (last?.bytes ?? 0) > 0, "\(query)")
      if case .get = query { continue }
      #expect((last?.ofBytes ?? 0) > 0, "\(query)")
    }
  }
}
