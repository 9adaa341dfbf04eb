// The rows of a table as an asynchronous sequence.
import Lake
import LakeTestKit
import Synchronization
import Testing

@Suite("Asynchronous rows") struct AsyncRowsTests {
  static let files = 40
  static let rowsPerFile = 500

  /// A table with many files, each of some weight.
  static func table(_ storage: any Storage) throws -> LakeTable {
    var options = TableOptions()
    options.name = "trips"
    options.keyFields = ["id"]
    options.partitionFields = ["city"]
    options.filterRate = nil
    let table = try LakeTable.create(storage, try options.config())
    let rows = (0..<files * rowsPerFile).map { number in
      ("key-\(number)", "city-\(number % files)", Double(number), Int64(number))
    }
    _ = try table.upsert(try LakeTableTests.batch(rows))
    return table
  }

  static func keys(_ batch: RecordBatch) -> [String] {
    (0..<batch.count).map { "\(batch.columns[0].scalar($0))" }
  }

  @Test("the same rows in the same order as a scan", .spec("QUERY-70"))
  func rows() async throws {
    let table = try Self.table(MemoryStorage())
    var wanted: [String] = []
    var scan = try table.scan()
    while let batch = try scan.next() { wanted += Self.keys(batch) }
    #expect(wanted.count == Self.files * Self.rowsPerFile)
    let rows = try table.rows()
    #expect(rows.schema == scan.schema)
    for _ in 0..<2 {
      var found: [String] = []
      for try await batch in rows { found += Self.keys(batch) }
      #expect(found == wanted)
    }
    let some = try table.rows(
      ScanOptions(columns: ["id"], predicate: try RowPredicate("fare < 10")))
    var few = 0
    for try await batch in some { few += batch.count }
    #expect(few == 10 && some.schema.count == 1)
    #expect(throws: LakeError.self) { try table.rows(ScanOptions(columns: ["nope"])) }
  }

  @Test("a loop that is left early reads little", .spec("QUERY-70"))
  func early() async throws {
    let storage = ObservedStorage(MemoryStorage())
    let table = try Self.table(storage)
    storage.reset()
    for try await batch in try table.rows() where batch.count > 0 { break }
    let opened = storage.counts.calls(.read, .base)
    var settled = -1
    for _ in 0..<200 where settled != storage.counts.calls(.read, .base) {
      settled = storage.counts.calls(.read, .base)
      try await Task.sleep(nanoseconds: 20_000_000)
    }
    storage.reset()
    var all = 0
    for try await batch in try table.rows() { all += batch.count }
    #expect(all == Self.files * Self.rowsPerFile)
    let whole = storage.counts.calls(.read, .base)
    #expect(settled < whole, "\(opened), \(settled) of \(whole)")
  }

  @Test("a cancelled task stops reading", .spec("QUERY-70"))
  func cancelled() async throws {
    let table = try Self.table(MemoryStorage())
    let rows = try table.rows()
    let task = Task { () -> LakeCode? in
      do throws(LakeError) {
        var iterator = rows.makeAsyncIterator()
        while try await iterator.next() != nil {
          withUnsafeCurrentTask { $0?.cancel() }
        }
        return nil
      } catch { return error.code }
    }
    #expect(await task.value == .cancelled)
  }

  @Test("progress", .spec("QUERY-71"))
  func progress() async throws {
    final class Seen: Sendable {
      let steps = Mutex<[QueryProgress]>([])
    }
    let seen = Seen()
    let table = try Self.table(MemoryStorage())
    let size = try table.partitions().reduce(0) { $0 + $1.bytes }
    for try await _ in try table.rows(progress: { step in seen.steps.withLock { $0.append(step) } })
    {}
    let steps = seen.steps.withLock { $0 }
    #expect(steps.last?.rows == Self.files * Self.rowsPerFile)
    #expect(steps.allSatisfy { $0.ofBytes == size })
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.rows < $1.rows && $0.bytes <= $1.bytes })
    #expect((steps.last?.bytes ?? 0) > size / 2)
  }
}
