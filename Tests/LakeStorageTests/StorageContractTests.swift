// What every storage promises, proved on each of them.
import LakeBase
import LakeStorage
import LakeTestKit
import Synchronization
import Testing

/// A storage under test and what keeps it alive.
struct Subject: Sendable, CustomTestStringConvertible {
  let name: String
  let make: @Sendable () throws -> (any Storage, (any Sendable)?)
  var testDescription: String { name }

  static let all: [Subject] = [
    Subject(name: "memory") { (MemoryStorage(), nil) },
    Subject(name: "local") {
      let folder = TemporaryFolder("contract")
      return (try LocalStorage(root: folder.path, world: World()), folder)
    },
    Subject(name: "local without sync") {
      let folder = TemporaryFolder("contract")
      return (try LocalStorage(root: folder.path, world: World(), durability: .none), folder)
    },
    Subject(name: "observed") { (ObservedStorage(MemoryStorage()), nil) },
    Subject(name: "faulty") { (FaultyStorage(MemoryStorage(), plan: .none()), nil) },
    Subject(name: "sim strict") { (SimStorage(SimDisk(.strict), world: TestWorld.make()), nil) },
    Subject(name: "sim ext4") { (SimStorage(SimDisk(.ext4), world: TestWorld.make()), nil) },
    Subject(name: "sim nfs") { (SimStorage(SimDisk(.nfs), world: TestWorld.make()), nil) },
  ]

  func with(_ body: (any Storage) throws -> Void) throws {
    let (storage, keeper) = try make()
    try body(storage)
    withExtendedLifetime(keeper) {}
  }
}

@Suite struct StorageContractTests {
  private func path(_ text: String) throws -> StoragePath { try StoragePath(text) }

  private func put(_ storage: any Storage, _ name: String, _ bytes: [UInt8]) throws {
    let sink = try storage.create(try path(name))
    try sink.write(bytes)
    _ = try sink.finish()
  }

  private func code(_ body: () throws -> Void) -> LakeCode? {
    do { try body() } catch { return (error as? LakeError)?.code }
    return nil
  }

  @Test("what is written is read, listed and found", .spec("STORE-1"), arguments: Subject.all)
  func writeAndRead(_ subject: Subject) throws {
    try subject.with { storage in
      try storage.makeDirectory(try path("a/b"))
      let sink = try storage.create(try path("a/b/x.parquet"))
      try sink.write([1, 2, 3])
      try sink.write([])
      try sink.write([UInt8](repeating: 7, count: 700_000))
      try sink.write([9])
      #expect(sink.count == 700_004)
      #expect(try sink.finish() == 700_004)
      try storage.settleAll()
      for size in [nil, 700_004, 3] {
        let source = try storage.open(try path("a/b/x.parquet"), expectedSize: size)
        #expect(source.count == 700_004)
        #expect(try source.read(0..<4).bytes == [1, 2, 3, 7])
        #expect(try source.read(700_002..<700_004).bytes == [7, 9])
        #expect(try source.read(5..<5).isEmpty)
      }
      let entries = try storage.list(try path("a/b"))
      #expect(entries.map(\.name) == ["x.parquet"])
      #expect(entries.map(\.size) == [700_004])
      #expect(entries.map(\.kind) == [.file])
      #expect(try storage.entry(try path("a/b"))?.kind == .directory)
      #expect(try storage.entry(try path("a/b/x.parquet"))?.size == 700_004)
      #expect(try storage.entry(.root)?.kind == .directory)
      #expect(try storage.entry(try path("a/c")) == nil)
      #expect(try storage.entry(try path("q/c")) == nil)
      #expect(try storage.list(.root).map(\.name) == ["a"])
    }
  }

  @Test(
    "sizes that were recorded are checked, and no read leaves the file", .spec("STORE-7"),
    arguments: Subject.all)
  func sizes(_ subject: Subject) throws {
    try subject.with { storage in
      for count in [10, 100_000] {
        let name = try path("f\(count)")
        try put(storage, name.text, [UInt8](repeating: 1, count: count))
        #expect(code { _ = try storage.open(name, expectedSize: count + 1) } == .fileTruncated)
        let source = try storage.open(name, expectedSize: count)
        #expect(code { _ = try source.read(0..<count + 1) } == .fileTruncated)
        #expect(code { _ = try source.read(count + 5..<count + 6) } == .fileTruncated)
        #expect(code { _ = try source.read(-1..<2) } == .fileTruncated)
        #expect(code { _ = try storage.readAll(name, limit: count - 1) } == .limitExceeded)
        #expect(try storage.readAll(name, limit: count).count == count)
      }
    }
  }

  @Test(
    "what is absent, taken or of another kind has its own code", .spec("STORE-5", "STORE-9"),
    arguments: Subject.all)
  func refusals(_ subject: Subject) throws {
    try subject.with { storage in
      try storage.makeDirectory(try path("d/e"))
      try put(storage, "d/f", [1])
      #expect(code { _ = try storage.create(try path("d/f")) } == .fileExists)
      #expect(code { _ = try storage.create(try path("d/e")) } == .fileExists)
      #expect(code { _ = try storage.create(try path("no/f")) } == .fileNotFound)
      #expect(
        code { _ = try storage.publish(Buffer([1]), at: try path("no/f"), .ifAbsent) }
          == .fileNotFound)
      #expect(code { _ = try storage.open(try path("d/g")) } == .fileNotFound)
      #expect(code { _ = try storage.open(try path("d/e")) } == .notRegularFile)
      #expect(code { _ = try storage.open(.root) } == .notRegularFile)
      #expect(code { _ = try storage.list(try path("no")) } == .fileNotFound)
      #expect(code { _ = try storage.list(try path("d/f")) } == .notRegularFile)
      #expect(code { try storage.makeDirectory(try path("d/f")) } == .notRegularFile)
      #expect(code { try storage.delete(try path("d")) } == .ioFailed)
      #expect(try storage.delete(try path("d/e")))
      #expect(try !storage.delete(try path("d/e")))
      #expect(try !storage.delete(try path("no/such")))
      #expect(try storage.delete(try path("d/f")))
      #expect(try storage.delete(try path("d")))
      #expect(try storage.list(.root).isEmpty)
    }
  }

  @Test(
    "a directory is made with those above it, twice if need be", .spec("STORE-10"),
    arguments: Subject.all)
  func directories(_ subject: Subject) throws {
    try subject.with { storage in
      for _ in 0..<2 { try storage.makeDirectory(try path("a/b/c")) }
      try storage.makeDirectory(.root)
      #expect(try storage.list(try path("a")).map(\.name) == ["b"])
      #expect(try storage.list(try path("a/b")).map(\.kind) == [.directory])
      try storage.settle(try path("a/b/c"))
      try storage.settleAll()
    }
  }

  @Test(
    "a sink that is abandoned or forgotten leaves no file", .spec("STORE-6"),
    arguments: Subject.all)
  func abandoned(_ subject: Subject) throws {
    try subject.with { storage in
      let sink = try storage.create(try path("x"))
      try sink.write([1, 2])
      sink.abandon()
      sink.abandon()
      #expect(try storage.entry(try path("x")) == nil)
      if !(storage is FaultyStorage) && !(storage is ObservedStorage) {
        do { try storage.create(try path("y")).write([1]) }
        #expect(try storage.entry(try path("y")) == nil)
      }
      try put(storage, "x", [3])
      #expect(try storage.readAll(try path("x"), limit: 9).bytes == [3])
      try storage.settleAll()
    }
  }

  @Test("names are bytes; listings are sorted by them", .spec("STORE-3"), arguments: Subject.all)
  func names(_ subject: Subject) throws {
    try subject.with { storage in
      let names = [
        "z", "A", "a", "\u{E9}", "e\u{301}", "a b", "a%2Fb", "p=1:2", "tab\t", "new\nline", "'",
        "\u{1F600}", "\u{FF21}", "~", ".hidden", "-x", "\u{7F}", "\\",
      ]
      for name in names { try put(storage, name, Array(name.utf8)) }
      let listed = try storage.list(.root).map { Array($0.name.utf8) }
      #expect(listed == names.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
      for name in names {
        #expect(try storage.readAll(try path(name), limit: 99).bytes == Array(name.utf8))
      }
    }
  }

  @Test(
    "publication: once, whole, replaced as a whole", .spec("CONC-2", "CONC-13"),
    arguments: Subject.all)
  func publication(_ subject: Subject) throws {
    try subject.with { storage in
      let name = try path("i")
      #expect(try storage.publish(Buffer(utf8: "one"), at: name, .ifAbsent) == .done)
      #expect(try storage.publish(Buffer(utf8: "two"), at: name, .ifAbsent) == .exists)
      #expect(try storage.readAll(name, limit: 9) == Buffer(utf8: "one"))
      #expect(try storage.publish(Buffer(utf8: "two"), at: name, .replacing) == .done)
      #expect(try storage.publish(Buffer(utf8: "three"), at: name, .replacing) == .done)
      #expect(try storage.readAll(name, limit: 9) == Buffer(utf8: "three"))
      #expect(try storage.publish(Buffer(), at: try path("e"), .ifAbsent) == .done)
      #expect(try storage.publish(Buffer(), at: try path("e"), .ifAbsent) == .exists)
      #expect(try storage.list(.root).map(\.name) == ["e", "i"])
    }
  }

  @Test(
    "the gate lets one in, gives the value and the error of its body", .spec("CONC-1"),
    arguments: Subject.all)
  func gate(_ subject: Subject) throws {
    try subject.with { storage in
      let seven = try storage.withGate(wait: 100) { () throws(LakeError) in 7 }
      #expect(seven == 7)
      let thrown = code {
        let _: Int = try storage.withGate(wait: 100) { () throws(LakeError) in
          throw LakeError(.writeConflict, "x")
        }
      }
      #expect(thrown == .writeConflict)
      let eight = try storage.withGate(wait: 100) { () throws(LakeError) in 8 }
      #expect(eight == 8)
      let inner = code {
        try storage.withGate(wait: 100) { () throws(LakeError) in
          let _: Int = try storage.withGate(wait: 3) { () throws(LakeError) in 1 }
        }
      }
      #expect(inner == .lockBusy)
    }
  }

  @Test("a heartbeat is a sign of life until it stops", .spec("CONC-8"), arguments: Subject.all)
  func heartbeat(_ subject: Subject) throws {
    try subject.with { storage in
      let instant = "20250101000000000"
      #expect(try storage.writerIsDead(instant))
      let beat = try storage.heartbeat(instant)
      try beat.beat()
      #expect(try !storage.writerIsDead(instant))
      #expect(code { _ = try storage.heartbeat(instant) } == .fileExists)
      #expect(try !storage.writerIsDead(instant))
      beat.stop()
      beat.stop()
      #expect(try storage.writerIsDead(instant))
      #expect(code { try beat.beat() } == .writeAborted)
      try storage.heartbeat(instant).stop()
    }
  }

  @Test("two names of Unicode's two forms are two paths", .spec("STORE-3"))
  func pathsAreBytes() throws {
    #expect(try path("\u{E9}") != path("e\u{301}"))
    #expect(Set([try path("\u{E9}"), try path("e\u{301}"), try path("\u{E9}")]).count == 2)
  }
}
