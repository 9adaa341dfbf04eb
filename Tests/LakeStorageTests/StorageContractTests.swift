// What every storage promises, proved on each of them.
import LakeBase
import LakeStorage
import LakeTestKit
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
  ]
}

@Suite struct StorageContractTests {
  private func path(_ text: String) throws -> StoragePath { try StoragePath(text) }

  @Test("what is written is read, listed and found", .spec("STORE-1"), arguments: Subject.all)
  func writeAndRead(_ subject: Subject) throws {
    let (storage, keeper) = try subject.make()
    try storage.makeDirectory(try path("a/b"))
    let sink = try storage.create(try path("a/b/x.parquet"))
    try sink.write([1, 2, 3])
    try sink.write([UInt8](repeating: 7, count: 700_000))
    #expect(sink.count == 700_003)
    #expect(try sink.finish() == 700_003)
    try storage.settleAll()
    let source = try storage.open(try path("a/b/x.parquet"), expectedSize: 700_003)
    #expect(source.count == 700_003)
    #expect(try source.read(0..<4).bytes == [1, 2, 3, 7])
    #expect(try source.read(700_002..<700_003).bytes == [7])
    #expect(throws: LakeError.self) { try source.read(0..<700_004) }
    let entries = try storage.list(try path("a/b"))
    #expect(entries.map(\.name) == ["x.parquet"])
    #expect(entries.map(\.size) == [700_003])
    #expect(try storage.entry(try path("a/b"))?.kind == .directory)
    #expect(try storage.entry(try path("a/c")) == nil)
    #expect(try storage.entry(try path("q/c")) == nil)
    withExtendedLifetime(keeper) {}
  }
}
