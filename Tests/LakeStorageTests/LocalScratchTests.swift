// Temporary files: what was written comes back, nothing remains, failures name the directory.
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@Suite("Temporary files")
struct LocalScratchTests {
  @Test("extents come back while the directory stays empty", .spec("STORE-52"))
  func extents() throws {
    let folder = TemporaryFolder("scratch")
    let file = try LocalScratch(folder.path).makeFile()
    let random = SeededRandom(3)
    let pieces = (0..<20).map { size in
      (0..<size * 7_001).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
    let extents = try pieces.map { try file.append(Buffer($0)) }
    let storage = try LocalStorage(root: folder.path, world: World())
    #expect(try storage.list(.root).isEmpty)
    for (piece, extent) in zip(pieces, extents).reversed() {
      #expect(try file.read(extent) == Buffer(piece))
    }
    let wrong = ScratchExtent(range: extents[3].range, checksum: extents[4].checksum)
    let error = #expect(throws: LakeError.self) { _ = try file.read(wrong) }
    #expect(error?.code == .ioFailed && error?.path == folder.path)
    #expect(error?.offset == extents[3].range.lowerBound)
  }

  @Test("no such directory, no directory at all", .spec("STORE-52"))
  func missing() throws {
    let folder = TemporaryFolder("scratch")
    let gone = folder.path + "/gone"
    let error = #expect(throws: LakeError.self) { _ = try LocalScratch(gone).makeFile() }
    #expect(error?.code == .fileNotFound && error?.path == gone)
    #expect(error?.hint?.contains("--tmp") == true)
  }
}
