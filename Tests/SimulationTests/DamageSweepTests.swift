// Damaged files: one flipped bit in every byte, cuts, zeroed blocks, files gone or exchanged.
import Lake
import LakeTestKit
import TableTestKit
import Testing

/// What became of a question to a table with one damaged file.
struct DamageTally {
  var sameRows = 0
  var refusals: [LakeCode: Int] = [:]
  var wrong: [String] = []

  var cases: Int { sameRows + refused + wrong.count }
  var refused: Int { refusals.values.reduce(0, +) }
}

/// All files of a table in memory, each damaged in turn and mended again.
struct DamageSweep {
  let storage: MemoryStorage
  let files: [(path: StoragePath, content: Buffer)]
  let answer: [String]

  init(_ storage: MemoryStorage) throws {
    self.storage = storage
    var files: [(StoragePath, Buffer)] = []
    try Self.collect(storage, StoragePath(""), &files)
    self.files = files
    answer = try Self.rows(storage)
  }

  private static func collect(
    _ storage: MemoryStorage, _ folder: StoragePath, _ files: inout [(StoragePath, Buffer)]
  ) throws {
    for entry in try storage.list(folder) {
      let path = try StoragePath(folder.text.isEmpty ? entry.name : "\(folder.text)/\(entry.name)")
      switch entry.kind {
      case .directory: try collect(storage, path, &files)
      case .file: files.append((path, try storage.readAll(path, limit: 1 << 24)))
      default: continue
      }
    }
  }

  /// Every column of every row as text, meta columns too, sorted.
  static func rows(_ storage: MemoryStorage) throws(LakeError) -> [String] {
    let table = try LakeTable.open(storage, TestWorld.make())
    var options = ScanOptions()
    options.includesMetaColumns = true
    var scan = try table.scan(options)
    var rows: [String] = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        rows.append(batch.columns.map { "\($0.scalar(row))" }.joined(separator: "|"))
      }
    }
    return rows.sorted()
  }

  /// Asks while `path` holds `bytes`, then mends the file.
  func ask(
    _ path: StoragePath, _ bytes: Buffer?, _ about: @autoclosure () -> String,
    _ tally: inout DamageTally
  ) throws {
    if let bytes {
      _ = try storage.publish(bytes, at: path, .replacing)
    } else {
      try storage.delete(path)
    }
    judge(about(), &tally)
    if let whole = files.first(where: { $0.path == path }) {
      _ = try storage.publish(whole.content, at: path, .replacing)
    }
  }

  func judge(_ about: String, _ tally: inout DamageTally) {
    do throws(LakeError) {
      if try Self.rows(storage) == answer {
        tally.sameRows += 1
      } else {
        tally.wrong.append(about)
      }
    } catch {
      tally.refusals[error.code, default: 0] += 1
    }
  }

  /// One bit, chosen by `seed`, of every byte of every file.
  func flips(seed: UInt64, _ tally: inout DamageTally) throws {
    let random = SeededRandom(seed)
    for (path, content) in files {
      let plain = content.bytes
      for place in plain.indices {
        var bytes = plain
        bytes[place] ^= 1 << UInt8(random.next() % 8)
        try ask(path, Buffer(bytes), "\(path.text): bit at \(place)", &tally)
      }
    }
  }

  /// Every file cut at 0 and at every 64th byte, and with 4 KiB of zeros at every 4 KiB.
  func cuts(_ tally: inout DamageTally) throws {
    for (path, content) in files {
      let plain = content.bytes
      for end in stride(from: 0, to: plain.count, by: 64) {
        try ask(path, Buffer(Array(plain[..<end])), "\(path.text): cut at \(end)", &tally)
      }
      for start in stride(from: 0, to: plain.count, by: 4096) {
        var bytes = plain
        for place in start..<min(start + 4096, plain.count) { bytes[place] = 0 }
        if bytes == plain { continue }
        try ask(path, Buffer(bytes), "\(path.text): zeros at \(start)", &tally)
      }
    }
  }

  /// Every two files of the same kind exchanged.
  func exchanges(_ tally: inout DamageTally) throws {
    func kind(_ path: StoragePath) -> String {
      path.text.split(separator: ".").last.map(String.init) ?? ""
    }
    for (place, one) in files.enumerated() {
      for other in files[(place + 1)...] where kind(other.path) == kind(one.path) {
        if one.content == other.content { continue }
        _ = try storage.publish(one.content, at: other.path, .replacing)
        try ask(
          one.path, other.content, "\(one.path.text) and \(other.path.text) exchanged", &tally)
        _ = try storage.publish(other.content, at: other.path, .replacing)
      }
    }
  }
}

@Suite("Damage")
struct DamageSweepTests {
  /// Two partitions, three commits: new rows, updates and deletes.
  static func table(_ version: TableVersion) throws -> MemoryStorage {
    let storage = MemoryStorage("trips")
    let trips = try TripTable(storage) { $0.version = version }
    try trips.commit(.insert, (0..<12).map { Trip("a\($0)", "ams", Int64($0)) })
    try trips.commit(
      .upsert, [Trip("a3", "ams", 33, 2), Trip("b1", "utr", nil), Trip("b2", "utr", 7)])
    try trips.commit(.delete, [Trip("a5", "ams", nil, 9)])
    return storage
  }

  @Test(
    "no flipped bit, cut or zeroed block of our own tables gives wrong rows",
    .spec("DAMAGE-1"), arguments: [TableVersion.nine, .six])
  func ownTables(_ version: TableVersion) throws {
    let sweep = try DamageSweep(try Self.table(version))
    #expect(sweep.answer.count == 13)
    var tally = DamageTally()
    try sweep.flips(seed: firstSeed, &tally)
    try sweep.cuts(&tally)
    #expect(tally.wrong.isEmpty, "\(tally.wrong.count): \(tally.wrong.prefix(20))")
    #expect(tally.cases > 10_000 && tally.refused > 1_000 && tally.sameRows > 1_000)
    #expect(tally.refusals[.defect] == nil)
    Fixtures.report("damaged files of version \(version): refused", cases: tally.refused)
    Fixtures.report("damaged files of version \(version): same rows", cases: tally.sameRows)
  }

  @Test("exchanged files of our own tables do not give wrong rows", .spec("DAMAGE-1"))
  func exchanged() throws {
    let sweep = try DamageSweep(try Self.table(.nine))
    var tally = DamageTally()
    try sweep.exchanges(&tally)
    #expect(tally.wrong.isEmpty, "\(tally.wrong.count): \(tally.wrong.prefix(20))")
    #expect(tally.cases > 10 && tally.refused >= 5)
  }
}
