// Which blocks of a slice count, in which order, and what reading them costs.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeStorage
import LakeTestKit
import Testing

@Suite("Log scans")
struct LogScanTests {
  /// Times 1, 2, 3 … of one day.
  private static func time(_ number: Int) -> String {
    "202601010000000" + (number < 10 ? "0" : "") + String(number)
  }

  private static func name(_ time: Int, _ version: Int = 1, cdc: Bool = false) -> String {
    ".f-0_\(Self.time(time)).log.\(version)_0-0-0" + (cdc ? ".cdc" : "")
  }

  private static func row(_ time: Int, _ more: [(Int, String)] = []) -> [UInt8] {
    LogBytes.rows(Self.time(time), [("k", time)], more)
  }

  private static func compacted(_ time: Int, _ originals: [Int]) -> [UInt8] {
    row(time, [(4, originals.map { Self.time($0) }.joined(separator: ","))])
  }

  /// The numbers of the rows that a scan gives.
  private func numbers(_ scan: LogScan) throws -> [Int] {
    let reader = scan.entries(LogReadOptions())
    var numbers: [Int] = []
    while let entries = try reader.next() {
      guard case .rows(let rows) = entries, let column = rows.batch["n"] else { continue }
      for row in 0..<column.count {
        if case .int(let number) = column.scalar(row) { numbers.append(Int(number)) }
      }
    }
    return numbers
  }

  @Test("files by name, blocks by place; change logs left out", .spec("LOG-18"))
  func order() throws {
    var slice = LogSlice()
    try slice.add(Self.name(2, 10), Self.row(5))
    try slice.add(Self.name(2, 9), Self.row(4) + Self.row(3))
    try slice.add(Self.name(3), Self.row(6))
    try slice.add(Self.name(1), Self.row(7))
    try slice.add(Self.name(2, 11, cdc: true), Self.row(1))
    #expect(try numbers(slice.scan(LogSlice.everything)) == [7, 4, 3, 5, 6])
  }

  @Test("version 6 asks each block, later versions the range", .spec("LOG-20"))
  func admission() throws {
    var slice = LogSlice()
    try slice.add(Self.name(1), Self.row(2) + Self.row(3) + Self.row(4) + Self.row(1))
    let done = LogSlice.completed([Self.time(2), Self.time(4)])
    // Before the first completed instant of the timeline, instants are archived.
    #expect(try numbers(slice.scan(done)) == [2, 4, 1])
    let early = LogSlice.completed([Self.time(2), Self.time(4)], through: Self.time(3))
    #expect(try numbers(slice.scan(early)) == [2, 1])
    var later = early
    later.byBlock = false
    #expect(try numbers(slice.scan(later)) == [2, 3, 1])
    var some = LogSlice.everything
    some.wanted = LogSlice.only([Self.time(3), Self.time(1)])
    #expect(try numbers(slice.scan(some)) == [3, 1])
    #expect(LogAdmission(done.filter, .six).byBlock)
    #expect(!LogAdmission(done.filter, .eight).byBlock)
  }

  @Test("rollback commands take back what came before them", .spec("LOG-21"))
  func rollbacks() throws {
    var slice = LogSlice()
    try slice.add(Self.name(1, 1), Self.row(2) + Self.row(3) + Self.row(2))
    // The command's own time lies beyond what is asked for.
    try slice.add(Self.name(1, 2), LogBytes.rollback(Self.time(9), of: Self.time(2)))
    try slice.add(Self.name(1, 3), LogBytes.rollback(Self.time(9), of: Self.time(8)))
    try slice.add(Self.name(1, 4), Self.row(4) + Self.row(2))
    let all = (1...4).map { Self.time($0) }
    let scan = try slice.scan(LogSlice.completed(all, through: Self.time(4)))
    #expect(try numbers(scan) == [3, 4, 2])
    #expect(scan.rolledBackCount == 2)
    var other = LogSlice()
    try other.add(Self.name(1), LogBytes.block(type: 0, [(0, Self.time(1)), (3, "1")], []))
    let unknown = #expect(throws: LakeError.self) { try other.scan(LogSlice.everything) }
    #expect(unknown?.code == .logUnsupported)
    var third = LogSlice()
    try third.add(Self.name(1), LogBytes.block(type: 0, [(0, Self.time(1)), (3, "0")], []))
    let aimless = #expect(throws: LakeError.self) { try third.scan(LogSlice.everything) }
    #expect(aimless?.code == .logMalformed)
  }

  @Test("log compactions, chained and filtered", .spec("LOG-22"))
  func compactions() throws {
    /// Blocks by file, the instants wanted, the rows expected.
    let cases: [(String, [[UInt8]], [Int]?, [Int])] = [
      (
        "in place of the newest replaced",
        [Self.row(1), Self.row(2), Self.row(3), Self.compacted(4, [1, 2]), Self.row(5)], nil,
        [4, 3, 5]
      ),
      (
        "a chain collapses",
        [
          Self.row(1), Self.row(2), Self.compacted(3, [1, 2]), Self.row(4),
          Self.compacted(5, [3, 4]), Self.row(6),
        ], nil, [5, 6]
      ),
      (
        "a chain through originals",
        [
          Self.row(1), Self.row(2), Self.compacted(3, [2, 1]), Self.row(4),
          Self.compacted(5, [4, 2, 1, 3]), Self.row(6),
        ], nil, [5, 6]
      ),
      (
        "a write between plan and result", [Self.row(1), Self.row(3), Self.compacted(2, [1])],
        nil, [2, 3]
      ),
      (
        "without its originals", [Self.row(1), Self.row(2), Self.compacted(3, [1])], [2, 3], [2]
      ),
      (
        "originals without it", [Self.row(1), Self.row(2), Self.compacted(3, [1, 2])], [1, 2],
        [1, 2]
      ),
      (
        "some of its originals", [Self.row(1), Self.row(2), Self.compacted(3, [1, 2])], [2, 3],
        [3]
      ),
      (
        "rows and deletes together",
        [Self.row(1), Self.row(2), Self.compacted(3, [1]) + Self.compacted(3, [1])], nil,
        [3, 3, 2]
      ),
    ]
    for (about, files, wanted, rows) in cases {
      var slice = LogSlice()
      for (index, bytes) in files.enumerated() { try slice.add(Self.name(1, index + 1), bytes) }
      var admission = LogSlice.everything
      admission.wanted = wanted.map { LogSlice.only($0.map(Self.time)) }
      #expect(try numbers(slice.scan(admission)) == rows, "\(about)")
    }
    var damaged = LogSlice()
    try damaged.add(Self.name(1), Self.row(3, [(4, "1,x")]))
    let error = #expect(throws: LakeError.self) { try damaged.scan(LogSlice.everything) }
    #expect(error?.code == .logMalformed)
  }

  @Test("positions count only when every block has them for the base file", .spec("LOG-14"))
  func positions() throws {
    let list = "AQAAAAAAAAAAAAAAOjAAAAEAAAAAAAAAEAAAAAUA"
    func with(_ base: Int) -> [(Int, String)] { [(5, list), (8, Self.time(base))] }
    let base = try #require(InstantTime(Self.time(1)))
    var slice = LogSlice()
    try slice.add(Self.name(2), Self.row(2, with(1)))
    try slice.add(
      Self.name(3), LogBytes.deletes(Self.time(3), ["k"], orders: [[6, 8]], with(1)))
    #expect(try slice.scan(LogSlice.everything).hasPositions(in: base))
    var options = LogReadOptions(ordering: [.int64])
    options.positionsBase = base
    let reader = try slice.scan(LogSlice.everything).entries(options)
    guard case .rows(let rows)? = try reader.next(), case .deletes(let deletes)? = try reader.next()
    else { return #expect(Bool(false), "rows, then deletes") }
    #expect(rows.positions == [5] && rows.positionsBase == base)
    #expect(deletes.positions == [5] && deletes.order[0].scalar(0) == .int(4))
    #expect(try reader.next() == nil)
    var other = slice
    try other.add(Self.name(4), Self.row(4, with(2)))
    #expect(try !other.scan(LogSlice.everything).hasPositions(in: base))
    var none = slice
    try none.add(Self.name(4), Self.row(4))
    #expect(try !none.scan(LogSlice.everything).hasPositions(in: base))
    var wrong = LogSlice()
    try wrong.add(
      Self.name(2), LogBytes.rows(Self.time(2), [("a", 1), ("b", 2)], with(1)))
    let error = #expect(throws: LakeError.self) {
      let reader = try wrong.scan(LogSlice.everything).entries(options)
      while try reader.next() != nil {}
    }
    #expect(error?.code == .logMalformed)
  }

  @Test("what is no log of rows is refused", .spec("LOG-2"))
  func strangers() throws {
    for bytes in [
      LogBytes.block(type: 6, [(0, Self.time(1)), (2, LogBytes.schema)], []),
      LogBytes.block(type: 3, [(2, LogBytes.schema)], LogBytes.int32(3) + LogBytes.int32(0)),
    ] {
      var slice = LogSlice()
      try slice.add(Self.name(1), bytes)
      let error = #expect(throws: LakeError.self) { try slice.scan(LogSlice.everything) }
      #expect(error?.code == .logMalformed && error?.path == Self.name(1))
    }
  }

  @Test("batches are bounded and the same with any number of threads", .spec("LOG-23", "LOG-11"))
  func batches() throws {
    var slice = LogSlice()
    for file in 1...4 {
      var bytes: [UInt8] = []
      for block in 0..<2 {
        let rows = (0..<20_000).map {
          ("key \(file) \(block) \($0) " + String(repeating: "x", count: 60), $0)
        }
        bytes += LogBytes.rows(Self.time(file), rows)
      }
      try slice.add(Self.name(file), bytes)
    }
    let scan = try slice.scan(LogSlice.everything)
    #expect(scan.items.count == 8 && scan.contentBytes > 8 << 20)
    var sums: [[Int]] = []
    for width in [1, 3] {
      var options = LogReadOptions(columns: ["n"])
      options.workers = Workers(width: width)
      let reader = scan.entries(options)
      var sum = 0
      var counts: [Int] = []
      while case .rows(let rows)? = try reader.next() {
        #expect(rows.batch.count <= RecordBatch.targetRows && rows.batch.columns.count == 1)
        counts.append(rows.batch.count)
        for row in 0..<rows.batch.count {
          sum = sum &* 31 &+ Int(rows.batch.columns[0].value(row, as: Int64.self))
        }
      }
      #expect(counts.reduce(0, +) == 160_000)
      sums.append(counts + [sum])
    }
    #expect(sums[0] == sums[1])
  }

  @Test("headers cost a read or two a block, contents none", .spec("LOG-1", "LOG-3"))
  func costs() throws {
    let rows = (0..<10_000).map { ("key \($0)", $0) }
    let positions = [(5, String(repeating: "A", count: 50_000)), (8, Self.time(1))]
    let blocks = (1...8).flatMap { LogBytes.rows(Self.time($0), rows, positions) }
    let source = CountingSource(blocks)
    let file = try LogFileReader(source, path: "f")
    let found = try file.allBlocks()
    #expect(found.count == 8)
    #expect(source.reads <= 8 * 2 + 1)
    #expect(source.bytesRead < 8 * 16 << 10)
    // A projection reads the content of its block once.
    let before = source.bytesRead
    #expect(try LogVectors.rows(file, found[3], columns: ["n"]).count == 1)
    #expect(source.bytesRead - before < found[3].content.count + (16 << 10))
  }

  /// Of each block its instant is its number. A test with quadratic work would not end.
  @Test(
    "100,000 blocks of as many instants in one slice cost each its bytes (H21)",
    .spec("LIMIT-40"), .timeLimit(.minutes(10)), arguments: [1, 50])
  func many(_ fileCount: Int) throws {
    let count = 100_000
    func instant(_ number: Int) -> String { String(20_260_101_000_000_000 + number) }
    let mark = "20991231235959999"
    let one = LogBytes.rows(mark, [("k", 7)])
    let place = try #require(
      one.indices.dropLast(17).first { Array(one[$0..<$0 + 17]) == Array(mark.utf8) })
    let storage = MemoryStorage("many")
    var files: [LogFile] = []
    for file in 0..<fileCount {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(one.count * count / fileCount)
      for number in (file * count / fileCount)..<((file + 1) * count / fileCount) {
        let start = bytes.count + place
        bytes += one
        bytes.replaceSubrange(start..<start + 17, with: instant(number).utf8)
      }
      let name = ".f-0_\(instant(0)).log.\(file + 1)_0-0-0"
      _ = try storage.publish(Buffer(bytes), at: StoragePath(name), .replacing)
      files.append(LogFile(try LogFileName(parsing: name), size: bytes.count))
    }
    let observed = ObservedStorage(storage)
    let scan = try LogScan(observed, in: .root, files, LogSlice.everything)
    #expect(scan.items.count == count)
    let size = one.count * count
    #expect(observed.counts.calls(.open) == fileCount)
    // Headers only: of small blocks that is most of them, but none twice.
    #expect(observed.counts.bytesRead() <= 2 * size)
    observed.reset()
    let reader = scan.entries(LogReadOptions())
    var rows = 0
    while let entries = try reader.next() {
      if case .rows(let some) = entries { rows += some.batch.count }
    }
    #expect(rows == count)
    #expect(observed.counts.calls(.open) <= count)
    #expect(observed.counts.calls(.read) <= count)
    #expect(observed.counts.bytesRead() <= size)
    Fixtures.report("reads of \(count) log blocks", cases: observed.counts.calls(.read))
  }
}
